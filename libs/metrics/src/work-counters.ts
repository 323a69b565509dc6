import type { Registry } from 'prom-client';
import type { MacroStepFacts } from '#engine';
import { Counter } from './instruments.js';

type Labels = 'model' | 'backend';

/**
 * The work of the backend by row and by call. Their ratios are means as a row sees them; those of histograms
 * count a small batch like a full one.
 */
export class WorkCounters {
  readonly #rowSteps: Counter<Labels>;
  readonly #rowSeconds: Counter<Labels>;
  readonly #busySeconds: Counter<Labels>;

  constructor(registry: Registry) {
    const counter = (name: string, help: string): Counter<Labels> =>
      new Counter(registry, { name, help, labelNames: ['model', 'backend'] });
    this.#rowSteps = counter(
      'stride_engine_row_steps_total',
      'Denoising steps of single rows: the unit of work. A worker that starts does one of each model that it loads ahead',
    );
    this.#rowSeconds = counter(
      'stride_engine_row_seconds_total',
      'Seconds of backend calls, each times its rows; divided by the row-steps, the step that a row sees',
    );
    this.#busySeconds = counter(
      'stride_engine_busy_seconds_total',
      'Seconds of backend calls on all threads; what the row-seconds are divided by for the mean rows of a batch',
    );
  }

  onMacroStep({ model, backend, numRows, rowSteps, seconds }: MacroStepFacts): void {
    this.#rowSteps.inc({ model, backend }, rowSteps);
    this.#rowSeconds.inc({ model, backend }, numRows * seconds);
    this.#busySeconds.inc({ model, backend }, seconds);
  }
}
