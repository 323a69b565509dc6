/** One thread of the batching peers in bench/mixed.ts: it advances the rows of a shared slab that it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { fillNormal, outputSize, type BackendModule, type MacroStep, type StepPlan } from '#ddim';
import { BENCH_CONFIG, benchParameters, benchPlan, normals } from './engine-workload.js';

export interface PeerThreadStart {
  readonly backendModule: string;
  /** [slots, D] */
  readonly x: Float32Array;
  /** [slots, H] */
  readonly conditions: Float32Array;
}

/** Rows to advance: the slot of each, the seed of its noise, the length of its plan and its place in it. */
export interface PeerBatch {
  readonly slots: readonly number[];
  readonly seeds: readonly number[];
  readonly numSteps: readonly number[];
  readonly step: readonly number[];
  readonly stepsPerCall: number;
  readonly numCalls: number;
}

const { backendModule, x: slab, conditions }: PeerThreadStart = workerData;
const D = outputSize(BENCH_CONFIG);
const H = BENCH_CONFIG.hiddenSize;
const MAX_ROWS = 256;
const observations = normals(MAX_ROWS * BENCH_CONFIG.obsSize, 2);
const plans = new Map<number, StepPlan>();
const module: BackendModule = await import(backendModule);
const backend = await module.createBackend({ providers: ['cpu'] });
const source = { version: 'bench', config: BENCH_CONFIG, parameters: benchParameters() };
const denoiser = await backend.load(source, 'float32');

parentPort?.on('message', (batch: PeerBatch) => void run(batch));
tell();

async function run(batch: PeerBatch): Promise<void> {
  await startRows(batch);
  for (let call = 0; call < batch.numCalls; call++) {
    const macroStep = gather(batch, call);
    await denoiser.advance(macroStep);
    for (const [b, slot] of batch.slots.entries()) slab.set(macroStep.x.subarray(b * D, (b + 1) * D), slot * D);
  }
  tell();
}

/** Initial noise and conditions of the rows that have not begun. */
async function startRows({ slots, seeds, step }: PeerBatch): Promise<void> {
  const fresh = [...slots.keys()].filter((b) => step[b] === 0);
  if (fresh.length === 0) return;
  const encoded = new Float32Array(fresh.length * H);
  const given = observations.subarray(0, fresh.length * BENCH_CONFIG.obsSize);
  await denoiser.encodeObservations(given, encoded, fresh.length);
  for (const [i, b] of fresh.entries()) {
    const [slot, seed] = [slots[b], seeds[b]];
    fillNormal(slab.subarray(slot * D, (slot + 1) * D), { seed, row: 0, purpose: 0 }, 0);
    conditions.set(encoded.subarray(i * H, (i + 1) * H), slot * H);
  }
}

function gather({ slots, numSteps, step, stepsPerCall: K }: PeerBatch, call: number): MacroStep {
  const B = slots.length;
  const x = new Float32Array(B * D);
  const rowConditions = new Float32Array(B * H);
  const timesteps = new Int32Array(K * B);
  const coefficients = new Float32Array(K * B * 8);
  for (const [b, slot] of slots.entries()) {
    x.set(slab.subarray(slot * D, (slot + 1) * D), b * D);
    rowConditions.set(conditions.subarray(slot * H, (slot + 1) * H), b * H);
    const plan = planOf(numSteps[b]);
    for (let k = 0; k < K; k++) {
      const at = step[b] + call * K + k;
      timesteps[k * B + b] = plan.timesteps[at];
      coefficients.set(plan.coefficients.subarray(8 * at, 8 * at + 8), 8 * (k * B + b));
    }
  }
  const noise = { z: new Float32Array(K * D), index: new Int32Array(B) };
  return {
    numRows: B,
    stepsPerCall: K,
    x,
    conditions: rowConditions,
    timesteps,
    coefficients,
    noise,
  };
}

function planOf(numSteps: number): StepPlan {
  const plan = plans.get(numSteps) ?? benchPlan(numSteps);
  plans.set(numSteps, plan);
  return plan;
}

function tell(): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's postMessage, not a window's
  parentPort?.postMessage('idle');
}
