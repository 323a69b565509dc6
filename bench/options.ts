/**
 * What an option costs: milliseconds of CPU per denoising step of a batch, through an engine of one thread,
 * beside the plain plan in the same rounds. One kernel serves them all, so that most cost nothing. Run: node
 * dist/bench/options.js [rounds]
 */
import { Engine, type EngineRequest, type MacroStepFacts } from '#engine';
import { outputSize, type SamplingOptions } from '#ddim';
import { onnxBackendModule } from '#onnx';
import { BENCH_CONFIG, benchParameters, benchPlan, benchRequest, normals } from './engine/engine-workload.js';
import { cpuSeconds, describeMachine, median, printMachine, writeReport } from './machine.js';

const NUM_STEPS = 50;
const ROWS = 64;
const ROUNDS = Number(process.argv[2] ?? 21);
const V_CONFIG = { ...BENCH_CONFIG, predictionType: 'v_prediction' } as const;
const D = outputSize(BENCH_CONFIG);

/** A batch; its requests come together and all take NUM_STEPS steps. */
interface Case {
  readonly name: string;
  readonly requests: readonly EngineRequest[];
  /**
   * The case that it is compared with, and how many times as much it may take; absent: nothing is promised.
   */
  readonly base: string;
  readonly aim?: number;
}

interface Result {
  readonly name: string;
  readonly msPerStep: number;
  readonly base: string;
  /** Median over the rounds of this case over its base. */
  readonly ratio: number;
  readonly aim: number | undefined;
  readonly meanRows: number;
}

const PLAIN = 'plain: epsilon, trailing, eta 0';
const PLAIN_TWICE = 'plain, 128 rows';
/** What cannot be distinguished from nothing; the plain batch beside itself shows how much that is. */
const NOTHING = 1.03;

function request(rows: number, options: Partial<SamplingOptions> = {}, extras: Partial<EngineRequest> = {}) {
  return benchRequest(rows, rows, { plan: benchPlan(NUM_STEPS, options), ...extras });
}

function single(name: string, options: Partial<SamplingOptions>, aim: number): Case {
  return { name, requests: [request(ROWS, options)], base: PLAIN, aim };
}

/** Every fourth action is known. */
function fixedActions(rows: number): NonNullable<EngineRequest['fixedActions']> {
  return { mask: Uint8Array.from({ length: D }, (_, i) => (i % 4 === 0 ? 1 : 0)), values: normals(rows * D, 5) };
}

/** The first half of the actions is pulled. */
function realTimeChunking(rows: number): NonNullable<EngineRequest['realTimeChunking']> {
  const weights = Float32Array.from({ length: D }, (_, i) => Math.max(1 - (2 * i) / D, 0));
  return { weights, values: normals(rows * D, 6), maxWeight: 10 };
}

const AFFINE: readonly Partial<SamplingOptions>[] = [
  {},
  { timestepSpacing: 'leading' },
  { timestepSpacing: 'linspace' },
  { timestepSpacing: 'quad' },
  { useClippedModelOutput: true },
  { clipSample: false },
  { clipSampleRange: 0.5 },
  { prevTimestepRule: 'stride', timestepSpacing: 'leading' },
];

const cases: readonly Case[] = [
  { name: PLAIN, requests: [request(ROWS)], base: PLAIN, aim: NOTHING },
  {
    name: 'v_prediction',
    requests: [request(ROWS, {}, { model: 'bench-v', plan: benchPlan(NUM_STEPS, {}, V_CONFIG) })],
    base: PLAIN,
    aim: NOTHING,
  },
  single('leading', { timestepSpacing: 'leading' }, NOTHING),
  single('linspace', { timestepSpacing: 'linspace' }, NOTHING),
  single('quad', { timestepSpacing: 'quad' }, NOTHING),
  single('useClippedModelOutput', { useClippedModelOutput: true }, NOTHING),
  {
    name: '8 kinds of these in one batch',
    requests: AFFINE.map((options) => request(ROWS / AFFINE.length, options)),
    base: PLAIN,
    aim: NOTHING,
  },
  {
    name: 'unused options: one row of 64 has fixedActions',
    requests: [request(ROWS - 1), request(1, {}, { fixedActions: fixedActions(1) })],
    base: PLAIN,
    aim: NOTHING,
  },
  {
    name: 'one row of 64 has realTimeChunking',
    requests: [request(ROWS - 1), request(1, {}, { realTimeChunking: realTimeChunking(1) })],
    base: PLAIN,
    aim: 1.1,
  },
  {
    name: 'all 64 rows have realTimeChunking',
    requests: [request(ROWS, {}, { realTimeChunking: realTimeChunking(ROWS) })],
    base: PLAIN,
  },
  single('eta 1', { eta: 1 }, 1.25),
  { name: PLAIN_TWICE, requests: [request(2 * ROWS)], base: PLAIN },
  { name: 'guidance in all 64 rows', requests: [request(ROWS, { guidanceScale: 2 })], base: PLAIN_TWICE, aim: 1.05 },
  {
    name: 'everything: a quarter each plain, eta 1, guided, fixed',
    requests: [{}, { eta: 1 }, { guidanceScale: 2 }]
      .map((options) => request(ROWS / 4, options))
      .concat(request(ROWS / 4, {}, { fixedActions: fixedActions(ROWS / 4) })),
    base: PLAIN,
  },
];

