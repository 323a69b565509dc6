import type { Registry } from 'prom-client';
import { PRIORITIES } from '#ddim';
import type { EngineObserver, MacroStepFacts, ModelStats, RequestFacts, RowsByPriority } from '#engine';
import { BATCH_ROWS, STEP_SECONDS, STEPS_PER_CALL } from './buckets.js';
import { Counter, Gauge, Histogram } from './instruments.js';
import { WorkCounters } from './work-counters.js';

/** What the engine did, step by step. */
export class EngineMetrics implements EngineObserver {
  readonly #stepSeconds: Histogram<'model' | 'backend' | 'device'>;
  readonly #stepsPerCall: Histogram<'backend'>;
  readonly #stepRows: Histogram<'model' | 'backend'>;
  readonly #work: WorkCounters;
  readonly #samples: Counter<'model' | 'backend' | 'finish_reason'>;
  readonly #threadRestarts: Counter;
  readonly #busyRatio: Gauge<'thread'>;
  /** Seconds inside the backend since the last scrape, by thread. */
  readonly #busySeconds = new Map<number, number>();
  #scrapedAt = performance.now();
  #readModels: () => readonly ModelStats[] = () => [];

  constructor(registry: Registry) {
    this.#stepSeconds = new Histogram(registry, {
      name: 'stride_engine_step_duration_seconds',
      help: 'Duration of one batched denoising step: a macro-step divided by its number of steps',
      labelNames: ['model', 'backend', 'device'],
      buckets: STEP_SECONDS,
    });
    this.#stepsPerCall = new Histogram(registry, {
      name: 'stride_engine_macro_step_steps',
      help: 'Denoising steps per backend call',
      labelNames: ['backend'],
      buckets: STEPS_PER_CALL,
    });
    this.#stepRows = new Histogram(registry, {
      name: 'stride_engine_step_rows',
      help: 'Rows per backend call: how full the batches are',
      labelNames: ['model', 'backend'],
      buckets: BATCH_ROWS,
    });
    this.#work = new WorkCounters(registry);
    this.#samples = new Counter(registry, {
      name: 'stride_samples_total',
      help: 'Rows that ended, by the reason why',
      labelNames: ['model', 'backend', 'finish_reason'],
    });
    this.#rowsGauge(
      registry,
      'stride_engine_rows_running',
      'Rows that have started and not ended',
      (model) => model.rowsRunning,
    );
    this.#rowsGauge(
      registry,
      'stride_engine_rows_waiting',
      'Rows in the engine that have not started',
      (model) => model.rowsWaiting,
    );
    this.#threadRestarts = new Counter(registry, {
      name: 'stride_engine_thread_deaths_total',
      help: 'Engine threads that died and were started again',
    });
    this.#busyRatio = new Gauge(registry, {
      name: 'stride_engine_busy_ratio',
      help: 'Share of the time since the last scrape that the thread spent inside the backend',
      labelNames: ['thread'],
      collect: () => this.#collectBusy(),
    });
  }

  /** Where the rows of each model are looked up at every scrape. */
  watch(readModels: () => readonly ModelStats[]): void {
    this.#readModels = readModels;
  }

  onMacroStep(facts: MacroStepFacts): void {
    const { model, backend, device, stepsPerCall, numRows } = facts;
    this.#stepSeconds.observe({ model, backend, device }, facts.seconds / stepsPerCall);
    this.#stepsPerCall.observe({ backend }, stepsPerCall);
    this.#stepRows.observe({ model, backend }, numRows);
    this.#work.onMacroStep(facts);
    this.#busySeconds.set(facts.thread, (this.#busySeconds.get(facts.thread) ?? 0) + facts.seconds);
  }

  onRequest({ model, backend, finishReason, rows, completedRows }: RequestFacts): void {
    if (completedRows > 0) this.#samples.inc({ model, backend, finish_reason: 'completed' }, completedRows);
    if (rows > completedRows) this.#samples.inc({ model, backend, finish_reason: finishReason }, rows - completedRows);
  }

  onThread({ event }: { readonly event: 'started' | 'died' | 'stopped' }): void {
    if (event === 'died') this.#threadRestarts.inc();
  }

  #collectBusy(): void {
    const now = performance.now();
    const elapsed = Math.max((now - this.#scrapedAt) / 1000, 1e-3);
    this.#scrapedAt = now;
    for (const [thread, seconds] of this.#busySeconds) {
      this.#busyRatio.set({ thread: String(thread) }, Math.min(seconds / elapsed, 1));
      this.#busySeconds.set(thread, 0);
    }
  }

  #rowsGauge(registry: Registry, name: string, help: string, rowsOf: (model: ModelStats) => RowsByPriority): void {
    const gauge = new Gauge(registry, {
      name,
      help,
      labelNames: ['model', 'priority'],
      collect: () => {
        gauge.reset(); // models that were evicted
        for (const model of this.#readModels())
          for (const priority of PRIORITIES) gauge.set({ model: model.model, priority }, rowsOf(model)[priority]);
      },
    });
  }
}
