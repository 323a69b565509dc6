import { Inject, Injectable } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import { Engine } from '#engine';
import { PRIORITIES } from '#ddim';
import { jobSize, type JobSize } from '#contract';
import { governFetches, takeOnlyWhatFits, type WaitingJobs } from '#queue';
import { FetchTurns } from './fetch-turns.js';
import { classesWithRoom } from './intake-room.js';
import { Lull } from './lull.js';

/** How often a worker without room for every class looks for jobs of those that it has room for. */
const LOOK_MS = 10;

/**
 * Which sampling jobs this worker takes: of each class as many as have the rows that its engine wants, and
 * what would make way does not count. Further jobs stay in the queue, where another worker finds them. While
 * a job is here that must run alone, nothing else is taken: it would wait, and others that must be alone find
 * other workers.
 *
 * BullMQ fetches one job after the other. With room for every class that is what comes next. Otherwise a job
 * of a class that has room is brought to the head of the queue before, and nothing is fetched if there is
 * none. Where there is room, the end of a job also brings the next one along, if that fits into the place
 * which is left. With several shards it does not: one that has many jobs would keep the place for itself.
 */
@Injectable()
export class JobIntake {
  readonly #held = new Map<Job, JobSize>();
  readonly #rows = { interactive: 0, normal: 0, bulk: 0 };
  /** Those of the held jobs that must be alone, or may have to, as far as is known. */
  readonly #exclusive = new Set<Job>();
  readonly #turns = new FetchTurns();
  readonly #lull = new Lull();
  #numWorkers = 0;

  constructor(@Inject(Engine) private readonly engine: Pick<Engine, 'rowsWanted'>) {}

  /** From now on the worker of a shard takes jobs only if there is room for them. */
  async govern(worker: BullWorker, waiting: WaitingJobs): Promise<void> {
    this.#numWorkers += 1;
    governFetches(worker, {
      around: (fetch) => this.#turns.take(worker, async () => ((await this.#findsWork(waiting)) ? fetch() : undefined)),
      pause: () => (this.#takesAll ? undefined : this.#lull.sleep(LOOK_MS)),
    });
    worker.on('active', (job) => this.#add(job));
    this.#governEnds(worker);
    await takeOnlyWhatFits(worker.getBackend());
  }

  /** The records of a job that had run before say whether it must be alone. */
  decided(job: Job, mustBeAlone: boolean): void {
    if (mustBeAlone) return;
    this.#exclusive.delete(job);
    this.#lull.end();
  }

  #governEnds(worker: BullWorker): void {
    const process = worker.processJob.bind(worker);
    const fetchesInARow = worker.concurrency;
    let working = 0;
    const count = (change: number) => {
      working += change;
      worker.concurrency = working + fetchesInARow;
    };
    worker.processJob = async (job, token, fetchesNext = () => true) => {
      count(1);
      try {
        return await process(job, token, () => {
          const next = this.#numWorkers === 1 && fetchesNext() && this.#hasRoomWithout(job);
          if (!next) this.#release(job); // else its place is taken until the next is here
          return next;
        });
      } finally {
        this.#release(job);
        count(-1);
      }
    };
  }

  #hasRoomWithout(job: Job): boolean {
    const { interactive, normal, bulk } = this.#rows;
    const rows = interactive + normal + bulk - (this.#held.get(job)?.rows ?? 0);
    const numExclusive = this.#exclusive.size - (this.#exclusive.has(job) ? 1 : 0);
    return numExclusive === 0 && rows < this.engine.rowsWanted;
  }

  get #takesAll(): boolean {
    return this.#classes.length === PRIORITIES.length;
  }

  get #classes() {
    return this.#exclusive.size > 0 ? [] : classesWithRoom(this.#rows, this.engine.rowsWanted);
  }

  async #findsWork(waiting: WaitingJobs): Promise<boolean> {
    const classes = this.#classes;
    if (classes.length === PRIORITIES.length) return true;
    return (await waiting.bringForward('sampling', classes)) && classes.length > 0;
  }

  #add(job: Job): void {
    const { rows, priority } = jobSize(job.data) ?? { rows: 1, priority: 'normal' };
    this.#held.set(job, { rows, priority });
    if (job.attemptsStarted > 1) this.#exclusive.add(job);
    this.#rows[priority] += rows;
  }

  #release(job: Job): void {
    const held = this.#held.get(job);
    if (held === undefined) return;
    this.#held.delete(job);
    this.#exclusive.delete(job);
    this.#rows[held.priority] -= held.rows;
    this.#lull.end();
  }
}
