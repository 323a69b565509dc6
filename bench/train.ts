/**
 * One update of the training recipe (noise, forward, backward, clip, AdamW, weight average) on one thread,
 * beside the same network in eager PyTorch on one thread, in turns. Run: node dist/bench/train.js; the peer
 * needs Debian's python3-torch.
 */
import { fillNormal, initialParameters, outputSize } from '#ddim';
import type { LoadedTrainer, TrainBackendModule, TrainBatch, TrainState } from '#training';
import { onnxTrainBackendModule } from '#onnx';
import { BENCH_CONFIG as CONFIG } from './engine/engine-workload.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';
import { isTorchInstalled, TORCH_IS_MISSING, TORCH_KERNELS, TorchProcess } from './torch/torch-process.js';

const ROUNDS = 7;
const UPDATES_PER_ROUND = 10;
const BATCH_SIZE = 256;

/** Seconds of each of some updates. */
type Contender = (updates: number) => Promise<number[]>;

async function onnxContender(): Promise<{ run: Contender; close: () => Promise<void> }> {
  const module: TrainBackendModule = await import(onnxTrainBackendModule);
  const backend = await module.createTrainBackend({ providers: ['cpu'] });
  const trainer = await backend.load({
    config: CONFIG,
    lossWeighting: 'none',
    adamBetas: [0.9, 0.999],
    adamEpsilon: 1e-8,
    state: freshState(),
  });
  const batch = makeBatch();
  let update = 0;
  const run: Contender = async (updates) => {
    const seconds: number[] = [];
    for (let i = 0; i < updates; i++) seconds.push(await timed(trainer, batch, ++update));
    return seconds;
  };
  return { run, close: () => backend.close() };
}

async function timed(trainer: LoadedTrainer, batch: TrainBatch, update: number): Promise<number> {
  const started = performance.now();
  fillNormal(batch.noise, { seed: 1, row: 0, purpose: 128 }, update);
  await trainer.trainStep({ ...batch, optimiser: { ...batch.optimiser, update } });
  return (performance.now() - started) / 1e3;
}

function freshState(): TrainState {
  const parameters = initialParameters(CONFIG, 1);
  const zeros = () => new Map([...parameters].map(([name, values]) => [name, new Float32Array(values.length)]));
  return { parameters, firstMoments: zeros(), secondMoments: zeros(), ema: parameters };
}

function makeBatch(): TrainBatch {
  const D = outputSize(CONFIG);
  const actions = new Float32Array(BATCH_SIZE * D).map((_, i) => Math.sin(i));
  return {
    numRows: BATCH_SIZE,
    actions,
    observations: new Float32Array(BATCH_SIZE * CONFIG.obsSize).map((_, i) => Math.cos(i)),
    noise: new Float32Array(BATCH_SIZE * D),
    timesteps: Int32Array.from({ length: BATCH_SIZE }, (_, i) => (i * 37) % CONFIG.numTrainTimesteps),
    alphaBars: new Float64Array(BATCH_SIZE).fill(0.5),
    conditionKeep: new Float32Array(BATCH_SIZE).fill(1),
    optimiser: { update: 1, learningRate: 1e-4, weightDecay: 1e-6, gradClipNorm: 1, emaDecay: 0.999 },
  };
}

/** With or without fused updates, and with each choice of kernels: whichever is fastest here. */
const PEERS = TORCH_KERNELS.flatMap(({ name, env }) => [
  { name, env, foreach: false },
  { name: `${name}, foreach`, env, foreach: true },
]);

async function torchContender(
  foreach: boolean,
  env: NodeJS.ProcessEnv,
): Promise<{ run: Contender; close: () => Promise<void> }> {
  const torch = TorchProcess.start('torch/train_torch.py', env);
  const { obsSize, hiddenSize, numLayers, numTrainTimesteps } = CONFIG;
  const sizes = {
    obsSize,
    outputs: outputSize(CONFIG),
    hiddenSize,
    numLayers,
    timesteps: numTrainTimesteps,
  };
  await torch.ask({ ...sizes, rows: BATCH_SIZE, foreach });
  return {
    run: async (updates) => (await torch.ask<{ seconds: number[] }>({ updates })).seconds,
    close: () => torch.close(),
  };
}

const machine = describeMachine();
printMachine(machine);
const contenders = [{ name: 'ONNX graph', ...(await onnxContender()) }];
if (isTorchInstalled())
  for (const { name, foreach, env } of PEERS) contenders.push({ name, ...(await torchContender(foreach, env)) });
else console.log(TORCH_IS_MISSING);
const times = contenders.map((): number[] => []);
for (let round = 0; round <= ROUNDS; round++)
  for (const [i, { run }] of contenders.entries()) {
    const seconds = await run(UPDATES_PER_ROUND);
    if (round > 0) times[i]?.push(median(seconds)); // the first round warms up
  }
for (const { close } of contenders) await close();
const results = contenders.map(({ name }, i) => ({ name, secondsPerUpdate: median(times[i] ?? []) }));
const [ours, ...peers] = results;
for (const { name, secondsPerUpdate } of results)
  console.log(`${name.padEnd(22)} ${(secondsPerUpdate * 1e3).toFixed(1)} ms per update`);
const best = Math.min(...peers.map(({ secondsPerUpdate }) => secondsPerUpdate));
if (ours && peers.length > 0)
  console.log(`the fastest peer takes ${(best / ours.secondsPerUpdate).toFixed(2)} times as long`);
writeReport('train', { machine, config: CONFIG, batchSize: BATCH_SIZE, results });
