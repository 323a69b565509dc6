/**
 * What a hidden layer narrower than the trajectory costs, by what the network predicts: the seed's shape (D 512, H 256) on smooth
 * synthetic trajectories, whose jitter shows what the network could not express. Run: node dist/bench/rank.js [updates]
 */
import {
  denormalize,
  Engine,
  normalize,
  outputSize,
  planForModel,
  samplingOptions,
  train,
  type DdimModel,
  type TrainingDataset,
} from '#ddim';
import { onnxBackendModule, onnxTrainBackendModule } from '#ddim/onnx';
import { resolveTrainingConfig, TrainingRequest } from '#jobs';
import { BENCH_CONFIG, normals } from './engine-workload.js';
import { describeMachine, printMachine, writeReport } from './machine.js';

const UPDATES = Number(process.argv[2] ?? 1_000);
const TRAJECTORIES = 4_096;
const SAMPLES = 256;
const NUM_STEPS = 10;
/** A smooth movement is a constant, half a wave and a whole wave over the horizon: 3 × 64 of 512 dimensions. */
const WAVES = 3;
/** What the movement depends on. */
const TASK_SIZE = 8;
const CPU = { providers: ['cpu'], deviceIndex: 0 };
const { obsSize, actionHorizon, actionDim } = BENCH_CONFIG;
const D = outputSize(BENCH_CONFIG);

interface Variant {
  readonly name: string;
  readonly predictionType: 'epsilon' | 'v_prediction' | 'sample';
  readonly preconditioning: 'none' | 'edm';
}

const VARIANTS: readonly Variant[] = [
  { name: 'epsilon', predictionType: 'epsilon', preconditioning: 'none' },
  { name: 'v_prediction', predictionType: 'v_prediction', preconditioning: 'none' },
  { name: 'sample', predictionType: 'sample', preconditioning: 'none' },
  { name: 'edm', predictionType: 'sample', preconditioning: 'edm' },
];

/** WAVES × [actionHorizon], orthonormal: the first functions of the discrete cosine transform. */
const smooth = Array.from({ length: WAVES }, (_, wave) =>
  Float64Array.from(
    { length: actionHorizon },
    (_unused, t) =>
      Math.sqrt((wave === 0 ? 1 : 2) / actionHorizon) * Math.cos((Math.PI * wave * (t + 0.5)) / actionHorizon),
  ),
);

/** Each joint follows waves whose heights depend smoothly on the first numbers of the observation; the other numbers mean nothing. */
function makeDataset(): TrainingDataset {
  const observations = normals(TRAJECTORIES * obsSize, 1);
  const weights = normals(WAVES * actionDim * TASK_SIZE, 2);
  const actions = new Float32Array(TRAJECTORIES * D);
  for (let i = 0; i < TRAJECTORIES; i++) {
    const task = observations.subarray(i * obsSize, i * obsSize + TASK_SIZE);
    for (let j = 0; j < actionDim; j++)
      for (const [wave, heights] of smooth.entries()) {
        const from = (wave * actionDim + j) * TASK_SIZE;
        const phase = task.reduce((sum, value, k) => sum + value * weights[from + k], 0) / Math.sqrt(TASK_SIZE);
        for (let t = 0; t < actionHorizon; t++)
          actions[i * D + t * actionDim + j] += (Math.sin(phase) * heights[t]) / (1 + wave);
      }
  }
  return { observations, actions, count: TRAJECTORIES };
}

/** Root mean square of what no smooth movement contains, in standard deviations of the data. */
function jitter(trajectories: Float32Array, deviation: number): number {
  const rows = trajectories.length / D;
  let squares = 0;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < actionDim; j++) {
      const at = (t: number): number => trajectories[i * D + t * actionDim + j];
      let rest = 0;
      for (let t = 0; t < actionHorizon; t++) rest += at(t) ** 2;
      for (const heights of smooth) rest -= heights.reduce((sum, height, t) => sum + height * at(t), 0) ** 2;
      squares += Math.max(0, rest);
    }
  return Math.sqrt(squares / (rows * actionDim * (actionHorizon - WAVES))) / deviation;
}

async function trainVariant(dataset: TrainingDataset, { predictionType, preconditioning }: Variant) {
  const request = TrainingRequest.parse({
    model: 'rank',
    dataset: 'rank',
    preset: 'diffusion-policy',
    network: { hiddenSize: BENCH_CONFIG.hiddenSize, numLayers: BENCH_CONFIG.numLayers, preconditioning },
    diffusion: { predictionType, timestepSpacing: 'trailing' },
    training: {
      steps: UPDATES,
      batchSize: 256,
      learningRate: 1e-3,
      warmupSteps: Math.round(UPDATES / 20),
      logEverySteps: 50,
    },
  });
  return train({
    backendModule: onnxTrainBackendModule,
    backend: CPU,
    config: resolveTrainingConfig(request, { obsSize, actionHorizon, actionDim }),
    dataset,
    onMetrics: () => undefined,
    onCheckpoint: () => Promise.resolve(),
  });
}

async function sample(model: DdimModel, observations: Float32Array): Promise<Float32Array> {
  const engine = await Engine.start({
    backendModule: onnxBackendModule,
    backend: CPU,
    maxBatchRows: SAMPLES,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config: model.config, parameters: model.parameters }),
  });
  const plan = planForModel(model, samplingOptions({ numInferenceSteps: NUM_STEPS, timestepSpacing: 'trailing' }));
  const { actions } = await engine.submit({
    id: 'rank',
    model: 'rank@1',
    precision: 'float32',
    plan,
    direction: plan.direction,
    seed: 0,
    rows: SAMPLES,
    observations: normalize(model.observationNormalizer, observations),
    samplesPerObservation: 1,
    priority: 'bulk',
  });
  await engine.close();
  return denormalize(model.actionNormalizer, actions);
}

const machine = describeMachine();
printMachine(machine);
const dataset = makeDataset();
const deviation = Math.sqrt(dataset.actions.reduce((sum, value) => sum + value * value, 0) / dataset.actions.length);
const observations = dataset.observations.subarray(0, SAMPLES * obsSize);
console.log(
  `${UPDATES} updates, ${NUM_STEPS} steps; jitter in standard deviations of the data; the data's own: ${jitter(dataset.actions, deviation).toFixed(4)}`,
);
console.log('prediction    loss    jitter  warning');
const results = [];
for (const variant of VARIANTS) {
  const { model, finalLoss, warnings } = await trainVariant(dataset, variant);
  const noise = jitter(await sample(model, observations), deviation);
  const codes = warnings.map(({ code }) => code).join(', ');
  console.log(
    `${variant.name.padEnd(13)} ${finalLoss.toFixed(3).padStart(5)}  ${noise.toFixed(4).padStart(8)}  ${codes}`,
  );
  results.push({ ...variant, finalLoss, jitter: noise, warnings });
}
writeReport('rank', { machine, updates: UPDATES, steps: NUM_STEPS, results });
