import { outputSize, type DenoiserConfig, BackendError, InputError, fillNormal } from '#ddim';
import { CALIBRATION_ROWS, selfTestRows } from '#engine';
import { createBackend } from '../sampling/backend.js';
import { usedCpuMs, type CpuAllowance } from '../runtime/cpu-allowance.js';
import { ImportedSession, type ImportedRows } from './imported-session.js';
import { messageOf } from '../runtime/runtime-error.js';
import { loadOnnxRuntime, type ProviderName } from '../runtime/session.js';

/** What a file is tried as. */
interface ImportedTrialModel extends ImportedTrialSettings {
  readonly file: Uint8Array;
}

/** The part of it that the file does not hold. */
export interface ImportedTrialSettings {
  readonly config: DenoiserConfig;
  /** [obsSize], normalised. */
  readonly nullCondition?: readonly number[] | undefined;
}

/** What a trial found out. */
export interface ImportedTrialResult {
  /** Numbers in the weights. */
  readonly paramCount: number;
}

const CPU: ProviderName = 'cpu';
/**
 * A row may differ from itself alone by the rounding of another kernel, relative to the largest number; not
 * by what others hold.
 */
const NEIGHBOUR_TOLERANCE = 1e-3;
/** A purpose of the callers' range: these numbers belong to no request. */
const TRIAL_PURPOSE = 254;
const MAX_MESSAGE = 300;

/** Rows beside those of the self-test, at timesteps from 0 to T - 1. */
const NUM_SPREAD_ROWS = 5;
const NUM_ROWS_ALONE = 12;

/**
 * CPU time for a file's first row: to read it, to make a session and to run once. The whole trial of a
 * gigabyte took 21 s.
 */
const LOADING_CPU_MS = { least: 4_000, perByte: 40_000 / 2 ** 30 } as const;
/**
 * Calls of one row that the trial and a load make, counted as if rows in batches took as long as alone; half
 * as much for what varies.
 */
const ROWS_TO_COME = 510 * 1.5;
const LEAST_CPU_MS = 3_000;
/** A file whose rows take longer holds up its trial for minutes, and every load as well. */
const MAX_ROW_CPU_MS = 300;

export function loadingCpuMs(fileBytes: number): number {
  return LOADING_CPU_MS.least + LOADING_CPU_MS.perByte * fileBytes;
}

/**
 * Checks an ONNX file and runs it: first one row, whose time says how much the rest may take; then all that a
 * load runs, with the reasons that a load does not give; then the load itself. It may crash or never come
 * back: run it where that does no harm.
 * @throws InputError the codes of ImportedSession.open; `onnx_not_runnable` when ONNX Runtime refuses it,
 * `onnx_probe_timed_out` when it is too slow, `onnx_output_mismatch`, `non_finite_output`,
 * `onnx_not_deterministic`, `onnx_rows_not_independent`
 */
export async function tryImported(model: ImportedTrialModel, allowance: CpuAllowance): Promise<ImportedTrialResult> {
  const runtime = await loadOnnxRuntime();
  const startedMs = usedCpuMs();
  const network = await runnable(() => ImportedSession.open(runtime, CPU, model));
  try {
    const row = rowAlone(trialRows(model), 0, model.config);
    await runnable(() => network.predict(row));
    const openedMs = usedCpuMs();
    await runnable(() => network.predict(row));
    const rowMs = usedCpuMs() - openedMs;
    if (rowMs > MAX_ROW_CPU_MS)
      throw new InputError(
        'onnx_probe_timed_out',
        `a row may take ${MAX_ROW_CPU_MS} ms of CPU time, got ${Math.round(rowMs)} ms`,
      );
    allowance.allow(LEAST_CPU_MS + 2 * (openedMs - startedMs) + ROWS_TO_COME * rowMs);
    await runEveryWay(network, model);
  } finally {
    await network.release();
  }
  await runnable(() => loadOnce(model));
  return { paramCount: network.paramCount };
}

async function loadOnce({ config, file, nullCondition }: ImportedTrialModel): Promise<void> {
  const backend = await createBackend({ providers: [CPU] });
  const condition = nullCondition && Float32Array.from(nullCondition);
  await backend.load({ version: 'the file', config, file, nullCondition: condition }, 'float32');
  await backend.close();
}

