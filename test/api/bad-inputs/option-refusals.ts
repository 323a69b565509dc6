/**
 * A change of a good request of the model `tiny` (T = 100, 10 trailing steps, actions [1,4,2]), the field
 * that is named, and all that is said.
 */
export type OptionRefusal = readonly [change: object, path: string, message: string, code?: string];

export const noActions = [Array.from({ length: 4 }, () => [0, 0])];
const start = { initialActions: noActions };

export const optionRefusals: readonly OptionRefusal[] = [
  [{ numInferenceSteps: 0 }, 'numInferenceSteps', 'expected an integer in 1..10000, got 0'],
  [{ numInferenceSteps: -1 }, 'numInferenceSteps', 'expected an integer in 1..10000, got -1'],
  [{ numInferenceSteps: 1.5 }, 'numInferenceSteps', 'expected an integer in 1..10000, got 1.5'],
  [{ numInferenceSteps: 101 }, 'numInferenceSteps', 'numInferenceSteps must be an integer in 1..100, got 101'],
  [{ eta: -0.1 }, 'eta', 'expected a number in 0..1, got -0.1'],
  [{ eta: 1.1 }, 'eta', 'expected a number in 0..1, got 1.1'],
  [
    { timestepSpacing: 'random' },
    'timestepSpacing',
    'expected one of "leading"|"trailing"|"linspace"|"quad", got "random"',
  ],
  [{ stepsOffset: -1 }, 'stepsOffset', 'expected an integer in 0..10000, got -1'],
  [{ timestepSpacing: 'leading', stepsOffset: 10 }, 'stepsOffset', 'stepsOffset must be an integer in 0..9, got 10'],
  [{ stepsOffset: 1 }, 'stepsOffset', 'stepsOffset must be 0 with trailing spacing; only leading has an offset, got 1'],
  [{ prevTimestepRule: 'next' }, 'prevTimestepRule', 'expected one of "list"|"stride", got "next"'],
  [{ compat: 'diffusers' }, 'compat', 'expected one of "edifice"|"none", got "diffusers"'],
  [{ noiseVariance: 'small' }, 'noiseVariance', 'expected one of "ddim"|"large", got "small"'],
  [{ noiseVariance: 'large' }, 'eta', 'eta must be 1 with noiseVariance large, got 0'],
  [{ noiseVariance: 'large', eta: 0.5 }, 'eta', 'eta must be 1 with noiseVariance large, got 0.5'],
  [
    { noiseVariance: 'large', eta: 1, compat: 'edifice' },
    'noiseVariance',
    'noiseVariance must be ddim with compat edifice, which adds no noise, got large',
  ],
  [{ guidanceScale: -1 }, 'guidanceScale', 'expected a number in 0..100, got -1'],
  [{ guidanceScale: 1e9 }, 'guidanceScale', 'expected a number in 0..100, got 1000000000'],
  [
    { guidanceScale: 2 },
    'guidanceScale',
    'guidanceScale must be 1 for a model trained without condition dropout, got 2',
    'model_not_guidable',
  ],
  [{ guidanceRescale: 1.1 }, 'guidanceRescale', 'expected a number in 0..1, got 1.1'],
  [{ clipSample: 'yes' }, 'clipSample', 'expected boolean, got "yes"'],
  [{ clipSampleRange: 0 }, 'clipSampleRange', 'expected a number above 0, at most 1000000, got 0'],
  [{ clipSampleRange: 2e6 }, 'clipSampleRange', 'expected a number above 0, at most 1000000, got 2000000'],
  [{ thresholding: { ratio: 0, maxValue: 1 } }, 'thresholding.ratio', 'expected a number above 0, at most 1, got 0'],
  [
    { thresholding: { ratio: 1.5, maxValue: 1 } },
    'thresholding.ratio',
    'expected a number above 0, at most 1, got 1.5',
  ],
  [{ thresholding: { ratio: 0.9, maxValue: 0 } }, 'thresholding.maxValue', 'expected a number above 0, got 0'],
  [{ thresholding: { ratio: 0.9 } }, 'thresholding.maxValue', 'expected a number above 0, got nothing'],
  [{ useClippedModelOutput: 1 }, 'useClippedModelOutput', 'expected boolean, got 1'],
  [{ startTimestep: -1, ...start }, 'startTimestep', 'expected an integer in 0..10000, got -1'],
  [{ startTimestep: 100, ...start }, 'startTimestep', 'startTimestep must be an integer in 0..99, got 100'],
  [{ startTimestep: 8, ...start }, 'startTimestep', 'startTimestep must be at least the last timestep 9, got 8'],
  [{ startTimestep: 5 }, 'initialActions', 'required with startTimestep: what to start from; or give warmStart'],
  [start, 'startTimestep', 'required with initialActions: how much noise to start with; or give strength'],
  [{ strength: 0, ...start }, 'strength', 'expected a number above 0, at most 1, got 0'],
  [{ strength: 1.1, ...start }, 'strength', 'expected a number above 0, at most 1, got 1.1'],
  [
    { strength: 0.05, ...start },
    'strength',
    'strength must be a number in 1/10..1, so that a step of 10 is left, got 0.05',
  ],
  [{ strength: 0.5 }, 'initialActions', 'required with strength: what to start from; or give warmStart'],
  [
    { strength: 0.5, startTimestep: 50, ...start },
    'strength',
    'contradicts startTimestep: give one of them, got strength 0.5 and startTimestep 50',
  ],
  [{ mode: 'encode', strength: 0.5, ...start }, 'strength', 'has no meaning in mode encode'],
  [{ mode: 'encode', startTimestep: 50, ...start }, 'startTimestep', 'has no meaning in mode encode'],
  [{ mode: 'encode' }, 'initialActions', 'required in mode encode: the actions to invert'],
  [{ mode: 'encode', eta: 0.5, ...start }, 'eta', 'eta must be 0 for an encode, which is deterministic, got 0.5'],
  [
    { mode: 'encode', compat: 'edifice', ...start },
    'compat',
    'compat must be absent for an encode, which Edifice does not have, got edifice',
  ],
  [{ mode: 'interpolate', samplesPerObservation: 3, eta: 0.5 }, 'eta', 'eta must be 0 for mode interpolate, got 0.5'],
  [{ mode: 'interpolate' }, 'samplesPerObservation', 'at least 2 in mode interpolate: the number of points, got 1'],
  [
    { fixedActions: { mask: [1], values: noActions } },
    'fixedActions.mask',
    'fixedActions.mask must be [4] or [4,2], got [1]',
    'shape_mismatch',
  ],
  [
    { fixedActions: { mask: [[1], [1], [1], [1, 1]], values: noActions } },
    'fixedActions.mask',
    'fixedActions.mask must be [4] or [4,2], got [4,1 or 2]',
    'shape_mismatch',
  ],
  [
    { fixedActions: { mask: [2, 0, 0, 0], values: noActions } },
    'fixedActions.mask.0',
    'expected one of true|false|0|1, got 2',
  ],
  [
    { fixedActions: { mask: [1, 0, 0, 0], values: [[1]] } },
    'fixedActions.values',
    'fixedActions.values must be [1,4,2], got [1,1]',
    'shape_mismatch',
  ],
  [
    { model: 'blind' },
    'predictionType',
    'epsilon prediction needs alphaBar > 0, but the plan visits timestep 99 with alphaBar 0; ' +
      'use v_prediction or sample with trailing spacing',
    'epsilon_at_zero_snr',
  ],
];

