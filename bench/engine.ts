/**
 * Rows per second of the engine at saturation, beside the same macro-step graph in a bare loop and a whole plan unrolled with constants, all
 * on the same number of threads, in turn. Run: node dist/bench/engine.js [seconds per round]
 */
import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { compiledModuleUrl, Engine, type MacroStepFacts } from '#ddim';
import { onnxBackendModule } from '#ddim/onnx';
import type { PeerStart } from './engine-peer.worker.js';
import { BENCH_CONFIG, benchParameters, benchRequest } from './engine-workload.js';
import { cpuSeconds, describeMachine, median, printMachine, writeReport } from './machine.js';

const THREADS = 2;
const ROUNDS = 7;
const SECONDS_PER_ROUND = Number(process.argv[2] ?? 2);
const NUM_STEPS = 50;
const DIFFERENT_REQUESTS = 64;

interface Done {
  readonly rowSteps: number;
  readonly cpuSeconds: number;
}

/** Whole rows per second, by the clock and by the CPU time of all threads of the process. */
interface Rate {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

interface Contender {
  readonly name: string;
  /** Runs for some seconds. @returns what was done in them */
  readonly run: (seconds: number) => Promise<Done>;
  readonly close: () => Promise<unknown>;
}

async function engineContender(maxBatchRows: number, calls: MacroStepFacts[]): Promise<Contender> {
  const parameters = benchParameters();
  let rowSteps = 0;
  const engine = await Engine.start({
    backendModule: onnxBackendModule,
    backend: { providers: ['cpu'], deviceIndex: 0 },
    threads: THREADS,
    maxBatchRows,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config: BENCH_CONFIG, parameters }),
    observer: {
      onMacroStep: (facts) => {
        rowSteps += facts.rowSteps;
        calls.push(facts);
      },
    },
  });
  // Made beforehand, as the peers' inputs are.
  const requests = Array.from({ length: DIFFERENT_REQUESTS }, (_, seed) => benchRequest(seed, maxBatchRows / 4));
  let submitted = 0;
  const keepBusy = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const id = `bench-${submitted++}`;
      await engine.submit({ ...requests[submitted % requests.length], id });
    }
  };
  return {
    name: 'engine',
    run: async (seconds) => {
      const end = performance.now() + seconds * 1e3;
      // Enough requests for both batches and one more batch that waits, so that a thread never lacks rows before the end.
      const feeders = Array.from({ length: 4 * (THREADS + 1) }, () => keepBusy(end));
      const before = { rowSteps, cpu: cpuSeconds() };
      await sleep(seconds * 1e3);
      const done = { rowSteps: rowSteps - before.rowSteps, cpuSeconds: cpuSeconds() - before.cpu };
      await Promise.all(feeders);
      return done;
    },
    close: () => engine.close(),
  };
}

async function peerContender(name: string, start: Omit<PeerStart, 'shared' | 'backendModule'>): Promise<Contender> {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const program = compiledModuleUrl(new URL(`./engine-peer.worker${extname(import.meta.url)}`, import.meta.url));
  const workerData: PeerStart = { ...start, backendModule: onnxBackendModule, shared };
  const threads = Array.from({ length: THREADS }, () => new NodeWorker(program, { workerData }));
  await Promise.all(threads.map(message));
  return {
    name,
    run: async (seconds) => {
      Atomics.store(shared, 0, 1);
      Atomics.store(shared, 1, 0);
      const stopped = Promise.all(threads.map(message));
      const cpu = cpuSeconds();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's postMessage, not a window's
      for (const thread of threads) thread.postMessage('go');
      await sleep(seconds * 1e3);
      const done = { rowSteps: Atomics.load(shared, 1), cpuSeconds: cpuSeconds() - cpu };
      Atomics.store(shared, 0, 0);
      await stopped;
      return done;
    },
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

/** Medians over rounds in which the contenders take turns: what disturbs one disturbs all. */
async function race(contenders: readonly Contender[]): Promise<Map<string, Rate[]>> {
  const rates = new Map(contenders.map(({ name }) => [name, [] as Rate[]]));
  for (const { run } of contenders) await run(1);
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, run } of contenders) {
      const done = await run(SECONDS_PER_ROUND);
      const rows = done.rowSteps / NUM_STEPS;
      rates.get(name)?.push({ perSecond: rows / SECONDS_PER_ROUND, perCpuSecond: rows / done.cpuSeconds });
    }
  return rates;
}

async function measure(numRows: number): Promise<object> {
  const calls: MacroStepFacts[] = [];
  const contenders = [
    await engineContender(numRows, calls),
    await peerContender('bare loop', { kind: 'macro-step', numRows, stepsPerCall: 10 }),
    await peerContender('constants', { kind: 'constant', numRows, stepsPerCall: NUM_STEPS }),
  ];
  const rates = await race(contenders);
  for (const { close } of contenders) await close();
  const engine = rates.get('engine') ?? [];
  console.log(
    `B = ${numRows}, ${THREADS} threads, ${NUM_STEPS} steps, medians of ${ROUNDS} rounds of ${SECONDS_PER_ROUND} s`,
  );
  const ratios: Record<string, Rate> = {};
  for (const [name, values] of rates) {
    const ratio = {
      perSecond: median(engine.map((rate, i) => rate.perSecond / values[i].perSecond)),
      perCpuSecond: median(engine.map((rate, i) => rate.perCpuSecond / values[i].perCpuSecond)),
    };
    ratios[name] = ratio;
    const perSecond = median(values.map((rate) => rate.perSecond));
    const columns = `${ratio.perSecond.toFixed(3)} by the clock, ${ratio.perCpuSecond.toFixed(3)} by CPU time`;
    console.log(`  ${name.padEnd(10)} ${perSecond.toFixed(1).padStart(8)} rows/s; engine / it: ${columns}`);
  }
  const inside = sum(calls.map(({ seconds }) => seconds));
  const outsideRatio =
    sum(calls.map(({ outsideSeconds }) => outsideSeconds)) /
    (inside + sum(calls.map(({ outsideSeconds }) => outsideSeconds)));
  const meanRows = sum(calls.map(({ numRows: rows }) => rows)) / calls.length;
  const stepsPerCall = sum(calls.map((call) => call.stepsPerCall)) / calls.length;
  console.log(
    `  outside the backend: ${(100 * outsideRatio).toFixed(2)} % of busy thread time; mean batch ${meanRows.toFixed(1)} rows, K ${stepsPerCall.toFixed(2)}`,
  );
  return { numRows, ratios, outsideRatio, meanRows, stepsPerCall, rates: Object.fromEntries(rates) };
}

function message(thread: NodeWorker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const machine = describeMachine();
printMachine(machine);
const results = [];
for (const numRows of [64, 256]) results.push(await measure(numRows));
writeReport('engine', { machine, config: BENCH_CONFIG, threads: THREADS, rounds: ROUNDS, results });
