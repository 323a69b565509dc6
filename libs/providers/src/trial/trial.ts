/** What a candidate does in a process of its own. Knows nothing of that process, and of who else is tried. */

import { BackendError, DdimError, type MlpDenoiserConfig } from '#ddim';
import type { BackendInfo, BackendModule, DenoiserBackend } from '#engine';
import type { BackendPlace } from '#training';
import { trainingFault } from './training-trial.js';
import { rowSteps, TrialWorkload } from './trial-workload.js';

/** What a trial is asked. */
export interface TrialQuestion {
  readonly sampling: BackendPlace;
  /** Absent: it trains nothing, or is what others are held against. */
  readonly training?: BackendPlace | undefined;
  readonly config: MlpDenoiserConfig;
}

/** What a candidate that computes right is. */
export interface TrialResult {
  readonly info: BackendInfo;
  /** In the largest batch that was tried. */
  readonly rowStepsPerSecond: number;
  /** Why it must not train, if so. */
  readonly trainingFault?: string | undefined;
}

/** Batches: a core has reached its peak with the first, a device may want more. */
const BATCH_ROWS = [64, 1_024];
/** A call that took so long has no use for a larger batch. */
const LONG_MS = 100;

/**
 * Opens a backend, loads a model, which compares rows of every kind with the float64 reference, and runs all
 * steps of a plan, which are compared with it too. Then trains a little, as the processor does.
 * @throws ModelLoadError when a number is wrong; BackendError when the backend does not work
 */
export async function runTrial({ sampling, training, config }: TrialQuestion): Promise<TrialResult> {
  try {
    const sampled = await sampleOn(sampling, config);
    return { ...sampled, trainingFault: training && (await trainingFault(training, config)) };
  } catch (error) {
    if (error instanceof DdimError) throw error;
    throw new BackendError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

async function sampleOn({ module, options }: BackendPlace, config: MlpDenoiserConfig): Promise<TrialResult> {
  const loaded: BackendModule = await import(module);
  const backend = await loaded.createBackend(options);
  try {
    return { info: backend.info, rowStepsPerSecond: await measuredRate(backend, config) };
  } finally {
    await backend.close();
  }
}

async function measuredRate(backend: DenoiserBackend, config: MlpDenoiserConfig): Promise<number> {
  const workload = new TrialWorkload(config);
  const denoiser = await backend.load(workload.model, 'float32');
  let rate = 0;
  for (const numRows of BATCH_ROWS) {
    const [first, second] = [workload.macroStep(numRows), workload.macroStep(numRows)];
    await denoiser.advance(first);
    workload.check(numRows, first.x);
    const startedAt = performance.now();
    await denoiser.advance(second);
    const ms = performance.now() - startedAt;
    rate = (rowSteps(numRows) * 1_000) / ms;
    if (ms > LONG_MS) break;
  }
  await denoiser.dispose();
  return rate;
}
