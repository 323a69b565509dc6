import {
  BETA_SCHEDULES,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  RANGES,
  samplingDefaults,
  usesBetaEnds,
  type AffineNormalizer,
  type ImportedModelSettings,
  type Warning,
} from '#ddim';
import { z } from 'zod';
import { fromDiffusers } from './diffusers-config.js';
import { list } from '../list.js';
import { integer } from '../ranges.js';
import { DiffusionRequest } from '../training/training-request.js';

const Numbers = z.union([z.number(), list(z.number(), { max: RANGES.obsSize.max })]);

/** normalised = x * scale + offset; one number stands for all dimensions. */
const ImportNormalizer = z
  .strictObject({
    scale: Numbers.describe('Factor, or one per dimension'),
    offset: Numbers.describe('Summand, or one per dimension'),
  })
  .meta({ id: 'ImportNormalizer' });

/**
 * What it was trained on; nothing of this can be read from the file, so that what decides the result has no
 * default.
 */
const ImportDiffusion = DiffusionRequest.extend({
  numTrainTimesteps: integer(RANGES.numTrainTimesteps).describe('Timesteps of the noise schedule'),
  betaSchedule: z.enum(BETA_SCHEDULES).describe('Form of the betas, as in diffusers'),
  predictionType: z.enum(PREDICTION_TYPES).describe('What the network predicts'),
  preconditioning: z.enum(PRECONDITIONINGS).optional().describe('edm or none. Default: none'),
  sigmaData: z.number().gt(0).optional().describe('Standard deviation of the data, for edm'),
  sigmaSkip: z
    .number()
    .gt(0)
    .optional()
    .describe('Standard deviation of the skip connection, for edm. Default: sigmaData'),
}).meta({ id: 'ImportDiffusion' });

/** What must be said of an imported ONNX denoiser besides the file. */
export const ImportConfig = z
  .strictObject({
    obsSize: integer(RANGES.obsSize).describe('Numbers of one observation'),
    actionHorizon: integer(RANGES.outputSize).describe('Steps of one action sequence'),
    actionDim: integer(RANGES.outputSize).describe('Numbers of one step'),
    diffusion: z
      .preprocess(fromDiffusers, ImportDiffusion)
      .describe('What it was trained on; also the scheduler_config.json of a diffusers pipeline'),
    observationNormalizer: ImportNormalizer.optional().describe('Default: the denoiser takes observations as they are'),
    actionNormalizer: ImportNormalizer.optional().describe('Default: the denoiser works in the units of the actions'),
    nullCondition: Numbers.optional().describe(
      'Normalised condition that stands for none. Default: the model cannot be guided',
    ),
  })
  .superRefine(({ diffusion }, context) => {
    for (const [field, message] of contradictions(diffusion))
      context.addIssue({ code: 'custom', path: ['diffusion', field], message });
  })
  .meta({ id: 'ImportConfig' });
export type ImportConfig = z.output<typeof ImportConfig>;

const DEFAULT_STEPS = 10;

/**
 * The settings with defaults filled in and numbers spread over their dimensions; checkImportedModel says
 * whether they fit.
 */
