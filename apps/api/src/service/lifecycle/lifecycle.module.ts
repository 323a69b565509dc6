import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { Shutdown } from './shutdown.js';

@Module({ imports: [JobsModule], providers: [Shutdown], exports: [Shutdown] })
export class LifecycleModule {}
