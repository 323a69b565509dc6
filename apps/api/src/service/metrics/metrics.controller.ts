import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { expose } from '#metrics';
import { withDeadline } from '#queue';
import { Needs } from '../../access/needs.js';
import { QueueShards } from '../../queue/queue-shards.js';
import { mergedFamilies } from './merged-families.js';

const DEADLINE_MS = 2_000;

/** What Prometheus reads: this process' own metrics, and BullMQ's counts while Redis is there. */
@ApiExcludeController()
@Needs('admin', { evenUnsure: true, isForOperators: true })
@Controller('metrics')
export class ApiMetricsController {
  constructor(
    private readonly registry: Registry,
    private readonly shards: QueueShards,
  ) {}

  @Get()
  async readMetrics(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { contentType, text } = await expose(this.registry, accept, await this.readQueues());
    reply.header('Content-Type', contentType);
    return text;
  }

  private async readQueues(): Promise<string> {
    if (!this.shards.areReady) return ''; // a part of the sum would be a wrong one
    const queues = this.shards.all.flatMap((shard) => Object.values(shard.queues));
    const exports = Promise.all(queues.map(({ queue }) => queue.exportPrometheusMetrics()));
    try {
      return mergedFamilies(await withDeadline(exports, DEADLINE_MS));
    } catch {
      // A scrape without the queues says more than none.
      return '';
    }
  }
}
