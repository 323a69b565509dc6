import type { Registry } from 'prom-client';
import { IO_SECONDS, TRAIN_STEP_SECONDS } from './buckets.js';
import { Counter, Gauge, Histogram } from './instruments.js';

/** What one log point of a training run says. */
interface TrainingProgress {
  readonly model: string;
  /** Updates done so far, and the mean seconds of each since the log point before. */
  readonly step: number;
  readonly secondsPerUpdate: number;
  readonly loss: number;
  readonly learningRate: number;
}

/** Training runs. */
export class TrainingMetrics {
  readonly #steps: Counter<'model'>;
  readonly #stepSeconds: Histogram<'model'>;
  readonly #loss: Gauge<'model'>;
  readonly #learningRate: Gauge<'model'>;
  readonly #checkpointSeconds: Histogram<'model'>;
  readonly #checkpointAge: Gauge<'model'>;
  readonly #checkpointFallback: Counter<'kind'>;
  readonly #checkpointAt = new Map<string, number>();
  readonly #lastStep = new Map<string, number>();

  constructor(registry: Registry) {
    const labelNames = ['model'] as const;
    this.#steps = new Counter(registry, {
      name: 'stride_training_steps_total',
      help: 'Optimiser updates',
      labelNames,
    });
    this.#stepSeconds = new Histogram(registry, {
      name: 'stride_training_step_duration_seconds',
      help: 'Mean duration of an update between two log points',
      labelNames,
      buckets: TRAIN_STEP_SECONDS,
    });
    this.#loss = new Gauge(registry, { name: 'stride_training_loss', help: 'Loss at the last log point', labelNames });
    this.#learningRate = new Gauge(registry, {
      name: 'stride_training_learning_rate',
      help: 'Learning rate at the last log point',
      labelNames,
    });
    this.#checkpointSeconds = new Histogram(registry, {
      name: 'stride_training_checkpoint_seconds',
      help: 'Writing a checkpoint and advancing its pointer',
      labelNames,
      buckets: IO_SECONDS,
    });
    this.#checkpointAge = new Gauge(registry, {
      name: 'stride_training_checkpoint_age_seconds',
      help: 'Work that a crash would lose: seconds since the newest checkpoint of a running job',
      labelNames,
      collect: () => this.#collectAges(),
    });
    this.#checkpointFallback = new Counter(registry, {
      name: 'stride_checkpoint_fallback_total',
      help: 'Resumes that had to use the checkpoint before the newest',
      labelNames: ['kind'],
    });
    this.#checkpointFallback.inc({ kind: 'training' }, 0);
  }

  /** A run starts, or goes on from `step`: its checkpoint age counts from now. */
  started(model: string, step: number): void {
    this.#checkpointAt.set(model, performance.now());
    this.#lastStep.set(model, step);
  }

  progress({ model, step, secondsPerUpdate, loss, learningRate }: TrainingProgress): void {
    const last = this.#lastStep.get(model) ?? step;
    this.#steps.inc({ model }, Math.max(step - last, 0));
    this.#lastStep.set(model, step);
    this.#stepSeconds.observe({ model }, secondsPerUpdate);
    this.#loss.set({ model }, loss);
    this.#learningRate.set({ model }, learningRate);
  }

  checkpointed(model: string, seconds: number): void {
    this.#checkpointSeconds.observe({ model }, seconds);
    this.#checkpointAt.set(model, performance.now());
  }

  checkpointFallback(): void {
    this.#checkpointFallback.inc({ kind: 'training' });
  }

  /** The run is over here, whatever its end: gauges of a model that nobody trains say nothing. */
  ended(model: string): void {
    this.#checkpointAt.delete(model);
    this.#lastStep.delete(model);
    for (const gauge of [this.#loss, this.#learningRate, this.#checkpointAge]) gauge.remove({ model });
  }

  #collectAges(): void {
    const now = performance.now();
    for (const [model, at] of this.#checkpointAt) this.#checkpointAge.set({ model }, (now - at) / 1000);
  }
}
