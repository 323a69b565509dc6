import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { compiledModuleUrl } from '#engine';

/** Debian's, whatever else the path leads to; a machine with another PyTorch names its interpreter. */
const PYTHON = process.env.BENCH_PYTHON ?? '/usr/bin/python3';

export const TORCH_IS_MISSING = 'PyTorch is not here: apt-get install python3-torch';

/** torch.set_num_threads does not reach OpenBLAS, which would otherwise take every core. */
const ONE_THREAD = { OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };

/**
 * PyTorch on one thread, with the OpenBLAS kernels that the machine presets, and with those that OpenBLAS
 * chooses itself.
 */
export const TORCH_KERNELS: ReadonlyArray<{ readonly name: string; readonly env: NodeJS.ProcessEnv }> = presetsKernels()
  ? [
      { name: 'PyTorch, preset kernels', env: { ...process.env, ...ONE_THREAD } },
      { name: 'PyTorch', env: { ...withoutKernelChoice(), ...ONE_THREAD } },
    ]
  : [{ name: 'PyTorch', env: { ...process.env, ...ONE_THREAD } }];

export function isTorchInstalled(): boolean {
  return spawnSync(PYTHON, ['-c', 'import torch']).status === 0;
}

/**
 * A program of this folder that reads a line of JSON and answers it with one, so that others can take turns
 * with it.
 */
export class TorchProcess {
  private readonly lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout ?? process.stdin })[Symbol.asyncIterator]();
  }

  /** @param script path below bench/ */
  static start(script: string, env: NodeJS.ProcessEnv): TorchProcess {
    const compiled = fileURLToPath(compiledModuleUrl(import.meta.url));
    const path = compiled.replace(/dist\/bench\/.*$/, `bench/${script}`);
    return new TorchProcess(spawn(PYTHON, [path], { env, stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the PyTorch process ended');
    return JSON.parse(value);
  }

  async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}

export function base64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function presetsKernels(): boolean {
  return process.env.OPENBLAS_CORETYPE !== undefined || process.env.OPENBLAS_L2_SIZE !== undefined;
}

function withoutKernelChoice(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _kernel, OPENBLAS_L2_SIZE: _cache, ...env } = process.env;
  return env;
}
