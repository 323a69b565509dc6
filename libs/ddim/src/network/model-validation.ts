import { outputSize, type MlpDenoiserConfig } from './denoiser.js';
import { InputError } from '../errors.js';
import { checkOutputForm } from '../math/output-form.js';
import { makeNoiseSchedule, type NoiseScheduleConfig } from '../math/schedule.js';
import { formatWarning } from '../warning.js';

/**
 * sigmaSkip of models whose output layer spans only part of the action space: noise of this size stays in the
 * rest.
 */
const NARROW_SIGMA_SKIP = 0.05;
const WIDEST_NARROW_SIGMA_SKIP = 0.1;

/** The sigmaSkip a skip output gets unless another is given: sigmaData when H >= D, else 0.05. */
export function defaultSigmaSkip(
  config: Pick<MlpDenoiserConfig, 'actionDim' | 'actionHorizon' | 'hiddenSize'>,
  sigmaData: number,
): number {
  return config.hiddenSize >= outputSize(config) ? sigmaData : NARROW_SIGMA_SKIP;
}

/**
 * What is wrong, and what works but cannot work well; warnings as `code: text`. The rank rule: F = W h + bias
 * spans at most H of D dimensions, so with H < D neither ε nor v, which are white in all D, can be learnt.
 */
export function validateModel(
  config: MlpDenoiserConfig,
  schedule: NoiseScheduleConfig,
): { errors: string[]; warnings: string[] } {
  const errors: string[] = [];
  const expect = (accepted: boolean, message: string) => accepted || errors.push(message);
  const atLeast = (field: keyof MlpDenoiserConfig, value: number, least: number) =>
    expect(Number.isInteger(value) && value >= least, `${field} must be an integer of at least ${least}, got ${value}`);
  atLeast('obsSize', config.obsSize, 0);
  atLeast('actionDim', config.actionDim, 1);
  atLeast('actionHorizon', config.actionHorizon, 1);
  atLeast('hiddenSize', config.hiddenSize, 2);
  expect(config.hiddenSize % 2 === 0, `hiddenSize must be even, got ${config.hiddenSize}`);
  atLeast('numLayers', config.numLayers, 1);
  expect(
    config.numTrainTimesteps === schedule.numTrainTimesteps,
    `numTrainTimesteps must be the schedule's ${schedule.numTrainTimesteps}, got ${config.numTrainTimesteps}`,
  );
  collectInputError(errors, () => checkOutputForm(config));
  const noise = collectInputError(errors, () => makeNoiseSchedule(schedule));
  return { errors, warnings: errors.length === 0 && noise ? rankWarnings(config, noise.alphasCumprod) : [] };
}

function rankWarnings(config: MlpDenoiserConfig, alphasCumprod: Float64Array): string[] {
  const { hiddenSize: H, predictionType, preconditioning, sigmaSkip = 0 } = config;
  const D = outputSize(config);
  if (H >= D) return [];
  if (preconditioning === 'edm' && sigmaSkip > WIDEST_NARROW_SIGMA_SKIP)
    return [
      formatWarning(
        'rank_limited_prediction',
        `hiddenSize ${H} is below actionHorizon * actionDim = ${D}: noise of standard deviation ${sigmaSkip} stays in the other ` +
          `dimensions; use a sigmaSkip of at most ${WIDEST_NARROW_SIGMA_SKIP}`,
      ),
    ];
  if (predictionType === 'sample') return [];
  const missing = 1 - H / D;
  const mean = alphasCumprod.reduce((sum, alphaBar) => sum + alphaBar, 0) / alphasCumprod.length;
  const floor = predictionType === 'epsilon' ? missing : missing * mean;
  return [
    formatWarning(
      'rank_limited_prediction',
      `hiddenSize ${H} is below actionHorizon * actionDim = ${D}: the ${predictionType} loss cannot fall below about ` +
        `${floor.toFixed(3)} and samples keep noise; use predictionType sample, or a hiddenSize of at least ${D}`,
    ),
  ];
}

function collectInputError<T>(errors: string[], run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    errors.push(error.message);
    return undefined;
  }
}
