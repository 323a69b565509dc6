import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Engine } from '#engine';
import { StartChecks } from '#server';
import { LifecycleService } from './lifecycle.service.js';
import { Pauses } from '../attempts/pauses.js';

/** Rows that could run were not taken for so long, although no thread works. */
const MAX_TICK_SECONDS = 30;

/** For supervisors: live until only a new process can help, ready while it takes jobs. */
@Controller('health')
export class WorkerHealthController {
  constructor(
    private readonly engine: Engine,
    private readonly lifecycle: LifecycleService,
    private readonly checks: StartChecks,
    private readonly pauses: Pauses,
  ) {}

  @Get('live')
  live(): { status: string } {
    const { status, failure, secondsSinceTick } = this.engine.stats();
    if (status === 'failed' || status === 'hung' || secondsSinceTick > MAX_TICK_SECONDS)
      throw new ServiceUnavailableException({
        status: 'error',
        engine: failure ?? `no tick for ${secondsSinceTick} s`,
      });
    return { status: 'ok' };
  }

  @Get('ready')
  ready(): { status: string; warnings: string[] } {
    const faults = this.pauses.all.map(({ reason }) => reason);
    if (!this.lifecycle.ready || faults.length > 0) throw new ServiceUnavailableException({ status: 'error', faults });
    return { status: 'ok', warnings: [...this.checks.report.warnings.values()] };
  }
}
