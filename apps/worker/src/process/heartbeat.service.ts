import { Inject, Injectable, Logger } from '@nestjs/common';
import { Engine, type EngineStats, type EngineStatus } from '#engine';
import { LIFETIMES, Shards, WorkerHeartbeats, type QueueShard } from '#queue';
import type { WorkerInfo } from '#contract';
import type { BackendChoice } from '#training';
import { labelOfKey } from '../sampling/model-key.js';
import { Pauses } from '../attempts/pauses.js';
import { RecentWork } from '../sampling/recent-work.js';
import { RunningJobs } from '../attempts/running-jobs.js';
import { BACKEND_CHOICE } from './backend-choice.js';
import { WorkerIdentity } from './worker-identity.js';

/** Whoever watches asks once a second, and so may several. */
const ASKED_AT_MOST_EVERY_MS = 500;

/** Shows the fleet that this worker lives, and what it does. */
@Injectable()
export class HeartbeatService {
  readonly #logger = new Logger(HeartbeatService.name);
  #timer: NodeJS.Timeout | undefined;
  #metricsUrl = '';
  #beatAt = Number.NEGATIVE_INFINITY;

  constructor(
    @Inject(BACKEND_CHOICE) private readonly choice: BackendChoice,
    private readonly engine: Engine,
    private readonly heartbeats: WorkerHeartbeats,
    private readonly recent: RecentWork,
    private readonly running: RunningJobs,
    private readonly identity: WorkerIdentity,
    private readonly pauses: Pauses,
    private readonly shards: Shards<QueueShard>,
  ) {}

  /** Waits for the first look at the clocks of Redis, by which deadlines count. */
  async start(metricsUrl: string): Promise<void> {
    this.#metricsUrl = metricsUrl;
    await Promise.all(this.#lookAtClocks());
    this.#timer = setInterval(() => this.#beat(), LIFETIMES.heartbeatEveryMs);
    this.#beat();
    const { watch } = this.shards.all[0];
    watch
      .subscribe(() => this.#beatWhenAsked())
      .catch((error: unknown) => this.#logger.debug(`not subscribed: ${String(error)}`));
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.heartbeats.remove(this.identity.id);
  }

  #beatWhenAsked(): void {
    if (performance.now() - this.#beatAt >= ASKED_AT_MOST_EVERY_MS) this.#beat();
  }

  #beat(): void {
    this.#beatAt = performance.now();
    const beat = [this.heartbeats.write(this.#info()), ...this.#lookAtClocks()];
    Promise.all(beat).catch((error: unknown) => {
      // Redis is away; locks and jobs wait for it as well
      this.#logger.warn(`no heartbeat: ${String(error)}`);
    });
  }

  #lookAtClocks(): Promise<void>[] {
    return this.shards.all.map(({ clock }) => clock.refresh());
  }

  #info(): WorkerInfo {
    const { info, status, threads, models, rowsRunning, rowsWaiting, rowStepsTotal } = this.engine.stats();
    const { id, host, startedAt, queues } = this.identity;
    return {
      id,
      host,
      pid: process.pid,
      startedAt,
      lastHeartbeatAt: new Date(this.shards.all[0].clock.now()).toISOString(),
      queues: [...queues],
      status: statusOf(status),
      pauses: [...this.pauses.all],
      backend: info.kind,
      provider: info.provider,
      device: info.device,
      version: info.version,
      precisions: [...this.engine.capabilities.precisions],
      providerReason: this.choice.reason,
      devices: [...(this.choice.devices ?? [info.device])],
      rejectedProviders: [...this.choice.rejected, ...info.rejected],
      engineThreads: threads.length,
      jobsRunning: this.running.size,
      rowsRunning,
      rowsWaiting,
      models: models.map(({ model }) => labelOfKey(model)),
      rowStepsTotal,
      ...this.recent.rates(),
      leastStepSeconds: leastStepSeconds(models),
      recent: this.recent.lately(threads),
      metricsUrl: this.#metricsUrl,
    };
  }
}

function leastStepSeconds(models: EngineStats['models']): WorkerInfo['leastStepSeconds'] {
  return models.flatMap(({ model, cost }) =>
    cost.flatMap(({ precision, leastAloneMs }) =>
      leastAloneMs === undefined ? [] : [{ model: labelOfKey(model), precision, seconds: leastAloneMs / 1000 }],
    ),
  );
}

/** In the words that every release of the API knows. */
function statusOf(status: EngineStatus): WorkerInfo['status'] {
  if (status === 'closed') return 'draining';
  return status === 'hung' ? 'failed' : status;
}
