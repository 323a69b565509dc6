import { Engine, type EngineRequest } from '#engine';
import {
  normalize,
  planForModel,
  samplingOptions,
  type DdimModel,
  type SamplingMode,
  type SamplingOptions,
} from '#ddim';
import { train } from '#training';
import { onnxBackendModule, onnxTrainBackendModule } from '#onnx';
import { resolveTrainingConfig, TrainingRequest } from '#contract';
import { oneHot } from '../../examples/pendigits/dataset.js';
import { NUM_DIGITS, STROKE_SIZE, type PenDigits } from '../../examples/pendigits/pen-digits.js';

const CPU = { providers: ['cpu'] };

/** Trains a policy on pen strokes, as a worker would for this TrainingRequest, and says how it goes. */
export async function trainPolicy({ strokes, labels, count }: PenDigits, trainingRequest: unknown): Promise<DdimModel> {
  const shape = { obsSize: NUM_DIGITS, actionHorizon: STROKE_SIZE / 2, actionDim: 2 };
  const { model, finalLoss, seconds } = await train({
    backendModule: onnxTrainBackendModule,
    backend: CPU,
    config: resolveTrainingConfig(TrainingRequest.parse(trainingRequest), shape),
    dataset: { observations: oneHot(labels), actions: strokes, count },
    onMetrics: ({ step, loss }) => step % 1000 === 0 && console.log(`training ${step}, loss ${loss.toFixed(4)}`),
    onCheckpoint: () => Promise.resolve(),
  });
  console.log(`trained in ${seconds.toFixed(0)} s, loss ${finalLoss.toFixed(4)}\n`);
  return model;
}

/** An engine that knows this model only, whatever it is called. */
export function startEngine(model: DdimModel): Promise<Engine> {
  return Engine.start({
    backendModule: onnxBackendModule,
    backend: CPU,
    maxBatchRows: 256,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config: model.config, parameters: model.parameters }),
  });
}

/** A request of all labels with one row each. */
export function policyRequest(
  model: DdimModel,
  labels: Uint8Array,
  options: Partial<SamplingOptions> & Pick<SamplingOptions, 'numInferenceSteps'>,
  extras: Partial<EngineRequest> & { mode?: SamplingMode } = {},
): EngineRequest {
  const { mode = 'sample', ...others } = extras;
  const plan = planForModel(model, samplingOptions(options), mode);
  return {
    id: `${mode} ${JSON.stringify(options)}`,
    model: 'pendigits@1',
    precision: 'float32',
    plan,
    direction: plan.direction,
    seed: 0,
    rows: labels.length,
    observations: normalize(model.observationNormalizer, oneHot(labels)),
    samplesPerObservation: 1,
    priority: 'bulk',
    ...others,
  };
}
