import { REAL_ACCURACY, REAL_MMD_SQUARED } from './evaluation.js';

/** What the demonstration did and measured. */
export interface DemoReport {
  /** Seconds of each phase, in order. */
  readonly seconds: {
    readonly upload: number;
    readonly training: number;
    readonly sampling: number;
    readonly evaluation: number;
    readonly total: number;
  };
  readonly model: string;
  readonly training: { readonly steps: number; readonly loss: number; readonly validationLoss: number | undefined };
  readonly sampling: {
    readonly rows: number;
    readonly jobs: number;
    readonly concurrency: number;
    readonly numInferenceSteps: number;
    readonly samplesPerSecond: number;
    readonly rowStepsPerSecond: number;
    /**
     * Seconds of one batched denoising step, from the workers' histograms; undefined when no worker could be
     * asked.
     */
    readonly stepSecondsP50: number | undefined;
    readonly stepSecondsP95: number | undefined;
  };
  readonly accuracy: number;
  readonly mmdSquared: number;
  /** Variance of strokes within a digit, as a share of the real strokes'. */
  readonly varianceRatio: number;
  /** File of the picture. */
  readonly picture: string;
}

/** The report for people. */
export function formatReport(report: DemoReport): string {
  const { seconds, training, sampling } = report;
  const validation = training.validationLoss === undefined ? '' : `, validation ${training.validationLoss.toFixed(4)}`;
  const { rows, jobs, concurrency, samplesPerSecond, rowStepsPerSecond } = sampling;
  return [
    line('upload', seconds.upload, 'the strokes of 30 writers'),
    line('training', seconds.training, `${count(training.steps)} steps, loss ${training.loss.toFixed(4)}${validation}`),
    line('sampling', seconds.sampling, `${count(rows)} strokes by ${count(jobs)} jobs, ${concurrency} at a time`),
    line('', undefined, `${count(samplesPerSecond)} samples/s, ${count(rowStepsPerSecond)} row-steps/s`),
    line(
      '',
      undefined,
      `step latency p50 ${latency(sampling.stepSecondsP50)}, p95 ${latency(sampling.stepSecondsP95)}`,
    ),
    line('evaluation', seconds.evaluation, `accuracy ${report.accuracy.toFixed(3)} (real strokes ${REAL_ACCURACY})`),
    line('', undefined, `MMD² ${report.mmdSquared.toFixed(4)} (real strokes ${REAL_MMD_SQUARED})`),
    line('', undefined, `variance within a digit ${report.varianceRatio.toFixed(2)} of real strokes`),
    line('total', seconds.total, `${report.model}, drawn in ${report.picture}`),
  ].join('\n');
}

function line(label: string, seconds: number | undefined, text: string): string {
  return `  ${label.padEnd(10)} ${(seconds === undefined ? '' : `${seconds.toFixed(1)} s`).padStart(8)}   ${text}`;
}

function latency(seconds: number | undefined): string {
  return seconds === undefined ? 'unknown' : `${(seconds * 1000).toFixed(2)} ms`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en');
}
