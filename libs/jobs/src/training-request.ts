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
    hiddenSize: optional(z.int().min(2).max(4096).multipleOf(2)).describe('Width of the network. Default: 256'),
    numLayers: optional(z.int().min(1).max(32)).describe('Residual blocks. Default: 4'),
    preconditioning: optional(z.enum(['none', 'edm'])).describe(
      "edm predicts with EDM's scaling; needs predictionType sample. Default: none",
    ),
    sigmaSkip: optional(z.number().gt(0).max(10)).describe(
      'Standard deviation of preconditioning edm, in normalised action units. Default: by the data',
    ),
  })
  .meta({ id: 'NetworkRequest' });

export const DiffusionRequest = z
  .strictObject({
    numTrainTimesteps: optional(z.int().min(2).max(MAX_TRAIN_TIMESTEPS)).describe(
      'Timesteps of the noise schedule. Default: length of trainedBetas, else of the preset (100)',
    ),
    betaSchedule: optional(z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2'])).describe(
      "Form of the betas, as in diffusers. Default: the preset's (squaredcos_cap_v2)",
    ),
    betaStart: optional(Beta).describe('First beta of a linear schedule. Default: 0.0001'),
    betaEnd: optional(Beta).describe('Last beta of a linear schedule. Default: 0.02'),
    trainedBetas: optional(list(Beta, { min: 2, max: MAX_TRAIN_TIMESTEPS })).describe(
      'The betas themselves, numTrainTimesteps of them. Default: by betaSchedule',
    ),
    predictionType: optional(z.enum(['epsilon', 'sample', 'v_prediction'])).describe(
      "What the network predicts. Default: the preset's (epsilon)",
    ),
    clipSample: optional(z.boolean()).describe('Whether the predicted x0 is clipped. Default: true'),
    clipSampleRange: optional(z.number().gt(0).max(1e6)).describe(
      'Bound of the clipped x0, in normalised action units. Default: 1',
    ),
    rescaleBetasZeroSnr: optional(z.boolean()).describe(
      'Whether the last timestep is pure noise; not with epsilon. Default: false',
    ),
    setAlphaToOne: optional(z.boolean()).describe(
      "Whether the final level is free of noise. Default: the preset's (true)",
    ),
    timestepSpacing: optional(TimestepSpacing).describe(
      "How sampling picks timesteps, as in diffusers. Default: the preset's (leading)",
    ),
    stepsOffset: optional(z.int().min(0).max(MAX_TRAIN_TIMESTEPS)).describe(
      'Added to every timestep of spacing leading. Default: 0',
    ),
    eta: optional(z.number().min(0).max(1)).describe('Noise that each sampling step adds. Default: 0'),
    thresholding: optional(Thresholding).describe('Dynamic thresholding in sampling. Default: none'),
    useClippedModelOutput: optional(z.boolean()).describe(
      'Whether sampling derives the noise again from the clipped x0. Default: false',
    ),
    numInferenceSteps: optional(z.int().min(1).max(MAX_TRAIN_TIMESTEPS)).describe(
      "Denoising steps of sampling, at most numTrainTimesteps. Default: the preset's (10)",
    ),
    compat: optional(z.enum(['edifice'])).describe('edifice samples as Edifice does, bit for bit. Default: none'),
  })
  .meta({ id: 'DiffusionRequest' });

export const OptimiserRequest = z
  .strictObject({
    steps: optional(z.int().min(1).max(100_000_000)).describe("Optimiser steps. Default: the preset's (6,000)"),
    batchSize: optional(z.int().min(1).max(65_536)).describe("Pairs per step. Default: the preset's (256)"),
    learningRate: optional(z.number().gt(0).max(10)).describe("Peak learning rate. Default: the preset's (0.0001)"),
    adamBetas: optional(z.tuple([z.number().min(0).lt(1), z.number().min(0).lt(1)])).describe(
      "Decay of AdamW's moments. Default: the preset's ([0.95, 0.999])",
    ),
    adamEpsilon: optional(z.number().gt(0).max(1)).describe("AdamW's epsilon. Default: 1e-8"),
    weightDecay: optional(z.number().min(0).max(10)).describe("Decoupled weight decay. Default: the preset's (1e-6)"),
    warmupSteps: optional(z.int().min(0).max(100_000_000)).describe(
      "Steps of linear warm-up. Default: the preset's (500), a tenth of a run that is shorter",
    ),
    lrSchedule: optional(z.enum(['cosine', 'constant', 'linear'])).describe(
      "Course of the learning rate after the warm-up. Default: the preset's (cosine)",
    ),
    gradClipNorm: optional(z.number().min(0).max(1e6)).describe(
      "Largest norm of the gradient; 0: not clipped. Default: the preset's (10)",
    ),
    emaPower: optional(z.number().gt(0).max(1)).describe('How fast the averaged weights follow. Default: 0.75'),
    emaMaxDecay: optional(z.number().min(0).lt(1)).describe('Largest decay of the averaged weights. Default: 0.9999'),
    conditionDropout: optional(z.number().min(0).lt(1)).describe(
      'Share of pairs trained without observation, for guidance. Default: 0',
    ),
    lossWeighting: optional(z.enum(['none', 'min_snr'])).describe('Weight of timesteps in the loss. Default: none'),
    checkpointEverySteps: optional(z.int().min(1).max(100_000_000)).describe(
      'Steps between checkpoints. Default: 1,000',
    ),
    logEverySteps: optional(z.int().min(1).max(1_000_000)).describe('Steps between log points. Default: 50'),
    validationFraction: optional(z.number().min(0).max(0.5)).describe(
      'Share of pairs kept for validation. Default: 0.05',
    ),
    seed: optional(z.int().min(0)).describe("Seed of weights, order and noise. Default: derived from the job's id"),
  })
  .meta({ id: 'OptimiserRequest' });

/** Body of `POST /v1/training-jobs`. */
export const TrainingRequest = z
  .strictObject({
    model: ResourceName.describe('Name of the model that gets a new version'),
    dataset: ResourceName.describe('Name of the dataset'),
    preset: z
      .enum(['diffusion-policy', 'edifice'])
      .default('diffusion-policy')
      .describe('Where all settings start from'),
    network: NetworkRequest.prefault({}).describe('Sizes of the network'),
    diffusion: DiffusionRequest.prefault({}).describe('Noise schedule, output form and sampling defaults'),
    training: OptimiserRequest.prefault({}).describe('Optimisation'),
    initFrom: optional(ModelReference).describe('Model version to start from. Default: random weights'),
    priority: Priority.default('normal').describe('Class of the job: interactive before normal before bulk'),
    webhook: optional(z.url().max(2048)).describe('Not supported yet: must be left out'),
    metadata: Metadata.default({}).describe("The client's own labels, given back with the job"),
  })
  .meta({
    id: 'TrainingRequest',
    examples: [{ model: 'robot', dataset: 'demonstrations', preset: 'diffusion-policy', training: { steps: 6_000 } }],
  });
export type TrainingRequest = z.output<typeof TrainingRequest>;
