import { describe, expect, it } from 'vitest';
import { fitNormalizer } from '../math/normalizer.js';
import { initialParameters, type MlpDenoiserConfig } from '../network/denoiser.js';
import { modelFromTensors, modelToTensors, planForModel, type DdimModel } from './model.js';
import { presets } from './presets.js';
import { samplingOptions } from '../math/sampling-options.js';
import type { NamedTensor } from './named-tensor.js';

const config: MlpDenoiserConfig = {
  obsSize: 3,
  actionDim: 2,
  actionHorizon: 4,
  hiddenSize: 8,
  numLayers: 1,
  numTrainTimesteps: 100,
  predictionType: 'sample',
  preconditioning: 'edm',
  sigmaData: 0.4,
  sigmaSkip: 0.1,
};
const model: DdimModel = {
  config,
  schedule: {
    numTrainTimesteps: 100,
    betaSchedule: 'squaredcos_cap_v2',
    betaStart: 1e-4,
    betaEnd: 0.02,
    rescaleBetasZeroSnr: false,
    setAlphaToOne: true,
  },
  sampling: {
    numInferenceSteps: 10,
    timestepSpacing: 'leading',
    eta: 0,
    clipSample: true,
    clipSampleRange: 1,
    thresholding: null,
    useClippedModelOutput: false,
  },
  observationNormalizer: fitNormalizer(Float32Array.of(0, 1, 2, 3, 5, 9), 3),
  actionNormalizer: fitNormalizer(Float32Array.of(0, 1, 2, 3), 2),
  conditionDropout: 0.1,
  parameters: initialParameters(config, 1),
};

describe('a model as tensors', () => {
  it('comes back equal', () => {
    const { tensors, metadata } = modelToTensors(model);
    expect(modelFromTensors(tensors, metadata)).toEqual(model);
  });

  it('comes back equal with every optional setting', () => {
    const full: DdimModel = {
      ...model,
      schedule: { ...model.schedule, trainedBetas: Array.from({ length: 100 }, (_, t) => (t + 1) / 200) },
      sampling: { ...model.sampling, stepsOffset: 1, thresholding: { ratio: 0.9, maxValue: 2 }, compat: 'edifice' },
    };
    const { tensors, metadata } = modelToTensors(full);
    expect(modelFromTensors(tensors, metadata)).toEqual(full);
  });

  it('comes back equal with the normalisers of models from before ranges were kept', () => {
    const former = {
      ...model,
      observationNormalizer: { scale: Float32Array.of(1, 2, 3), offset: Float32Array.of(0, -1, 1) },
      actionNormalizer: { scale: Float32Array.of(0.02, 0.02), offset: Float32Array.of(-1, -1) },
    };
    const { tensors, metadata } = modelToTensors(former);
    expect(tensors.map(({ name }) => name)).toContain('action_normalizer.scale');
    expect(modelFromTensors(tensors, metadata)).toEqual(former);
  });

  it('comes back without normalisers of observations when there are none', () => {
    const free = { ...config, obsSize: 0 };
    const unconditional = {
      ...model,
      config: free,
      parameters: initialParameters(free, 1),
      observationNormalizer: fitNormalizer(new Float32Array(0), 0),
    };
    const { tensors, metadata } = modelToTensors(unconditional);
    expect(modelFromTensors(tensors, metadata)).toEqual(unconditional);
  });

  const { tensors, metadata } = modelToTensors(model);
  const change = (name: string, edit: (tensor: NamedTensor) => NamedTensor[]) =>
    tensors.flatMap((tensor) => (tensor.name === name ? edit(tensor) : [tensor]));

  it.each([
    ['shape_mismatch', 'noise_out.bias', () => []],
    ['shape_mismatch', 'noise_out.bias', (tensor: NamedTensor) => [{ ...tensor, shape: [1, 8] }]],
    ['shape_mismatch', 'action_normalizer.center', (tensor: NamedTensor) => [{ ...tensor, shape: [3] }]],
    [
      'non_finite_input',
      'noise_out.bias',
      (tensor: NamedTensor) => [{ ...tensor, data: new Float32Array(8).fill(NaN) }],
    ],
  ])('is refused with %s and the name of the tensor: %s', (code, field, edit) => {
    expect(() => modelFromTensors(change(field, edit), metadata)).toThrow(expect.objectContaining({ code, field }));
  });

  it.each([
    ['metadata.stride', ''],
    ['metadata.stride', '[]'],
    ['metadata.stride.format', '{}'],
    ['metadata.stride.config.obsSize', metadata['stride'].replace('"obsSize":3', '"obsSize":"3"')],
    ['metadata.stride.config.predictionType', metadata['stride'].replace('"sample"', '"noise"')],
    ['metadata.stride.sampling.clipSample', metadata['stride'].replace('"clipSample":true', '"clipSample":1')],
  ])('is refused with the path of the setting: %s', (field, stride) => {
    expect(() => modelFromTensors(tensors, { stride })).toThrow(
      expect.objectContaining({ code: 'unsupported_format', field }),
    );
  });

  it('is refused without settings, of another format, and with settings out of range', () => {
    expect(() => modelFromTensors(tensors, {})).toThrow(expect.objectContaining({ code: 'unsupported_format' }));
    const newer = metadata['stride'].replace('"format":1', '"format":2');
    expect(() => modelFromTensors(tensors, { stride: newer })).toThrow('format must be 1, got 2');
    const odd = metadata['stride'].replace('"hiddenSize":8', '"hiddenSize":7');
    expect(() => modelFromTensors(tensors, { stride: odd })).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
    const slow = metadata['stride'].replaceAll('"numTrainTimesteps":100', '"numTrainTimesteps":100000');
    expect(() => modelFromTensors(tensors, { stride: slow })).toThrow(
      'numTrainTimesteps must be an integer in 2..10000',
    );
    const late = metadata['stride'].replace('"numInferenceSteps":10', '"numInferenceSteps":1000');
    expect(() => modelFromTensors(tensors, { stride: late })).toThrow(
      expect.objectContaining({ field: 'numInferenceSteps' }),
    );
  });

  it.each(['1e6', '1e7', '1e308'])(
    'is refused before anything is made of %s layers that it has no tensors for',
    (layers) => {
      const stride = metadata['stride'].replace('"numLayers":1', `"numLayers":${layers}`);
      expect(() => modelFromTensors(tensors, { stride })).toThrow(
        expect.objectContaining({ code: 'validation_failed', field: 'numLayers' }),
      );
    },
  );
});

