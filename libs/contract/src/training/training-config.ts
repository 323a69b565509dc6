import {
  BETA_SCHEDULES,
  COMPATS,
  LOSS_WEIGHTINGS,
  LR_SCHEDULES,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  presets,
  TIMESTEP_SPACINGS,
  type TrainingConfig,
  type TrainingHyperparameters,
} from '#ddim';
import { z } from 'zod';
import type { Dataset } from '../models/dataset.js';
import type { TrainingRequest } from './training-request.js';

type DatasetShape = Pick<Dataset, 'obsSize' | 'actionHorizon' | 'actionDim'>;

/** The form of what a request may also say, without its limits. */
type FieldsOf<Settings> = Record<keyof Settings, z.ZodType>;

/** Complete settings as a job carries them; who admitted the job has judged them. */
export const CompleteTrainingConfig = z.strictObject({
  obsSize: z.int(),
  actionHorizon: z.int(),
  actionDim: z.int(),
  network: z.strictObject({
    hiddenSize: z.int(),
    numLayers: z.int(),
    preconditioning: z.enum(PRECONDITIONINGS),
    sigmaSkip: z.number().optional(),
  } satisfies FieldsOf<TrainingConfig['network']>),
  diffusion: z.strictObject({
    numTrainTimesteps: z.int(),
    betaSchedule: z.enum(BETA_SCHEDULES),
    betaStart: z.number(),
    betaEnd: z.number(),
    trainedBetas: z.array(z.number()).optional(),
    predictionType: z.enum(PREDICTION_TYPES),
    rescaleBetasZeroSnr: z.boolean(),
    setAlphaToOne: z.boolean(),
    clipSample: z.boolean(),
    clipSampleRange: z.number().optional(),
    timestepSpacing: z.enum(TIMESTEP_SPACINGS),
    stepsOffset: z.int().optional(),
    numInferenceSteps: z.int(),
    eta: z.number().optional(),
    thresholding: z.strictObject({ ratio: z.number(), maxValue: z.number() }).nullable().optional(),
    useClippedModelOutput: z.boolean().optional(),
    compat: z.enum(COMPATS).optional(),
  } satisfies FieldsOf<TrainingConfig['diffusion']>),
  training: z.strictObject({
    steps: z.int(),
    batchSize: z.int(),
    learningRate: z.number(),
    adamBetas: z.tuple([z.number(), z.number()]),
    adamEpsilon: z.number(),
    weightDecay: z.number(),
    warmupSteps: z.int(),
    lrSchedule: z.enum(LR_SCHEDULES),
    gradClipNorm: z.number(),
    emaPower: z.number(),
    emaMaxDecay: z.number(),
    conditionDropout: z.number(),
    lossWeighting: z.enum(LOSS_WEIGHTINGS),
    checkpointEverySteps: z.int(),
    logEverySteps: z.int(),
    validationFraction: z.number(),
    earlyStopping: z.strictObject({ patience: z.int(), minDelta: z.number() }).optional(),
    keepBest: z.boolean().optional(),
    sampleEvery: z.int().optional(),
    seed: z.int(),
  } satisfies FieldsOf<TrainingHyperparameters>),
} satisfies FieldsOf<TrainingConfig>);
type CompleteTrainingConfig = z.output<typeof CompleteTrainingConfig>;

/**
 * The complete settings of a training job: the preset's, overridden by the request, with the sizes of the
 * dataset. A default that does not fit what the request sets follows it, so that nobody is refused over a
 * value that he did not choose.
 */
export function resolveTrainingConfig(request: TrainingRequest, dataset: DatasetShape): CompleteTrainingConfig {
  const preset = presets[request.preset];
  const { obsSize, actionHorizon, actionDim } = dataset;
  return {
    obsSize,
    actionHorizon,
    actionDim,
    network: override(preset.network, request.network),
    diffusion: override(fittingDiffusion(preset.diffusion, request.diffusion), request.diffusion),
    training: override(fittingTraining(preset.training, request.training), request.training),
  };
}

/** As many timesteps as betas were given, and no more inference steps than timesteps. */
function fittingDiffusion<Base extends { readonly numTrainTimesteps: number; readonly numInferenceSteps: number }>(
  base: Base,
  { numTrainTimesteps, trainedBetas }: TrainingRequest['diffusion'],
): Base {
  const timesteps = numTrainTimesteps ?? trainedBetas?.length ?? base.numTrainTimesteps;
  const numInferenceSteps = Math.min(base.numInferenceSteps, timesteps);
  return { ...base, numTrainTimesteps: timesteps, numInferenceSteps };
}

/** A run shorter than the preset's warm-up warms up for a tenth of its steps. */
function fittingTraining<Base extends { readonly steps: number; readonly warmupSteps: number }>(
  base: Base,
  { steps = base.steps }: TrainingRequest['training'],
): Base {
  return { ...base, warmupSteps: steps < base.warmupSteps ? Math.floor(steps / 10) : base.warmupSteps };
}

/** `base` with the fields of `changes` that are not undefined. */
function override<Base extends object, Changes extends object>(base: Base, changes: Changes): Base & Changes {
  const present = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(present) as Changes) };
}
