/**
 * Proves on the device that a model is computed right, and each row independent of its neighbours. Knows
 * nothing of engines and threads.
 */

import {
  encodeObservations,
  mlpPredict,
  type DenoiserConfig,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type Predict,
  ModelLoadError,
  bf16Predict,
  int8Predict,
  type Precision,
} from '#ddim';
import type { LoadedDenoiser } from '../backend/backend.js';
import { CpuBudget } from './cpu-budget.js';
import { referenceRow } from './reference-row.js';
import {
  assembleMacroStep,
  NUM_ROWS,
  selfTestNormals,
  selfTestRows,
  type ProbeRow,
  type ProbeState,
} from './self-test-rows.js';

const NUM_STEPS = 2;
/**
 * CPU time after which no further row runs alone, and none is compared with the reference: a self-test keeps
 * its thread from serving.
 */
const ALONE_CPU_MS = 500;
const REFERENCE_CPU_MS = 500;

/**
 * Relative to the largest number of the result: wide enough for TensorFloat-32 products (a 10-bit mantissa)
 * through a few blocks, and far below what a wrong layout or a broken kernel costs.
 */
const TOLERANCE = 5e-3;

/**
 * A reference that rounds does it as the device does, but a last bit of float32 may send an activation to the
 * next level, after which all later layers round differently: up to about the error of the rounding itself.
 */
const ROUNDED_TOLERANCE = 5e-2;

type Subject = Pick<LoadedDenoiser, 'advance' | 'encodeObservations'>;
type Model = { readonly config: MlpDenoiserConfig; readonly parameters: DenoiserParameters };

/**
 * Runs 24 rows of every kind for 2 steps on the device itself: alone step by step, together, and together in
 * reverse, with and without guidance and fixed actions, and then with chunks. Where a step is slow, fewer of
 * them run alone, and fewer are compared with the reference.
 * @returns whether a row's bytes were the same in all of them
 * @throws ModelLoadError when the numbers are not those of the reference network
 */
export async function runSelfTest(subject: Subject, model: Model, precision: Precision = 'float32'): Promise<boolean> {
  const { config } = model;
  const { bare, chunked, invariant } = await runProbe(subject, config, config.hiddenSize);
  const encoded = config.obsSize === 0 || (await encodesEachAlone(subject, model));
  // One row of each kind is enough for the slow reference, and of some kinds where it is very slow.
  const reference = references[precision](model);
  const budget = new CpuBudget(REFERENCE_CPU_MS);
  for (let i = 0; i < NUM_KINDS && (i < LEAST_KINDS || !budget.isSpent); i++) {
    for (const { rows, results } of bare) checkRow(reference, rows[i], results[i]);
    for (const { rows, results } of chunked) if (rows[i].chunk) checkRow(reference, rows[i], results[i]);
  }
  return invariant && encoded;
}

/**
 * The part of the self-test that needs no reference network: the same 24 rows alone, together, and together
 * in reverse.
 * @param conditionSize H
 * @returns whether a row's bytes were the same in all of them
 * @throws ModelLoadError when a number is not finite
 */
export async function isBatchInvariant(
  subject: Subject,
  config: DenoiserConfig,
  conditionSize: number,
): Promise<boolean> {
  const { bare, chunked, invariant } = await runProbe(subject, config, conditionSize);
  for (const x of [...bare, ...chunked].flatMap(({ results }) => results))
    if (!x.every(Number.isFinite)) throw new ModelLoadError('the self-test gave a number that is not finite');
  return invariant;
}

const NUM_KINDS = 6;
/** Two kinds have all that is different: guidance and none, noise and none, fixed actions and none. */
const LEAST_KINDS = 2;

/** What a result is compared with, and how close it must come, relative to its largest number. */
interface Reference {
  readonly predict: Predict;
  readonly tolerance: number;
}

const references: Readonly<Record<Precision, (model: Model) => Reference>> = {
  float32: ({ config, parameters }) => ({ predict: mlpPredict(config, parameters), tolerance: TOLERANCE }),
  int8: ({ config, parameters }) => ({ predict: int8Predict(config, parameters), tolerance: ROUNDED_TOLERANCE }),
  bf16: ({ config, parameters }) => ({ predict: bf16Predict(config, parameters), tolerance: ROUNDED_TOLERANCE }),
};

/** The rows of a self-test as they were run: plain and extended, and the same with chunks. */
interface Probe {
  readonly bare: readonly EveryWay[];
  readonly chunked: readonly EveryWay[];
  readonly invariant: boolean;
}

async function runProbe(subject: Subject, config: DenoiserConfig, conditionSize: number): Promise<Probe> {
  const all = selfTestRows(config, conditionSize);
  const ordinary = all.map(({ x, condition, steps }): ProbeRow => ({ x, condition, steps }));
  const plain = await runEveryWay(subject, ordinary, false);
  const unchunked = all.map(({ chunk: _chunk, ...row }): ProbeRow => row);
  const extended = await runEveryWay(subject, unchunked, true);
  const crossed = await advanceAll(subject, ordinary, NUM_STEPS, true);
  const bare = [plain, extended];
  const chunked = [
    await runChunked(subject, withChunks(all, ordinary), plain),
    await runChunked(subject, withChunks(all, unchunked), extended),
  ];
  const invariant = [...bare, ...chunked].every((way) => way.invariant) && sameBytes(crossed, plain.results);
  return { bare, chunked, invariant };
}

