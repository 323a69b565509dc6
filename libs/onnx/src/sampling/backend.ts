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
import { InputError, type Precision } from '#ddim';
import { ImportedDenoiser } from '../import/imported-denoiser.js';
import { OnnxDenoiser } from './onnx-denoiser.js';
import { chooseProvider, type ProviderChoice } from '../runtime/providers.js';
import { loadOnnxRuntime, type OnnxRuntime } from '../runtime/session.js';

/**
 * The most steps of one call; longer loops gain nothing (a call's overhead is gone from 5 steps on) and delay
 * cancellation.
 */
const MAX_STEPS_PER_CALL = 50;
/**
 * On an H200 a call of 1,024 rows takes 11 ms for 10 steps, 21 for 25 and 38 for 50, since their state
 * travels to the device and back. With 25 a row of 50 steps is done soonest at 64 and 1,024 rows, half a
 * call's wait included.
 */
const CHEAP_STEPS_ON_WEBGPU = 25;
/** A core has reached its peak long before; an H200 does 3 times as much with 4,096 rows as with 256. */
const MAX_BATCH_ROWS = { core: 256, device: 4_096 };

/**
 * ONNX Runtime as a denoiser backend, on the first execution provider that really works.
 * @throws InputError `unknown_provider`; BackendError when no provider of the list works
 */
export function createBackend(options: BackendOptions): Promise<DenoiserBackend> {
  return OnnxBackend.create(options);
}

export class OnnxBackend implements DenoiserBackend {
  readonly info: BackendInfo;
  readonly capabilities: BackendCapabilities;
  private readonly loaded = new Set<LoadedDenoiser>();

  /** @param precisions those of the provider, unless others are wanted */
  static async create(options: BackendOptions, precisions?: readonly Precision[]): Promise<OnnxBackend> {
    const runtime = await loadOnnxRuntime();
    return new OnnxBackend(runtime, await chooseProvider(runtime, options.providers), precisions);
  }

  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly choice: ProviderChoice,
    precisions: readonly Precision[] = choice.provider === 'cpu' ? ['float32', 'int8'] : ['float32'],
  ) {
    const { provider, device, rejected } = choice;
    const version = runtime.env.versions.node ?? runtime.env.versions.common;
    this.info = { kind: 'onnx', provider, device, version, rejected };
    this.capabilities = {
      maxStepsPerCall: MAX_STEPS_PER_CALL,
      cheapStepsPerCall: provider === 'webgpu' ? CHEAP_STEPS_ON_WEBGPU : 1,
      maxBatchRows: provider === 'cpu' ? MAX_BATCH_ROWS.core : MAX_BATCH_ROWS.device,
      threadsPerDevice: provider === 'cpu' ? 'cores' : 1,
      precisions,
    };
  }

  async load(model: ModelSource, precision: Precision, terms?: LoadTerms): Promise<LoadedDenoiser> {
    const { runtime, choice } = this;
    this.checkPrecision(model, precision);
    const onDispose = (): void => void this.loaded.delete(denoiser);
    const denoiser: LoadedDenoiser = isImported(model)
      ? await ImportedDenoiser.load(runtime, choice.provider, { model, onDispose, terms })
      : await OnnxDenoiser.load(runtime, choice.provider, { model, precision, onDispose, terms });
    this.loaded.add(denoiser);
    return denoiser;
  }

  private checkPrecision(model: ModelSource, precision: Precision): void {
    const offered = isImported(model) ? ['float32'] : this.capabilities.precisions;
    if (offered.includes(precision)) return;
    const place = isImported(model) ? 'for an imported denoiser' : `on provider ${this.info.provider}`;
    throw new InputError('unsupported_option', `precision must be ${offered.join(' or ')} ${place}, got ${precision}`, {
      field: 'precision',
    });
  }

  async close(): Promise<void> {
    for (const denoiser of this.loaded) await denoiser.dispose();
    this.loaded.clear();
  }
}
