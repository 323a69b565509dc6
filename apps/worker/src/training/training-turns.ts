import { Injectable } from '@nestjs/common';
import type { Job, Worker as BullWorker } from 'bullmq';
import { FLOORS } from '#engine';
import { KINDS } from '#contract';
import { PRIORITIES, type Priority } from '#ddim';
import { governFetches, type WaitingJobs } from '#queue';
import { FetchTurns } from '../attempts/fetch-turns.js';
import { Lull } from '../attempts/lull.js';

/** How soon a worker that has what it can train looks again, if nothing happens before. */
const LOOK_MS = 1_000;

/**
 * Which training the fleet starts next: one of the best class that waits, but of 16 starts in a row two
 * belong to normal trainings and one to bulk ones, if such wait, so that none waits for ever. The starts are
 * counted in Redis: a worker starts too few of them to count its own. Shards count theirs apart, and a worker
 * takes from them by turns; as many trainings as it would with one shard.
 */
@Injectable()
export class TrainingTurns {
  readonly #turns = new FetchTurns();
  readonly #held = new Set<Job>();
  readonly #lull = new Lull();

  /**
   * From now on every training that the worker takes is one whose turn it is, and none comes along with the
   * end of another.
   */
  govern(worker: BullWorker, waiting: WaitingJobs): void {
    governFetches(worker, {
      around: (fetch) => this.#turns.take(worker, async () => ((await this.#findsWork(waiting)) ? fetch() : undefined)),
      pause: () => (this.#hasRoom ? undefined : this.#lull.sleep(LOOK_MS)),
    });
    const process = worker.processJob.bind(worker);
    worker.on('active', (job) => this.#held.add(job));
    worker.processJob = async (job, token) => {
      try {
        return await process(job, token, () => false);
      } finally {
        this.#held.delete(job);
        this.#lull.end();
      }
    };
  }

  get #hasRoom(): boolean {
    return this.#held.size < KINDS.training.concurrency;
  }

  async #findsWork(waiting: WaitingJobs): Promise<boolean> {
    const classes = this.#hasRoom ? classesAt(await waiting.countTurn('training')) : []; // for other workers
    await waiting.bringForward('training', classes);
    return this.#hasRoom;
  }
}

/**
 * The classes in the order in which they are asked for a training: first the one whose floor this turn
 * belongs to, no two of them to one.
 */
function classesAt(turn: number): readonly Priority[] {
  const owed = PRIORITIES.filter((priority, place) => (turn + place) % (1 / FLOORS[priority]) === 0);
  return [...new Set([...owed, ...PRIORITIES])];
}
