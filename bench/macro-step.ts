/**
 * Milliseconds of CPU per denoising step of B rows: the macro-step graph, called as engine threads call it,
 * beside 50 steps unrolled with constants, which is the upper bound. One thread. Run: node
 * dist/bench/macro-step.js
 */
import type { InferenceSession } from 'onnxruntime-node';
import * as ort from 'onnxruntime-node';
import { fillNormal, outputSize, planForModel, samplingOptions, timeTable, type StepPlan } from '#ddim';
import type { MacroStep, BackendModule } from '#engine';
import { addMlpPredict, addMlpWeights, GraphBuilder, onnxBackendModule } from '#onnx';
import { BENCH_CONFIG, benchParameters } from './engine/engine-workload.js';
import { cpuSeconds, describeMachine, median, printMachine, writeReport } from './machine.js';

const ROUNDS = 9;
const SECONDS_PER_SAMPLE = 0.1;
const NUM_STEPS = 50;
const config = BENCH_CONFIG;
const D = outputSize(config);
const H = config.hiddenSize;
const parameters = benchParameters();

interface Case {
  readonly name: string;
  readonly steps: number;
  readonly run: () => Promise<unknown>;
}

function plan(eta: number): StepPlan {
  const schedule = {
    numTrainTimesteps: config.numTrainTimesteps,
    betaSchedule: 'linear',
    betaStart: 1e-4,
    betaEnd: 0.02,
    rescaleBetasZeroSnr: false,
    setAlphaToOne: false,
  } as const;
  return planForModel(
    { config, schedule, conditionDropout: 0 },
    samplingOptions({ numInferenceSteps: NUM_STEPS, eta }),
  );
}

function normals(size: number, purpose: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 1, row: 0, purpose }, 0);
  return out;
}

/** The first K steps of a plan for B rows at the same step. */
function macroStep(B: number, K: number, { coefficients, timesteps, needsNoise }: StepPlan): MacroStep {
  const M = needsNoise ? B + 1 : 1;
  const z = needsNoise ? normals(K * M * D, 201) : new Float32Array(K * D);
  for (let k = 0; k < K; k++) z.fill(0, k * M * D, (k * M + 1) * D);
  return {
    numRows: B,
    stepsPerCall: K,
    x: normals(B * D, 200),
    conditions: normals(B * H, 202),
    timesteps: Int32Array.from({ length: K * B }, (_, i) => timesteps[Math.floor(i / B)]),
    coefficients: Float32Array.from(
      { length: K * B * 8 },
      (_, i) => coefficients[Math.floor(i / (B * 8)) * 8 + (i % 8)],
    ),
    noise: { z, index: Int32Array.from({ length: B }, (_, i) => (needsNoise ? i + 1 : 0)) },
  };
}

/** The same macro-step through the graph with guidance and fixed actions, which no row uses. */
function extended(step: MacroStep): MacroStep {
  const own = Int32Array.from({ length: step.numRows }, (_, i) => i);
  const scale = new Float32Array(step.numRows).fill(1);
  return { ...step, guidance: { source: own, condIndex: own, nullIndex: own, scale } };
}

/** 50 steps unrolled, every coefficient a constant, no noise, x0 clipped. */
function constantGraph({ coefficients, timesteps }: StepPlan): Uint8Array {
  const graph = new GraphBuilder('constant');
  const table = timeTable(config, parameters);
  const rows = Float32Array.from(
    { length: NUM_STEPS * H },
    (_, i) => table[timesteps[Math.floor(i / H)] * H + (i % H)],
  );
  const weights = addMlpWeights(graph, config, parameters, { times: rows });
  const conditions = graph.input('conditions', 'float32', ['B', H]);
  let x = graph.input('x', 'float32', ['B', D]);
  for (let k = 0; k < NUM_STEPS; k++) {
    const [a, b, c, d, , , lo, hi] = Array.from(coefficients.subarray(k * 8, (k + 1) * 8), (value) =>
      graph.scalar(value),
    );
    const shift = graph.add(graph.gather(weights.timeTable, graph.integer(k)), conditions);
    const F = addMlpPredict(graph, weights, x, shift);
    const x0 = graph.op('Clip', [graph.add(graph.mul(x, a), graph.mul(F, b)), lo, hi]);
    x = graph.add(graph.mul(x0, c), graph.mul(F, d));
  }
  graph.output('actions', x, 'float32', ['B', D]);
  return graph.encode();
}

async function constantSession(): Promise<InferenceSession> {
  return ort.InferenceSession.create(constantGraph(plan(0)), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
}

/**
 * Medians over rounds in which every case runs for about a tenth of a second: what disturbs one disturbs all.
 */
async function measure(cases: readonly Case[]): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>();
  const repetitions = new Map<string, number>();
  for (const { name, run } of cases) {
    await run();
    const start = cpuSeconds();
    await run();
    repetitions.set(name, Math.max(1, Math.round(SECONDS_PER_SAMPLE / (cpuSeconds() - start))));
    samples.set(name, []);
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { name, steps, run } of cases) {
      const times = repetitions.get(name) ?? 1;
      const start = cpuSeconds();
      for (let i = 0; i < times; i++) await run();
      samples.get(name)?.push(((cpuSeconds() - start) * 1000) / times / steps);
    }
  return new Map([...samples].map(([name, values]) => [name, median(values)]));
}

async function main(): Promise<void> {
  const machine = describeMachine();
  printMachine(machine);
  const onnx: BackendModule = await import(onnxBackendModule);
  const backend = await onnx.createBackend({ providers: ['cpu'] });
  const denoiser = await backend.load({ version: 'bench', config, parameters }, 'float32');
  const bound = await constantSession();
  console.log(
    `ms of CPU per step, D ${D}, H ${H}, L ${config.numLayers}; median of ${ROUNDS}; in brackets: against the bound`,
  );
  const results: object[] = [];
  for (const B of [1, 8, 64, 256]) {
    const loops = [1, 5, 50].map((K): Case => {
      const step = macroStep(B, K, plan(0));
      return { name: `K=${K}`, steps: K, run: () => denoiser.advance(step) };
    });
    const noisy = macroStep(B, 5, plan(1));
    const unused = extended(macroStep(B, 5, plan(0)));
    const feeds = {
      x: new ort.Tensor('float32', normals(B * D, 200), [B, D]),
      conditions: new ort.Tensor('float32', normals(B * H, 202), [B, H]),
    };
    const medians = await measure([
      ...loops,
      { name: 'K=5, all rows noisy', steps: 5, run: () => denoiser.advance(noisy) },
      { name: 'K=5, extended graph', steps: 5, run: () => denoiser.advance(unused) },
      { name: 'constants', steps: NUM_STEPS, run: () => bound.run(feeds) },
    ]);
    const base = medians.get('constants') ?? Number.NaN;
    const columns = [...medians].map(([name, ms]) => `${name} ${ms.toFixed(3)} (${(ms / base).toFixed(2)})`);
    console.log(`B=${String(B).padEnd(3)} ${columns.join(' | ')}`);
    results.push({ rows: B, msPerStep: Object.fromEntries(medians) });
  }
  await bound.release();
  await backend.close();
  writeReport('macro-step', { machine, config, results });
}

await main();
