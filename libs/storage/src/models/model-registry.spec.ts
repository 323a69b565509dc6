import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { model } from '../../testing/models.js';
import { openStore } from '../stores/open-store.js';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import type { PublishRequest } from './model-description.js';
import { ModelRegistry } from './model-registry.js';

const ORPHAN_AGE_MS = 26 * 3_600_000;

const jobId = 'trn_01HZXW4S9QJ8F7T6R5E4D3C2B1';

let root: string;
let artifacts: ArtifactStore;
let registry: ModelRegistry;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stride-models-'));
  artifacts = new ArtifactStore(openStore(root));
  registry = anotherRegistry();
});

afterEach(() => {
  if (existsSync(join(root, 'tmp'))) expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  rmSync(root, { recursive: true });
});

describe('ModelRegistry', () => {
  it('gives back the model it published, in every process that shares the root', async () => {
    const record = await registry.publish(
      request(1, { metrics: { finalLoss: 0.25, validationLoss: NaN, updates: undefined } }),
    );
    expect(record).toMatchObject({
      name: 'pens',
      version: 1,
      config: model(1).config,
      schedule: model(1).schedule,
      sampling: model(1).sampling,
      conditionDropout: 0.1,
      provenance: { source: 'training', dataset: { name: 'pens', sha256: 'd'.repeat(64) } },
      metrics: { finalLoss: 0.25 },
    });
    const elsewhere = anotherRegistry();
    expect(await elsewhere.resolve('pens')).toEqual(record);
    expect(await elsewhere.load(record)).toEqual(model(1));
    expect(await artifacts.stat(record.sha256)).toMatchObject({ bytes: record.bytes });
    expect(await elsewhere.owners()).toEqual(new Set([record.sha256]));
  });

  it('resolves a name to its highest version, a number to that version, an alias to what it was set to', async () => {
    for (let seed = 1; seed <= 11; seed++) await registry.publish(request(seed));
    await registry.setAlias('pens', 'stable', 2);
    const versionOf = async (reference: string) => (await registry.resolve(reference)).version;
    expect(await versionOf('pens')).toBe(11);
    expect(await versionOf('pens@9')).toBe(9);
    expect(await versionOf('pens@stable')).toBe(2);
    await registry.setAlias('pens', 'stable', 10);
    expect(await versionOf('pens@stable')).toBe(10);
    expect(await registry.get('pens')).toMatchObject({ name: 'pens', aliases: { stable: 10 } });
    expect((await registry.get('pens')).versions.map(({ version }) => version)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
    ]);
  });

  it('sees at once what another process publishes, aliases and deletes', async () => {
    const elsewhere = anotherRegistry();
    for (let seed = 1; seed <= 5; seed++) {
      const { version } = await elsewhere.publish(request(seed));
      expect((await registry.resolve('pens')).version).toBe(version);
      await elsewhere.setAlias('pens', 'newest', version);
      expect((await registry.resolve('pens@newest')).version).toBe(version);
    }
    await elsewhere.deleteVersion('pens', 5);
    expect((await registry.resolve('pens')).version).toBe(4);
  });

  it('sees a change within the same tick of the file system clock', async () => {
    await registry.publish(request(1));
    const tick = new Date();
    const stop = () => utimesSync(join(root, 'models', 'pens'), tick, tick);
    stop();
    expect((await registry.resolve('pens')).version).toBe(1);
    await anotherRegistry().publish(request(2));
    stop();
    expect((await registry.resolve('pens')).version).toBe(2);
  });

  it('sees what changes after the directory has rested, when it reads it from memory', async () => {
    await registry.publish(request(1));
    const rest = () => utimesSync(join(root, 'models', 'pens'), new Date(), new Date(Date.now() - 60_000));
    rest();
    const first = await registry.get('pens');
    expect(await registry.get('pens')).toEqual(first);
    await anotherRegistry().publish(request(2));
    expect((await registry.resolve('pens')).version).toBe(2);
  });

  it('gives everybody who publishes at once a version of their own', async () => {
    const registries = Array.from({ length: 6 }, anotherRegistry);
    const records = await Promise.all(
      registries.flatMap((each, i) => [each.publish(request(i)), each.publish(request(i))]),
    );
    expect(records.map(({ version }) => version).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
    for (const record of records) expect(await registry.resolve(`pens@${record.version}`)).toEqual(record);
  });

  it('publishes a training job once, however often and from wherever it is repeated', async () => {
    const registries = Array.from({ length: 6 }, anotherRegistry);
    const records = await Promise.all(registries.map((each) => each.publish(request(1, { trainingJobId: jobId }))));
    const again = await registry.publish(request(1, { trainingJobId: jobId }));
    expect(new Set(records.map(({ version }) => version))).toEqual(new Set([again.version]));
    expect((await registry.get('pens')).versions).toEqual([again]);
    expect(again.provenance.trainingJobId).toBe(jobId);
    await registry.publish(request(2));
    expect((await registry.get('pens')).versions).toHaveLength(2);
  });

  it('takes no number for a job that has published', async () => {
    for (let i = 0; i < 3; i++) await registry.publish(request(1, { trainingJobId: jobId }));
    expect((await registry.publish(request(2))).version).toBe(2);
  });

  it('refuses other weights from a training job that has published', async () => {
    await registry.publish(request(1, { trainingJobId: jobId }));
    await expect(registry.publish(request(2, { trainingJobId: jobId }))).rejects.toMatchObject({
      code: 'checkpoint_mismatch',
    });
    expect((await registry.get('pens')).versions).toHaveLength(1);
  });

  it('does not show a version whose publisher died half way, and lets it publish again', async () => {
    const record = await registry.publish(request(1, { trainingJobId: jobId }));
    rmSync(join(root, 'models', 'pens', `job-${jobId}.json`));
    await expect(anotherRegistry().resolve('pens')).rejects.toMatchObject({ code: 'model_not_found' });
    const again = await anotherRegistry().publish(request(1, { trainingJobId: jobId }));
    expect(again).toMatchObject({ sha256: record.sha256, version: 2 });
    expect(await anotherRegistry().resolve('pens')).toEqual(again);
  });

  it('deletes a version for good, with its aliases, and keeps its weights for accepted jobs', async () => {
    const first = await registry.publish(request(1));
    const second = await registry.publish(request(2));
    await registry.setAlias('pens', 'best', 2);
    await registry.setAlias('pens', 'old', 1);
    const longAgo = new Date(Date.now() - 100 * 3_600_000);
    utimesSync(join(root, second.sha256.slice(0, 2), second.sha256), longAgo, longAgo);
    await registry.deleteVersion('pens', 2);
    expect(await registry.resolve('pens')).toEqual(first);
    await expect(registry.resolve('pens@2')).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(registry.resolve('pens@best')).rejects.toMatchObject({ code: 'model_not_found' });
    expect((await registry.get('pens')).aliases).toEqual({ old: 1 });
    await artifacts.sweep(Date.now(), await registry.owners(), ORPHAN_AGE_MS);
    expect(await registry.load(second)).toEqual(model(2));
    expect((await registry.publish(request(3))).version).toBe(3);
    await registry.deleteVersion('pens', 3);
    await registry.deleteVersion('pens', 1);
    expect(await registry.list()).toEqual([]);
    await expect(registry.get('pens')).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('lists all models by name', async () => {
    expect(await registry.list()).toEqual([]);
    await registry.publish(request(1, { name: 'zebra' }));
    await registry.publish(request(1, { name: 'ant.1' }));
    expect((await registry.list()).map(({ name }) => name)).toEqual(['ant.1', 'zebra']);
  });

  it.each([
    '',
    '../x',
    'a/b',
    'UPPER',
    'a@../b',
    'a@0',
    'a@-1',
    'a@01',
    'a@1.5',
    'a@1234567890',
    'a@',
    'a@b@c',
    'a@B',
    'x'.repeat(65),
  ])('touches no file for the reference %j', async (reference) => {
    await expect(registry.resolve(reference)).rejects.toMatchObject({ code: 'invalid_id' });
    expect(readdirSync(root)).toEqual([]);
  });

  it('refuses names, aliases and job ids that could leave their directory', async () => {
    await registry.publish(request(1));
    const calls = [
      registry.publish(request(1, { name: '../x' })),
      registry.publish(request(1, { trainingJobId: '../x' })),
      registry.get('../x'),
      registry.setAlias('pens', '../x', 1),
      registry.setAlias('pens', '2', 1),
      registry.setAlias('../x', 'best', 1),
      registry.deleteVersion('../x', 1),
    ];
    await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'invalid_id' })));
  });

  it('says which model does not exist', async () => {
    await registry.publish(request(1));
    for (const reference of ['pen', 'pens@2', 'pens@best'])
      await expect(registry.resolve(reference)).rejects.toMatchObject({
        name: 'InputError',
        code: 'model_not_found',
        message: expect.stringContaining(reference),
      });
    await expect(registry.setAlias('pens', 'best', 7)).rejects.toMatchObject({ code: 'model_not_found' });
    await expect(registry.deleteVersion('pens', 7)).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('reports a damaged record instead of skipping it', async () => {
    await registry.publish(request(1));
    writeFileSync(join(root, 'models', 'pens', 'version-1.json'), '{"name":"pens"');
    await expect(anotherRegistry().resolve('pens')).rejects.toMatchObject({
      name: 'StorageError',
      code: 'artifact_corrupt',
    });
  });

  it('lists what can be read beside damaged records and foreign files, and gives a damaged version to nobody', async () => {
    const { sha256 } = await registry.publish(request(1));
    const second = await registry.publish(request(2));
    await registry.setAlias('pens', 'stable', 1);
    await registry.setAlias('pens', 'bad', 1);
    await registry.publish(request(3, { name: 'lost' }));
    writeFileSync(join(root, 'models', 'pens', 'alias-bad.json'), 'no JSON');
    writeFileSync(join(root, 'models', 'pens', 'version-2.json'), `{"sha256": "${second.sha256}"`);
    writeFileSync(join(root, 'models', 'lost', 'version-1.json'), `{"sha256": "${'e'.repeat(64)}"}`);
    writeFileSync(join(root, 'models', 'a file'), '');
    const heard: string[] = [];
    const again = new ModelRegistry(openStore(root), (what) => heard.push(what));
    const [pens, ...others] = await again.list();
    expect(pens).toMatchObject({ name: 'pens', versions: [{ version: 1 }], aliases: { stable: 1 } });
    expect(others).toEqual([]);
    expect(new Set(heard)).toEqual(new Set(['pens/alias-bad.json', 'pens/version-2.json', 'lost/version-1.json']));
    expect(await again.owners()).toEqual(new Set([sha256, second.sha256, 'e'.repeat(64)]));
    expect(await again.resolve('pens@1')).toMatchObject({ version: 1 });
    for (const reference of ['pens', 'pens@2', 'lost'])
      await expect(again.resolve(reference)).rejects.toMatchObject({ code: 'artifact_corrupt' });
    expect(await again.publish(request(4))).toMatchObject({ version: 3 });
  });
});

function anotherRegistry(): ModelRegistry {
  return new ModelRegistry(openStore(root));
}

function request(seed: number, more: Partial<PublishRequest> = {}): PublishRequest {
  const provenance = { source: 'training', dataset: { name: 'pens', sha256: 'd'.repeat(64) } } as const;
  return { name: 'pens', model: model(seed), provenance, ...more };
}
