import { Worker } from 'node:worker_threads';
import type { ThreadData, ThreadReport } from './fuzz.worker.js';

/** An input that a parser did not come back from within this time has hung it. */
const HANG_MS = 20_000;
const MAX_INPUT_BYTES = 65_536;
const MAX_HEAP_MB = 1_024;

export interface FuzzRequest {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  readonly seconds: number;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly outcomes: number;
  /** What broke a law, if anything did. */
  readonly failure?: { readonly message: string; readonly input: Uint8Array };
}

/**
 * Fuzzes one target in a thread of its own, which is ended when an input hangs it or makes it take too much
 * memory.
 */
export async function fuzz(request: FuzzRequest): Promise<FuzzResult> {
  const input = new Uint8Array(new SharedArrayBuffer(MAX_INPUT_BYTES));
  /** Inputs begun, and the length of the one that runs. */
  const state = new Int32Array(new SharedArrayBuffer(8));
  const workerData: ThreadData = { ...request, input, state };
  const thread = new Worker(new URL('./fuzz.worker.js', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const current = () => Uint8Array.from(input.subarray(0, Atomics.load(state, 1)));
  const failed = (message: string): FuzzResult => ({
    inputs: Atomics.load(state, 0),
    outcomes: 0,
    failure: { message, input: current() },
  });
  let watchdog: NodeJS.Timeout | undefined;
  try {
    return await new Promise<FuzzResult>((resolve) => {
      thread.once('message', ({ inputs, outcomes, failure }: ThreadReport) =>
        resolve(failure === undefined ? { inputs, outcomes } : { ...failed(failure), outcomes }),
      );
      thread.once('error', (error) => resolve(failed(`the thread died: ${String(error)}`)));
      thread.once('exit', (code) => resolve(failed(`the thread ended with ${code}`)));
      watchdog = watch(state, () => resolve(failed(`no answer within ${HANG_MS / 1000} s`)));
    });
  } finally {
    clearInterval(watchdog);
    await thread.terminate();
  }
}

/** Calls back when the count of inputs stands still for a whole period. */
function watch(state: Int32Array, onHang: () => void): NodeJS.Timeout {
  let last = -1;
  return setInterval(() => {
    const begun = Atomics.load(state, 0);
    if (begun === last && begun > 0) onHang();
    last = begun;
  }, HANG_MS);
}
