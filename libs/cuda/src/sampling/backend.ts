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
import { InputError, ModelLoadError, PRECISIONS, type Precision } from '#ddim';
import { KERNELS } from '../kernels/kernel-interface.js';
import { CudaContext } from '../runtime/cuda-context.js';
import { chooseDevice, cudaDevices } from '../runtime/cuda-devices.js';
import { CudaDriver } from '../runtime/cuda-driver.js';
import { CallMemory } from './call-memory.js';
import { CudaDenoiser, type OfferedPrecision } from './cuda-denoiser.js';
import { KernelModules } from './kernel-modules.js';
import type { CallContent, Counting } from './model-calls.js';

/** The only provider of this backend. */
const PROVIDER = 'cuda';

const MAX_STEPS_PER_CALL = 50;
/**
 * State travels to the device and back with every call: as many as ONNX Runtime's WebGPU provider was
 * measured to want. Not measured with these kernels.
 */
const CHEAP_STEPS_PER_CALL = 25;
const MAX_BATCH_ROWS = 4_096;

/**
 * Kernels of our own on NVIDIA's driver as a denoiser backend; nothing else has to be installed.
 * @throws InputError `unknown_provider`, `unknown_device`; BackendError when koffi, the driver or a device is
 * not there
 */
export async function createBackend(options: BackendOptions): Promise<CudaBackend> {
  const unknown = options.providers.find((name) => name !== PROVIDER);
  if (unknown !== undefined) throw new InputError('unknown_provider', `provider must be ${PROVIDER}, got ${unknown}`);
  const driver = await CudaDriver.open();
  const devices = cudaDevices(driver);
  const device = chooseDevice(devices, options.device);
  const info: BackendInfo = {
    kind: 'cuda',
    provider: PROVIDER,
    device: device.label,
    version: `CUDA ${driver.version()}`,
    devices: devices.map(({ name }) => name),
    rejected: [],
  };
  return new CudaBackend(new CudaContext(driver, device), info);
}

export class CudaBackend implements DenoiserBackend {
  readonly capabilities: BackendCapabilities = {
    maxStepsPerCall: MAX_STEPS_PER_CALL,
    cheapStepsPerCall: CHEAP_STEPS_PER_CALL,
    maxBatchRows: MAX_BATCH_ROWS,
    threadsPerDevice: 1,
    precisions: PRECISIONS.filter(hasKernels),
  };
  readonly counters: Counting = {
    dispatches: 0,
    submissions: 0,
    uploads: 0,
    downloads: 0,
    uploadedBytes: 0,
    downloadedBytes: 0,
  };
  private readonly memory: CallMemory<CallContent>;
  private readonly modules: KernelModules;

  constructor(
    private readonly context: CudaContext,
    readonly info: BackendInfo,
  ) {
    this.memory = new CallMemory(context);
    this.modules = new KernelModules(context);
  }

  /**
   * @throws InputError `unsupported_option` for a precision without kernels; ModelLoadError, for an ONNX file
   * too; DeviceLostError
   */
  async load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser> {
    const { context, memory, modules, counters } = this;
    if (!hasKernels(precision)) {
      const offered = this.capabilities.precisions.join(' or ');
      throw new InputError('unsupported_option', `precision must be ${offered} on this backend, got ${precision}`, {
        field: 'precision',
      });
    }
    if (isImported(model))
      throw new ModelLoadError(`${model.version} is an ONNX file, which has no kernels here; use STRIDE_BACKEND=onnx`);
    return CudaDenoiser.load({ context, memory, modules, counters }, model, { precision, terms });
  }

  async close(): Promise<void> {
    this.context.close();
  }
}

function hasKernels(precision: Precision): precision is OfferedPrecision {
  return Object.hasOwn(KERNELS, precision);
}
