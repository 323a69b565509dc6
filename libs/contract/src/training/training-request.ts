import {
  BETA_SCHEDULES,
  COMPATS,
  LOSS_WEIGHTINGS,
  LR_SCHEDULES,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  PRESET_NAMES,
  RANGES,
  TIMESTEP_SPACINGS,
  PRIORITIES,
} from '#ddim';
import { z } from 'zod';
import { list } from '../list.js';
import { Metadata } from '../metadata.js';
import { ModelReference, ResourceName } from '../names.js';
import { PolicyInterface } from '../policies/policy-interface.js';
import { integer, number } from '../ranges.js';
import { Thresholding } from '../sampling/sampling-request.js';
import { Webhook } from '../webhooks/webhook.js';

const Beta = number(RANGES.beta);

/** Absent fields take the preset's value. */
const NetworkRequest = z
  .strictObject({
    hiddenSize: integer(RANGES.hiddenSize).multipleOf(2).optional().describe('Width of the network. Default: 256'),
    numLayers: integer(RANGES.numLayers).optional().describe('Residual blocks. Default: 4'),
    preconditioning: z
      .enum(PRECONDITIONINGS)
      .optional()
      .describe("edm predicts with EDM's scaling; needs predictionType sample. Default: none"),
    sigmaSkip: number(RANGES.sigmaSkip)
      .optional()
      .describe('Standard deviation of preconditioning edm, in normalised action units. Default: by the data'),
  })
  .meta({ id: 'NetworkRequest' });

export const DiffusionRequest = z
  .strictObject({
    numTrainTimesteps: integer(RANGES.numTrainTimesteps)
      .optional()
      .describe('Timesteps of the noise schedule. Default: length of trainedBetas, else of the preset (100)'),
    betaSchedule: z
      .enum(BETA_SCHEDULES)
      .optional()
      .describe("Form of the betas, as in diffusers. Default: the preset's (squaredcos_cap_v2)"),
    betaStart: Beta.optional().describe('First beta of a linear schedule. Default: 0.0001'),
    betaEnd: Beta.optional().describe('Last beta of a linear schedule. Default: 0.02'),
    trainedBetas: list(Beta, RANGES.numTrainTimesteps)
      .optional()
      .describe('The betas themselves, numTrainTimesteps of them. Default: by betaSchedule'),
    predictionType: z
      .enum(PREDICTION_TYPES)
      .optional()
      .describe("What the network predicts. Default: the preset's (epsilon)"),
    clipSample: z.boolean().optional().describe('Whether the predicted x0 is clipped. Default: true'),
    clipSampleRange: number(RANGES.clipSampleRange)
      .optional()
      .describe('Bound of the clipped x0, in normalised action units. Default: 1'),
    rescaleBetasZeroSnr: z
      .boolean()
      .optional()
      .describe('Whether the last timestep is pure noise; not with epsilon. Default: false'),
    setAlphaToOne: z
      .boolean()
      .optional()
      .describe("Whether the final level is free of noise. Default: the preset's (true)"),
    timestepSpacing: z
      .enum(TIMESTEP_SPACINGS)
      .optional()
      .describe("How sampling picks timesteps, as in diffusers. Default: the preset's (leading)"),
    stepsOffset: integer(RANGES.stepsOffset)
      .optional()
      .describe('Added to every timestep of spacing leading. Default: 0'),
    eta: number(RANGES.eta).optional().describe('Noise that each sampling step adds. Default: 0'),
    thresholding: Thresholding.optional().describe('Dynamic thresholding in sampling. Default: none'),
    useClippedModelOutput: z
      .boolean()
      .optional()
      .describe('Whether sampling derives the noise again from the clipped x0. Default: false'),
    numInferenceSteps: integer(RANGES.numInferenceSteps)
      .optional()
      .describe("Denoising steps of sampling, at most numTrainTimesteps. Default: the preset's (10)"),
    compat: z.enum(COMPATS).optional().describe('edifice samples as Edifice does, bit for bit. Default: none'),
  })
  .meta({ id: 'DiffusionRequest' });

