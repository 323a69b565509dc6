/**
 * Rows per second of the engine at saturation, each time beside its peers in turn: the same macro-step graph
 * in a bare loop and a whole plan unrolled with constants on two threads; eager PyTorch and
 * TensorFlow.js-wasm on one. Run: node dist/bench/engine.js [seconds per round]; PyTorch needs Debian's
 * python3-torch.
 */
import type { MacroStepFacts } from '#engine';
import { onnxBackendModule } from '#onnx';
import { tfjsBackendModule } from '#tfjs';
import { printStandings, race, type Contender, type RaceOptions, type Standing } from './contender.js';
import { engineContender, type EngineSetup } from './engine/engine-contender.js';
import { peerContender } from './engine/engine-peer-contender.js';
import { torchPeers } from './engine/engine-torch.js';
import { BENCH_CONFIG } from './engine/engine-workload.js';
import { describeMachine, packageVersion, printMachine, writeReport } from './machine.js';
import { isTorchInstalled, TORCH_IS_MISSING } from './torch/torch-process.js';

const THREADS = 2;
const NUM_STEPS = 50;
const GRAPH_RACE: RaceOptions = { rounds: 7, secondsPerRound: Number(process.argv[2] ?? 2), numSteps: NUM_STEPS };
/** Differences are larger, and an engine takes seconds to drain between rounds. */
const LIBRARY_RACE: RaceOptions = { ...GRAPH_RACE, rounds: 5 };
/** As a worker runs by default. */
const MAX_BATCH_ROWS = 256;
const TORCH_ROWS = 1_024;
const TFJS_ROWS = 64;

function onnxEngine(setup: Omit<EngineSetup, 'name' | 'backendModule' | 'provider'>): Promise<Contender> {
  return engineContender({ ...setup, name: 'engine', backendModule: onnxBackendModule, provider: 'cpu' });
}

async function besideGraphs(numRows: number): Promise<object> {
  const calls: MacroStepFacts[] = [];
  const peer = { backendModule: onnxBackendModule, numRows };
  const contenders = [
    // One batch more than the threads hold, so that none lacks rows before the end.
    await onnxEngine({
      threads: THREADS,
      maxBatchRows: numRows,
      rowsInFlight: 3 * THREADS * numRows, // as many as a worker takes in
      onMacroStep: (facts) => calls.push(facts),
    }),
    await peerContender('bare loop', THREADS, { ...peer, kind: 'macro-step', stepsPerCall: 10 }),
    await peerContender('constants', THREADS, { ...peer, kind: 'constant', stepsPerCall: NUM_STEPS }),
  ];
  const standings = await announcedRace(`B = ${numRows}, ${THREADS} threads`, contenders, GRAPH_RACE);
  const inside = sum(calls.map(({ seconds }) => seconds));
  const outside = sum(calls.map(({ outsideSeconds }) => outsideSeconds));
  const outsideRatio = outside / (inside + outside);
  const meanRows = sum(calls.map(({ numRows: rows }) => rows)) / calls.length;
  const stepsPerCall = sum(calls.map((call) => call.stepsPerCall)) / calls.length;
  console.log(
    `  outside the backend: ${(100 * outsideRatio).toFixed(2)} % of busy thread time; mean batch ${meanRows.toFixed(1)} rows, K ${stepsPerCall.toFixed(2)}`,
  );
  return { numRows, outsideRatio, meanRows, stepsPerCall, standings };
}

/** PyTorch also gets batches of the engine's own size, which fit the caches better. */
async function besideTorch(): Promise<object> {
  if (!isTorchInstalled()) return skipped(TORCH_IS_MISSING);
  const { version, difference, contenders } = await torchPeers([TORCH_ROWS, MAX_BATCH_ROWS]);
  const engine = await onnxEngine({ threads: 1, maxBatchRows: MAX_BATCH_ROWS, rowsInFlight: TORCH_ROWS });
  const title = `${TORCH_ROWS} rows in flight, 1 thread, PyTorch ${version} eager`;
  const standings = await announcedRace(title, [engine, ...contenders], LIBRARY_RACE);
  console.log(`  largest difference of a row's actions: ${difference.toExponential(1)}`);
  return { numRows: TORCH_ROWS, version, difference, standings };
}

/** TensorFlow.js has one thread per device, hence one of ours. */
async function besideTensorFlowJs(): Promise<object> {
  const version = packageVersion('@tensorflow/tfjs-backend-wasm');
  if (version === undefined) return skipped('TensorFlow.js is not here: npm ci');
  const load = { threads: 1, maxBatchRows: TFJS_ROWS, rowsInFlight: 2 * TFJS_ROWS };
  const contenders = [
    await onnxEngine(load),
    await engineContender({ ...load, name: 'wasm', backendModule: tfjsBackendModule, provider: 'wasm' }),
  ];
  const title = `B = ${TFJS_ROWS}, 1 thread, TensorFlow.js ${version} wasm under the same engine`;
  return { numRows: TFJS_ROWS, version, standings: await announcedRace(title, contenders, LIBRARY_RACE) };
}

async function announcedRace(
  title: string,
  contenders: readonly Contender[],
  options: RaceOptions,
): Promise<Standing[]> {
  const standings = await race(contenders, options);
  console.log(`${title}, ${NUM_STEPS} steps, medians of ${options.rounds} rounds of ${options.secondsPerRound} s`);
  printStandings(standings);
  return standings;
}

function skipped(reason: string): object {
  console.log(reason);
  return { skipped: reason };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const machine = describeMachine();
printMachine(machine);
const results = [];
for (const numRows of [64, MAX_BATCH_ROWS]) results.push(await besideGraphs(numRows));
const pytorch = await besideTorch();
const tensorflowJs = await besideTensorFlowJs();
const report = { machine, config: BENCH_CONFIG, threads: THREADS, results, pytorch, tensorflowJs };
writeReport('engine', report);
