/**
 * What other precisions cost a model in accuracy, by sampling it in each on an engine of its own. Knows
 * nothing of who asks and of what is decided.
 */

import {
  outputSize,
  precisionDeviation,
  type PrecisionReport,
  type PrecisionReports,
  planForModel,
  type DdimModel,
  fillWords,
  uniform,
  samplingOptions,
  type Precision,
  type RoundedPrecision,
} from '#ddim';
import { cpuClass } from './cpu-class.js';
import { Engine } from '../engine.js';

const NUM_ROWS = 128;
const SEED = 0;
/** A purpose of the callers' range: these numbers belong to no request. */
const OBSERVATION_PURPOSE = 253;
/** Three sessions of the largest model that is accepted. */
const MODEL_MEMORY_BYTES = 8 * 2 ** 30;

interface PrecisionMeasurement {
  readonly model: DdimModel;
  /** [n,obsSize], normalised, n >= 1, used in turn; absent: uniform in [-1, 1]. */
  readonly observations?: Float32Array | undefined;
  /** Compiled BackendModule that offers them all on provider cpu. */
  readonly backendModule: string;
}

/**
 * Samples 128 rows with the model's own plan in every precision, from the same noise, on an engine thread of
 * its own.
 * @throws DdimError when one of them cannot be loaded or sampled
 */
export async function measurePrecisions({
  model,
  observations,
  backendModule,
}: PrecisionMeasurement): Promise<Required<PrecisionReports>> {
  const { config, parameters, sampling } = model;
  const plan = planForModel(model, samplingOptions(sampling));
  const version = 'measured';
  const engine = await Engine.start({
    backendModule,
    backend: { providers: ['cpu'] },
    threads: 1,
    maxBatchRows: NUM_ROWS,
    modelMemoryBytes: MODEL_MEMORY_BYTES,
    loadModel: () => Promise.resolve({ version, config, parameters }),
  });
  const sample = async (precision: Precision): Promise<Float32Array> => {
    const { actions } = await engine.submit({
      id: precision,
      model: version,
      precision,
      plan,
      direction: 'sample',
      seed: SEED,
      rows: NUM_ROWS,
      observations: observationRows(config.obsSize, observations),
      samplesPerObservation: 1,
      priority: 'bulk',
    });
    return actions;
  };
  try {
    const float32 = await sample('float32');
    const report = async (precision: RoundedPrecision): Promise<PrecisionReport> => {
      const deviation = precisionDeviation(await sample(precision), float32, outputSize(config));
      return { rows: NUM_ROWS, numInferenceSteps: plan.timesteps.length, ...deviation, cpu: cpuClass() };
    };
    return { int8: await report('int8'), bf16: await report('bf16') };
  } finally {
    await engine.close();
  }
}

/** [NUM_ROWS,obsSize]. */
function observationRows(obsSize: number, given: Float32Array | undefined): Float32Array {
  const size = NUM_ROWS * obsSize;
  if (given) return Float32Array.from({ length: size }, (_, i) => given[i % given.length]);
  const words = new Uint32Array(size);
  fillWords(words, { seed: SEED, row: 0, purpose: OBSERVATION_PURPOSE }, 0);
  return Float32Array.from(words, (word) => 2 * uniform(word) - 1);
}