interface EveryWay {
  readonly rows: readonly ProbeRow[];
  readonly extended: boolean;
  readonly results: readonly Float32Array[];
  readonly invariant: boolean;
}

async function runEveryWay(subject: Subject, rows: readonly ProbeRow[], extended: boolean): Promise<EveryWay> {
  const alone: Float32Array[] = [];
  const budget = new CpuBudget(ALONE_CPU_MS);
  for (const row of rows) {
    if (alone.length >= NUM_KINDS && budget.isSpent) break;
    alone.push(...(await advanceAll(subject, [row], 1, extended)));
  }
  const results = await advanceAll(subject, rows, NUM_STEPS, extended);
  const reversed = await advanceAll(subject, rows.toReversed(), NUM_STEPS, extended);
  const invariant = sameBytes(results, reversed.toReversed()) && sameBytes(alone, results);
  return { rows, extended, results, invariant };
}

/** `rows`, those as they are in `all` that have a chunk there; the others are the same objects. */
function withChunks(all: readonly ProbeRow[], rows: readonly ProbeRow[]): readonly ProbeRow[] {
  return rows.map((row, i) => {
    const chunk = all[i]?.chunk;
    return chunk ? { ...row, chunk } : row;
  });
}

/**
 * Rows beside which some have chunks: the others keep their bytes, and the first, which has one, gets its
 * own.
 */
async function runChunked(
  subject: Subject,
  rows: readonly ProbeRow[],
  { extended, results: bare }: EveryWay,
): Promise<EveryWay> {
  const results = await advanceAll(subject, rows, NUM_STEPS, extended);
  const alone = await advanceAll(subject, rows.slice(0, 1), 1, extended);
  const others = [...rows.keys()].filter((i) => !rows[i].chunk);
  const invariant =
    sameBytes(alone, results) &&
    sameBytes(
      others.map((i) => results[i]),
      others.map((i) => bare[i]),
    );
  return { rows, extended, results, invariant };
}

/** All steps of all rows, K per call: their final states [D]. */
async function advanceAll(
  subject: Subject,
  rows: readonly ProbeRow[],
  stepsPerCall: number,
  extended: boolean,
): Promise<Float32Array[]> {
  let states = rows.map((row): ProbeState => ({ row, x: row.x, done: 0 }));
  for (let done = 0; done < NUM_STEPS; done += stepsPerCall) {
    const macroStep = assembleMacroStep(states, stepsPerCall, extended);
    await subject.advance(macroStep);
    const D = macroStep.x.length / rows.length;
    states = states.map(({ row }, i) => ({ row, x: macroStep.x.slice(i * D, (i + 1) * D), done: done + stepsPerCall }));
  }
  return states.map(({ x }) => x);
}

async function encodesEachAlone(subject: Subject, { config, parameters }: Model): Promise<boolean> {
  const { obsSize, hiddenSize: H } = config;
  const observations = selfTestNormals(NUM_ROWS * obsSize, 0, 7);
  const together = new Float32Array(NUM_ROWS * H);
  await subject.encodeObservations(observations, together, NUM_ROWS);
  const alone = new Float32Array(NUM_ROWS * H);
  for (let i = 0; i < NUM_ROWS; i++) {
    const observation = observations.subarray(i * obsSize, (i + 1) * obsSize);
    await subject.encodeObservations(observation, alone.subarray(i * H, (i + 1) * H), 1);
  }
  checkClose('conditions', encodeObservations(config, parameters, observations), together, TOLERANCE);
  return sameBytes([together], [alone]);
}

function checkRow({ predict, tolerance }: Reference, row: ProbeRow, actual: Float32Array): void {
  checkClose('x', referenceRow(predict, row), actual, tolerance);
}

function checkClose(what: string, expected: Float32Array, actual: Float32Array, tolerance: number): void {
  let scale = 1;
  let error = 0;
  for (let j = 0; j < expected.length; j++) {
    scale = Math.max(scale, Math.abs(expected[j]));
    error = Math.max(error, Math.abs(expected[j] - actual[j])); // NaN stays
  }
  if (error <= tolerance * scale) return;
  const message = `the self-test's ${what} is off by ${error} from the reference, of numbers up to ${scale}`;
  throw new ModelLoadError(`${message}; this device does not compute the model correctly`);
}

function sameBytes(left: readonly Float32Array[], right: readonly Float32Array[]): boolean {
  return left.every((array, i) => {
    const other = right[i];
    return other !== undefined && bytesOf(array).equals(bytesOf(other));
  });
}

function bytesOf(array: Float32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
