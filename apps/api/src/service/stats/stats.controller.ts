import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Stats } from '#contract';
import { Needs } from '../../access/needs.js';
import { StatsService } from './stats.service.js';

@ApiTags('System')
@Needs('jobs:read')
@Controller('v1/stats')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get()
  @ApiOperation({
    summary: 'Queue counts, throughput and step latency over the last minute',
    description:
      'Counts the jobs that wait, run and have ended, and gives throughput in samples and row-steps per second and the seconds of a step over the last minute.',
  })
  @ApiOkResponse({ standardSchema: Stats })
  getStats(): Promise<Stats> {
    return this.stats.read();
  }
}
