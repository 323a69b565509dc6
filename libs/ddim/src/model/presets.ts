import type { TrainingConfig } from './training-config.js';
import type { PresetName } from '../vocabulary.js';

/** Complete settings of a training job, apart from what its dataset determines. */
type Preset = Omit<TrainingConfig, 'obsSize' | 'actionDim'>;

const shared = {
  gradClipNorm: 1,
  emaPower: 0.75,
  emaMaxDecay: 0.9999,
  conditionDropout: 0,
  lossWeighting: 'none',
  checkpointEverySteps: 1000,
  logEverySteps: 50,
  validationFraction: 0.05,
  seed: 0,
} as const;

/** The settings of Edifice's documentation and of diffusion_policy (LeRobot's gradient clipping), by name. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  edifice: {
    actionHorizon: 8,
    network: { hiddenSize: 256, numLayers: 4, preconditioning: 'none' },
    diffusion: {
      numTrainTimesteps: 1000,
      betaSchedule: 'linear',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: false,
      predictionType: 'epsilon',
      clipSample: true,
      clipSampleRange: 1,
      timestepSpacing: 'trailing',
      numInferenceSteps: 50,
    },
    training: {
      ...shared,
      steps: 20_000,
      batchSize: 128,
      learningRate: 2e-4,
      adamBetas: [0.9, 0.999],
      adamEpsilon: 1e-8,
      weightDecay: 0,
      warmupSteps: 0,
      lrSchedule: 'constant',
    },
  },
  'diffusion-policy': {
    actionHorizon: 16,
    network: { hiddenSize: 256, numLayers: 4, preconditioning: 'none' },
    diffusion: {
      numTrainTimesteps: 100,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
      predictionType: 'epsilon',
      clipSample: true,
      clipSampleRange: 1,
      timestepSpacing: 'leading',
      numInferenceSteps: 10,
    },
    training: {
      ...shared,
      steps: 6000,
      batchSize: 256,
      learningRate: 1e-4,
      adamBetas: [0.95, 0.999],
      adamEpsilon: 1e-8,
      weightDecay: 1e-6,
      warmupSteps: 500,
      lrSchedule: 'cosine',
      gradClipNorm: 10,
    },
  },
};
