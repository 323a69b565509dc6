/**
 * The engine on a GPU beside the engine on all cores, then a whole plan of 50 steps per call: our backend on
 * ONNX Runtime's providers beside PyTorch and JAX on the same device, in turns. Without a GPU it says so.
 * Run: node dist/bench/gpu/gpu.js [--rows=1,64] [--tiny]; --tiny is a check of the program at toy sizes,
 * which takes a software WebGPU device (SwiftShader of Debian's chromium) and PyTorch on the CPU where there
 * is no GPU.
 */
import { describeMachine, median, printMachine, writeReport } from '../machine.js';
import { isTorchInstalled, TORCH_IS_MISSING } from '../torch/torch-process.js';
import { printResults, type Measured } from './gpu-report.js';
import { raceEngines } from './gpu-engine.js';
import { onnxContenders, type SkippedProvider } from './gpu-onnx.js';
import { torchContenders, type TorchDevice } from './gpu-torch.js';
import { FULL, ReferenceRows, TINY, type GpuContender } from './gpu-workload.js';
import { restartOnSoftwareDevice } from './software-device.js';

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

async function main(): Promise<void> {
  const tiny = process.argv.includes('--tiny');
  if (tiny && restartOnSoftwareDevice()) return;
  const workload = tiny ? TINY : FULL;
  const machine = describeMachine();
  printMachine(machine);
  const torch: TorchDevice = isTorchInstalled()
    ? await torchContenders(workload, tiny)
    : { problem: TORCH_IS_MISSING, contenders: [], close: () => Promise.resolve() };
  const onnx = await onnxContenders(workload, {
    software: tiny,
    peak: tiny ? undefined : torch.peaks?.float32, // of the same device only
  });
  for (const { provider, reason } of onnx.skipped) console.log(`ONNX Runtime ${provider}: ${reason}`);
  console.log(torch.problem ?? `PyTorch ${torch.version} on ${torch.device}`);
  for (const [arithmetic, rate] of Object.entries(torch.peaks ?? {}))
    console.log(
      `  a product of ${workload.peakSize} rows and columns in ${arithmetic}: ${(rate / 1e12).toFixed(1)} TFLOP/s`,
    );
  try {
    const contenders = [...onnx.contenders, ...torch.contenders];
    if (contenders.length === 0) {
      console.log('no GPU here: nothing to measure (--tiny checks this program without one)');
      return;
    }
    const engines = [];
    if (!tiny) for (const provider of onnx.providers) engines.push(...(await raceEngines(provider, machine.cores)));
    const reference = new ReferenceRows(workload);
    const results: Measured[] = [];
    for (const numRows of chosenRows() ?? workload.batchSizes) {
      const measured = await measure(contenders, reference, numRows);
      printResults(numRows, measured, workload);
      results.push(...measured);
    }
    const { config, numSteps } = workload;
    const { version, device, peaks, problem } = torch;
    const skipped: readonly SkippedProvider[] = onnx.skipped;
    writeReport('gpu', {
      machine,
      tiny,
      config,
      numSteps,
      rounds: ROUNDS,
      torch: { version, device, peaks, problem },
      skipped,
      engines,
      results,
    });
  } finally {
    await torch.close();
    await onnx.close();
  }
}

await main();
