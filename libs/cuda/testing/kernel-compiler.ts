/** nvcc and ptxas, wherever they are: what makes PTX of the kernels, and proves that devices can run it. */

import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { KernelPrecision } from '../src/kernels/kernel-interface.js';

const run = promisify(execFile);

/** bf16, cp.async and its matrix instructions begin here. */
const OLDEST_TARGET = 'compute_80';
/** The first PTX version that knows them: what a newer compiler writes at the head, older drivers refuse. */
const PTX_VERSION = '7.0';
/** No product and sum become one operation unless the source says so: kernels would round differently. */
const FLAGS = ['-std=c++17', '-fmad=false', `-arch=${OLDEST_TARGET}`, '-ptx'];

/** What ptxas says of one kernel. */
export interface Assembled {
  readonly name: string;
  readonly registers: number;
  readonly spilledBytes: number;
  readonly stackBytes: number;
}

/**
 * @param folder looked into first: that of a toolkit, or its `bin`
 * @returns the program, from `folder`, CUDA_HOME or PATH; undefined where none has it
 */
export function findCudaTool(name: 'nvcc' | 'ptxas', folder?: string): string | undefined {
  const { CUDA_HOME, PATH = '' } = process.env;
  const homes = [folder, CUDA_HOME].filter((home) => home !== undefined && home !== '');
  const folders = [...homes.flatMap((home) => [home ?? '', join(home ?? '', 'bin')]), ...PATH.split(delimiter)];
  return folders.map((each) => join(each, name)).find((file) => existsSync(file));
}

/** Of nvcc or ptxas, as in `13.3.33`. */
export function cudaToolVersion(tool: string): string {
  const { stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return /V(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
}

/**
 * The PTX of a precision's kernels: its first line names the compiler, for another one writes other text.
 * @param kernels folder of the sources
 * @throws the compiler's words
 */
export async function compileKernels(nvcc: string, kernels: string, precision: KernelPrecision): Promise<string> {
  return inTemporaryFolder(async (folder) => {
    const out = join(folder, 'out.ptx');
    await run(nvcc, [...FLAGS, join(kernels, `${precision}.cu`), '-o', out]);
    const text = await readFile(out, 'utf8');
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('//'));
    const portable = lines.map((line) => (line.startsWith('.version') ? `.version ${PTX_VERSION}` : line));
    return `// nvcc ${cudaToolVersion(nvcc)}, npm run build:kernels\n${portable.join('\n')}\n`;
  });
}

/** Assembles PTX for a device as the driver does. @param target as in sm_90; @throws the assembler's words */
export async function assemble(ptxas: string, ptx: string, target: string): Promise<readonly Assembled[]> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, 'in.ptx');
    await writeFile(file, ptx);
    const { stderr } = await run(ptxas, ['-v', `-arch=${target}`, file, '-o', join(folder, 'out.cubin')]);
    const found = stderr.matchAll(
      /entry function '(\w+)'[^]*?(\d+) bytes stack frame, (\d+) bytes spill stores[^]*?Used (\d+) registers/g,
    );
    return Array.from(found, ([, name, stack, spilled, registers]) => ({
      name,
      registers: Number(registers),
      spilledBytes: Number(spilled),
      stackBytes: Number(stack),
    }));
  });
}

async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'stride-kernels-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
