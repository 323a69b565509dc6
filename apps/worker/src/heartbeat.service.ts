import { Inject, Injectable, Logger } from '@nestjs/common';
import { Engine, type EngineStatus } from '#ddim';
import { HEARTBEAT_MS, WorkerHeartbeats, type WorkerInfo } from '#jobs';
import { labelOfKey } from './model-key.js';
import { Pauses } from './pauses.js';
import { RecentWork } from './recent-work.js';
import { RunningJobs } from './running-jobs.js';
import { WORKER_CONFIG, type WorkerConfig } from './worker.config.js';
import { WorkerIdentity } from './worker-identity.js';

/** Tells the fleet that this worker lives, and what it does. */
@Injectable()
export class HeartbeatService {
  readonly #logger = new Logger(HeartbeatService.name);
  #timer: NodeJS.Timeout | undefined;
  #metricsUrl = '';

  constructor(
    @Inject(WORKER_CONFIG) private readonly config: WorkerConfig,
    private readonly engine: Engine,
    private readonly heartbeats: WorkerHeartbeats,
    private readonly recent: RecentWork,
    private readonly running: RunningJobs,
    private readonly identity: WorkerIdentity,
    private readonly pauses: Pauses,
  ) {}

  start(metricsUrl: string): void {
    this.#metricsUrl = metricsUrl;
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#beat();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.heartbeats.remove(this.identity.id);
  }

  #beat(): void {
    this.heartbeats.write(this.#info()).catch((error: unknown) => {
      this.#logger.warn(`no heartbeat: ${String(error)}`); // Redis is away; locks and jobs wait for it as well
    });
  }

  #info(): WorkerInfo {
    const { info, status, threads, models, rowsRunning, rowsWaiting, rowStepsTotal } = this.engine.stats();
    const { id, host, startedAt } = this.identity;
    return {
      id,
      host,
      pid: process.pid,
      startedAt,
      lastHeartbeatAt: new Date().toISOString(),
      queues: [...this.config.STRIDE_QUEUES],
      status: statusOf(status),
      pauses: [...this.pauses.all],
      backend: info.kind,
      provider: info.provider,
      device: info.device,
      version: info.version,
      precisions: [...this.engine.capabilities.precisions],
      rejectedProviders: [...info.rejected],
      engineThreads: threads.length,
      jobsRunning: this.running.size,
      rowsRunning,
      rowsWaiting,
      models: models.map(({ model }) => labelOfKey(model)),
      rowStepsTotal,
      ...this.recent.rates(),
      metricsUrl: this.#metricsUrl,
    };
  }
}

/** In the words that every release of the API knows. */
function statusOf(status: EngineStatus): WorkerInfo['status'] {
  if (status === 'closed') return 'draining';
  return status === 'hung' ? 'failed' : status;
}
