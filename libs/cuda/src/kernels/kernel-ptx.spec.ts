import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { assemble, compileKernels, cudaToolVersion, findCudaTool } from '../../testing/kernel-compiler.js';
import { KERNELS, type KernelPrecision } from './kernel-interface.js';

const PRECISIONS: readonly KernelPrecision[] = ['float32', 'bf16'];
const TARGETS = ['sm_80', 'sm_86', 'sm_89', 'sm_90', 'sm_100', 'sm_120'];
const folder = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const committed = (precision: KernelPrecision): Promise<string> =>
  readFile(`${folder('ptx')}/${precision}.ptx`, 'utf8');
const namesOf = (precision: KernelPrecision): readonly string[] => {
  const { rows, ...small } = KERNELS[precision];
  return [...rows, ...Object.values(small)].map(({ name }) => name).sort();
};

const nvcc = findCudaTool('nvcc');
const ptxas = findCudaTool('ptxas');
const unless = (tool: string | undefined, name: string): string =>
  tool === undefined ? ` (skipped: ${name} is neither on PATH nor in CUDA_HOME)` : '';

describe('the committed PTX', () => {
  it.each(PRECISIONS)(
    'has every kernel of %s, for the oldest driver that knows its instructions',
    async (precision) => {
      const ptx = await committed(precision);
      expect(Array.from(ptx.matchAll(/\.entry (\w+)/g), ([, name]) => name).sort()).toEqual(namesOf(precision));
      expect(ptx).toMatch(/^\/\/ nvcc \d+\.\d+\.\d+, npm run build:kernels\n\.version 7\.0\n\.target sm_80\n/);
    },
  );

  it.each(PRECISIONS)('never makes a product and a sum of %s one operation by itself', async (precision) => {
    expect(await committed(precision)).not.toMatch(/mul(\.ftz)?\.f32/); // without .rn it may be fused
  });

  describe(`beside a compiler${unless(nvcc, 'nvcc')}`, { timeout: 240_000 }, () => {
    it.skipIf(nvcc === undefined).each(PRECISIONS)('is what the sources of %s give', async (precision) => {
      const ptx = await committed(precision);
      const theirs = /nvcc (\S+),/.exec(ptx)?.[1];
      const own = cudaToolVersion(nvcc ?? '');
      if (theirs !== own) console.log(`made by nvcc ${theirs}, here is ${own}: compiled, but not compared`);
      const made = await compileKernels(nvcc ?? '', folder('kernels'), precision);
      if (theirs === own) expect(made).toBe(ptx);
    });
  });

  describe(`beside an assembler${unless(ptxas, 'ptxas')}`, { timeout: 240_000 }, () => {
    const cases = PRECISIONS.flatMap((precision) => TARGETS.map((target) => ({ precision, target })));
    it.skipIf(ptxas === undefined).each(cases)('becomes $target of $precision, nothing spilled', async (each) => {
      const kernels = await assemble(ptxas ?? '', await committed(each.precision), each.target);
      expect(kernels.map(({ name }) => name).sort()).toEqual(namesOf(each.precision));
      for (const kernel of kernels) expect(kernel).toMatchObject({ spilledBytes: 0, stackBytes: 0 });
      console.log(`${each.target}: ${kernels.map(({ name, registers }) => `${name} ${registers}`).join(', ')}`);
    });
  });
});
