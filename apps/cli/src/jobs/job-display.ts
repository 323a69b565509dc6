import { z } from 'zod';
import type { ClientJobEvent } from '#client';
import { formatDuration } from '../terminal/duration.js';
import { type Progress, startProgress } from '../terminal/progress.js';
import { sparkline } from '../terminal/sparkline.js';
import type { Terminal } from '../terminal/terminal.js';

const StepEvent = z.object({ completedSteps: z.number(), totalSteps: z.number(), secondsLeft: z.number().nullable() });
const MetricsEvent = z.object({
  step: z.number(),
  totalSteps: z.number(),
  loss: z.number().nullable(),
  stepsPerSecond: z.number(),
});
type MetricsEvent = z.output<typeof MetricsEvent>;

/** With which the line fits into 80 columns, but for the speed at its end. */
const LOSS_COLUMNS = 12;

/** Turns the events of a job into a bar, lines or JSON. */
export class JobDisplay {
  readonly #terminal: Terminal;
  readonly #id: string;
  readonly #losses: (number | null)[] = [];
  #progress: Progress | undefined;

  constructor(terminal: Terminal, id: string) {
    this.#terminal = terminal;
    this.#id = id;
  }

  show(event: ClientJobEvent): void {
    this.#terminal.emit({ event: event.type, id: this.#id, data: event.data });
    const metrics = MetricsEvent.safeParse(event.data).data;
    if (metrics !== undefined) this.#update('training', metrics.step, metrics.totalSteps, this.#course(metrics));
    const step = StepEvent.safeParse(event.data).data;
    if (step !== undefined) {
      const left = step.secondsLeft === null ? '' : `${formatDuration(step.secondsLeft)} left`;
      this.#update('sampling', step.completedSteps, step.totalSteps, left);
    }
  }

  /** Leaves the last state on the screen. */
  finish(): void {
    this.#progress?.finish();
    this.#progress = undefined;
  }

  #course({ step, totalSteps, loss, stepsPerSecond }: MetricsEvent): string {
    this.#losses.push(loss);
    const curve = this.#terminal.progressStream === undefined ? '' : ` ${sparkline(this.#losses, LOSS_COLUMNS)}`;
    const parts = [loss === null ? 'loss not finite' : `loss ${loss.toFixed(5)}${curve}`];
    if (stepsPerSecond > 0) parts.push(`${formatDuration((totalSteps - step) / stepsPerSecond)} left`);
    parts.push(`${stepsPerSecond.toFixed(0)} steps/s`);
    return parts.join(', ');
  }

  #update(label: string, value: number, total: number, details: string): void {
    this.#progress ??= startProgress(this.#terminal, label, total);
    this.#progress.update(value, details);
  }
}
