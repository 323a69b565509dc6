import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../apps/cli/src/program.js';
import { KNOWN_VARIABLES } from '../../libs/server/src/environment.js';
import { root } from '../processes.js';

const read = (file: string): string => readFileSync(join(root, 'docs', file), 'utf8');

describe('The documentation', () => {
  it('docs/deployment.md or docs/cli.md explains every environment variable', () => {
    const text = read('deployment.md') + read('cli.md');
    expect(KNOWN_VARIABLES.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  it('docs/cli.md names every command and every option of stride up', () => {
    const text = read('cli.md');
    const { commands } = createProgram();
    const up = commands.find((command) => command.name() === 'up');
    const names = [
      ...commands.map((command) => `stride ${command.name()}`),
      ...(up?.options ?? []).map(({ long }) => long ?? ''),
    ];
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});
