/** A model version as one thread has loaded it. Knows nothing of other threads and of batches. */

import { encodeObservations, BackendError, DdimError } from '#ddim';
import {
  isImported,
  modelBytes,
  type DenoiserBackend,
  type LoadedDenoiser,
  type MacroStep,
  type ModelSource,
} from '../backend/backend.js';
import type { CallClock } from '../protocol/call-clock.js';
import { CallTimer } from '../backend/call-timer.js';
import type { LoadCommand } from '../protocol/thread-protocol.js';
import { timedCalls, type DenoiserCalls } from '../backend/timed-calls.js';

/** After so many rejects in a row the backend's session itself is suspected. */
const REJECTS_BEFORE_RELOAD = 3;

/** A model version that this thread has loaded. */
export class ThreadModel {
  private rejectsInARow = 0;
  private calls: DenoiserCalls;
  /** [H]: what a row without observation, or a guided row's second network row, is conditioned on. */
  readonly nullCondition: Float32Array;

  private constructor(
    private readonly load: () => Promise<LoadedDenoiser>,
    private readonly timer: CallTimer,
    readonly source: ModelSource,
    private loaded: LoadedDenoiser,
  ) {
    this.calls = timedCalls(loaded, timer);
    this.nullCondition = nullConditionOf(source);
  }

  /** @throws ModelLoadError */
  static async load(
    { backend, clock }: { readonly backend: DenoiserBackend; readonly clock: CallClock },
    { source, precision, verdict }: Pick<LoadCommand, 'source' | 'precision' | 'verdict'>,
  ): Promise<ThreadModel> {
    const timer = new CallTimer(clock, modelBytes(source));
    const terms = { timer, batchInvariant: verdict?.batchInvariant };
    const load = (): Promise<LoadedDenoiser> => timer.time(0, () => backend.load(source, precision, terms));
    const model = new ThreadModel(load, timer, source, await load());
    for (const { numRows, msPerStep } of verdict?.costs ?? []) timer.learn(numRows, msPerStep);
    return model;
  }

  /** LoadedDenoiser.batchInvariant. */
  get batchInvariant(): boolean {
    return this.loaded.batchInvariant;
  }

  /** LoadedDenoiser.drawsNoise. */
  get drawsNoise(): boolean {
    return this.loaded.drawsNoise === true;
  }

  /** LoadedDenoiser.encodeObservations. @throws DdimError */
  async encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    await asDdimError(this.calls.encodeObservations(observations, conditions, count));
  }

  /**
   * LoadedDenoiser.advance; after three rejects in a row the model is first loaded anew. @throws DdimError
   */
  async advance(macroStep: MacroStep): Promise<void> {
    if (this.rejectsInARow >= REJECTS_BEFORE_RELOAD) await asDdimError(this.reload());
    this.rejectsInARow += 1;
    await asDdimError(this.calls.advance(macroStep));
    this.rejectsInARow = 0;
  }

  async dispose(): Promise<void> {
    await this.timer.time(0, () => this.loaded.dispose());
  }

  private async reload(): Promise<void> {
    this.rejectsInARow = 0;
    await this.dispose();
    this.loaded = await this.load();
    this.calls = timedCalls(this.loaded, this.timer);
  }
}

/** [H]; zeros for an imported denoiser without one, which no row is conditioned on: it may not be guided. */
function nullConditionOf(source: ModelSource): Float32Array {
  return isImported(source)
    ? (source.nullCondition ?? new Float32Array(source.config.obsSize))
    : encodeObservations(source.config, source.parameters, null);
}

/** Whatever a backend throws, with a code. */
async function asDdimError(call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof DdimError) throw error;
    throw new BackendError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
