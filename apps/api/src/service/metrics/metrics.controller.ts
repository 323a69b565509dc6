import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { withDeadline } from '#queue';
import { Needs } from '../../access/needs.js';
import { QueueShards } from '../../queue/queue-shards.js';
import { mergedFamilies } from './merged-families.js';

const DEADLINE_MS = 2_000;

/** Prometheus' text format: this process' own metrics, and BullMQ's counts while Redis is there. */
@ApiExcludeController()
@Needs('admin', { evenUnsure: true, isForOperators: true })
@Controller('metrics')
export class ApiMetricsController {
  constructor(
    private readonly registry: Registry,
    private readonly shards: QueueShards,
  ) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  async readMetrics(): Promise<string> {
    const [own, queues] = await Promise.all([this.registry.metrics(), this.readQueues()]);
    return own + queues;
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
