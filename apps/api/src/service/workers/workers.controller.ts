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
  @ApiOperation({
    summary: 'The live workers, as their last heartbeats describe them',
    description:
      'Lists the workers that have sent a heartbeat in the last 15 seconds: device, provider, load, models, and why one takes no jobs.',
  })
  @ApiOkResponse({ standardSchema: WorkerList })
  async listWorkers(): Promise<{ items: WorkerInfo[] }> {
    this.connection.requireReady();
    return { items: await this.heartbeats.list() };
  }

  @Needs('admin', { isForOperators: true })
  @Get('targets')
  @ApiOperation({
    summary: "Where the live workers' metrics are, for Prometheus' HTTP service discovery",
    description:
      'Lists the addresses of the metrics of all live workers in the form of `http_sd_configs`. The management port answers it without a key.',
  })
  @ApiOkResponse({ standardSchema: ScrapeTargets })
  async listScrapeTargets(): Promise<ScrapeTargets> {
    this.connection.requireReady();
    return scrapeTargets(await this.heartbeats.list());
  }
}
