import type { Registry } from 'prom-client';
import { Gauge } from './instruments.js';

/** What waits in the queue, as an API process sees it: by this a fleet grows and shrinks. */
export class QueueMetrics {
  readonly #waitingRowSteps: Gauge;
  readonly #pausedJobs: Gauge;

  constructor(registry: Registry) {
    this.#waitingRowSteps = new Gauge(registry, {
      name: 'stride_waiting_row_steps',
      help: 'Waiting sampling jobs times the mean row-steps of those that this process accepted; at least 1 per job',
    });
    this.#pausedJobs = new Gauge(registry, {
      name: 'stride_paused_jobs',
      help: 'Training jobs that are paused; BullMQ counts them among its delayed ones',
    });
  }

  paused(numJobs: number): void {
    this.#pausedJobs.set({}, numJobs);
  }

  waiting(rowSteps: number): void {
    this.#waitingRowSteps.set({}, rowSteps);
  }
}
