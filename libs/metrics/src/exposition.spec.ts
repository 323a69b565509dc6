import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { expose } from './exposition.js';
import { JobMetrics } from './job-metrics.js';

/** As Prometheus asks. */
const ACCEPT = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';
const FURTHER =
  '# HELP queue_jobs_total All\n# TYPE queue_jobs_total counter\nqueue_jobs_total{queue="a", state="b"} 1\n';

function someMetrics(): Registry {
  const registry = new Registry();
  const job = {
    kind: 'sampling',
    priority: 'normal',
    status: 'succeeded',
    queuedSeconds: 0.2,
    runSeconds: 0.4,
  } as const;
  new JobMetrics(registry).finished({ ...job, exemplar: { job_id: 'smp_1', trace_id: 'abc' } });
  return registry;
}

describe('Metrics for a scraper', () => {
  it('that asks for OpenMetrics lead from a bucket to the job that fell into it', async () => {
    const { contentType, text } = await expose(someMetrics(), ACCEPT, FURTHER);
    expect(contentType).toContain('application/openmetrics-text');
    expect(text).toMatch(
      /^stride_job_run_seconds_bucket\{le="0.5",kind="sampling",priority="normal"\} 1 # \{job_id="smp_1",trace_id="abc"\} 0.4 [\d.]+$/m,
    );
    expect(text).toContain('# TYPE stride_jobs_finished counter\n');
    expect(text).toContain('# TYPE queue_jobs counter\nqueue_jobs_total{queue="a",state="b"} 1\n# EOF\n');
    expect(text.match(/# EOF/g)).toHaveLength(1);
  });

  it('are the same text as ever for others, before and after one that asks for OpenMetrics', async () => {
    const registry = someMetrics();
    const before = await expose(registry, 'text/plain', FURTHER);
    await expose(registry, ACCEPT, FURTHER);
    expect(await expose(registry, undefined, FURTHER)).toEqual(before);
    expect(before.contentType).toContain('text/plain; version=0.0.4');
    expect(before.text).toContain('# TYPE stride_jobs_finished_total counter\n');
    expect(before.text).not.toContain('smp_1');
    expect(before.text.endsWith(FURTHER)).toBe(true);
  });
});
