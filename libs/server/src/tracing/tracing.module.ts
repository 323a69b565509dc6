import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { openTracing } from './open-tracing.js';
import { Tracing } from './tracing.js';

/** The traces of the process, for everybody who has a part in one. */
@Module({})
export class TracingModule implements OnApplicationShutdown {
  /** @param role which of the services this process is */
  static forRole(role: string): DynamicModule {
    return {
      module: TracingModule,
      global: true,
      providers: [{ provide: Tracing, useFactory: () => openTracing(role) }],
      exports: [Tracing],
    };
  }

  constructor(private readonly tracing: Tracing) {}

  /** All spans have ended: nothing is served and no job runs any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.tracing.close();
  }
}
