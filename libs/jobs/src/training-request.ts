import { MAX_TRAIN_TIMESTEPS } from '#ddim';
import { z } from 'zod';
import { list } from './list.js';
import { Metadata } from './metadata.js';
import { ModelReference, ResourceName } from './names.js';
import { optional } from './optional.js';
import { Priority } from './priority.js';
import { Thresholding, TimestepSpacing } from './sampling-request.js';

const Beta = z.number().gt(0).lt(1);

/** Absent fields take the preset's value. */
export const NetworkRequest = z
  .strictObject({
    hiddenSize: optional(z.int().min(2).max(4096).multipleOf(2)),
    numLayers: optional(z.int().min(1).max(32)),
    preconditioning: optional(z.enum(['none', 'edm'])),
    sigmaSkip: optional(z.number().gt(0).max(10)),
  })
  .meta({ id: 'NetworkRequest' });

export const DiffusionRequest = z
  .strictObject({
    numTrainTimesteps: optional(z.int().min(2).max(MAX_TRAIN_TIMESTEPS)),
    betaSchedule: optional(z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2'])),
    betaStart: optional(Beta),
    betaEnd: optional(Beta),
    trainedBetas: optional(list(Beta, { min: 2, max: MAX_TRAIN_TIMESTEPS })),
    predictionType: optional(z.enum(['epsilon', 'sample', 'v_prediction'])),
    clipSample: optional(z.boolean()),
    clipSampleRange: optional(z.number().gt(0).max(1e6)),
    rescaleBetasZeroSnr: optional(z.boolean()),
    setAlphaToOne: optional(z.boolean()),
    timestepSpacing: optional(TimestepSpacing),
    stepsOffset: optional(z.int().min(0).max(MAX_TRAIN_TIMESTEPS)),
    eta: optional(z.number().min(0).max(1)),
    thresholding: optional(Thresholding),
    useClippedModelOutput: optional(z.boolean()),
    numInferenceSteps: optional(z.int().min(1).max(MAX_TRAIN_TIMESTEPS)),
    compat: optional(z.enum(['edifice'])),
  })
  .meta({ id: 'DiffusionRequest' });

export const OptimiserRequest = z
  .strictObject({
    steps: optional(z.int().min(1).max(100_000_000)),
    batchSize: optional(z.int().min(1).max(65_536)),
    learningRate: optional(z.number().gt(0).max(10)),
    adamBetas: optional(z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])),
    adamEpsilon: optional(z.number().gt(0).max(1)),
    weightDecay: optional(z.number().min(0).max(10)),
    warmupSteps: optional(z.int().min(0).max(100_000_000)),
    lrSchedule: optional(z.enum(['cosine', 'constant', 'linear'])),
    gradClipNorm: optional(z.number().min(0).max(1e6)),
    emaPower: optional(z.number().gt(0).max(1)),
    emaMaxDecay: optional(z.number().min(0).lt(1)),
    conditionDropout: optional(z.number().min(0).lt(1)),
    lossWeighting: optional(z.enum(['none', 'min_snr'])),
    checkpointEverySteps: optional(z.int().min(1).max(100_000_000)),
    logEverySteps: optional(z.int().min(1).max(1_000_000)),
    validationFraction: optional(z.number().min(0).max(0.5)),
    seed: optional(z.int().min(0)),
  })
  .meta({ id: 'OptimiserRequest' });

/** Body of `POST /v1/training-jobs`. */
export const TrainingRequest = z
  .strictObject({
    model: ResourceName,
    dataset: ResourceName,
    preset: z.enum(['diffusion-policy', 'edifice']).default('diffusion-policy'),
    network: NetworkRequest.prefault({}),
    diffusion: DiffusionRequest.prefault({}),
    training: OptimiserRequest.prefault({}),
    initFrom: optional(ModelReference),
    priority: Priority.default('normal'),
    webhook: optional(z.url().max(2048)),
    metadata: Metadata.default({}),
  })
  .meta({ id: 'TrainingRequest' });
export type TrainingRequest = z.output<typeof TrainingRequest>;
