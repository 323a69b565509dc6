import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EngineObserver, MacroStepFacts, RequestFacts, RowsByPriority, ThreadStats } from '#ddim';
import { BATCH_ROWS, STEP_SECONDS, STEPS_PER_CALL } from './buckets.js';

const PRIORITIES = ['interactive', 'normal', 'bulk'] as const;

/** What the engine did, step by step. */
export class EngineMetrics implements EngineObserver {
  readonly #stepSeconds: Histogram<'model' | 'backend' | 'device'>;
  readonly #stepsPerCall: Histogram<'backend'>;
  readonly #stepRows: Histogram<'model' | 'backend'>;
  readonly #rowSteps: Counter<'model' | 'backend'>;
  readonly #samples: Counter<'model' | 'backend' | 'finish_reason'>;
  readonly #rowsRunning: Gauge<'model' | 'priority'>;
  readonly #rowsWaiting: Gauge<'model' | 'priority'>;
  readonly #threadRestarts: Counter;
  readonly #busyRatio: Gauge<'thread'>;
  readonly #previous = new Map<number, { readonly at: number; readonly busySeconds: number }>();

  /** @param threads the engine's present thread statistics, asked at every scrape */
  constructor(registry: Registry, threads: () => readonly ThreadStats[]) {
    const registers = [registry];
    this.#stepSeconds = new Histogram({
      name: 'ddim_engine_step_duration_seconds',
      help: 'Duration of one batched denoising step: a macro-step divided by its number of steps',
      labelNames: ['model', 'backend', 'device'],
      buckets: STEP_SECONDS,
      registers,
    });
    this.#stepsPerCall = new Histogram({
      name: 'ddim_engine_macro_step_steps',
      help: 'Denoising steps per backend call',
      labelNames: ['backend'],
      buckets: STEPS_PER_CALL,
      registers,
    });
    this.#stepRows = new Histogram({
      name: 'ddim_engine_step_rows',
      help: 'Rows per backend call: how full the batches are',
      labelNames: ['model', 'backend'],
      buckets: BATCH_ROWS,
      registers,
    });
    this.#rowSteps = new Counter({
      name: 'ddim_engine_row_steps_total',
      help: 'Denoising steps of single rows: the unit of work',
      labelNames: ['model', 'backend'],
      registers,
    });
    this.#samples = new Counter({
      name: 'ddim_samples_total',
      help: 'Rows that ended, by the reason why',
      labelNames: ['model', 'backend', 'finish_reason'],
      registers,
    });
    this.#rowsRunning = rowsGauge(registry, 'ddim_engine_rows_running', 'Rows that have started and not ended');
    this.#rowsWaiting = rowsGauge(registry, 'ddim_engine_rows_waiting', 'Rows in the engine that have not started');
    this.#threadRestarts = new Counter({
      name: 'ddim_engine_thread_deaths_total',
      help: 'Engine threads that died and were started again',
      registers,
    });
    this.#busyRatio = new Gauge({
      name: 'ddim_engine_busy_ratio',
      help: 'Share of the time since the last scrape that the thread spent inside the backend',
      labelNames: ['thread'],
      registers,
      collect: () => this.#collectBusy(threads()),
    });
  }

  onMacroStep(facts: MacroStepFacts): void {
    const { model, backend, device, stepsPerCall, numRows } = facts;
    this.#stepSeconds.observe({ model, backend, device }, facts.seconds / stepsPerCall);
    this.#stepsPerCall.observe({ backend }, stepsPerCall);
    this.#stepRows.observe({ model, backend }, numRows);
    this.#rowSteps.inc({ model, backend }, facts.rowSteps);
    setRows(this.#rowsRunning, model, facts.running);
    setRows(this.#rowsWaiting, model, facts.waiting);
  }

  onRequest({ model, backend, finishReason, rows, completedRows }: RequestFacts): void {
    if (completedRows > 0) this.#samples.inc({ model, backend, finish_reason: 'completed' }, completedRows);
    if (rows > completedRows) this.#samples.inc({ model, backend, finish_reason: finishReason }, rows - completedRows);
  }

  onThread({ event }: { readonly event: 'started' | 'died' | 'stopped' }): void {
    if (event === 'died') this.#threadRestarts.inc();
  }

  #collectBusy(threads: readonly ThreadStats[]): void {
    const at = performance.now() / 1000;
    for (const { thread, busySeconds } of threads) {
      const previous = this.#previous.get(thread);
      if (previous !== undefined && at > previous.at) {
        const ratio = (busySeconds - previous.busySeconds) / (at - previous.at);
        this.#busyRatio.set({ thread: String(thread) }, Math.min(Math.max(ratio, 0), 1));
      }
      this.#previous.set(thread, { at, busySeconds });
    }
  }
}

function rowsGauge(registry: Registry, name: string, help: string): Gauge<'model' | 'priority'> {
  return new Gauge({ name, help, labelNames: ['model', 'priority'], registers: [registry] });
}

function setRows(gauge: Gauge<'model' | 'priority'>, model: string, rows: RowsByPriority): void {
  for (const priority of PRIORITIES) gauge.set({ model, priority }, rows[priority]);
}