function startEngine(calls: MacroStepFacts[]): Promise<Engine> {
  const parameters = benchParameters();
  return Engine.start({
    backendModule: onnxBackendModule,
    backend: { providers: ['cpu'] },
    threads: 1,
    maxBatchRows: 2 * ROWS,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) =>
      Promise.resolve({ version, config: version === 'bench-v' ? V_CONFIG : BENCH_CONFIG, parameters }),
    observer: { onMacroStep: (facts) => calls.push(facts) },
  });
}

let submitted = 0;

/** @returns ms of CPU of the whole process per step of the batch */
async function runCase(engine: Engine, { requests }: Case): Promise<number> {
  const start = cpuSeconds();
  await Promise.all(requests.map((each) => engine.submit({ ...each, id: `options-${submitted++}` })));
  return ((cpuSeconds() - start) * 1e3) / NUM_STEPS;
}

/**
 * Each sample of a case has one of its base directly beside it, before it and after it in turn: what disturbs
 * one disturbs both.
 */
async function measure(): Promise<Result[]> {
  const calls: MacroStepFacts[] = [];
  const engine = await startEngine(calls);
  const samples = cases.map((each) => ({
    each,
    base: baseOf(each),
    ms: [] as number[],
    ratios: [] as number[],
    rows: 0,
  }));
  for (const { each } of samples) await runCase(engine, each);
  for (let round = 0; round < ROUNDS; round++)
    for (const sample of samples) {
      const { each, base, ms, ratios } = sample;
      const before = round % 2 === 0 ? await runCase(engine, base) : undefined;
      calls.length = 0;
      const own = await runCase(engine, each);
      sample.rows = meanRows(calls);
      ms.push(own);
      ratios.push(own / (before ?? (await runCase(engine, base))));
    }
  await engine.close();
  return samples.map(({ each: { name, aim }, base, ms, ratios, rows }) => {
    return { name, msPerStep: median(ms), base: base.name, ratio: median(ratios), aim, meanRows: rows };
  });
}

function baseOf({ base }: Case): Case {
  const found = cases.find(({ name }) => name === base);
  if (!found) throw new Error(`no case is named ${base}`);
  return found;
}

/** Of a step, not of a call. */
function meanRows(calls: readonly MacroStepFacts[]): number {
  const steps = calls.reduce((sum, { stepsPerCall }) => sum + stepsPerCall, 0);
  return calls.reduce((sum, { numRows, stepsPerCall }) => sum + numRows * stepsPerCall, 0) / steps;
}

function verdict({ ratio, aim }: Result): string {
  if (aim === undefined) return '';
  return `${ratio <= aim ? '✓' : '✗'} aim ${aim.toFixed(2)}`;
}

const machine = describeMachine();
printMachine(machine);
const { obsSize, hiddenSize, numLayers } = BENCH_CONFIG;
console.log(
  `obsSize ${obsSize}, D ${D}, H ${hiddenSize}, L ${numLayers}, ${NUM_STEPS} steps; one engine thread; medians of ${ROUNDS} rounds`,
);
const results = await measure();
console.log(`\n${'batch'.padEnd(56)} rows  ms/step  ratio`);
for (const result of results) {
  const against = result.base === PLAIN ? '' : `  against ${result.base}`;
  console.log(
    `${result.name.padEnd(56)} ${result.meanRows.toFixed(0).padStart(4)}  ${result.msPerStep.toFixed(3).padStart(7)}  ${result.ratio.toFixed(3)}  ${verdict(result)}${against}`,
  );
}
writeReport('options', { machine, config: BENCH_CONFIG, numSteps: NUM_STEPS, rounds: ROUNDS, results });
