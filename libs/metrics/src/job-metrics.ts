import type { Registry } from 'prom-client';
import { JOB_KINDS, type JobKind } from '#contract';
import { JOB_SECONDS } from './buckets.js';
import { Counter, Histogram, type Exemplar } from './instruments.js';

/** One attempt of a job that ended for good. */
interface FinishedJob {
  readonly kind: JobKind;
  readonly priority: string;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  /** Absent when it succeeded. */
  readonly errorCode?: string;
  readonly queuedSeconds: number;
  readonly runSeconds: number;
  /** Leads from a slow observation to its job, and to the trace if it has one. */
  readonly exemplar?: Exemplar;
}

/** Jobs as their clients see them. */
export class JobMetrics {
  readonly #queueSeconds: Histogram<'kind' | 'priority'>;
  readonly #runSeconds: Histogram<'kind' | 'priority'>;
  readonly #endToEndSeconds: Histogram<'kind' | 'priority'>;
  readonly #finished: Counter<'kind' | 'status' | 'error_code'>;
  readonly #fenceRejected: Counter<'kind'>;
  readonly #stalled: Counter<'kind'>;

  constructor(registry: Registry) {
    this.#queueSeconds = jobHistogram(
      registry,
      'stride_job_queue_seconds',
      'From acceptance to the start of the attempt',
    );
    this.#runSeconds = jobHistogram(registry, 'stride_job_run_seconds', 'From the start of the attempt to its end');
    this.#endToEndSeconds = jobHistogram(registry, 'stride_job_end_to_end_seconds', 'From acceptance to the end');
    this.#finished = new Counter(registry, {
      name: 'stride_jobs_finished_total',
      help: 'Jobs that ended, by status and error code (none when they succeeded)',
      labelNames: ['kind', 'status', 'error_code'],
    });
    this.#fenceRejected = new Counter(registry, {
      name: 'stride_fence_rejected_total',
      help: 'Results that came too late: another attempt held the lock',
      labelNames: ['kind'],
    });
    this.#stalled = new Counter(registry, {
      name: 'stride_jobs_stalled_total',
      help: 'Jobs whose worker disappeared and that went back to the queue',
      labelNames: ['kind'],
    });
    for (const kind of JOB_KINDS) {
      this.#fenceRejected.inc({ kind }, 0);
      this.#stalled.inc({ kind }, 0);
    }
  }

  finished(job: FinishedJob): void {
    const { kind, priority, exemplar } = job;
    this.#queueSeconds.observe({ kind, priority }, job.queuedSeconds, exemplar);
    this.#runSeconds.observe({ kind, priority }, job.runSeconds, exemplar);
    this.#endToEndSeconds.observe({ kind, priority }, job.queuedSeconds + job.runSeconds, exemplar);
    this.#finished.inc({ kind, status: job.status, error_code: job.errorCode ?? 'none' });
  }

  fenceRejected(kind: JobKind): void {
    this.#fenceRejected.inc({ kind });
  }

  stalled(kind: JobKind): void {
    this.#stalled.inc({ kind });
  }
}

function jobHistogram(registry: Registry, name: string, help: string): Histogram<'kind' | 'priority'> {
  return new Histogram(registry, {
    name,
    help,
    labelNames: ['kind', 'priority'],
    buckets: JOB_SECONDS,
  });
}
