import { runClients } from '#load';
import { createStrideClient, found } from '#client';
import { type BenchSystem, type JobShape, metricValue } from './http-system.js';

/** One quantity as Prometheus has it and as the clients saw it. */
export interface Pair {
  readonly prometheus: number;
  readonly clients: number;
}

const PAGE_JOBS = 100;

/**
 * What a worker's counters say of a round of load beside what its jobs say. They are read when no job is
 * there, before the first and after the last, so that both sides hold exactly the same work.
 */
export async function metricsAgreement(
  system: BenchSystem,
  shape: JobShape,
  { clients, durationMs }: { readonly clients: number; readonly durationMs: number },
): Promise<Record<string, Pair>> {
  const load = system.load(shape, 0, durationMs);
  const before = await system.workerMetrics();
  const startedAt = performance.now();
  const { jobs } = await runClients(load, clients);
  const after = await system.workerMetrics();
  const seconds = (performance.now() - startedAt) / 1e3;
  load.sender.close();
  const gained = (name: string): number => metricValue(after, name) - metricValue(before, name);
  const rowSeconds = shape.rows * (await denoiseSeconds(system.url, jobs.length));
  const rowSteps = shape.rows * shape.steps * jobs.length;
  const counted = {
    rowSteps: gained('stride_engine_row_steps_total'),
    rowSeconds: gained('stride_engine_row_seconds_total'),
    busySeconds: gained('stride_engine_busy_seconds_total'),
  };
  // Clients cannot see how busy the threads are: their side has it from the gauge, over the time on their own
  // clock.
  const busySeconds = seconds * metricValue(after, 'stride_engine_busy_ratio');
  return {
    'row-steps': { prometheus: counted.rowSteps, clients: rowSteps },
    'ms per step': {
      prometheus: (1e3 * counted.rowSeconds) / counted.rowSteps,
      clients: (1e3 * rowSeconds) / rowSteps,
    },
    'rows per step': { prometheus: counted.rowSeconds / counted.busySeconds, clients: rowSeconds / busySeconds },
  };
}

/**
 * What the newest jobs say of their time in backend calls, their sum. @throws Error when one of them has not
 * succeeded
 */
async function denoiseSeconds(url: string, numJobs: number): Promise<number> {
  const client = createStrideClient(url);
  let sum = 0;
  let after: string | undefined;
  for (let left = numJobs; left > 0; left -= PAGE_JOBS) {
    const query = { limit: Math.min(left, PAGE_JOBS), after };
    const { items, nextCursor } = found(await client.GET('/v1/sampling-jobs', { params: { query } }));
    for (const { id, status, timings } of items) {
      if (timings.denoiseSeconds === null) throw new Error(`job ${id} is ${status}`);
      sum += timings.denoiseSeconds;
    }
    after = nextCursor ?? undefined;
  }
  return sum;
}
