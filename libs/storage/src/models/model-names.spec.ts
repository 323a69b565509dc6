import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { model } from '../../testing/models.js';
import { openStore } from '../stores/open-store.js';
import { ModelNames, type NameClaimant } from './model-names.js';
import { ModelRegistry } from './model-registry.js';

describe('The name of a model', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-owner-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Whoever is to have a name; jobs that end are named in `ended`. */
  const claimant = (owner: string, job?: string, ended: readonly string[] = []): NameClaimant => ({
    owner,
    ...(job !== undefined && { job }),
    mayWrite: (other) => other === owner || owner === 'boss',
    hasEnded: (id) => Promise.resolve(ended.includes(id)),
  });
  const names = () => new ModelNames(openStore(directory));
  const provenance = { source: 'training', dataset: { name: 'strokes', sha256: '0'.repeat(64) } } as const;

  it("is the first one's who takes it, whoever is quicker", async () => {
    const both = [names(), names()];
    const owners = await Promise.all(
      Array.from({ length: 8 }, (_, i) => both[i % 2]?.claim('pens', claimant(`o-${i}`))),
    );
    expect(new Set(owners).size).toBe(1);
    expect(await names().claim('pens', claimant('late'))).toBe(owners[0]);
    // taken, and nothing is there yet
    expect(await new ModelRegistry(openStore(directory)).list()).toEqual([]);
  });

  it('is nobody’s when the record of its owner is damaged', async () => {
    await names().claim('pens', claimant('me'));
    writeFileSync(join(directory, 'models/pens/owner.json'), '{"owner":');
    expect(await names().claim('pens', claimant('me'))).toBe('');
  });

  it('is free again when every training that took it has ended without a version', async () => {
    expect(await names().claim('pens', claimant('she', 'trn_1'))).toBe('she');
    expect(await names().claim('pens', claimant('she', 'trn_2', ['trn_1']))).toBe('she');
    expect(await names().claim('pens', claimant('he', 'trn_3', ['trn_1']))).toBe('she');
    expect(await names().whose('pens', claimant('he', 'trn_3', ['trn_1', 'trn_2']))).toBe('he');
    expect(await names().whose('pens', claimant('he', 'trn_3'))).toBe('she'); // a look takes nothing
    expect(await names().claim('pens', claimant('he', 'trn_3', ['trn_1', 'trn_2']))).toBe('he');
    expect(await names().claim('pens', claimant('she', 'trn_4', ['trn_1', 'trn_2']))).toBe('he');
  });

  it('goes to one of those who want it at once when its training has ended', async () => {
    await names().claim('pens', claimant('she', 'trn_0'));
    const many = Array.from({ length: 8 }, (_, i) => names().claim('pens', claimant(`o-${i}`, `trn_x${i}`, ['trn_0'])));
    const owners = new Set(await Promise.all(many));
    expect(owners.size).toBe(1);
    expect(owners).not.toContain('she');
  });

  it('stays taken by a training of somebody who may write over it', async () => {
    await names().claim('pens', claimant('she', 'trn_1'));
    expect(await names().claim('pens', claimant('boss', 'trn_2'))).toBe('she');
    expect(await names().claim('pens', claimant('he', 'trn_3', ['trn_1']))).toBe('she');
  });

  it('stays its owner’s for good once there is a version, or where no job is named', async () => {
    await names().claim('pens', claimant('she', 'trn_1'));
    await new ModelRegistry(openStore(directory)).publish({
      name: 'pens',
      model: model(1),
      trainingJobId: 'trn_1',
      provenance,
    });
    expect(await names().claim('pens', claimant('he', 'trn_2', ['trn_1']))).toBe('she');
    mkdirSync(join(directory, 'models/old'));
    writeFileSync(join(directory, 'models/old/owner.json'), '{"owner":"she"}');
    expect(await names().claim('old', claimant('he', 'trn_2', ['trn_1']))).toBe('she');
  });

  it('is not written by a training that lost it, however late its worker comes', async () => {
    await names().claim('pens', claimant('she', 'trn_1'));
    await names().claim('pens', claimant('he', 'trn_2', ['trn_1']));
    const registry = new ModelRegistry(openStore(directory));
    await expect(
      registry.publish({ name: 'pens', model: model(1), trainingJobId: 'trn_1', provenance }),
    ).rejects.toThrow(expect.objectContaining({ code: 'checkpoint_mismatch' }));
    const published = await registry.publish({ name: 'pens', model: model(2), trainingJobId: 'trn_2', provenance });
    expect(published.version).toBe(1);
  });
});
