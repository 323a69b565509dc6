/** Whether a device trains as the processor does. Knows nothing of the process in which it is found out. */

import { fillNormal, initialParameters, outputSize, type MlpDenoiserConfig } from '#ddim';
import { onnxTrainBackendModule } from '#onnx';
import { freshTrainState, type BackendPlace, type TrainBackendModule, type TrainBatch } from '#training';

/** Losses and norms of a few updates. */
type Course = readonly number[];

const NUM_ROWS = 8;
/** The later ones show what those before them made of the weights. */
const NUM_UPDATES = 3;
/** Relative: enough for sums in another order, and far below what a wrong gradient costs. */
const TOLERANCE = 1e-2;
/** Purposes of the callers' range: these numbers belong to no request. */
const PURPOSE = 253;

const PROCESSOR: BackendPlace = { module: onnxTrainBackendModule, options: { providers: ['cpu'] } };

/** Trains the same few updates on both. @returns why the place does not train right, if so */
export async function trainingFault(place: BackendPlace, config: MlpDenoiserConfig): Promise<string | undefined> {
  try {
    const [own, reference] = [await courseOf(place, config), await courseOf(PROCESSOR, config)];
    const wrong = own.findIndex((value, i) => !(Math.abs(value - reference[i]) <= TOLERANCE * Math.abs(reference[i])));
    if (wrong < 0) return undefined;
    const what = wrong % 2 === 0 ? 'loss' : 'norm of the gradients';
    return `the ${what} of update ${Math.floor(wrong / 2) + 1} is wrong: ${own[wrong]}, not ${reference[wrong]}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function courseOf({ module, options }: BackendPlace, config: MlpDenoiserConfig): Promise<Course> {
  const loaded: TrainBackendModule = await import(module);
  const backend = await loaded.createTrainBackend(options);
  try {
    const trainer = await backend.load({
      config,
      lossWeighting: 'none',
      adamBetas: [0.9, 0.999],
      adamEpsilon: 1e-3,
      state: freshTrainState(initialParameters(config, 1)),
    });
    const course: number[] = [];
    for (let update = 1; update <= NUM_UPDATES; update++) {
      const { loss, gradNorm } = await trainer.trainStep(trainBatch(config, update));
      course.push(loss, gradNorm);
    }
    await trainer.dispose();
    return course;
  } finally {
    await backend.close();
  }
}

function trainBatch(config: MlpDenoiserConfig, update: number): TrainBatch {
  const D = outputSize(config);
  const level = (row: number): number => (row + 1) / (NUM_ROWS + 1);
  return {
    numRows: NUM_ROWS,
    actions: normals(NUM_ROWS * D, 0),
    observations: normals(NUM_ROWS * config.obsSize, 1),
    noise: normals(NUM_ROWS * D, 2),
    timesteps: Int32Array.from({ length: NUM_ROWS }, (_, row) => Math.floor(level(row) * config.numTrainTimesteps)),
    alphaBars: Float64Array.from({ length: NUM_ROWS }, (_, row) => 1 - level(row)),
    conditionKeep: Float32Array.from({ length: NUM_ROWS }, (_, row) => Number(row % 4 !== 0)),
    optimiser: { update, learningRate: 1e-3, weightDecay: 0.1, gradClipNorm: 1, emaDecay: 0.9 },
  };
}

function normals(length: number, row: number): Float32Array {
  const values = new Float32Array(length);
  fillNormal(values, { seed: 0, row, purpose: PURPOSE }, 0);
  return values;
}
