import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { PoliciesModule } from '../../policies/policies.module.js';
import { LiveModule } from '../live/live.module.js';
import { Shutdown } from './shutdown.js';

@Module({ imports: [JobsModule, LiveModule, PoliciesModule], providers: [Shutdown], exports: [Shutdown] })
export class LifecycleModule {}
