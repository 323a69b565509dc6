/**
 * The words and the numbers that a request, a file or a record may hold. Schemas, the OpenAPI document, the
 * options of the CLI and every check are made from them; formulas are records over the words, so that a new
 * word does not compile without its formula.
 */

/** Forms of the betas, as in diffusers. */
export const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;
export type BetaSchedule = (typeof BETA_SCHEDULES)[number];

/** How sampling picks its timesteps; `quad` is the DDIM paper's, the others are as in diffusers. */
export const TIMESTEP_SPACINGS = ['leading', 'trailing', 'linspace', 'quad'] as const;
export type TimestepSpacing = (typeof TIMESTEP_SPACINGS)[number];

/** What comes before a timestep: the next of the list, or the timestep minus the stride as in diffusers. */
export const PREV_TIMESTEP_RULES = ['list', 'stride'] as const;
export type PrevTimestepRule = (typeof PREV_TIMESTEP_RULES)[number];

/** What the network predicts. */
export const PREDICTION_TYPES = ['epsilon', 'sample', 'v_prediction'] as const;
export type PredictionType = (typeof PREDICTION_TYPES)[number];

/** How the network's output is scaled. */
export const PRECONDITIONINGS = ['none', 'edm'] as const;
export type Preconditioning = (typeof PRECONDITIONINGS)[number];

/** Variance of the added noise: that of DDIM, or the paper's sigma-hat. */
export const NOISE_VARIANCES = ['ddim', 'large'] as const;
export type NoiseVariance = (typeof NOISE_VARIANCES)[number];

/** Samplers of other projects that can be reproduced bit for bit. */
export const COMPATS = ['edifice'] as const;
export type Compat = (typeof COMPATS)[number];

/** `interpolate` samples deterministically from points between two rows of noise. */
export const SAMPLING_MODES = ['sample', 'encode', 'interpolate'] as const;
export type SamplingMode = (typeof SAMPLING_MODES)[number];

/** Which way a plan goes; `encode` walks it upwards (DDIM inversion). */
export type Direction = Exclude<SamplingMode, 'interpolate'>;

/** Arithmetic that is faster and a little wrong: 8-bit integers, or the upper half of float32. */
export const ROUNDED_PRECISIONS = ['int8', 'bf16'] as const;
export type RoundedPrecision = (typeof ROUNDED_PRECISIONS)[number];

/** Arithmetic of the network. */
export const PRECISIONS = ['float32', ...ROUNDED_PRECISIONS] as const;
export type Precision = (typeof PRECISIONS)[number];

/** How the pull towards the plan under way fades between the delay and the execution horizon. */
export const CHUNKING_SCHEDULES = ['exp', 'linear', 'ones', 'zeros'] as const;
export type ChunkingSchedule = (typeof CHUNKING_SCHEDULES)[number];

/** Classes of jobs and their rows, the most urgent first. */
export const PRIORITIES = ['interactive', 'normal', 'bulk'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Course of the learning rate after the warm-up. */
export const LR_SCHEDULES = ['cosine', 'constant', 'linear'] as const;
export type LrSchedule = (typeof LR_SCHEDULES)[number];

/** How the losses of a batch's rows count: all alike, or by Min-SNR-γ (arXiv:2303.09556). */
export const LOSS_WEIGHTINGS = ['none', 'min_snr'] as const;
export type LossWeighting = (typeof LOSS_WEIGHTINGS)[number];

/** Settings that a training can start from. */
export const PRESET_NAMES = ['diffusion-policy', 'edifice'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * Bounds of a number: from `min` or `above`, to `max` or `below`; `above` and `below` are not in the range
 * themselves.
 */
export interface Range {
  readonly min?: number;
  readonly max?: number;
  readonly above?: number;
  readonly below?: number;
}

/**
 * More steps than this are a mistake; tables of the schedule and of the network grow with it, and no file's
 * size bounds it.
 */
const MOST_TIMESTEPS = 10_000;
const MOST_UPDATES = 100_000_000;

/** Ranges of single numbers, by the name of the option where it has one. */
export const RANGES = {
  /**
   * Most numbers that an observation, and a whole trajectory, may have: of any dataset, model and request.
   */
  obsSize: { min: 0, max: 1_048_576 },
  /** actionHorizon, actionDim and their product. */
  outputSize: { min: 1, max: 1_048_576 },
  hiddenSize: { min: 2, max: 4_096 },
  numLayers: { min: 1, max: 32 },
  sigmaSkip: { above: 0, max: 10 },
  numTrainTimesteps: { min: 2, max: MOST_TIMESTEPS },
  beta: { above: 0, below: 1 },
  numInferenceSteps: { min: 1, max: MOST_TIMESTEPS },
  stepsOffset: { min: 0, max: MOST_TIMESTEPS },
  startTimestep: { min: 0, max: MOST_TIMESTEPS },
  strength: { above: 0, max: 1 },
  eta: { min: 0, max: 1 },
  clipSampleRange: { above: 0, max: 1e6 },
  guidanceScale: { min: 0, max: 100 },
  guidanceRescale: { min: 0, max: 1 },
  thresholdingRatio: { above: 0, max: 1 },
  chunkingMaxWeight: { above: 0, max: 10_000 },
  previewEvery: { min: 1, max: MOST_TIMESTEPS },
  deadlineMs: { min: 1, max: 86_400_000 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
  steps: { min: 1, max: MOST_UPDATES },
  warmupSteps: { min: 0, max: MOST_UPDATES },
  checkpointEverySteps: { min: 1, max: MOST_UPDATES },
  logEverySteps: { min: 1, max: 1_000_000 },
  batchSize: { min: 1, max: 65_536 },
  learningRate: { above: 0, max: 10 },
  adamBeta: { min: 0, below: 1 },
  adamEpsilon: { above: 0, max: 1 },
  weightDecay: { min: 0, max: 10 },
  gradClipNorm: { min: 0, max: 1e6 },
  emaPower: { above: 0, max: 1 },
  emaMaxDecay: { min: 0, below: 1 },
  conditionDropout: { min: 0, below: 1 },
  validationFraction: { min: 0, max: 0.5 },
  patience: { min: 1, max: 10_000 },
  minDelta: { min: 0, max: 1e6 },
  sampleEvery: { min: 1, max: MOST_UPDATES },
} as const satisfies Readonly<Record<string, Range>>;

/**
 * What one sampling job may ask for. The API refuses more, and an engine takes as much when it holds nothing
 * else: a job that was accepted has a place to run.
 */
export const SAMPLING_LIMITS = {
  rows: 4_096,
  /** Rows x steps. */
  rowSteps: 1_000_000,
  /** Of `requestBytes`: states, conditions, results and inputs of all rows. */
  bytes: 512 * 2 ** 20,
} as const;
