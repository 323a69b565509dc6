import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  denormalize,
  encodeObservations,
  fillNormal,
  fitNormalizer,
  initialParameters,
  mlpPredict,
  normalize,
  outputSize,
  planForModel,
  PURPOSES,
  sample,
  samplingOptions,
  type DdimModel,
  type MlpDenoiserConfig,
  type SamplingOptions,
  type StepPlan,
} from '#ddim';
import type { OutputForm } from '../../../ddim/src/math/output-form.js';
import { buildSamplerGraph } from './sampler-graph.js';

const SEED = 11;
const N = 3;

function normals(size: number, row: number, purpose: number, step = 0): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: SEED, row, purpose }, step);
  return out;
}

/** Units of the data far from [-1, 1], different in every dimension. */
function dataIn(dim: number, low: number): Float32Array {
  return normals(50 * dim, 0, 200).map((z, i) => low + z * (1 + (i % dim)));
}

function modelOf(overrides: Partial<MlpDenoiserConfig> = {}): DdimModel {
  const config: MlpDenoiserConfig = {
    obsSize: 6,
    actionDim: 2,
    actionHorizon: 8,
    hiddenSize: 32,
    numLayers: 2,
    numTrainTimesteps: 100,
    predictionType: 'sample',
    preconditioning: 'none',
    ...overrides,
  };
  return {
    config,
    schedule: {
      numTrainTimesteps: config.numTrainTimesteps,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    },
    sampling: samplingOptions({ numInferenceSteps: 10 }),
    observationNormalizer: fitNormalizer(dataIn(config.obsSize, 40), config.obsSize),
    actionNormalizer: fitNormalizer(dataIn(config.actionDim, -3), config.actionDim),
    conditionDropout: 0.1,
    parameters: initialParameters(config, 5),
  };
}

/** The reference sampler: observations [N,obsSize] in raw units to actions in raw units. */
function reference(model: DdimModel, plan: StepPlan, observations: Float32Array): Float32Array {
  const { config, parameters } = model;
  const H = config.hiddenSize;
  const nullCondition = encodeObservations(config, parameters, null);
  const conditions =
    config.obsSize === 0
      ? Float32Array.from({ length: N * H }, (_, i) => nullCondition[i % H])
      : encodeObservations(config, parameters, normalize(model.observationNormalizer, observations));
  const normalized = sample(mlpPredict(config, parameters), plan, {
    seed: SEED,
    rows: N,
    outputSize: outputSize(config),
    conditions,
    nullCondition,
  });
  return denormalize(model.actionNormalizer, normalized);
}

/** The exported file in a plain session. */
async function runExported(model: DdimModel, plan: StepPlan, observations: Float32Array): Promise<ort.Tensor> {
  const { obsSize, actionHorizon, actionDim } = model.config;
  const D = actionHorizon * actionDim;
  const session = await ort.InferenceSession.create(buildSamplerGraph(model, plan), { logSeverityLevel: 3 });
  const noise = new Float32Array(N * D);
  for (let row = 0; row < N; row++) noise.set(normals(D, row, PURPOSES.initialNoise), row * D);
  const feeds: Record<string, ort.Tensor> = {
    initial_noise: new ort.Tensor('float32', noise, [N, actionHorizon, actionDim]),
  };
  if (obsSize > 0) feeds.observations = new ort.Tensor('float32', observations, [N, obsSize]);
  if (plan.needsNoise) {
    const S = plan.timesteps.length;
    const z = new Float32Array(S * N * D);
    for (let k = 0; k < S; k++)
      for (let row = 0; row < N; row++) z.set(normals(D, row, PURPOSES.stepNoise, k), (k * N + row) * D);
    feeds.z = new ort.Tensor('float32', z, [S, N, actionHorizon, actionDim]);
  }
  expect([...session.inputNames].sort()).toEqual(Object.keys(feeds).sort());
  const { actions } = await session.run(feeds);
  await session.release();
  return actions;
}

async function relativeError(model: DdimModel, options: Partial<SamplingOptions>): Promise<number> {
  const plan = planForModel(model, samplingOptions({ numInferenceSteps: 10, ...options }));
  const observations = dataIn(Math.max(model.config.obsSize, 1), 40).slice(0, N * model.config.obsSize);
  const expected = reference(model, plan, observations);
  const actions = await runExported(model, plan, observations);
  expect(actions.dims).toEqual([N, model.config.actionHorizon, model.config.actionDim]);
  const scale = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 1);
  const error = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - Number(actions.data[i]))), 0);
  return error / scale;
}

describe('an exported sampler in plain ONNX Runtime', { timeout: 60_000 }, () => {
  const options: Array<Partial<SamplingOptions>> = [
    {},
    { numInferenceSteps: 1 },
    { numInferenceSteps: 50, timestepSpacing: 'linspace' },
    { clipSample: false },
    { useClippedModelOutput: true, clipSampleRange: 0.4 },
    { eta: 1 },
    { eta: 1, noiseVariance: 'large' },
    { compat: 'edifice', eta: 0.5 },
    { guidanceScale: 2.5 },
    { guidanceScale: 0 },
    { guidanceScale: 4, guidanceRescale: 0.7 },
    { thresholding: { ratio: 0.9, maxValue: 1.5 } },
    { thresholding: { ratio: 1, maxValue: 3 } },
    { thresholding: { ratio: 0.5, maxValue: 0.6 }, useClippedModelOutput: true, eta: 0.5 },
  ];
  it.each(options)('gives the actions of the reference sampler in the units of the data with %o', async (option) => {
    expect(await relativeError(modelOf(), option)).toBeLessThan(1e-5);
  });

  const forms: OutputForm[] = [
    { predictionType: 'epsilon', preconditioning: 'none' },
    { predictionType: 'v_prediction', preconditioning: 'none' },
    { predictionType: 'sample', preconditioning: 'edm', sigmaData: 0.5, sigmaSkip: 0.3 },
  ];
  it.each(forms)('does so for $predictionType/$preconditioning', async (form) => {
    expect(await relativeError(modelOf(form), { eta: 0.5 })).toBeLessThan(1e-5);
  });

  it('does so for a model without observations', async () => {
    expect(await relativeError(modelOf({ obsSize: 0 }), {})).toBeLessThan(1e-5);
  });

  it('does so for the default shape and 50 steps', async () => {
    const sizes = { obsSize: 287, actionDim: 64, actionHorizon: 8, hiddenSize: 256, numLayers: 4 };
    // v prediction: near t = 0 a sample-predicting network without training amplifies rounding a hundredfold
    // in 50 steps.
    const model = modelOf({ ...sizes, numTrainTimesteps: 1000, predictionType: 'v_prediction' });
    expect(await relativeError(model, { numInferenceSteps: 50 })).toBeLessThan(1e-5);
  });

  it('refuses a plan that starts in the middle, and one that encodes', () => {
    const model = modelOf();
    const strength = planForModel(model, samplingOptions({ numInferenceSteps: 10, startTimestep: 50 }));
    expect(() => buildSamplerGraph(model, strength)).toThrow('startTimestep');
    const encode = planForModel(model, samplingOptions({ numInferenceSteps: 10 }), 'encode');
    expect(() => buildSamplerGraph(model, encode)).toThrow('direction');
  });
});