const previousActions = noActions;
const warmStart = { previousActions, executedSteps: 1 };

export const warmStartRefusals: readonly OptionRefusal[] = [
  [
    { warmStart: { previousActions, executedSteps: -1 } },
    'warmStart.executedSteps',
    'expected an integer in 0..9007199254740991, got -1',
  ],
  [
    { warmStart: { previousActions, executedSteps: 1.5 } },
    'warmStart.executedSteps',
    'expected an integer in 0..9007199254740991, got 1.5',
  ],
  [
    { warmStart: { previousActions, executedSteps: 4 } },
    'warmStart.executedSteps',
    'warmStart.executedSteps must be an integer in 0..3, got 4',
  ],
  [{ warmStart: { executedSteps: 1 } }, 'warmStart.previousActions', 'expected array or object, got nothing'],
  [
    { warmStart: { previousActions: [[[0, 0]]], executedSteps: 0 } },
    'warmStart.previousActions',
    'warmStart.previousActions must be [1,4,2], got [1,1,2]',
    'shape_mismatch',
  ],
  [
    { samplesPerObservation: 2, warmStart },
    'warmStart.previousActions',
    'warmStart.previousActions must be [2,4,2], got [1,4,2]',
    'shape_mismatch',
  ],
  [{ warmStart, ...start }, 'warmStart', 'contradicts initialActions: give one of them to start from'],
  [{ warmStart, mode: 'encode', ...start }, 'warmStart', 'has no meaning in mode encode'],
  [{ warmStart, mode: 'interpolate', samplesPerObservation: 2 }, 'warmStart', 'has no meaning in mode interpolate'],
  [
    { warmStart, numInferenceSteps: 1 },
    'strength',
    'strength must be a number in 1/1..1, so that a step of 1 is left, got 0.5',
  ],
  [
    { warmStart, strength: 0.5, startTimestep: 50 },
    'strength',
    'contradicts startTimestep: give one of them, got strength 0.5 and startTimestep 50',
  ],
];

