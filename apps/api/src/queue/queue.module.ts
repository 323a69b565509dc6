import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import {
  IdempotencyRecords,
  InstallationRecord,
  JobCancellation,
  JobEnds,
  JobEvents,
  JobLedger,
  NewJobs,
  WorkerHeartbeats,
  WorkerLeases,
} from '#queue';
import { GuardMetrics, QueueMetrics } from '#metrics';
import { Installation, StartChecks, UnreadableRecords, redisAddress } from '#server';
import { InstallationFile } from '#storage';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { JobIndex } from '../jobs/list/job-index.js';
import { JobReader } from '../jobs/read/job-reader.js';
import { JobWaiters } from '../jobs/wait/job-waiters.js';
import { LeaseWatch } from './lease-watch.js';
import { QueueConnection } from './queue-connection.js';
import { QueueLoad } from './queue-load.js';
import { RetentionSweep } from './retention-sweep.js';

const inject = [QueueConnection];

/** Redis and what stands on it, for every other module. */
@Global()
@Module({
  providers: [
    {
      provide: QueueConnection,
      useFactory: (config: ApiConfig) => new QueueConnection(redisAddress(config), config.STRIDE_DURABLE_ACCEPT),
      inject: [API_CONFIG],
    },
    { provide: GuardMetrics, useFactory: (registry: Registry) => new GuardMetrics(registry), inject: [Registry] },
    { provide: QueueMetrics, useFactory: (registry: Registry) => new QueueMetrics(registry), inject: [Registry] },
    {
      provide: StartChecks,
      useFactory: ({ redis, isDurable }: QueueConnection, metrics: GuardMetrics, file: InstallationFile) =>
        new StartChecks(redis, metrics, {
          installation: new Installation(file, new InstallationRecord(redis)),
          durableAccept: isDurable,
        }),
      inject: [QueueConnection, GuardMetrics, InstallationFile],
    },
    { provide: JobEvents, useFactory: ({ redis }: QueueConnection) => new JobEvents(redis), inject },
    {
      provide: JobEnds,
      useFactory: ({ redis, subscriber }: QueueConnection) => new JobEnds(redis, subscriber),
      inject,
    },
    { provide: JobCancellation, useFactory: ({ redis }: QueueConnection) => new JobCancellation(redis), inject },
    { provide: JobLedger, useFactory: ({ redis }: QueueConnection) => new JobLedger(redis), inject },
    { provide: IdempotencyRecords, useFactory: ({ redis }: QueueConnection) => new IdempotencyRecords(redis), inject },
    { provide: NewJobs, useFactory: ({ redis }: QueueConnection) => new NewJobs(redis), inject },
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
    { provide: WorkerLeases, useFactory: ({ redis }: QueueConnection) => new WorkerLeases(redis), inject },
    LeaseWatch,
    QueueLoad,
    RetentionSweep,
  ],
  exports: [
    QueueConnection,
    StartChecks,
    JobEnds,
    JobEvents,
    JobCancellation,
    JobLedger,
    IdempotencyRecords,
    NewJobs,
    WorkerHeartbeats,
    UnreadableRecords,
    JobIndex,
    JobReader,
    JobWaiters,
    QueueLoad,
  ],
})
export class QueueModule implements OnApplicationShutdown {
  constructor(@Inject(QueueConnection) private readonly connection: QueueConnection) {}

  /** Last of all: requests that were still running have used it until now. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
