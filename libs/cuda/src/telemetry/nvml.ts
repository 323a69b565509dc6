/**
 * NVIDIA's management library: what it says of the GPUs of this machine. Knows nothing of CUDA, and of who
 * wants to know.
 */

import { BackendError } from '#ddim';
import type { DeviceReading } from '#engine';
import { NativeLibrary, type NativeFunction, type NativeType, type NativeValue } from '../runtime/native-library.js';

/** It comes with the driver. */
export const NVML_LIBRARY = process.platform === 'win32' ? 'nvml.dll' : 'libnvidia-ml.so.1';

const NAME_BYTES = 96;
/** nvmlTemperatureSensors_t: of the chip. */
const CHIP = 0;

const PROTOTYPES = {
  nvmlInit_v2: [],
  nvmlShutdown: [],
  nvmlDeviceGetCount_v2: ['pointer'],
  nvmlDeviceGetHandleByIndex_v2: ['uint32', 'pointer'],
  nvmlDeviceGetName: ['pointer', 'pointer', 'uint32'],
  nvmlDeviceGetMemoryInfo: ['pointer', 'pointer'],
  nvmlDeviceGetUtilizationRates: ['pointer', 'pointer'],
  nvmlDeviceGetPowerUsage: ['pointer', 'pointer'],
  nvmlDeviceGetTemperature: ['pointer', 'int', 'pointer'],
} as const satisfies Readonly<Record<string, readonly NativeType[]>>;
type NvmlCall = keyof typeof PROTOTYPES;

/** The library, initialised. A look may take milliseconds, and on a broken driver longer. */
export class Nvml {
  private readonly functions: ReadonlyMap<string, NativeFunction>;
  private readonly errorText: NativeFunction;

  private constructor(library: NativeLibrary) {
    const prototypes: ReadonlyArray<[string, readonly NativeType[]]> = Object.entries(PROTOTYPES);
    this.functions = new Map(prototypes.map(([name, types]) => [name, library.function(name, types)]));
    this.errorText = library.textFunction('nvmlErrorString', ['int']);
  }

  /** @throws BackendError when koffi or the library is absent, too old, or finds no driver */
  static async open(file: string = NVML_LIBRARY): Promise<Nvml> {
    const nvml = new Nvml(await NativeLibrary.open(file));
    nvml.call('nvmlInit_v2');
    return nvml;
  }

  /** Looks at every GPU. @throws BackendError when they cannot be listed */
  read(): readonly DeviceReading[] {
    const count = new Uint32Array(1);
    this.call('nvmlDeviceGetCount_v2', count);
    return Array.from({ length: count[0] }, (_, index) => this.device(index));
  }

  close(): void {
    this.call('nvmlShutdown');
  }

  private device(index: number): DeviceReading {
    const made = new BigUint64Array(1);
    this.call('nvmlDeviceGetHandleByIndex_v2', index, made);
    const [device] = made;
    const name = Buffer.alloc(NAME_BYTES);
    this.call('nvmlDeviceGetName', device, name, NAME_BYTES);
    const memory = this.said('nvmlDeviceGetMemoryInfo', new BigUint64Array(3), device); // total, free, used
    const percent = this.said('nvmlDeviceGetUtilizationRates', new Uint32Array(2), device); // GPU, memory
    const milliwatts = this.said('nvmlDeviceGetPowerUsage', new Uint32Array(1), device);
    const degrees = this.said('nvmlDeviceGetTemperature', new Uint32Array(1), device, CHIP);
    return {
      index,
      name: name.toString('utf8', 0, name.indexOf(0)),
      ...(memory && { memoryBytes: Number(memory[0]), memoryUsedBytes: Number(memory[2]) }),
      ...(percent && { utilizationRatio: percent[0] / 100 }),
      ...(milliwatts && { powerWatts: milliwatts[0] / 1_000 }),
      ...(degrees && { temperatureCelsius: degrees[0] }),
    };
  }

  /** What the call writes to `out`, its last parameter; undefined where the driver does not say it. */
  private said<Out extends NodeJS.ArrayBufferView>(
    name: NvmlCall,
    out: Out,
    ...values: readonly NativeValue[]
  ): Out | undefined {
    return this.status(name, [...values, out]) === 0 ? out : undefined;
  }

  private call(name: NvmlCall, ...values: readonly NativeValue[]): void {
    const status = this.status(name, values);
    if (status !== 0) throw new BackendError(`${name} failed: ${String(this.errorText(status))}`);
  }

  private status(name: NvmlCall, values: readonly NativeValue[]): number {
    return Number(this.functions.get(name)?.(...values));
  }
}