const realTimeChunking = { previousActions, executedSteps: 1, delaySteps: 1 };
const between = 'from delaySteps to horizon - delaySteps';

export const chunkingRefusals: readonly OptionRefusal[] = [
  [
    { realTimeChunking: { ...realTimeChunking, delaySteps: 3 } },
    'realTimeChunking.delaySteps',
    'realTimeChunking.delaySteps must be an integer in 0..2, at most half of the horizon 4, got 3',
  ],
  [
    { realTimeChunking: { ...realTimeChunking, executionHorizon: 0 } },
    'realTimeChunking.executionHorizon',
    `realTimeChunking.executionHorizon must be an integer in 1..3, ${between}, got 0`,
  ],
  [
    { realTimeChunking: { ...realTimeChunking, executionHorizon: 4 } },
    'realTimeChunking.executionHorizon',
    `realTimeChunking.executionHorizon must be an integer in 1..3, ${between}, got 4`,
  ],
  [
    { realTimeChunking: { ...realTimeChunking, executedSteps: 4 } },
    'realTimeChunking.executedSteps',
    'realTimeChunking.executedSteps must be an integer in 0..3, got 4',
  ],
  [
    { realTimeChunking: { ...realTimeChunking, maxWeight: 0 } },
    'realTimeChunking.maxWeight',
    'expected a number above 0, at most 10000, got 0',
  ],
  [
    { realTimeChunking: { ...realTimeChunking, schedule: 'cosine' } },
    'realTimeChunking.schedule',
    'expected one of "exp"|"linear"|"ones"|"zeros", got "cosine"',
  ],
  [
    { realTimeChunking: { ...realTimeChunking, previousActions: [[[0, 0]]] } },
    'realTimeChunking.previousActions',
    'realTimeChunking.previousActions must be [1,4,2], got [1,1,2]',
    'shape_mismatch',
  ],
  [
    { samplesPerObservation: 2, realTimeChunking },
    'realTimeChunking.previousActions',
    'realTimeChunking.previousActions must be [2,4,2], got [1,4,2]',
    'shape_mismatch',
  ],
  [{ realTimeChunking, mode: 'encode', ...start }, 'realTimeChunking', 'has no meaning in mode encode'],
  [
    { realTimeChunking, mode: 'interpolate', samplesPerObservation: 2 },
    'realTimeChunking',
    'has no meaning in mode interpolate',
  ],
];
