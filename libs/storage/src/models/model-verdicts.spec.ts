import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { ModelVerdicts } from './model-verdicts.js';

const key = 'ab'.repeat(32);
const verdict = { batchInvariant: true, costs: [{ numRows: 16, msPerStep: 2.5 }] };

describe('verdicts about models', () => {
  let root: string;
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'stride-verdicts-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('are there for the next start', async () => {
    expect(await new ModelVerdicts(openStore(root)).read(key)).toBeUndefined();
    await new ModelVerdicts(openStore(root)).write(key, verdict);
    expect(await new ModelVerdicts(openStore(root)).read(key)).toEqual(verdict);
    expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  });

  it('are not believed when their file is damaged', async () => {
    await new ModelVerdicts(openStore(root)).write(key, verdict);
    writeFileSync(join(root, 'verdicts', `${key}.json`), '{"batchInvariant":"yes"}');
    await expect(new ModelVerdicts(openStore(root)).read(key)).rejects.toMatchObject({ code: 'artifact_corrupt' });
  });
});
