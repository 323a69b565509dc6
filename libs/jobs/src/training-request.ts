import {
  BETA_SCHEDULES,
  COMPATS,
  LOSS_WEIGHTINGS,
  LR_SCHEDULES,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  PRESET_NAMES,
  RANGES,
} from '#ddim';
import { z } from 'zod';
import { list } from './list.js';
import { Metadata } from './metadata.js';
import { ModelReference, ResourceName } from './names.js';
import { optional } from './optional.js';
import { Priority } from './priority.js';
import { integer, number } from './ranges.js';
import { Thresholding, TimestepSpacing } from './sampling-request.js';

const Beta = number(RANGES.beta);

/** Absent fields take the preset's value. */
export const NetworkRequest = z
  .strictObject({
    hiddenSize: optional(integer(RANGES.hiddenSize).multipleOf(2)).describe('Width of the network. Default: 256'),
    numLayers: optional(integer(RANGES.numLayers)).describe('Residual blocks. Default: 4'),
    preconditioning: optional(z.enum(PRECONDITIONINGS)).describe(
      "edm predicts with EDM's scaling; needs predictionType sample. Default: none",
    ),
    sigmaSkip: optional(number(RANGES.sigmaSkip)).describe(
      'Standard deviation of preconditioning edm, in normalised action units. Default: by the data',
    ),
  })
  .meta({ id: 'NetworkRequest' });

export const DiffusionRequest = z
  .strictObject({
    numTrainTimesteps: optional(integer(RANGES.numTrainTimesteps)).describe(
      'Timesteps of the noise schedule. Default: length of trainedBetas, else of the preset (100)',
    ),
    betaSchedule: optional(z.enum(BETA_SCHEDULES)).describe(
      "Form of the betas, as in diffusers. Default: the preset's (squaredcos_cap_v2)",
    ),
    betaStart: optional(Beta).describe('First beta of a linear schedule. Default: 0.0001'),
    betaEnd: optional(Beta).describe('Last beta of a linear schedule. Default: 0.02'),
    trainedBetas: optional(list(Beta, RANGES.numTrainTimesteps)).describe(
      'The betas themselves, numTrainTimesteps of them. Default: by betaSchedule',
    ),
    predictionType: optional(z.enum(PREDICTION_TYPES)).describe(
      "What the network predicts. Default: the preset's (epsilon)",
    ),
    clipSample: optional(z.boolean()).describe('Whether the predicted x0 is clipped. Default: true'),
    clipSampleRange: optional(number(RANGES.clipSampleRange)).describe(
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
    stepsOffset: optional(integer(RANGES.stepsOffset)).describe(
      'Added to every timestep of spacing leading. Default: 0',
    ),
    eta: optional(number(RANGES.eta)).describe('Noise that each sampling step adds. Default: 0'),
    thresholding: optional(Thresholding).describe('Dynamic thresholding in sampling. Default: none'),
    useClippedModelOutput: optional(z.boolean()).describe(
      'Whether sampling derives the noise again from the clipped x0. Default: false',
    ),
    numInferenceSteps: optional(integer(RANGES.numInferenceSteps)).describe(
      "Denoising steps of sampling, at most numTrainTimesteps. Default: the preset's (10)",
    ),
    compat: optional(z.enum(COMPATS)).describe('edifice samples as Edifice does, bit for bit. Default: none'),
  })
  .meta({ id: 'DiffusionRequest' });

export const OptimiserRequest = z
  .strictObject({
    steps: optional(integer(RANGES.steps)).describe("Optimiser steps. Default: the preset's (6,000)"),
    batchSize: optional(integer(RANGES.batchSize)).describe("Pairs per step. Default: the preset's (256)"),
    learningRate: optional(number(RANGES.learningRate)).describe("Peak learning rate. Default: the preset's (0.0001)"),
    adamBetas: optional(z.tuple([number(RANGES.adamBeta), number(RANGES.adamBeta)])).describe(
      "Decay of AdamW's moments. Default: the preset's ([0.95, 0.999])",
    ),
    adamEpsilon: optional(number(RANGES.adamEpsilon)).describe("AdamW's epsilon. Default: 1e-8"),
    weightDecay: optional(number(RANGES.weightDecay)).describe("Decoupled weight decay. Default: the preset's (1e-6)"),
    warmupSteps: optional(integer(RANGES.warmupSteps)).describe(
      "Steps of linear warm-up. Default: the preset's (500), a tenth of a run that is shorter",
    ),
    lrSchedule: optional(z.enum(LR_SCHEDULES)).describe(
      "Course of the learning rate after the warm-up. Default: the preset's (cosine)",
    ),
    gradClipNorm: optional(number(RANGES.gradClipNorm)).describe(
      "Largest norm of the gradient; 0: not clipped. Default: the preset's (10)",
    ),
    emaPower: optional(number(RANGES.emaPower)).describe('How fast the averaged weights follow. Default: 0.75'),
    emaMaxDecay: optional(number(RANGES.emaMaxDecay)).describe(
      'Largest decay of the averaged weights. Default: 0.9999',
    ),
    conditionDropout: optional(number(RANGES.conditionDropout)).describe(
      'Share of pairs trained without observation, for guidance. Default: 0',
    ),
    lossWeighting: optional(z.enum(LOSS_WEIGHTINGS)).describe('Weight of timesteps in the loss. Default: none'),
    checkpointEverySteps: optional(integer(RANGES.checkpointEverySteps)).describe(
      'Steps between checkpoints. Default: 1,000',
    ),
    logEverySteps: optional(integer(RANGES.logEverySteps)).describe('Steps between log points. Default: 50'),
    validationFraction: optional(number(RANGES.validationFraction)).describe(
      'Share of pairs kept for validation. Default: 0.05',
    ),
    seed: optional(integer(RANGES.seed)).describe(
      "Seed of weights, order and noise. Default: derived from the job's id",
    ),
  })
  .meta({ id: 'OptimiserRequest' });

/** Body of `POST /v1/training-jobs`. */
export const TrainingRequest = z
  .strictObject({
    model: ResourceName.describe('Name of the model that gets a new version'),
    dataset: ResourceName.describe('Name of the dataset'),
    preset: z.enum(PRESET_NAMES).default('diffusion-policy').describe('Where all settings start from'),
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
