import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { gpuAbsence, nvidiaAbsence } from './gpu-nodes.js';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A /dev with these nodes. */
function dev(...nodes: string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'stride-dev-'));
  directories.push(directory);
  for (const node of nodes) {
    mkdirSync(dirname(join(directory, node)), { recursive: true });
    writeFileSync(join(directory, node), '');
  }
  return directory;
}

describe.skipIf(process.platform !== 'linux')('a look for a GPU', () => {
  it.each([
    ['nothing', [], [true, true]],
    ['a terminal and a display without a GPU', ['tty0', 'dri/card0', 'nvidia-caps/x'], [true, true]],
    ['a GPU of any vendor', ['dri/renderD128'], [true, false]],
    ['one NVIDIA GPU of several, as a container has it', ['nvidia3', 'nvidiactl'], [false, false]],
    ['the GPU of a Windows host', ['dxg'], [false, false]],
  ] as const)('finds what is there: %s', (_, nodes, [noNvidia, noGpu]) => {
    const where = dev(...nodes);
    expect(nvidiaAbsence(where) !== undefined).toBe(noNvidia);
    expect(gpuAbsence(where) !== undefined).toBe(noGpu);
  });
});
