import { Module } from '@nestjs/common';
import { PolicyMetrics } from '#metrics';
import { SessionHeartbeats } from '#queue';
import { UnreadableRecords } from '#server';
import { Registry } from 'prom-client';
import { JobsModule } from '../jobs/jobs.module.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { SamplingJobsModule } from '../sampling/sampling-jobs.module.js';
import { HealthzController } from './healthz.controller.js';
import { PoliciesController } from './policies.controller.js';
import { PolicyPort } from './policy-port.js';
import { PolicyPlanner } from './policy-planner.js';
import { PolicySessionsController } from './policy-sessions.controller.js';
import { PolicySessions } from './policy-sessions.js';
import { PolicyUpgrade } from './policy-upgrade.js';
import { VlaEvalController } from './vla-eval.controller.js';

@Module({
  imports: [JobsModule, SamplingJobsModule],
  controllers: [HealthzController, PoliciesController, PolicySessionsController, VlaEvalController],
  providers: [
    { provide: PolicyMetrics, useFactory: (registry: Registry) => new PolicyMetrics(registry), inject: [Registry] },
    {
      provide: SessionHeartbeats,
      useFactory: ({ redis }: QueueConnection, { report }: UnreadableRecords) =>
        new SessionHeartbeats(redis, undefined, report),
      inject: [QueueConnection, UnreadableRecords],
    },
    PolicyPlanner,
    PolicyPort,
    PolicySessions,
    PolicyUpgrade,
  ],
  exports: [PolicySessions],
})
export class PoliciesModule {}
