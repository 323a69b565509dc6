import { parentPort, workerData } from 'node:worker_threads';
import { Mutator } from './mutator.js';
import type { FuzzTarget } from './target.js';

export interface ThreadData {
  readonly target: string;
  readonly seed: number;
  readonly inputs: number;
  readonly seconds: number;
  /** Shared with the main thread, which reads the input that hung or killed this one. */
  readonly input: Uint8Array;
  readonly state: Int32Array;
}

export interface ThreadReport {
  readonly inputs: number;
  /** Different words that the target answered. */
  readonly outcomes: number;
  readonly failure?: string;
}

const MAX_POOL = 512;
const CLOCK_EVERY = 64;

const data = workerData as ThreadData;
const { target } = (await import(`./targets/${data.target}.js`)) as { target: FuzzTarget };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage(await run(target, data));

/** Runs the seeds, then mutations of the pool; an input with a new outcome joins the pool. */
async function run(
  { seeds, dictionary = [], run: feed }: FuzzTarget,
  { seed, inputs, seconds, ...shared }: ThreadData,
) {
  const mutator = new Mutator(seed, dictionary);
  const pool = [...seeds];
  const outcomes = new Set<string>();
  const end = performance.now() + seconds * 1000;
  let count = 0;
  const pick = () => pool[mutator.below(pool.length)];
  while (count < inputs && (count % CLOCK_EVERY !== 0 || performance.now() < end)) {
    const input = count < seeds.length ? seeds[count] : mutator.mutate(pick(), pick());
    note(shared, input, ++count);
    try {
      const outcome = await feed(input);
      if (outcomes.has(outcome)) continue;
      outcomes.add(outcome);
      if (count > seeds.length && pool.length < MAX_POOL) pool.push(input);
    } catch (error) {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return { inputs: count, outcomes: outcomes.size, failure } satisfies ThreadReport;
    }
  }
  return { inputs: count, outcomes: outcomes.size } satisfies ThreadReport;
}

function note({ input: shared, state }: Pick<ThreadData, 'input' | 'state'>, input: Uint8Array, count: number): void {
  shared.set(input.subarray(0, shared.length));
  Atomics.store(state, 1, Math.min(input.length, shared.length));
  Atomics.store(state, 0, count);
}
