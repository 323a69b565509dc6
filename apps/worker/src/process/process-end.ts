import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Engine } from '#engine';
import { WorkerHeartbeats } from '#queue';
import { endProcess } from '#server';
import { Pauses } from '../attempts/pauses.js';
import { RunningJobs } from '../attempts/running-jobs.js';
import { WorkerIdentity } from './worker-identity.js';

/**
 * Training stores a checkpoint before it lets go. What has not let go by then is found by its expired lock.
 */
const HAND_BACK_MS = 15_000;

/**
 * The end of a process that only a new one can replace: a thread of it does not come back from native code,
 * or threads keep dying. Takes no further job, gives back those that it has, and ends; its supervisor starts
 * the next one.
 */
@Injectable()
export class ProcessEnd implements OnModuleInit {
  readonly #logger = new Logger(ProcessEnd.name);
  #hasBegun = false;

  constructor(
    private readonly engine: Engine,
    private readonly pauses: Pauses,
    private readonly running: RunningJobs,
    private readonly heartbeats: WorkerHeartbeats,
    private readonly identity: WorkerIdentity,
  ) {}

  onModuleInit(): void {
    this.engine.lost
      .then(({ error }) => this.begin(error.message))
      .catch((error: unknown) => this.#logger.error(error));
  }

  /** @param reason for whoever asks why */
  begin(reason: string): void {
    this.pauses.begin('engine', reason);
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    setTimeout(() => this.#end(reason), HAND_BACK_MS);
    this.running.handOver();
    this.#leave()
      .catch((error: unknown) => this.#logger.warn(`not all was handed back: ${String(error)}`))
      .finally(() => this.#end(reason));
  }

  async #leave(): Promise<void> {
    // one that is lost lets go by itself
    if (this.engine.stats().status === 'running') await this.engine.drain(0);
    await this.running.whenNoneRuns();
    await this.heartbeats.remove(this.identity.id);
  }

  #end(reason: string): void {
    this.#logger.fatal(`the process ends: ${reason}`);
    endProcess();
  }
}
