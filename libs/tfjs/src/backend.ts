import {
  isImported,
  type BackendCapabilities,
  type BackendInfo,
  type BackendOptions,
  type DenoiserBackend,
  type LoadedDenoiser,
  type LoadTerms,
  type ModelSource,
} from '#engine';
import { InputError, ModelLoadError, type Precision } from '#ddim';
import { chooseTensorFlow, nativeLibrary, type TensorFlowChoice, type TensorFlowJs } from './tensorflow.js';
import { TfjsDenoiser } from './tfjs-denoiser.js';

const MAX_STEPS_PER_CALL = 50;

/**
 * TensorFlow.js as a denoiser backend: for CUDA machines that have its library, and as the independent check
 * of the ONNX graphs.
 * @throws InputError `unknown_provider`; BackendError when no provider of the list works
 */
export async function createBackend(options: BackendOptions): Promise<DenoiserBackend> {
  return new TfjsBackend(await chooseTensorFlow(options.providers));
}

/** What runs, in the words of every backend. */
export function infoOf({ tf, provider, rejected }: TensorFlowChoice): BackendInfo {
  return { kind: 'tfjs', provider, device: deviceOf(tf), version: tf.version_core, rejected };
}

function deviceOf(tf: TensorFlowJs): string {
  const native = nativeLibrary(tf);
  return native === undefined ? tf.getBackend() : `TensorFlow ${native.version}, ${native.usesGpu ? 'GPU' : 'CPU'}`;
}

class TfjsBackend implements DenoiserBackend {
  readonly info: BackendInfo;
  readonly capabilities: BackendCapabilities = {
    maxStepsPerCall: MAX_STEPS_PER_CALL,
    cheapStepsPerCall: 1,
    maxBatchRows: 256,
    threadsPerDevice: 1,
    precisions: ['float32'],
  };
  private readonly tf: TensorFlowJs;
  private readonly loaded = new Set<TfjsDenoiser>();

  constructor(choice: TensorFlowChoice) {
    this.tf = choice.tf;
    this.info = infoOf(choice);
  }

  async load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser> {
    if (precision !== 'float32')
      throw new InputError('unsupported_option', `precision must be float32 on this backend, got ${precision}`, {
        field: 'precision',
      });
    if (isImported(model))
      throw new ModelLoadError(
        `${model.version} is an ONNX file, which TensorFlow.js cannot run; use STRIDE_BACKEND=onnx`,
      );
    const denoiser = await TfjsDenoiser.load(this.tf, model, { onDispose: () => this.loaded.delete(denoiser), terms });
    this.loaded.add(denoiser);
    return denoiser;
  }

  async close(): Promise<void> {
    for (const denoiser of this.loaded) await denoiser.dispose();
  }
}
