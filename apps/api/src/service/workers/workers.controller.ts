import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WorkerHeartbeats } from '#queue';
import { WorkerList, type WorkerInfo } from '#contract';
import { Needs } from '../../access/needs.js';
import { QueueConnection } from '../../queue/queue-connection.js';
import { ScrapeTargets, scrapeTargets } from './scrape-targets.js';

@ApiTags('System')
@Needs('admin')
@Controller('v1/workers')
export class WorkersController {
  constructor(
    private readonly heartbeats: WorkerHeartbeats,
    private readonly connection: QueueConnection,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The live workers, as their last heartbeats describe them' })
  @ApiOkResponse({ standardSchema: WorkerList })
  async listWorkers(): Promise<{ items: WorkerInfo[] }> {
    this.connection.requireReady();
    return { items: await this.heartbeats.list() };
  }

  @Get('targets')
  @ApiOperation({ summary: "Where the live workers' metrics are, for Prometheus' HTTP service discovery" })
  @ApiOkResponse({ standardSchema: ScrapeTargets })
  async listScrapeTargets(): Promise<ScrapeTargets> {
    this.connection.requireReady();
    return scrapeTargets(await this.heartbeats.list());
  }
}
