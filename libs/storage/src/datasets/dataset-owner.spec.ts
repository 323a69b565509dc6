import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { safetensors, observations, actions } from '../../testing/datasets.js';
import { DatasetStore } from './dataset-store.js';

describe('The name of a dataset', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-owner-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('stays its owner’s when another one writes over it, if that is let through', async () => {
    const datasets = new DatasetStore(openStore(directory));
    const bytes = safetensors({ observations, actions });
    await datasets.put('strokes', bytes, { owner: 'she' });
    expect((await datasets.put('strokes', bytes, { owner: 'boss' })).owner).toBe('she');
    const mayReplace = (owner: string | undefined) => {
      throw new Error(`taken by ${owner}`);
    };
    await expect(datasets.put('strokes', bytes, { owner: 'he', mayReplace })).rejects.toThrow('taken by she');
    expect((await datasets.get('strokes')).owner).toBe('she');
    expect((await datasets.put('new', bytes, { owner: 'he', mayReplace })).owner).toBe('he');
  });
});
