import {
  COEFFICIENTS_PER_STEP,
  noiseFactor,
  NUM_FACTORS,
  RAW_OUTPUT_ROW,
  stepCoefficients,
  type LevelStep,
} from './coefficients.js';
import { InputError } from '../errors.js';
import { checkOutputForm, type OutputForm } from './output-form.js';
import { checkSamplingOptions, type SamplingOptions } from './sampling-options.js';
import type { NoiseSchedule } from './schedule.js';
import { FINAL_TIMESTEP, selectTimesteps, type TimestepPair } from './timesteps.js';
import type { Direction } from '../vocabulary.js';
import { formatWarning } from '../warning.js';

/** Everything one row's run needs, as a value; rows with the same options share it. */
export interface StepPlan {
  readonly direction: Direction;
  /** [S] network labels. */
  readonly timesteps: Int32Array;
  /** [S,2] ā before and after each step. */
  readonly levels: Float64Array;
  /** [S,8] = a b c d e s lo hi; in a 'raw' plan every row is the raw-output row, which returns F itself. */
  readonly coefficients: Float32Array;
  /** [S] what multiplies z in each step, whatever the kind. */
  readonly noiseFactors: Float64Array;
  readonly needsNoise: boolean;
  /** 'raw': one step per backend call, then finishStep. */
  readonly kind: 'fused' | 'raw';
  readonly form: OutputForm;
  readonly options: SamplingOptions;
  /** Each as `code: text`; see parseWarning. */
  readonly warnings: readonly string[];
}

/**
 * Above this ā a start from pure noise is visibly another distribution than the one the model knows there.
 */
const LATE_START_ALPHA_BAR = 0.1;
/**
 * Coefficients stay so far below the largest float32 that states and outputs up to 2^20 times as large as
 * theirs stay finite.
 */
const MAX_COEFFICIENT = 2 ** 127 / 2 ** 20;
/** Above this 1/√ā an error of the network in ε becomes an error in x0 that only a limit holds. */
const MAX_UNLIMITED_GAIN = 100;

/**
 * Plans a run once; afterwards every step is arithmetic on the plan. Encoding walks upwards from the final
 * level, each step labelled by the level it goes to; options that divide by √(1-ā) start at ā_0 when the
 * final level is 1.
 * @throws InputError `validation_failed` naming the option at fault, or `epsilon_at_zero_snr` when ε
 * prediction meets ā = 0
 */
export function planSteps(
  schedule: NoiseSchedule,
  form: OutputForm,
  options: SamplingOptions,
  direction: Direction = 'sample',
): StepPlan {
  checkOutputForm(form);
  checkSamplingOptions(options, schedule.config.numTrainTimesteps, direction);
  const pairs = selectTimesteps(schedule.config.numTrainTimesteps, options);
  const steps = direction === 'sample' ? downwards(schedule, pairs) : upwards(schedule, pairs, options);
  if (form.predictionType === 'epsilon') refuseZeroSnr(steps);
  const exact = steps.map((step) => finiteCoefficients(form, step, options));
  const noiseFactors = Float64Array.from(steps, (step) => noiseFactor(step, options));
  const kind = options.thresholding || (options.guidanceRescale > 0 && options.guidanceScale !== 1) ? 'raw' : 'fused';
  const coefficients = new Float32Array(steps.length * COEFFICIENTS_PER_STEP);
  for (const [i, row] of exact.entries())
    coefficients.set(kind === 'raw' ? RAW_OUTPUT_ROW : row, i * COEFFICIENTS_PER_STEP);
  return {
    direction,
    timesteps: Int32Array.from(steps, ({ timestep }) => timestep),
    levels: Float64Array.from(steps.flatMap(({ alphaBar, prevAlphaBar }) => [alphaBar, prevAlphaBar])),
    coefficients,
    noiseFactors,
    needsNoise: noiseFactors.some((factor) => factor > 0),
    kind,
    form,
    options,
    warnings:
      direction === 'sample' ? [...lateStart(steps[0], options), ...unlimitedGain(form, steps[0], options)] : [],
  };
}

