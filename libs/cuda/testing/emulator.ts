/** The kernels' own sources, compiled for the host. Knows nothing of what they compute. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spawnSync } from 'node:child_process';

const run = promisify(execFile);
const below = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SOURCES = below('emulator');
const KERNELS = below('../kernels');

/** What every file is compiled with. The threads of a block jump between stacks, which a check forbids. */
const COMPILE = ['-std=c++17', '-O2', '-U_FORTIFY_SOURCE', '-ffp-contract=off', '-Wall', '-Wextra', '-Werror'];

/** One launch: `columns` and `tiles` make the grid. */
export interface EmulatedLaunch {
  readonly name: string;
  readonly columns: number;
  readonly tiles: number;
  readonly threads: number;
  readonly sharedBytes: number;
  readonly step: number;
  readonly block: number;
}

/** Why kernels cannot be compiled for the host here; undefined: they can. */
export function whyNotEmulated(): string | undefined {
  const { status } = spawnSync('g++', ['--version']);
  return status === 0 ? undefined : 'there is no g++';
}

/** Both precisions' kernels as a program of the host. */
export class Emulator {
  private constructor(private readonly folder: string) {}

  /** @throws the compiler's words */
  static async compile(): Promise<Emulator> {
    const out = await mkdtemp(join(tmpdir(), 'stride-emulator-'));
    const include = ['-I', SOURCES, '-I', KERNELS];
    const kernels = ['bf16', 'float32'].map((name) => [
      '-include',
      'device.h',
      '-Wno-unknown-pragmas',
      '-x',
      'c++',
      join(KERNELS, `${name}.cu`),
    ]);
    const host = ['main', 'block', 'fragments'].map((name) => [join(SOURCES, `${name}.cpp`)]);
    const objects = [...kernels, ...host].map((source, i) => ({ source, object: join(out, `${i}.o`) }));
    const compile = ({ source, object }: (typeof objects)[number]) =>
      run('g++', [...COMPILE, ...include, ...source, '-c', '-o', object]);
    if (availableParallelism() > 1) await Promise.all(objects.map(compile));
    else for (const each of objects) await compile(each);
    await run('g++', ['-rdynamic', ...objects.map(({ object }) => object), '-ldl', '-o', join(out, 'emulator')]);
    return new Emulator(out);
  }

  /**
   * Runs launches one after the other on a model's block and a call's.
   * @param backwards the threads of a block take their turns from the last to the first
   * @returns the call's block afterwards
   */
  run(model: Uint32Array, call: Uint32Array, launches: readonly EmulatedLaunch[], backwards = false): Uint32Array {
    const words = launches.map(({ name, columns, tiles, threads, sharedBytes, step, block }) =>
      [name, columns, tiles, threads, sharedBytes, step, block].join(','),
    );
    const order = backwards ? 'backwards' : 'forwards';
    const { status, signal, stdout, stderr } = spawnSync(
      join(this.folder, 'emulator'),
      [order, `${model.length}`, `${call.length}`, ...words],
      { input: Buffer.concat([bytesOf(model), bytesOf(call)]), maxBuffer: 2 ** 30 },
    );
    if (status !== 0) throw new Error(`the emulator ended with ${signal ?? status}: ${stderr.toString()}`);
    return new Uint32Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