const EarlyStopping = z
  .strictObject({
    patience: integer(RANGES.patience).describe('Validations in a row without a lower loss that end it'),
    minDelta: number(RANGES.minDelta).default(0).describe('By how much a loss must be lower to count'),
  })
  .meta({ id: 'EarlyStopping' });

const OptimiserRequest = z
  .strictObject({
    steps: integer(RANGES.steps).optional().describe("Optimiser steps. Default: the preset's (6,000)"),
    batchSize: integer(RANGES.batchSize).optional().describe("Pairs per step. Default: the preset's (256)"),
    learningRate: number(RANGES.learningRate).optional().describe("Peak learning rate. Default: the preset's (0.0001)"),
    adamBetas: z
      .tuple([number(RANGES.adamBeta), number(RANGES.adamBeta)])
      .optional()
      .describe("Decay of AdamW's moments. Default: the preset's ([0.95, 0.999])"),
    adamEpsilon: number(RANGES.adamEpsilon).optional().describe("AdamW's epsilon. Default: 1e-8"),
    weightDecay: number(RANGES.weightDecay).optional().describe("Decoupled weight decay. Default: the preset's (1e-6)"),
    warmupSteps: integer(RANGES.warmupSteps)
      .optional()
      .describe("Steps of linear warm-up. Default: the preset's (500), a tenth of a run that is shorter"),
    lrSchedule: z
      .enum(LR_SCHEDULES)
      .optional()
      .describe("Course of the learning rate after the warm-up. Default: the preset's (cosine)"),
    gradClipNorm: number(RANGES.gradClipNorm)
      .optional()
      .describe("Largest norm of the gradient; 0: not clipped. Default: the preset's (10)"),
    emaPower: number(RANGES.emaPower).optional().describe('How fast the averaged weights follow. Default: 0.75'),
    emaMaxDecay: number(RANGES.emaMaxDecay)
      .optional()
      .describe('Largest decay of the averaged weights. Default: 0.9999'),
    conditionDropout: number(RANGES.conditionDropout)
      .optional()
      .describe('Share of pairs trained without observation, for guidance. Default: 0'),
    lossWeighting: z.enum(LOSS_WEIGHTINGS).optional().describe('Weight of timesteps in the loss. Default: none'),
    checkpointEverySteps: integer(RANGES.checkpointEverySteps)
      .optional()
      .describe('Steps between checkpoints. Default: 1,000'),
    logEverySteps: integer(RANGES.logEverySteps).optional().describe('Steps between log points. Default: 50'),
    validationFraction: number(RANGES.validationFraction)
      .optional()
      .describe('Share of pairs kept for validation. Default: 0.05'),
    earlyStopping: EarlyStopping.optional().describe('When it ends before its steps. Default: never'),
    keepBest: z
      .boolean()
      .optional()
      .describe('Whether the version has the weights of the lowest validation loss. Default: false, the last ones'),
    sampleEvery: integer(RANGES.sampleEvery)
      .optional()
      .describe('Steps between two draws of a few rows, at least a hundredth of steps. Default: none are drawn'),
    seed: integer(RANGES.seed)
      .optional()
      .describe("Seed of weights, order and noise. Default: derived from the job's id"),
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
    initFrom: ModelReference.optional().describe('Model version to start from. Default: random weights'),
    priority: z.enum(PRIORITIES).default('normal').describe('Class of the job: interactive before normal before bulk'),
    policy: PolicyInterface.optional().describe(
      'What the version takes and gives as a policy. Default: nothing is said',
    ),
    webhook: Webhook.optional().describe('What is called when the job has ended. Default: nothing'),
    metadata: Metadata.default({}).describe("The client's own labels, given back with the job"),
  })
  .meta({
    id: 'TrainingRequest',
    examples: [{ model: 'robot', dataset: 'demonstrations', preset: 'diffusion-policy', training: { steps: 6_000 } }],
  });
export type TrainingRequest = z.output<typeof TrainingRequest>;
