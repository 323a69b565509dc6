import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { safetensors, observations, actions } from '../../testing/datasets.js';
import { DatasetStore } from '../datasets/dataset-store.js';
import { ModelRegistry } from './model-registry.js';

describe('A name in the store', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-owner-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("of a model is the first one's who takes it, whoever is quicker", async () => {
    const registries = [0, 1].map(() => new ModelRegistry(openStore(directory)));
    const owners = await Promise.all(
      Array.from({ length: 8 }, (_, i) => registries[i % 2]?.claimName('pens', `owner-${i}`)),
    );
    expect(new Set(owners).size).toBe(1);
    expect(await registries[0]?.claimName('pens', 'late')).toBe(owners[0]);
    expect(await registries[0]?.list()).toEqual([]); // taken, and nothing is there yet
  });

  it('of a model is nobody’s when the record of its owner is damaged', async () => {
    const registry = new ModelRegistry(openStore(directory));
    await registry.claimName('pens', 'me');
    writeFileSync(join(directory, 'models/pens/owner.json'), '{"owner":');
    expect(await new ModelRegistry(openStore(directory)).claimName('pens', 'me')).toBe('');
  });

  it('of a dataset stays its owner’s when another one writes over it, if that is let through', async () => {
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
