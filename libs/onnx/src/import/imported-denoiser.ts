import {
  type ImportedModelSource,
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  isBatchInvariant,
  timedCalls,
} from '#engine';
import { BackendError, DdimError, ModelLoadError, OutOfMemoryError } from '#ddim';
import { ImportedSession } from './imported-session.js';
import { applyMacroStep } from './imported-step.js';
import { isOutOfMemory, messageOf } from '../runtime/runtime-error.js';
import type { OnnxRuntime, ProviderName } from '../runtime/session.js';

interface ImportedDenoiserOptions {
  readonly model: ImportedModelSource;
  readonly onDispose: () => void;
  readonly terms?: LoadTerms | undefined;
}

/**
 * An imported denoiser on one provider. Only the network is a graph: the thread does the rest of every step,
 * so that one file serves every option. Its condition is the normalised observation itself.
 */
export class ImportedDenoiser implements LoadedDenoiser {
  batchInvariant = false;
  /**
   * [R,D], [R] and [R,obsSize], grown to the largest call so far: ONNX Runtime takes nothing that lies in
   * shared memory.
   */
  private samples = new Float32Array(0);
  private timesteps = new Int32Array(0);
  private conditions = new Float32Array(0);

  private constructor(
    private readonly source: ImportedModelSource,
    private readonly provider: ProviderName,
    private readonly network: ImportedSession,
    private readonly onDispose: () => void,
  ) {}

  /** Checks the file, creates the session and tries it on rows of every kind. @throws ModelLoadError */
  static async load(
    runtime: OnnxRuntime,
    provider: ProviderName,
    { model: source, onDispose, terms }: ImportedDenoiserOptions,
  ): Promise<ImportedDenoiser> {
    const { config } = source;
    try {
      const network = await ImportedSession.open(runtime, provider, source);
      const denoiser = new ImportedDenoiser(source, provider, network, onDispose);
      try {
        const subject = terms ? timedCalls(denoiser, terms.timer) : denoiser;
        denoiser.batchInvariant = terms?.batchInvariant ?? (await isBatchInvariant(subject, config, config.obsSize));
        return denoiser;
      } catch (error) {
        await network.release();
        throw error;
      }
    } catch (error) {
      throw new ModelLoadError(`${source.version} does not load on ${provider}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The condition is the observation. */
  encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    conditions.set(observations.subarray(0, count * this.source.config.obsSize));
    return Promise.resolve();
  }

  async advance(macroStep: MacroStep): Promise<void> {
    try {
      for (let k = 0; k < macroStep.stepsPerCall; k++)
        applyMacroStep(macroStep, k, await this.network.predict(this.gather(macroStep, k)));
    } catch (error) {
      if (error instanceof DdimError) throw error;
      const message = `${this.source.version} failed on ${this.provider}: ${messageOf(error)}`;
      throw isOutOfMemory(error)
        ? new OutOfMemoryError(message, { cause: error })
        : new BackendError(message, { cause: error });
    }
  }

  async dispose(): Promise<void> {
    await this.network.release();
    this.onDispose();
  }

  /** The rows of the network in step k: those of the batch, and one more per guided row. */
  private gather({ numRows: B, x, conditions, timesteps, guidance }: MacroStep, k: number) {
    const { obsSize } = this.source.config;
    const D = x.length / B;
    const source = guidance?.source;
    const R = source?.length ?? B;
    this.reserve(R, D);
    for (let r = 0; r < R; r++) {
      const b = source ? source[r] : r;
      this.samples.set(x.subarray(b * D, (b + 1) * D), r * D);
      this.timesteps[r] = timesteps[k * B + b];
    }
    this.conditions.set(conditions.subarray(0, R * obsSize));
    return { numRows: R, samples: this.samples, timesteps: this.timesteps, conditions: this.conditions };
  }

  private reserve(numRows: number, D: number): void {
    if (this.timesteps.length >= numRows) return;
    this.samples = new Float32Array(numRows * D);
    this.timesteps = new Int32Array(numRows);
    this.conditions = new Float32Array(numRows * this.source.config.obsSize);
  }
}
