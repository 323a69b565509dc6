import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { withDeadline } from '#queue';
import { Needs } from '../../access/needs.js';
import { QueueConnection } from '../../queue/queue-connection.js';

const DEADLINE_MS = 2_000;

/** Prometheus' text format: this process' own metrics, and BullMQ's counts while Redis is there. */
@ApiExcludeController()
@Needs('admin', { evenUnsure: true })
@Controller('metrics')
export class ApiMetricsController {
  constructor(
    private readonly registry: Registry,
    private readonly connection: QueueConnection,
  ) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  async readMetrics(): Promise<string> {
    const [own, queues] = await Promise.all([this.registry.metrics(), this.readQueues()]);
    return own + queues;
  }

  private async readQueues(): Promise<string> {
    if (!this.connection.isReady) return '';
    const queues = Object.values(this.connection.queues);
    const exports = Promise.all(queues.map(({ queue }) => queue.exportPrometheusMetrics()));
    try {
      return mergeFamilies(await withDeadline(exports, DEADLINE_MS));
    } catch {
      // A scrape without the queues says more than none.
      return '';
    }
  }
}

/** One HELP and TYPE line per metric, though each queue exports its own. */
function mergeFamilies(texts: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const line of texts
    .join('\n')
    .split('\n')
    .filter((text) => text !== '')) {
    const name = /^(?:# \w+ )?(\w+)/.exec(line)?.[1] ?? '';
    const lines = families.get(name) ?? [];
    families.set(name, lines);
    if (!line.startsWith('#') || !lines.includes(line)) lines.push(line);
  }
  return [...families.values()]
    .flat()
    .map((line) => `${line}\n`)
    .join('');
}
