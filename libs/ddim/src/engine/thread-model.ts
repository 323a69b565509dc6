import { encodeObservations } from '../denoiser.js';
import { BackendError, DdimError } from '../errors.js';
import {
  isImported,
  type DenoiserBackend,
  type LoadedDenoiser,
  type MacroStep,
  type ModelSource,
  type Precision,
} from './backend.js';

/** After so many rejects in a row the backend's session itself is suspected. */
const REJECTS_BEFORE_RELOAD = 3;

/** A model version that this thread has loaded. */
export class ThreadModel {
  private rejectsInARow = 0;

  private constructor(
    private readonly backend: DenoiserBackend,
    readonly source: ModelSource,
    private readonly precision: Precision,
    private loaded: LoadedDenoiser,
    /** [H]: what a row without observation, or a guided row's second network row, is conditioned on. */
    readonly nullCondition: Float32Array,
  ) {}

  /** @throws ModelLoadError */
  static async load(backend: DenoiserBackend, source: ModelSource, precision: Precision): Promise<ThreadModel> {
    const loaded = await backend.load(source, precision);
    return new ThreadModel(backend, source, precision, loaded, nullConditionOf(source));
  }

  get denoiser(): LoadedDenoiser {
    return this.loaded;
  }

  /** LoadedDenoiser.encodeObservations. @throws DdimError */
  async encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    await asDdimError(this.loaded.encodeObservations(observations, conditions, count));
  }

  /** LoadedDenoiser.advance; after three rejects in a row the model is first loaded anew. @throws DdimError */
  async advance(macroStep: MacroStep): Promise<void> {
    if (this.rejectsInARow >= REJECTS_BEFORE_RELOAD) await asDdimError(this.reload());
    this.rejectsInARow += 1;
    await asDdimError(this.loaded.advance(macroStep));
    this.rejectsInARow = 0;
  }

  private async reload(): Promise<void> {
    this.rejectsInARow = 0;
    await this.loaded.dispose();
    this.loaded = await this.backend.load(this.source, this.precision);
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
