/** The compiled kernels of each precision that was asked for. Knows nothing of models and of calls. */

import {
  fittingTiles,
  KERNELS,
  type Kernel,
  type KernelPrecision,
  type KernelSet,
  type Widths,
} from '../kernels/kernel-interface.js';
import { readPtx } from '../kernels/ptx.js';
import type { CudaContext, CudaModule } from '../runtime/cuda-context.js';
import type { Handle } from '../runtime/cuda-driver.js';

/** A kernel of a module. */
export interface CompiledKernel {
  readonly kernel: Kernel;
  readonly handle: Handle;
  readonly sharedBytes: number;
}

/** See KernelSet. */
export interface PrecisionKernels extends Readonly<Record<Exclude<keyof KernelSet, 'rows'>, CompiledKernel>> {
  /** Those that have room for models of these widths here, the largest tiles first; there may be none. */
  readonly rows: readonly CompiledKernel[];
}

/** One module per precision, compiled by the driver when it is first needed; they go with the context. */
export class KernelModules {
  private readonly modules = new Map<KernelPrecision, CudaModule>();
  /** The most dynamic shared memory that each kernel was allowed: it stays allowed. */
  private readonly allowed = new Map<string, number>();

  constructor(private readonly context: CudaContext) {}

  /** The kernels for models of such widths. @throws BackendError with the compiler's own words */
  compiled(precision: KernelPrecision, widths: Widths): PrecisionKernels {
    const module = this.modules.get(precision) ?? this.context.loadModule(readPtx(precision));
    this.modules.set(precision, module);
    const { rows, in: first, up, down, out } = KERNELS[precision];
    const compile = (kernel: Kernel): CompiledKernel => this.compile(module, kernel, kernel.sharedBytes(widths));
    const fitting = fittingTiles(rows, widths, this.context.device.sharedBytesPerBlock);
    return { rows: fitting.map(compile), in: compile(first), up: compile(up), down: compile(down), out: compile(out) };
  }

  private compile(module: CudaModule, kernel: Kernel, sharedBytes: number): CompiledKernel {
    const allowed = Math.max(sharedBytes, this.allowed.get(kernel.name) ?? 0);
    const handle = this.context.kernel(module, kernel.name, allowed);
    this.allowed.set(kernel.name, allowed);
    return { kernel, handle, sharedBytes };
  }
}
