import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import { Engine } from '#engine';
import { PRIORITIES } from '#ddim';
import { jobSize } from '#contract';
import { supplyJobs, type TakenJob, type TakenJobs, type WaitingJobs } from '#queue';
import { FetchTurns } from './fetch-turns.js';
import { classesWithRoom, intakeRoom } from './intake-room.js';
import { notesOf } from './job-notes.js';
import { JobSupply } from './job-supply.js';
import { Lull } from './lull.js';
import { WorkerIdentity } from '../process/worker-identity.js';

/** How often a worker without room for every class looks for jobs of those that it has room for. */
const LOOK_MS = 10;

/**
 * Which sampling jobs this worker takes: of each class as many as have the rows that its engine wants, and
 * what would make way does not count. Further jobs stay in the queue, where another worker finds them. While
 * a job is here that must run alone, nothing else is taken: it would wait, and others that must be alone find
 * other workers.
 */
@Injectable()
export class JobIntake {
  readonly #logger = new Logger(JobIntake.name);
  readonly #rows = { interactive: 0, normal: 0, bulk: 0 };
  /** Those of the held jobs that must be alone, or may have to, as far as is known. */
  readonly #exclusive = new Set<Job>();
  /** Jobs that BullMQ was given and has not begun with, by id. */
  readonly #given = new Map<string, TakenJob>();
  readonly #turns = new FetchTurns();
  readonly #lull = new Lull();

  constructor(
    @Inject(Engine) private readonly engine: Pick<Engine, 'rowsWanted'>,
    @Inject(WorkerIdentity) private readonly identity: Pick<WorkerIdentity, 'id'>,
  ) {}

  /** From now on the worker of a shard takes jobs only if there is room for them. */
  govern(worker: BullWorker, waiting: WaitingJobs): void {
    const supply = new JobSupply(worker, (token) =>
      this.#turns.take(worker, () => this.#take(waiting, { token, lockMs: worker.opts.lockDuration ?? 0 })),
    );
    supplyJobs(worker, {
      next: async (token) => this.#give(await supply.next(token)),
      pause: () => (this.#takesAll ? undefined : this.#lull.sleep(LOOK_MS)),
    });
    worker.on('active', (job) => this.#add(job));
    this.#governEnds(worker);
  }

  /** The records of a job that had run before say whether it must be alone. */
  decided(job: Job, mustBeAlone: boolean): void {
    if (mustBeAlone) return;
    this.#exclusive.delete(job);
    this.#lull.end();
  }

  async #take(
    waiting: WaitingJobs,
    { token, lockMs }: { readonly token: string; readonly lockMs: number },
  ): Promise<TakenJobs | undefined> {
    if (this.#classes.length === 0) return undefined;
    const taken = await waiting.take('sampling', this.#room, { token, lockMs, worker: this.identity.id });
    for (const { message } of taken.errors) this.#logger.warn(`a job could not be taken: ${message}`);
    return taken;
  }

  #give(job: TakenJob | number): TakenJob | number {
    if (typeof job !== 'number') this.#given.set(job.json.id, job);
    return job;
  }

  /**
   * BullMQ fetches as many jobs in a row as its worker has places, and then begins with them: each that runs
   * makes a place.
   */
  #governEnds(worker: BullWorker): void {
    const process = worker.processJob.bind(worker);
    const fetchesInARow = worker.concurrency;
    let working = 0;
    const count = (change: number) => {
      working += change;
      worker.concurrency = working + fetchesInARow;
    };
    worker.processJob = async (job, token) => {
      count(1);
      try {
        return await process(job, token, () => {
          this.#release(job);
          return false; // the next does not come along
        });
      } finally {
        this.#release(job);
        count(-1);
      }
    };
  }

  get #room() {
    return intakeRoom(this.#rows, this.engine.rowsWanted);
  }

  get #takesAll(): boolean {
    return this.#classes.length === PRIORITIES.length;
  }

  get #classes() {
    return this.#exclusive.size > 0 ? [] : classesWithRoom(this.#room);
  }

  #add(job: Job): void {
    const { id = '' } = job;
    const notes = notesOf(job);
    const given = this.#given.get(id);
    if (given !== undefined) {
      this.#given.delete(id);
      notes.verdict = given.verdict;
      job.token = given.lock;
    }
    const { rows, priority } = jobSize(job.data) ?? { rows: 1, priority: 'normal' };
    notes.held = { rows, priority };
    if (job.attemptsStarted > 1) this.#exclusive.add(job);
    this.#rows[priority] += rows;
  }

  #release(job: Job): void {
    const notes = notesOf(job);
    const { held } = notes;
    if (held === undefined) return;
    notes.held = undefined;
    this.#exclusive.delete(job);
    this.#rows[held.priority] -= held.rows;
    this.#lull.end();
  }
}
