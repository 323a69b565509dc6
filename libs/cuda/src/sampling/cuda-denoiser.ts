/** One model version on one device. Knows nothing of how it is called there. */

import { BackendError, DdimError, DeviceLostError, encodeObservations, ModelLoadError, type Precision } from '#ddim';
import {
  runSelfTest,
  timedCalls,
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  type MlpModelSource,
} from '#engine';
import type { KernelPrecision } from '../kernels/kernel-interface.js';
import type { DeviceMemory } from '../runtime/cuda-context.js';
import type { KernelModules } from './kernel-modules.js';
import { modelBlock, paddedWidths } from './model-block.js';
import { ModelCalls, type CallParts } from './model-calls.js';

/** A precision that a request may ask for, and that has kernels. */
export type OfferedPrecision = Precision & KernelPrecision;

/** What the models of a backend share. */
interface DenoiserParts extends CallParts {
  readonly modules: KernelModules;
}

interface DenoiserOptions {
  readonly precision: OfferedPrecision;
  readonly terms?: LoadTerms | undefined;
}

/** A model version whose weights lie on the device until it is disposed of. */
export class CudaDenoiser implements LoadedDenoiser {
  batchInvariant = false;
  private readonly weights: DeviceMemory;
  private readonly calls: ModelCalls;

  private constructor(
    private readonly parts: DenoiserParts,
    private readonly model: MlpModelSource,
    precision: OfferedPrecision,
  ) {
    const { config, parameters } = model;
    const kernels = parts.modules.compiled(precision, paddedWidths(config));
    this.weights = parts.context.uploaded(modelBlock(config, parameters, precision));
    this.calls = new ModelCalls(parts, { config, weights: this.weights, kernels });
  }

  /**
   * Uploads the weights, runs the self-test on both paths, and measures which is the faster one.
   * @throws ModelLoadError, DeviceLostError, or InputError naming a tensor
   */
  static load(parts: DenoiserParts, model: MlpModelSource, options: DenoiserOptions): Promise<CudaDenoiser> {
    return parts.context.orClose(async () => {
      let denoiser: CudaDenoiser | undefined;
      try {
        denoiser = new CudaDenoiser(parts, model, options.precision);
        await denoiser.prepare(options);
        return denoiser;
      } catch (cause) {
        if (cause instanceof DeviceLostError) throw cause;
        denoiser?.releaseQuietly();
        if (cause instanceof DdimError && !(cause instanceof BackendError)) throw cause;
        const where = `${options.precision} on ${parts.context.device.name}`;
        throw new ModelLoadError(`${model.version} does not load in ${where}: ${String(cause)}`, { cause });
      }
    });
  }

  async encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    const { config, parameters } = this.model;
    const { obsSize, hiddenSize } = config;
    if (obsSize > 0) {
      conditions.set(encodeObservations(config, parameters, observations.subarray(0, count * obsSize)));
      return;
    }
    const condition = encodeObservations(config, parameters, null);
    for (let row = 0; row < count; row++) conditions.set(condition, row * hiddenSize);
  }

  advance(macroStep: MacroStep): Promise<void> {
    return this.parts.context.orClose(async () => this.calls.run(macroStep));
  }

  dispose(): Promise<void> {
    return this.parts.context.orClose(async () => {
      this.calls.release();
      this.weights.release();
    });
  }

  private async prepare({ precision, terms }: DenoiserOptions): Promise<void> {
    this.batchInvariant = terms?.batchInvariant ?? (await this.test(precision, terms));
    this.calls.choosePaths();
  }

  /** Whether a row has the same bytes alone, among others, and on both paths. */
  private async test(precision: OfferedPrecision, terms: LoadTerms | undefined): Promise<boolean> {
    let sameBytes = true;
    const onBothPaths = {
      encodeObservations: this.encodeObservations.bind(this),
      advance: async (macroStep: MacroStep): Promise<void> => {
        const before = macroStep.x.slice();
        const [first, ...others] = this.calls.paths;
        this.calls.run(macroStep, first);
        for (const path of others) {
          const x = before.slice();
          this.calls.run({ ...macroStep, x }, path);
          sameBytes &&= bytesOf(x).equals(bytesOf(macroStep.x));
        }
      },
    };
    const subject = terms ? timedCalls(onBothPaths, terms.timer) : onBothPaths;
    return (await runSelfTest(subject, this.model, precision)) && sameBytes;
  }

  private releaseQuietly(): void {
    try {
      this.calls.release();
      this.weights.release();
    } catch (error) {
      if (!(error instanceof DdimError)) throw error; // the load's own error says it already
    }
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
