import type { TrainingMetricsEvent } from '#contract';
import { encodeEventFile, type PlottedNumber } from './event-file.js';

/** A log point and when it was published, in milliseconds since 1970. */
export interface TimedPoint {
  readonly at: number;
  readonly point: TrainingMetricsEvent;
}

/** The curves of a run, by their names in its log points and in TensorBoard. */
const TAGS = {
  loss: 'loss/train',
  validationLoss: 'loss/validation',
  learningRate: 'optimiser/learning_rate',
  gradNorm: 'optimiser/grad_norm',
  stepsPerSecond: 'speed/steps_per_second',
  skippedUpdates: 'optimiser/skipped_updates',
} as const;
type Curve = keyof typeof TAGS;

const CURVES = [
  'loss',
  'validationLoss',
  'learningRate',
  'gradNorm',
  'stepsPerSecond',
  'skippedUpdates',
] as const satisfies readonly Curve[];

/** The forms in which a history leaves, by their media types; the first is no file. */
export const METRICS_TYPES = [
  'application/json',
  'text/csv',
  'application/x-ndjson',
  'application/vnd.tensorboard.events',
] as const;
type MetricsFileType = Exclude<(typeof METRICS_TYPES)[number], 'application/json'>;

/** The history of a run as a file that other programs read. */
export function encodeMetrics(history: readonly TimedPoint[], type: MetricsFileType): Buffer {
  if (type === 'text/csv') return Buffer.from(csvOf(history));
  if (type === 'application/x-ndjson') return Buffer.from(history.map((timed) => `${lineOf(timed)}\n`).join(''));
  return encodeEventFile(history.map(({ at, point }) => ({ at, step: point.step, scalars: scalarsOf(point) })));
}

/** RFC 4180; what was not measured is an empty field. */
function csvOf(history: readonly TimedPoint[]): string {
  const rows = history.map(({ at, point }) => [point.step, timeOf(at), ...CURVES.map((curve) => point[curve] ?? '')]);
  return [['step', 'time', ...CURVES], ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** One object per line, without what was not measured: what `wandb.log` and `mlflow.log_metrics` take. */
function lineOf({ at, point }: TimedPoint): string {
  const measured = CURVES.flatMap((curve) => (point[curve] === null ? [] : [[curve, point[curve]] as const]));
  return JSON.stringify({ step: point.step, time: timeOf(at), ...Object.fromEntries(measured) });
}

function scalarsOf(point: TrainingMetricsEvent): readonly PlottedNumber[] {
  return CURVES.flatMap((curve) => {
    const value = point[curve];
    return value === null ? [] : [{ tag: TAGS[curve], value }];
  });
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
