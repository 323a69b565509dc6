/**
 * One thread of a peer of the engine: it runs batches as fast as it can while the shared flag is set, and
 * counts row-steps.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { BackendModule } from '#engine';
import { constantSession } from './engine-constant-graph.js';
import { BENCH_CONFIG, benchMacroStep, benchParameters, benchPlan } from './engine-workload.js';

export interface PeerStart {
  readonly kind: 'macro-step' | 'constant';
  readonly backendModule: string;
  readonly numRows: number;
  readonly stepsPerCall: number;
  /** [0]: 1 while peers should run; [1]: row-steps done by all of them. */
  readonly shared: Int32Array;
}

const { kind, backendModule, numRows, stepsPerCall, shared }: PeerStart = workerData;
const { runBatch, steps } = kind === 'constant' ? await constantPeer() : await macroStepPeer();
await runBatch();
parentPort?.on('message', () => void work());
post('ready');

async function work(): Promise<void> {
  while (Atomics.load(shared, 0) === 1) {
    await runBatch();
    Atomics.add(shared, 1, numRows * steps);
  }
  post('stopped');
}

async function macroStepPeer(): Promise<{ runBatch: () => Promise<unknown>; steps: number }> {
  const module: BackendModule = await import(backendModule);
  const backend = await module.createBackend({ providers: ['cpu'] });
  const source = { version: 'bench', config: BENCH_CONFIG, parameters: benchParameters() };
  const denoiser = await backend.load(source, 'float32');
  const macroStep = benchMacroStep(numRows, stepsPerCall);
  return { runBatch: () => denoiser.advance(macroStep), steps: stepsPerCall };
}

async function constantPeer(): Promise<{ runBatch: () => Promise<unknown>; steps: number }> {
  const { run } = await constantSession(benchPlan(), numRows);
  return { runBatch: run, steps: benchPlan().timesteps.length };
}

function post(word: string): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
  parentPort?.postMessage(word);
}
