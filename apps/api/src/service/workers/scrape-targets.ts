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

/** The workers whose heartbeats give a usable address; the path is Prometheus' default, /metrics. */
export function scrapeTargets(workers: readonly WorkerInfo[]): ScrapeTargets {
  return workers.flatMap(({ metricsUrl, id }) => {
    const target = /^http:\/\/([^/]+)\/metrics$/.exec(metricsUrl)?.[1];
    return target === undefined ? [] : [{ targets: [target], labels: { worker: id } }];
  });
}
