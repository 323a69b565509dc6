import { outputSize, type DenoiserConfig } from '../denoiser.js';
import { BackendError, DdimError, InputError } from '../errors.js';
import { fillNormal } from '../noise.js';
import { ImportedSession, type ImportedRows } from './imported-session.js';
import { messageOf } from './runtime-error.js';
import { loadOnnxRuntime, type Provider } from './session.js';

/** What a file is tried as. */
export interface ImportedTrialModel {
  readonly config: DenoiserConfig;
  /** [obsSize], normalised. */
  readonly nullCondition?: readonly number[] | undefined;
}

/** What a trial found out. */
export interface ImportedTrialResult {
  /** Numbers in the weights. */
  readonly paramCount: number;
}

const CPU: Provider = { name: 'cpu', deviceIndex: 0 };
const NUM_ROWS = 5;
/** A row may differ from itself alone by the rounding of another kernel, relative to the largest number; not by what others hold. */
const NEIGHBOUR_TOLERANCE = 1e-3;
/** A purpose of the callers' range: these numbers belong to no request. */
const TRIAL_PURPOSE = 254;
const MAX_MESSAGE = 300;

/**
 * Checks an ONNX file and runs it: five rows at different timesteps together, again, and each alone. It may crash or never come back:
 * run it where that does no harm.
 * @throws InputError the codes of ImportedSession.open; `onnx_not_runnable` when ONNX Runtime refuses it,
 * `onnx_output_mismatch`, `non_finite_output`, `onnx_not_deterministic`, `onnx_rows_not_independent`
 */
export async function tryImported(file: Uint8Array, model: ImportedTrialModel): Promise<ImportedTrialResult> {
  const runtime = await loadOnnxRuntime();
  const { config } = model;
  const network = await runnable(() => ImportedSession.open(runtime, CPU, { file, config }));
  try {
    await runEveryWay(network, model);
  } finally {
    await network.release();
  }
  return { paramCount: network.paramCount };
}

async function runEveryWay(network: ImportedSession, model: ImportedTrialModel): Promise<void> {
  const D = outputSize(model.config);
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
  for (let row = 0; row < NUM_ROWS; row++) {
    const alone = await runnable(() => network.predict(rowAlone(rows, row, D, model.config.obsSize)));
    const difference = largestDifference(together.subarray(row * D, (row + 1) * D), alone);
    if (difference > NEIGHBOUR_TOLERANCE * scale)
      throw new InputError(
        'onnx_rows_not_independent',
        `a row must not depend on the others of its batch, but row ${row} differs by ${difference} when it runs alone`,
      );
  }
}

/** Rows of noise at timesteps from 0 to T - 1; the last has the null condition, if there is one. */
function trialRows({ config, nullCondition }: ImportedTrialModel): ImportedRows {
  const { obsSize, numTrainTimesteps: T } = config;
  const conditions = normals(NUM_ROWS * obsSize, 1);
  if (nullCondition) conditions.set(nullCondition, (NUM_ROWS - 1) * obsSize);
  return {
    numRows: NUM_ROWS,
    samples: normals(NUM_ROWS * outputSize(config), 0),
    timesteps: Int32Array.from({ length: NUM_ROWS }, (_, i) => Math.round((i * (T - 1)) / (NUM_ROWS - 1))),
    conditions,
  };
}

function rowAlone({ samples, timesteps, conditions }: ImportedRows, row: number, D: number, O: number): ImportedRows {
  return {
    numRows: 1,
    samples: samples.slice(row * D, (row + 1) * D),
    timesteps: timesteps.slice(row, row + 1),
    conditions: conditions.slice(row * O, (row + 1) * O),
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
    if (error instanceof DdimError) throw error;
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