async function runEveryWay(network: ImportedSession, model: ImportedTrialModel): Promise<void> {
  const { config } = model;
  const D = outputSize(config);
  const rows = trialRows(model);
  const together = await runnable(() => network.predict(rows));
  checkFinite(together, rows, D);
  const again = await runnable(() => network.predict(rows));
  if (largestDifference(together, again) > 0)
    throw new InputError(
      'onnx_not_deterministic',
      'the same input must give the same output, but two runs differed: export the model for inference, without dropout',
    );
  const scale = together.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let row = 0; row < NUM_ROWS_ALONE; row++) {
    const alone = await runnable(() => network.predict(rowAlone(rows, row, config)));
    const difference = largestDifference(together.subarray(row * D, (row + 1) * D), alone);
    if (difference > NEIGHBOUR_TOLERANCE * scale)
      throw new InputError(
        'onnx_rows_not_independent',
        `a row must not depend on the others of its batch, but row ${row} differs by ${difference} when it runs alone`,
      );
  }
  for (const numRows of CALIBRATION_ROWS) await runnable(() => network.predict(idleRows(numRows, config)));
}

/**
 * Rows of noise: some from 0 to T - 1, the last with the null condition, if there is one; then every step of
 * the self-test's.
 */
function trialRows({ config, nullCondition }: ImportedTrialModel): ImportedRows {
  const { obsSize, numTrainTimesteps: T } = config;
  const D = outputSize(config);
  const steps = selfTestRows(config, obsSize).flatMap(({ x, condition, steps: own }) =>
    own.map(({ timestep }) => ({ timestep, x, condition })),
  );
  const numRows = NUM_SPREAD_ROWS + steps.length;
  const conditions = new Float32Array(numRows * obsSize);
  conditions.set(normals(NUM_SPREAD_ROWS * obsSize, 1));
  if (nullCondition) conditions.set(nullCondition, (NUM_SPREAD_ROWS - 1) * obsSize);
  const samples = new Float32Array(numRows * D);
  samples.set(normals(NUM_SPREAD_ROWS * D, 0));
  const timesteps = Int32Array.from({ length: numRows }, (_, i) => Math.round((i * (T - 1)) / (NUM_SPREAD_ROWS - 1)));
  for (const [i, { timestep, x, condition }] of steps.entries()) {
    const row = NUM_SPREAD_ROWS + i;
    samples.set(x, row * D);
    conditions.set(condition, row * obsSize);
    timesteps[row] = timestep;
  }
  return { numRows, samples, timesteps, conditions };
}

function rowAlone({ samples, timesteps, conditions }: ImportedRows, row: number, config: DenoiserConfig): ImportedRows {
  const D = outputSize(config);
  const { obsSize: O } = config;
  return {
    numRows: 1,
    samples: samples.slice(row * D, (row + 1) * D),
    timesteps: timesteps.slice(row, row + 1),
    conditions: conditions.slice(row * O, (row + 1) * O),
  };
}

/** Rows of zeros, on which a freshly loaded model is timed. */
function idleRows(numRows: number, config: DenoiserConfig): ImportedRows {
  return {
    numRows,
    samples: new Float32Array(numRows * outputSize(config)),
    timesteps: new Int32Array(numRows),
    conditions: new Float32Array(numRows * config.obsSize),
  };
}

function checkFinite(F: Float32Array, { timesteps }: ImportedRows, D: number): void {
  const at = F.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const timestep = timesteps[Math.floor(at / D)];
  throw new InputError(
    'non_finite_output',
    `the output must be finite, got ${F[at]} at timestep ${timestep} for a sample of normal noise`,
  );
}

/** What goes wrong in ONNX Runtime is the file's fault here. */
async function runnable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof BackendError) throw new InputError('onnx_output_mismatch', error.message, { cause: error });
    if (error instanceof InputError) throw error;
    const message = `ONNX Runtime cannot run the file: ${messageOf(error).slice(0, MAX_MESSAGE)}`;
    throw new InputError('onnx_not_runnable', message, { cause: error });
  }
}

function largestDifference(left: Float32Array, right: Float32Array): number {
  return left.reduce((most, value, i) => Math.max(most, Math.abs(value - right[i])), 0);
}

function normals(size: number, row: number): Float32Array {
  const out = new Float32Array(size);
  fillNormal(out, { seed: 0, row, purpose: TRIAL_PURPOSE }, 0);
  return out;
}
