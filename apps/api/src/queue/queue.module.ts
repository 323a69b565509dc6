import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import { InstallationRecord, WorkerHeartbeats } from '#queue';
import { GuardMetrics, QueueMetrics } from '#metrics';
import { Installation, ShardFit, StartChecks, Tracing, UnreadableRecords, redisAddress } from '#server';
import { InstallationFile } from '#storage';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { JobIndex } from '../jobs/list/job-index.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { JobWaiters } from '../jobs/wait/job-waiters.js';
import { LeaseWatch } from './lease-watch.js';
import { QueueConnection } from './queue-connection.js';
import { QueueLoad } from './queue-load.js';
import { QueueShards } from './queue-shards.js';
import { RetentionSweep } from './retention-sweep.js';

/** Redis and what stands on it, for every other module. */
@Global()
@Module({
  providers: [
    {
      provide: QueueShards,
      useFactory: (config: ApiConfig, { telemetry }: Tracing) => new QueueShards(config, telemetry),
      inject: [API_CONFIG, Tracing],
    },
    { provide: QueueConnection, useFactory: ({ all: [first] }: QueueShards) => first, inject: [QueueShards] },
    { provide: GuardMetrics, useFactory: (registry: Registry) => new GuardMetrics(registry), inject: [Registry] },
    { provide: QueueMetrics, useFactory: (registry: Registry) => new QueueMetrics(registry), inject: [Registry] },
    {
      provide: StartChecks,
      useFactory: (shards: QueueShards, config: ApiConfig, metrics: GuardMetrics, file: InstallationFile) => {
        const { all, counts } = shards;
        const installation = new Installation(file, new InstallationRecord(all[0].redis));
        const fit = new ShardFit(counts, all.length, redisAddress(config));
        const belongings = [installation, fit];
        return new StartChecks(all, metrics, { belongings, durableAccept: config.STRIDE_DURABLE_ACCEPT });
      },
      inject: [QueueShards, API_CONFIG, GuardMetrics, InstallationFile],
    },
    { provide: UnreadableRecords, useFactory: () => new UnreadableRecords() },
    {
      provide: WorkerHeartbeats,
      useFactory: ({ redis }: QueueConnection, { report }: UnreadableRecords) =>
        new WorkerHeartbeats(redis, undefined, report),
      inject: [QueueConnection, UnreadableRecords],
    },
    JobIndex,
    JobReader,
    JobWaiters,
    LeaseWatch,
    QueueLoad,
    RetentionSweep,
  ],
  exports: [
    QueueConnection,
    QueueShards,
    StartChecks,
    WorkerHeartbeats,
    UnreadableRecords,
    JobIndex,
    JobReader,
    JobWaiters,
    QueueLoad,
  ],
})
export class QueueModule implements OnApplicationShutdown {
  constructor(@Inject(QueueShards) private readonly shards: QueueShards) {}

  /** Last of all: requests that were still running have used it until now. */
  async onApplicationShutdown(): Promise<void> {
    await this.shards.close();
  }
}
