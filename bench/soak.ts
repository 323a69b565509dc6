/**
 * Memory and counts of the engine after 10^4 rows and after 10^6 rows of churn: requests of 1 to 8 rows and 1
 * to 20 steps, with and without noise, some cancelled. V8's nursery of the main thread is kept small, as it
 * otherwise grows to 48 MiB whatever runs. Run: node --expose-gc --max-semi-space-size=2 dist/bench/soak.js
 * [rows]
 */
import { CancelledError, initialParameters, type MlpDenoiserConfig, type StepPlan } from '#ddim';
import { Engine, type EngineRequest, type EngineStats } from '#engine';
import { onnxBackendModule } from '#onnx';
import { seededUniform } from '#load';
import { BENCH_CONFIG, benchPlan, benchRequest, normals } from './engine/engine-workload.js';
import { describeMachine, printMachine, writeReport } from './machine.js';

const THREADS = 2;
const ROWS = Number(process.argv[2] ?? 1e6);
const FIRST_ROWS = 1e4;
const LOOKS = 10;
const CLIENTS = 64;
const MOST_ROWS = 8;
const MOST_STEPS = 20;
const CANCELLED_RATIO = 0.05;
const MOST_GROWTH = 0.05;
const CONFIG: MlpDenoiserConfig = {
  ...BENCH_CONFIG,
  obsSize: 8,
  actionDim: 2,
  actionHorizon: 8,
  hiddenSize: 32,
  numLayers: 2,
};

interface Look extends Pick<EngineStats, 'requests' | 'slotsInUse' | 'slots' | 'requestBytes'> {
  readonly rows: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
  readonly seconds: number;
}

const machine = describeMachine();
printMachine(machine);
const parameters = initialParameters(CONFIG, 1);
const engine = await Engine.start({
  backendModule: onnxBackendModule,
  backend: { providers: ['cpu'] },
  threads: THREADS,
  maxBatchRows: 256,
  modelMemoryBytes: 2 ** 30,
  loadModel: (version) => Promise.resolve({ version, config: CONFIG, parameters }),
});
const plans = new Map<string, StepPlan>();
const startedAt = performance.now();
let rows = 0;
let requests = 0;
let cancelled = 0;

const looks: Look[] = [];
for (const target of [
  FIRST_ROWS,
  ...Array.from({ length: LOOKS }, (_, i) => FIRST_ROWS + ((ROWS - FIRST_ROWS) * (i + 1)) / LOOKS),
]) {
  await Promise.all(Array.from({ length: CLIENTS }, () => churn(target)));
  looks.push(look());
}
await engine.close();
const [first] = looks;
const last = looks.at(-1) ?? first;
const growth = last.rssMiB / first.rssMiB - 1;
console.log(`${requests} requests, ${cancelled} of them cancelled`);
console.log(
  `RSS after ${last.rows} rows / after ${first.rows}: ${(1 + growth).toFixed(3)}; aimed at: at most ${1 + MOST_GROWTH}`,
);
const afterTenth = looks.find((seen) => seen.rows >= ROWS / 10) ?? last;
console.log(
  `RSS after ${last.rows} rows / after ${afterTenth.rows}: ${(last.rssMiB / afterTenth.rssMiB).toFixed(3)}, once everything has been used`,
);
writeReport('soak', { machine, threads: THREADS, looks, growth, requests, cancelled });

/** One client: a request after the other until so many rows have been asked for. */
async function churn(target: number): Promise<void> {
  while (rows < target) {
    const index = requests++;
    const request = churnRequest(index);
    rows += request.rows;
    const controller = new AbortController();
    const result = engine.submit({ ...request, signal: controller.signal });
    if (seededUniform(3, 'gap', index) < CANCELLED_RATIO)
      setImmediate(() => controller.abort(new CancelledError('cancelled')));
    try {
      await result;
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      cancelled += 1;
    }
  }
}

function churnRequest(index: number): EngineRequest {
  const [rowsDraw, stepsDraw, etaDraw] = [0, 1, 2].map((seed) => seededUniform(seed, 'size', index));
  const numRows = 1 + Math.floor(rowsDraw * MOST_ROWS);
  const numSteps = 1 + Math.floor(stepsDraw * MOST_STEPS);
  const eta = etaDraw < 0.5 ? 0 : 1;
  const plan = plans.get(`${numSteps} ${eta}`) ?? benchPlan(numSteps, { eta });
  plans.set(`${numSteps} ${eta}`, plan);
  const observations = normals(numRows * CONFIG.obsSize, index);
  return { ...benchRequest(index, 0), rows: numRows, plan, observations, priority: 'normal' };
}

/** The engine is empty now: what it holds, it does not give back. */
function look(): Look {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const stats = engine.stats();
  const seen: Look = {
    rows,
    rssMiB: rss / 2 ** 20,
    heapMiB: heapUsed / 2 ** 20,
    seconds: (performance.now() - startedAt) / 1e3,
    requests: stats.requests,
    slotsInUse: stats.slotsInUse,
    slots: stats.slots,
    requestBytes: stats.requestBytes,
  };
  console.log(
    `${String(rows).padStart(8)} rows, ${seen.seconds.toFixed(0)} s: RSS ${seen.rssMiB.toFixed(1)} MiB, heap ${seen.heapMiB.toFixed(1)} MiB, ` +
      `${seen.requests} requests, ${seen.slotsInUse} of ${seen.slots} slots in use, ${seen.requestBytes} bytes`,
  );
  return seen;
}
