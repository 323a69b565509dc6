import type { WorkerInfo } from '#contract';
import { z } from 'zod';

/** Prometheus' HTTP service discovery: where the metrics of the live workers are. */
export const ScrapeTargets = z.array(
  z
    .strictObject({
      targets: z.array(z.string()).describe('host:port of one worker'),
      labels: z.record(z.string(), z.string()).describe('Labels of all its series'),
    })
    .meta({ id: 'ScrapeTarget' }),
);
export type ScrapeTargets = z.output<typeof ScrapeTargets>;

/**
 * The workers whose heartbeats give a usable address; the path is Prometheus' default,
 * /metrics, and so is the scheme, http, unless a label says another.
 */
export function scrapeTargets(workers: readonly WorkerInfo[]): ScrapeTargets {
  return workers.flatMap(({ metricsUrl, id }) => {
    const [, scheme = '', target] = /^(https?):\/\/([^/]+)\/metrics$/.exec(metricsUrl) ?? [];
    if (target === undefined) return [];
    const labels = new Map([['worker', id]]);
    if (scheme === 'https') labels.set('__scheme__', scheme);
    return [{ targets: [target], labels: Object.fromEntries(labels) }];
  });
}