describe('planForModel', () => {
  const options = samplingOptions({ numInferenceSteps: 10 });

  it('plans what the model can run', () => {
    expect(planForModel(model, { ...options, guidanceScale: 3 }).timesteps).toHaveLength(10);
    expect(planForModel(model, options, 'encode').direction).toBe('encode');
    expect(planForModel(model, options, 'interpolate').direction).toBe('sample');
  });

  it('refuses guidance of a model without unconditional training', () => {
    for (const change of [{ conditionDropout: 0 }, { config: { ...config, obsSize: 0 } }])
      expect(() => planForModel({ ...model, ...change }, { ...options, guidanceScale: 2 })).toThrow(
        expect.objectContaining({ code: 'model_not_guidable', field: 'guidanceScale' }),
      );
    expect(() => planForModel({ ...model, conditionDropout: 0 }, options)).not.toThrow();
  });

  it('refuses what planning refuses, and noise between interpolated rows', () => {
    const epsilon = { ...model, config: { ...config, predictionType: 'epsilon', preconditioning: 'none' } as const };
    const zero = {
      ...epsilon,
      schedule: { ...presets.edifice.diffusion, numTrainTimesteps: 100, rescaleBetasZeroSnr: true },
    };
    expect(() => planForModel(zero, options)).toThrow(expect.objectContaining({ code: 'epsilon_at_zero_snr' }));
    expect(() => planForModel(model, { ...options, eta: 0.5 }, 'interpolate')).toThrow(
      expect.objectContaining({ field: 'eta' }),
    );
    expect(() => planForModel(model, { ...options, eta: 0.5 }, 'encode')).toThrow(
      expect.objectContaining({ field: 'eta' }),
    );
  });
});
