import type { Registry } from 'prom-client';
import { Gauge } from './instruments.js';

/** The service's own guards. */
export class GuardMetrics {
  readonly #redisMemory: Gauge;
  readonly #startCheckWarnings: Gauge<'check'>;
  readonly #intakePaused: Gauge<'cause'>;

  constructor(registry: Registry) {
    this.#redisMemory = new Gauge(registry, {
      name: 'stride_redis_memory_ratio',
      help: "Redis' used_memory / maxmemory; 0 while no maxmemory is set",
    });
    this.#startCheckWarnings = new Gauge(registry, {
      name: 'stride_start_check_warnings',
      help: '1 while a start-up check warns',
      labelNames: ['check'],
    });
    this.#intakePaused = new Gauge(registry, {
      name: 'stride_intake_paused',
      help: '1 while a worker takes no jobs for this cause; health/ready gives the reason',
      labelNames: ['cause'],
    });
  }

  redisMemory(ratio: number): void {
    this.#redisMemory.set({}, ratio);
  }

  startCheck(check: string, warns: boolean): void {
    this.#startCheckWarnings.set({ check }, warns ? 1 : 0);
  }

  intakePaused(cause: string, isPaused: boolean): void {
    this.#intakePaused.set({ cause }, isPaused ? 1 : 0);
  }
}
