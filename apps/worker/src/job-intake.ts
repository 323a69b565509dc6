import { Inject, Injectable } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import { z } from 'zod';
import { Engine, PRIORITIES, type Priority } from '#ddim';
import { Priority as JobPriority, WaitingJobs } from '#jobs';
import { classesWithRoom } from './intake-room.js';

/** How often a worker without room for every class looks for jobs of those that it has room for. */
const LOOK_MS = 10;

const JobSize = z.object({ rows: z.int(), request: z.object({ priority: JobPriority }) });

/** What counts of a job that is here. */
interface HeldJob {
  readonly priority: Priority;
  readonly rows: number;
}

/**
 * Which sampling jobs this worker takes: of each class as many as have the rows that its engine wants, and what would make way does not
 * count. Further jobs stay in the queue, where another worker finds them. While a job is here that must run alone, nothing else is taken:
 * it would wait, and others that must be alone find other workers.
 *
 * With room for every class BullMQ fetches what comes next. Otherwise a job of a class that has room is brought to the head of the queue
 * before each fetch, and nothing is fetched if there is none.
 */
@Injectable()
export class JobIntake {
  readonly #held = new Map<Job, HeldJob>();
  readonly #rows: Record<Priority, number> = { interactive: 0, normal: 0, bulk: 0 };
  /** Those of them that must be alone, or may have to, as far as is known. */
  readonly #exclusive = new Set<Job>();
  /** The token of whoever fetches a job: one at a time, since what it brings decides whether there is room for more. */
  #fetcher: string | undefined;
  /** Ends the pause of each fetch that waits. */
  readonly #waiting = new Set<() => void>();

  constructor(
    @Inject(Engine) private readonly engine: Pick<Engine, 'rowsWanted'>,
    private readonly waiting: WaitingJobs,
  ) {}

  /** From now on the worker takes jobs only if there is room for them. */
  govern(worker: BullWorker): void {
    const backend = worker.getBackend();
    const fetch = backend.moveToActive.bind(backend);
    const wait = backend.waitForJob.bind(backend);
    const process = worker.processJob.bind(worker);
    const fetchesInARow = worker.concurrency;
    let working = 0;
    const count = (change: number) => {
      working += change;
      worker.concurrency = working + fetchesInARow;
    };
    backend.moveToActive = async (token, name) => {
      while (this.#fetcher !== undefined && this.#fetcher !== token) await this.#untilLook();
      this.#fetcher = token;
      let hasJob = false;
      try {
        const answer: readonly unknown[] = (await this.#findsWork()) ? await fetch(token, name) : [];
        hasJob = Boolean(answer[0]);
        return [...answer];
      } finally {
        if (hasJob)
          setImmediate(() => this.#fetched(token)); // by then BullMQ has told of the job
        else this.#fetched(token);
      }
    };
    backend.waitForJob = (seconds) => (this.#takesAll ? wait(seconds) : this.#untilLook());
    worker.on('active', (job) => this.#add(job));
    worker.processJob = async (job, token, fetchesNext = () => true) => {
      count(1);
      try {
        return await process(job, token, () => {
          this.#release(job);
          if (!fetchesNext() || !this.#takesAll) return false;
          this.#fetcher = token;
          return true;
        });
      } finally {
        this.#release(job);
        this.#fetched(token);
        count(-1);
      }
    };
  }

  /** The records of a job that had run before say whether it must be alone. */
  decided(job: Job, mustBeAlone: boolean): void {
    if (mustBeAlone) return;
    this.#exclusive.delete(job);
    this.#wake();
  }

  get #classes(): readonly Priority[] {
    return this.#exclusive.size > 0 ? [] : classesWithRoom(this.#rows, this.engine.rowsWanted);
  }

  get #takesAll(): boolean {
    return this.#fetcher === undefined && this.#classes.length === PRIORITIES.length;
  }

  async #findsWork(): Promise<boolean> {
    const classes = this.#classes;
    if (classes.length === PRIORITIES.length) return true;
    return (await this.waiting.bringForward('sampling', classes)) && classes.length > 0;
  }

  /** Until it is worth looking again: soon, or when something has changed here. */
  #untilLook(): Promise<null> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve(null);
      };
      const timer = setTimeout(end, LOOK_MS);
      this.#waiting.add(end);
    });
  }

  #wake(): void {
    for (const end of this.#waiting) end();
  }

  #fetched(token: string): void {
    if (this.#fetcher !== token) return;
    this.#fetcher = undefined;
    this.#wake();
  }

  #add(job: Job): void {
    const { rows, request } = JobSize.safeParse(job.data).data ?? { rows: 1, request: { priority: 'normal' } };
    this.#held.set(job, { priority: request.priority, rows });
    if (job.attemptsStarted > 1) this.#exclusive.add(job);
    this.#rows[request.priority] += rows;
  }

  #release(job: Job): void {
    const held = this.#held.get(job);
    if (held === undefined) return;
    this.#held.delete(job);
    this.#exclusive.delete(job);
    this.#rows[held.priority] -= held.rows;
    this.#wake();
  }
}
