/**
 * The engine on a GPU beside the engine on all cores, then a whole plan of 50 steps per call: kernels of our
 * own and ONNX Runtime's providers beside PyTorch and JAX on the same device, in turns. Without a GPU it only
 * counts what a call asks of a device, on one in software (SwiftShader of Debian's chromium).
 * Run: node dist/bench/gpu/gpu.js [--rows=1,64] [--tiny]; --tiny is a check of the program at toy sizes,
 * which takes that device, and PyTorch on the CPU, where there is no GPU.
 */
import { describeMachine, median, printMachine, writeReport } from '../machine.js';
import { isTorchInstalled, TORCH_IS_MISSING } from '../torch/torch-process.js';
import { backendContenders, openGpuBackends, type GpuBackends } from './gpu-backends.js';
import { countCalls, printCounts, SOFTWARE_ROW_STEPS, type CallCounts } from './gpu-counts.js';
import { BARE_ROWS, printShareOfBareCall, raceEngines, type EngineRace } from './gpu-engine.js';
import { printResults, type Measured } from './gpu-report.js';
import { torchContenders, type TorchDevice } from './gpu-torch.js';
import { FULL, ReferenceRows, TINY, type GpuContender, type GpuWorkload } from './gpu-workload.js';
import { hasGpu, restartOnSoftwareDevice } from './software-device.js';

const ROUNDS = 5;
/** Calls of one contender in one round: as many as fit, so that short ones are not measured by one call. */
const ROUND_SECONDS = 0.5;
const MOST_CALLS = 200;

/** All contenders with one batch size, in turns. */
async function measure(
  contenders: readonly GpuContender[],
  reference: ReferenceRows,
  numRows: number,
): Promise<Measured[]> {
  const results: Measured[] = [];
  const ready: { contender: GpuContender; error: number; calls: number; seconds: number[] }[] = [];
  for (const contender of contenders) {
    const prepared = await contender.prepare(numRows);
    if ('problem' in prepared) {
      results.push({ name: contender.name, numRows, problem: prepared.problem });
      continue;
    }
    const error = reference.largestError(numRows, prepared.actions);
    const [seconds] = await contender.run(1);
    const calls = Math.max(1, Math.min(MOST_CALLS, Math.round(ROUND_SECONDS / seconds)));
    ready.push({ contender, error, calls, seconds: [] });
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { contender, calls, seconds } of ready) seconds.push(median(await contender.run(calls)));
  for (const { contender, error, seconds } of ready) {
    const { name, peak } = contender;
    results.push({ name, numRows, error, peak, secondsPerCall: median(seconds) });
  }
  for (const contender of contenders) await contender.release();
  return results;
}

/** Of --rows=1024,16384; compiling the peers takes a while per batch size. */
function chosenRows(): number[] | undefined {
  const option = process.argv.find((argument) => argument.startsWith('--rows='));
  return option?.slice('--rows='.length).split(',').map(Number);
}

/** What a call asks of the device, for each backend that counts it. */
async function countAll({ open }: GpuBackends): Promise<Record<string, readonly CallCounts[]>> {
  const all: Record<string, readonly CallCounts[]> = {};
  for (const { name, backend } of open) {
    const mostRowSteps = hasGpu() ? Infinity : SOFTWARE_ROW_STEPS;
    const counts = await countCalls(backend, { batchRows: chosenRows(), mostRowSteps });
    if (counts === undefined) continue;
    printCounts(name, counts);
    all[name] = counts;
  }
  return all;
}

async function raceAll({ open }: GpuBackends, cores: number): Promise<EngineRace[]> {
  const races: EngineRace[] = [];
  for (const place of open) races.push(...(await raceEngines(place, cores)));
  return races;
}

function printTorch({ problem, version, device, peaks }: TorchDevice, peakSize: number): void {
  console.log(problem ?? `PyTorch ${version} on ${device}`);
  for (const [arithmetic, rate] of Object.entries(peaks ?? {}))
    console.log(`  a product of ${peakSize} rows and columns in ${arithmetic}: ${(rate / 1e12).toFixed(1)} TFLOP/s`);
}

async function measureAll(
  contenders: readonly GpuContender[],
  workload: GpuWorkload,
  engines: readonly EngineRace[],
): Promise<Measured[]> {
  const reference = new ReferenceRows(workload);
  const results: Measured[] = [];
  for (const numRows of chosenRows() ?? workload.batchSizes) {
    const measured = await measure(contenders, reference, numRows);
    printResults(numRows, measured, workload);
    results.push(...measured);
  }
  for (const result of results)
    if (result.numRows === BARE_ROWS && 'secondsPerCall' in result)
      printShareOfBareCall(engines, result.name.replace(/ float32$/, ''), result.secondsPerCall);
  return results;
}

async function main(): Promise<void> {
  const tiny = process.argv.includes('--tiny');
  if (restartOnSoftwareDevice()) return;
  const workload = tiny ? TINY : FULL;
  const machine = describeMachine();
  printMachine(machine);
  const backends = await openGpuBackends(!hasGpu());
  for (const { name, reason } of backends.skipped) console.log(`${name}: ${reason}`);
  const torch: TorchDevice = isTorchInstalled()
    ? await torchContenders(workload, tiny)
    : { problem: TORCH_IS_MISSING, contenders: [], close: () => Promise.resolve() };
  try {
    printTorch(torch, workload.peakSize);
    const counts = await countAll(backends);
    const { version, device, peaks, problem } = torch;
    const about = { machine, tiny, torch: { version, device, peaks, problem }, skipped: backends.skipped, counts };
    if (!tiny && !hasGpu()) {
      console.log('no GPU here, hence no times (--tiny checks this program without one)');
      return writeReport('gpu', about);
    }
    const contenders = await backendContenders(backends, workload, tiny ? undefined : peaks);
    const engines = tiny ? [] : await raceAll(backends, machine.cores);
    const results = await measureAll([...contenders, ...torch.contenders], workload, engines);
    const { config, numSteps } = workload;
    writeReport('gpu', { ...about, config, numSteps, rounds: ROUNDS, engines, results });
  } finally {
    await torch.close();
    await backends.close();
  }
}

await main();
