import type { Worker as BullWorker } from 'bullmq';
import type { TakenJob, TakenJobs } from '#queue';

/**
 * Jobs for one of BullMQ's workers, which asks for one after the other and at once for the next: they are
 * taken in groups. After one that has left none waiting, nothing is asked of Redis before BullMQ says that a
 * job has come.
 */
export class JobSupply {
  #ready: TakenJob[] = [];
  #isEmpty = false;

  /** @param take a group of jobs, the first of which is locked by the token */
  constructor(
    private readonly worker: BullWorker,
    private readonly take: (token: string) => Promise<TakenJobs | undefined>,
  ) {}

  /** A job, or when the next is due, in ms since 1970; 0: nobody knows of one. */
  async next(token: string): Promise<TakenJob | number> {
    const ready = this.#ready.shift();
    if (ready !== undefined) return ready;
    if (this.#isEmpty) return this.#none(0);
    const taken = await this.take(token);
    const [first, ...others] = taken?.jobs ?? [];
    if (first === undefined) return this.#none(taken?.dueAt ?? 0);
    // It asks for no further one then.
    if (this.worker.closing || this.worker.isPaused()) await this.#giveBack(others);
    else this.#ready = others;
    this.#isEmpty = taken?.hasMore === false && taken.dueAt === 0;
    return first;
  }

  #none(dueAt: number): number {
    this.#isEmpty = false;
    return dueAt;
  }

  async #giveBack(jobs: readonly TakenJob[]): Promise<void> {
    const backend = this.worker.getBackend();
    // one that stays is found when its lock runs out
    await Promise.allSettled(jobs.map(({ json, lock }) => backend.moveJobFromActiveToWait(json.id, lock)));
  }
}
