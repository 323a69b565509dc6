import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { outputSize, type DenoiserConfig, assertNever, BackendError } from '#ddim';
import { checkSignature, type ImportedSignature } from './imported-signature.js';
import { quoted, readOnnxFile } from './onnx-file.js';
import { createSession, type OnnxRuntime, type ProviderName } from '../runtime/session.js';

/**
 * Rows of one network call: samples [R,D], timesteps [R], conditions [R,obsSize]; the first `numRows` of each
 * array count.
 */
export interface ImportedRows {
  readonly numRows: number;
  readonly samples: Float32Array;
  readonly timesteps: Int32Array;
  readonly conditions: Float32Array;
}

/** An imported denoiser as a function of rows. */
export class ImportedSession {
  private readonly D: number;

  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly session: InferenceSession,
    private readonly signature: ImportedSignature,
    private readonly config: DenoiserConfig,
    /** Numbers in the weights. */
    readonly paramCount: number,
  ) {
    this.D = outputSize(config);
  }

  /**
   * The one way from a foreign file to a session: the runtime is given what was checked, encoded anew, and
   * never the file itself.
   * @param file may lie in shared memory
   * @throws InputError the codes of readOnnxFile and checkSignature; whatever ONNX Runtime throws
   */
  static async open(
    runtime: OnnxRuntime,
    provider: ProviderName,
    { file, config }: { readonly file: Uint8Array; readonly config: DenoiserConfig },
  ): Promise<ImportedSession> {
    const onnx = readOnnxFile(file);
    const signature = checkSignature(onnx, config);
    const session = await createSession(runtime, provider, onnx.encode());
    return new ImportedSession(runtime, session, signature, config, onnx.paramCount);
  }

  /**
   * F [R,D], a fresh array; the arrays of `rows` must not lie in shared memory.
   * @throws BackendError when the output has another type or shape than the input; whatever ONNX Runtime
   * throws
   */
  async predict({ numRows: R, samples, timesteps, conditions }: ImportedRows): Promise<Float32Array> {
    const { rowShape, hasCondition, output } = this.signature;
    const { obsSize } = this.config;
    const feeds: Record<string, Tensor> = {
      sample: this.floats(samples.subarray(0, R * this.D), [R, ...rowShape]),
      timestep: this.timestepTensor(timesteps.subarray(0, R)),
      ...(hasCondition ? { condition: this.floats(conditions.subarray(0, R * obsSize), [R, obsSize]) } : {}),
    };
    const results = await this.session.run(feeds);
    const F = results[output];
    const expected = [R, ...rowShape];
    if (F.type !== 'float32' || F.dims.join() !== expected.join())
      throw new BackendError(
        `output ${quoted(output)} must be float32 [${expected.join(',')}], got ${F.type} [${F.dims.join(',')}]`,
      );
    const { data } = F;
    if (!(data instanceof Float32Array)) throw new BackendError(`output ${quoted(output)} must be in memory`);
    return data;
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private floats(data: Float32Array, shape: readonly number[]): Tensor {
    return new this.runtime.Tensor('float32', data, shape);
  }

  private timestepTensor(labels: Int32Array): Tensor {
    const { timestepType, timestepRank } = this.signature;
    const shape = timestepRank === 2 ? [labels.length, 1] : [labels.length];
    switch (timestepType) {
      case 'int64':
        return new this.runtime.Tensor('int64', BigInt64Array.from(labels, BigInt), shape);
      case 'int32':
        return new this.runtime.Tensor('int32', labels, shape);
      case 'float32':
        return this.floats(Float32Array.from(labels), shape);
      default:
        return assertNever(timestepType);
    }
  }
}
