/**
 * What a hidden layer narrower than the trajectory costs, by what the network predicts: the seed's shape (D
 * 512, H 256) on smooth synthetic trajectories, whose jitter shows what the network could not express. Run:
 * node dist/bench/rank.js [updates]
 */
import { denormalize, normalize, outputSize, planForModel, samplingOptions, type DdimModel } from '#ddim';
import { Engine } from '#engine';
import { onnxBackendModule } from '#onnx';
import { BENCH_CONFIG } from './engine/engine-workload.js';
import { describeMachine, printMachine, writeReport } from './machine.js';
import { smooth, smoothMovements, trainVariant, VARIANTS, WAVES } from './workloads/smooth-movements.js';

const UPDATES = Number(process.argv[2] ?? 1_000);
const SAMPLES = 256;
const NUM_STEPS = 10;
const CPU = { providers: ['cpu'] };
const { obsSize, actionHorizon, actionDim } = BENCH_CONFIG;
const D = outputSize(BENCH_CONFIG);

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
const dataset = smoothMovements();
const movements = Float32Array.from(dataset.actions);
const deviation = Math.sqrt(movements.reduce((sum, value) => sum + value * value, 0) / movements.length);
const observations = Float32Array.from(dataset.observations.subarray(0, SAMPLES * obsSize));
console.log(
  `${UPDATES} updates, ${NUM_STEPS} steps; jitter in standard deviations of the data; the data's own: ${jitter(movements, deviation).toFixed(4)}`,
);
console.log('prediction    loss    jitter  warning');
const results = [];
for (const variant of VARIANTS) {
  const { model, finalLoss, warnings } = await trainVariant(dataset, variant, UPDATES);
  const noise = jitter(await sample(model, observations), deviation);
  const codes = warnings.map(({ code }) => code).join(', ');
  console.log(
    `${variant.name.padEnd(13)} ${finalLoss.toFixed(3).padStart(5)}  ${noise.toFixed(4).padStart(8)}  ${codes}`,
  );
  results.push({ ...variant, finalLoss, jitter: noise, warnings });
}
writeReport('rank', { machine, updates: UPDATES, steps: NUM_STEPS, results });
