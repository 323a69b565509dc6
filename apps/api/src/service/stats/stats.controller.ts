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
  @ApiOperation({ summary: 'Queue counts, throughput and step latency over the last minute' })
  @ApiOkResponse({ standardSchema: Stats })
  getStats(): Promise<Stats> {
    return this.stats.read();
  }
}
