/** One thread of the batching peers in bench/mixed.ts: it advances the rows of a shared slab that it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { outputSize, type BackendModule, type MacroStep, type StepPlan } from '#ddim';
import { BENCH_CONFIG, benchParameters, benchPlan, normals } from './engine-workload.js';

export interface PeerThreadStart {
  readonly backendModule: string;
  /** [slots, D] */
  readonly x: Float32Array;
}

/** Rows to advance: the slot of each, the length of its plan and its place in it. */
export interface PeerBatch {
  readonly slots: readonly number[];
  readonly numSteps: readonly number[];
  readonly step: readonly number[];
  readonly stepsPerCall: number;
  readonly numCalls: number;
}

const { backendModule, x: slab }: PeerThreadStart = workerData;
const D = outputSize(BENCH_CONFIG);
const H = BENCH_CONFIG.hiddenSize;
const MAX_ROWS = 256;
/** Conditions are encoded once: less work than the engine has. */
const conditions = normals(MAX_ROWS * H, 2);
const plans = new Map<number, StepPlan>();
const module: BackendModule = await import(backendModule);
const backend = await module.createBackend({ providers: ['cpu'], deviceIndex: 0 });
const source = { version: 'bench', config: BENCH_CONFIG, parameters: benchParameters() };
const denoiser = await backend.load(source, 'float32');

parentPort?.on('message', (batch: PeerBatch) => void run(batch));
tell();

async function run(batch: PeerBatch): Promise<void> {
  for (let call = 0; call < batch.numCalls; call++) {
    const macroStep = gather(batch, call);
    await denoiser.advance(macroStep);
    for (const [b, slot] of batch.slots.entries()) slab.set(macroStep.x.subarray(b * D, (b + 1) * D), slot * D);
  }
  tell();
}

function gather({ slots, numSteps, step, stepsPerCall: K }: PeerBatch, call: number): MacroStep {
  const B = slots.length;
  const x = new Float32Array(B * D);
  const timesteps = new Int32Array(K * B);
  const coefficients = new Float32Array(K * B * 8);
  for (const [b, slot] of slots.entries()) {
    x.set(slab.subarray(slot * D, (slot + 1) * D), b * D);
    const plan = planOf(numSteps[b]);
    for (let k = 0; k < K; k++) {
      const at = step[b] + call * K + k;
      timesteps[k * B + b] = plan.timesteps[at];
      coefficients.set(plan.coefficients.subarray(8 * at, 8 * at + 8), 8 * (k * B + b));
    }
  }
  const noise = { z: new Float32Array(K * D), index: new Int32Array(B) };
  const x0 = new Float32Array(B * D);
  return {
    numRows: B,
    stepsPerCall: K,
    x,
    x0,
    conditions: conditions.subarray(0, B * H),
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
