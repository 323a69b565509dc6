import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWN_VARIABLES } from '../../libs/server/src/environment.js';
import { root } from '../processes.js';

const read = (file: string): string => readFileSync(join(root, 'docs', file), 'utf8');

describe('The documentation', () => {
  it('docs/deployment.md or docs/cli.md explains every environment variable', () => {
    const text = read('deployment.md') + read('cli.md');
    expect(KNOWN_VARIABLES.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
