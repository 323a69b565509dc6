import { Injectable } from '@nestjs/common';
import type { Worker as BullWorker } from 'bullmq';
import { FLOORS } from '#engine';
import { PRIORITIES, type Priority } from '#ddim';
import { governFetches, WaitingJobs } from '#queue';

/**
 * Which training the fleet starts next: one of the best class that waits, but of 16 starts in a row two
 * belong to normal trainings and one to bulk ones, if such wait, so that none waits for ever. The starts are
 * counted in Redis: a worker starts too few of them to count its own.
 */
@Injectable()
export class TrainingTurns {
  constructor(private readonly waiting: WaitingJobs) {}

  /**
   * From now on every training that the worker takes is one whose turn it is, and none comes along with the
   * end of another.
   */
  govern(worker: BullWorker): void {
    governFetches(worker, async () =>
      this.waiting.bringForward('training', classesAt(await this.waiting.countTurn('training'))),
    );
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