/** A step with its network label. */
interface PlannedStep extends LevelStep {
  readonly timestep: number;
}

function downwards(schedule: NoiseSchedule, pairs: readonly TimestepPair[]): PlannedStep[] {
  return pairs.map(({ timestep, prevTimestep }) => ({
    timestep,
    prevTimestep,
    alphaBar: levelOf(schedule, timestep),
    prevAlphaBar: levelOf(schedule, prevTimestep),
    labelAlphaBar: levelOf(schedule, timestep),
  }));
}

function upwards(schedule: NoiseSchedule, pairs: readonly TimestepPair[], options: SamplingOptions): PlannedStep[] {
  const lowest = options.useClippedModelOutput && schedule.finalAlphaCumprod === 1 ? 0 : FINAL_TIMESTEP;
  const ascending = pairs.map(({ timestep }) => timestep).reverse();
  return ascending.map((timestep, i) => ({
    timestep,
    prevTimestep: timestep,
    alphaBar: levelOf(schedule, ascending[i - 1] ?? lowest),
    prevAlphaBar: levelOf(schedule, timestep),
    labelAlphaBar: levelOf(schedule, timestep),
  }));
}

function levelOf(schedule: NoiseSchedule, timestep: number): number {
  return timestep === FINAL_TIMESTEP ? schedule.finalAlphaCumprod : schedule.alphasCumprod[timestep];
}

function refuseZeroSnr(steps: readonly PlannedStep[]): void {
  const blind = steps.find(({ alphaBar }) => alphaBar === 0);
  if (blind)
    throw new InputError(
      'epsilon_at_zero_snr',
      `epsilon prediction needs alphaBar > 0, but the plan visits timestep ${blind.timestep} with alphaBar 0; ` +
        'use v_prediction or sample with trailing spacing',
      { field: 'predictionType' },
    );
}

/**
 * @throws InputError `epsilon_at_zero_snr` where ā is so small that reading ε or x0 leaves the range of
 * float32
 */
function finiteCoefficients(form: OutputForm, step: PlannedStep, options: SamplingOptions): number[] {
  const coefficients = stepCoefficients(form, step, options);
  const factors = coefficients.slice(0, NUM_FACTORS);
  if (factors.every((value) => Math.abs(value) <= MAX_COEFFICIENT)) return coefficients;
  throw new InputError(
    'epsilon_at_zero_snr',
    `the plan visits timestep ${step.timestep} with alphaBar ${step.alphaBar}, too small for ${form.predictionType} ` +
      'prediction in float32; use v_prediction, smaller betas, or a spacing that starts lower',
    { field: 'predictionType' },
  );
}

/** The first level has the least ā, and with it the largest 1/√ā. */
function unlimitedGain(form: OutputForm, first: PlannedStep, options: SamplingOptions): string[] {
  const gain = 1 / Math.sqrt(first.alphaBar);
  if (form.predictionType !== 'epsilon' || options.clipSample || options.thresholding || !(gain > MAX_UNLIMITED_GAIN))
    return [];
  return [
    formatWarning(
      'unlimited_gain',
      `x0 is not limited, and at timestep ${first.timestep} an error of the network in epsilon is multiplied by ` +
        `${gain.toPrecision(3)}; clip or threshold x0, or start lower`,
    ),
  ];
}

function lateStart(first: PlannedStep, options: SamplingOptions): string[] {
  if (options.startTimestep !== undefined || first.alphaBar <= LATE_START_ALPHA_BAR) return [];
  return [
    formatWarning(
      'late_start',
      `the first timestep ${first.timestep} has alphaBar ${first.alphaBar.toFixed(3)}, but its state is pure noise; ` +
        'trailing spacing starts at the last timestep',
    ),
  ];
}