export function resolveImportConfig(config: ImportConfig): ImportedModelSettings {
  const { obsSize, actionHorizon, actionDim, diffusion, nullCondition } = config;
  const { numTrainTimesteps, predictionType, preconditioning = 'none', sigmaData, sigmaSkip, trainedBetas } = diffusion;
  return {
    config: {
      obsSize,
      actionHorizon,
      actionDim,
      numTrainTimesteps,
      predictionType,
      preconditioning,
      ...(sigmaData === undefined ? {} : { sigmaData }),
      ...(sigmaSkip === undefined ? {} : { sigmaSkip }),
    },
    schedule: {
      numTrainTimesteps,
      betaSchedule: diffusion.betaSchedule,
      betaStart: diffusion.betaStart ?? 1e-4,
      betaEnd: diffusion.betaEnd ?? 0.02,
      ...(trainedBetas === undefined ? {} : { trainedBetas }),
      rescaleBetasZeroSnr: diffusion.rescaleBetasZeroSnr ?? false,
      setAlphaToOne: diffusion.setAlphaToOne ?? true,
    },
    sampling: samplingDefaults({
      ...diffusion,
      numInferenceSteps: diffusion.numInferenceSteps ?? Math.min(DEFAULT_STEPS, numTrainTimesteps),
    }),
    ...(nullCondition === undefined ? {} : { nullCondition: spread(nullCondition, obsSize) }),
    observationNormalizer: normalizerOf(config.observationNormalizer, obsSize),
    actionNormalizer: normalizerOf(config.actionNormalizer, actionDim),
  };
}

/**
 * What the settings do that may not be meant. The range to clip at is as wide as the normaliser makes it, and
 * the file does not say how it was made: ±1 is right for min and max, and cuts off a third of what a z-score
 * or no normaliser means.
 */
export function importWarnings({ diffusion, actionNormalizer }: ImportConfig): readonly Warning[] {
  if (diffusion.clipSample !== undefined || diffusion.clipSampleRange !== undefined) return [];
  const scale = actionNormalizer === undefined ? 'units of the data: there is no actionNormalizer' : 'normalised units';
  const message =
    `samples are clipped to -1..1 in ${scale}; right if the denoiser was trained on data in that range; else, as after a z-score, ` +
    'set diffusion.clipSample to false or diffusion.clipSampleRange to what its data reached';
  return [{ code: 'range_clipped', message }];
}

/** Fields of which one makes the other meaningless, so that one of them is a mistake. */
function contradictions(diffusion: z.output<typeof ImportDiffusion>): Array<[field: string, message: string]> {
  const { numTrainTimesteps, numInferenceSteps = 1, preconditioning, predictionType, trainedBetas } = diffusion;
  const found: Array<[string, string]> = [];
  const refuse = (isWrong: boolean, field: string, message: string) => isWrong && found.push([field, message]);
  refuse(
    numInferenceSteps > numTrainTimesteps,
    'numInferenceSteps',
    `at most numTrainTimesteps ${numTrainTimesteps}, got ${numInferenceSteps}`,
  );
  refuse(
    trainedBetas !== undefined && trainedBetas.length !== numTrainTimesteps,
    'trainedBetas',
    `expected numTrainTimesteps ${numTrainTimesteps} numbers, got ${trainedBetas?.length}`,
  );
  const hasEnds = diffusion.betaStart !== undefined || diffusion.betaEnd !== undefined;
  refuse(hasEnds && !usesBetaEnds(diffusion), 'betaStart', 'betaStart and betaEnd mean nothing with this betaSchedule');
  const hasSigma = diffusion.sigmaData !== undefined || diffusion.sigmaSkip !== undefined;
  refuse(hasSigma && preconditioning !== 'edm', 'sigmaData', 'sigmaData and sigmaSkip need preconditioning edm');
  refuse(
    preconditioning === 'edm' && predictionType !== 'sample',
    'preconditioning',
    `edm needs predictionType sample, got ${predictionType}`,
  );
  refuse(
    diffusion.clipSample === false && diffusion.clipSampleRange !== undefined,
    'clipSampleRange',
    'means nothing when clipSample is false',
  );
  return found;
}

function normalizerOf(given: z.output<typeof ImportNormalizer> | undefined, size: number): AffineNormalizer {
  const { scale, offset } = given ?? { scale: 1, offset: 0 };
  return { scale: Float32Array.from(spread(scale, size)), offset: Float32Array.from(spread(offset, size)) };
}

function spread(numbers: number | readonly number[], size: number): readonly number[] {
  return typeof numbers === 'number' ? Array.from({ length: size }, () => numbers) : numbers;
}
