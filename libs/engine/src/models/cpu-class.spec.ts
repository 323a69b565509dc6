import { cpus } from 'node:os';
import { describe, expect, it } from 'vitest';
import { cpuClass } from './cpu-class.js';

const name = cpus()[0]?.model.trim();

describe('cpuClass', () => {
  it.each([
    ['an Intel server', 'flags\t\t: fpu avx2 avx512_vnni amx_int8 avx_vnni\n', 'amx_int8'],
    ['an AMD server', 'processor: 0\nflags : fpu avx2 avx512_vnni\nbugs : none\n', 'avx512_vnni'],
    ['an ARM board', 'Features\t: fp asimd asimddp\n', 'asimddp'],
  ])('names the best instructions for 8-bit products of %s', (_, cpuinfo, instructions) => {
    expect(cpuClass(cpuinfo)).toBe(`${name}, ${instructions}`);
  });

  it.each([
    ['an old CPU', 'flags : fpu avx2\nbugs : avx512_vnni\n'],
    ['another system', ''],
  ])('is the name alone on %s', (_, cpuinfo) => {
    expect(cpuClass(cpuinfo)).toBe(name);
  });
});
