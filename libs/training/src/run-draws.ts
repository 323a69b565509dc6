import {
  denormalize,
  encodeObservations,
  mlpPredict,
  outputSize,
  planForModel,
  sample,
  samplingDefaults,
  samplingOptions,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type TrainingConfig,
} from '#ddim';
import { noiseScheduleConfig } from './training-config.js';
import type { TrainingData } from './training-data.js';

/** What a run drew after an update. */
export interface DrawnSamples {
  readonly step: number;
  /** [rows,horizon,dim] in the units of the dataset. */
  readonly shape: readonly [number, number, number];
  readonly actions: Float32Array;
}

/** Rows of a draw at most, and their numbers: they travel as an event. */
const MAX_ROWS = 4;
export const MAX_DRAWN_NUMBERS = 8_192;
/** A draw is a glance: as many steps as the model's default, but no more than these. */
const MAX_STEPS = 20;

/**
 * Draws a few rows during a run, by the reference sampler: for observations that are held out, or else of the
 * first training rows; with the same seed every time, so that two draws differ by what was learnt alone.
 */
export class RunDraws {
  private readonly rows: number;
  /** [rows,obsSize], normalised. */
  private readonly observations: Float32Array;

  constructor(
    private readonly config: TrainingConfig,
    private readonly denoiser: MlpDenoiserConfig,
    private readonly data: TrainingData,
  ) {
    const { obsSize } = config;
    const { validationRows, trainRows, observations } = data;
    const source = validationRows.length > 0 ? validationRows : trainRows;
    const fitting = Math.max(Math.floor(MAX_DRAWN_NUMBERS / outputSize(config)), 1);
    const chosen = source.subarray(0, Math.min(MAX_ROWS, fitting));
    this.rows = chosen.length;
    this.observations = new Float32Array(chosen.length * obsSize);
    for (const [i, row] of chosen.entries())
      this.observations.set(observations.subarray(row * obsSize, (row + 1) * obsSize), i * obsSize);
  }

  isDue(update: number): boolean {
    const { sampleEvery } = this.config.training;
    return sampleEvery !== undefined && update % sampleEvery === 0;
  }

  draw(step: number, ema: DenoiserParameters): DrawnSamples {
    const { config, denoiser, rows } = this;
    const { actionHorizon, actionDim, diffusion, training } = config;
    const defaults = samplingDefaults(diffusion);
    const numInferenceSteps = Math.min(defaults.numInferenceSteps, MAX_STEPS);
    const model = {
      config: denoiser,
      schedule: noiseScheduleConfig(config),
      conditionDropout: training.conditionDropout,
    };
    const normalised = sample(
      mlpPredict(denoiser, ema),
      planForModel(model, samplingOptions({ ...defaults, numInferenceSteps })),
      { seed: training.seed, rows, outputSize: outputSize(config), conditions: this.conditions(ema) },
    );
    const actions = denormalize(this.data.actionNormalizer, normalised);
    return { step, shape: [rows, actionHorizon, actionDim], actions };
  }

  /** [rows,H]; a model without observations has one for all. */
  private conditions(ema: DenoiserParameters): Float32Array {
    const encoded = encodeObservations(this.denoiser, ema, this.observations);
    if (this.config.obsSize > 0) return encoded;
    const conditions = new Float32Array(this.rows * encoded.length);
    for (let row = 0; row < this.rows; row++) conditions.set(encoded, row * encoded.length);
    return conditions;
  }
}
