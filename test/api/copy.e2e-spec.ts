import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiKeys, workerConnection } from '#queue';
import { copyStore, DatasetStore, ModelRegistry, openStore, type Page, type Store, type StoreCopy } from '#storage';
import { actions, observations, safetensors } from '../../libs/storage/testing/datasets.js';
import { model } from '../../libs/storage/testing/models.js';
import { BUCKET, TestS3 } from '../../libs/storage/testing/s3-server.js';
import { TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

const FOLDERS = ['models/', 'models/pens/', 'datasets/'];

/** A store on another machine, and the file in which it keeps some bytes. */
interface Remote {
  readonly location: string;
  readonly fileOf: (sha256: string) => string;
}

describe.skipIf(!redisAvailable)('A copy of an installation', () => {
  let s3: TestS3;
  let api: TestApi;
  let key: string;
  let root: string;
  let from: Store;
  let numPrefixes = 0;

  beforeAll(async () => {
    [s3, api] = await Promise.all([TestS3.start(), TestApi.start(undefined, { STRIDE_REQUIRE_AUTH: 'true' })]);
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    const redis = new Redis(api.redis.url, workerConnection);
    key = (await new ApiKeys(redis).create({ name: 'worker', scopes: ['store'] }, { by: 'test' }))?.key ?? '';
    redis.disconnect();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await Promise.all([s3.stop(), api.stop()]);
  });
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'stride-copies-'));
    from = openStore(join(root, 'from'));
    const registry = new ModelRegistry(from);
    for (const seed of [1, 2])
      await registry.publish({ name: 'pens', model: model(seed), provenance: { source: 'import' } });
    await registry.setAlias('pens', 'best', 1);
    await new DatasetStore(from).put('strokes', safetensors({ observations, actions }));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const remotes: readonly [string, () => Remote][] = [
    [
      'a bucket',
      () => {
        const prefix = `copy-${numPrefixes++}`;
        const fileOf = (sha256: string) => s3.path(`${prefix}/${sha256.slice(0, 2)}/${sha256}`);
        return { location: `s3://${BUCKET}/${prefix}`, fileOf };
      },
    ],
    [
      'an API',
      () => {
        for (const name of readdirSync(api.directory).filter((entry) => entry !== 'installation.json'))
          rmSync(join(api.directory, name), { recursive: true });
        const fileOf = (sha256: string) => join(api.directory, sha256.slice(0, 2), sha256);
        return { location: api.url, fileOf };
      },
    ],
  ];
  const open = (location: string): Store => openStore(location, { key, cache: mkdtempSync(join(root, 'cache-')) });
  const local = (name: string): string => join(root, name);
  const copy = (source: Store, target: Store, onProgress: (done: StoreCopy) => void = () => undefined) =>
    copyStore(source, target, { overwrite: false, onProgress });
  /** As by a process that dies after some steps. */
  const breakOff = (source: Store, target: Store, steps: number) => {
    let left = steps;
    return copy(source, target, () => {
      if (--left === 0) throw new Error('broken off');
    });
  };

  describe.each(remotes)('in %s', (_name, prepare) => {
    it('holds the same records, aliases and bytes, and gives them back', async () => {
      const { location } = prepare();
      expect(await copy(from, open(location))).toMatchObject({ present: 0, conflicts: [] });
      await copy(open(location), openStore(local('back')));
      const wanted = await contentsOf(from);
      expect(Object.keys(wanted)).toHaveLength(3 + 4);
      expect(await contentsOf(open(location))).toEqual(wanted);
      expect(await contentsOf(openStore(local('back')))).toEqual(wanted);
      const best = await new ModelRegistry(openStore(local('back'))).resolve('pens@best');
      expect(best.version).toBe(1);
    });

    it('goes on where it was broken off, there and back, and copies nothing twice', async () => {
      const { location } = prepare();
      const back = openStore(local('back'));
      await expect(breakOff(from, open(location), 4)).rejects.toThrow('broken off');
      expect(await copy(from, open(location))).toMatchObject({ copied: 3, present: 4 });
      await expect(breakOff(open(location), back, 2)).rejects.toThrow('broken off');
      expect(await copy(open(location), back)).toMatchObject({ present: 2, conflicts: [] });
      expect(await contentsOf(back)).toEqual(await contentsOf(from));
      expect(await copy(from, open(location))).toMatchObject({ copied: 0, present: 7 });
    });

    it('takes over no bytes that have gone bad, there and back', async () => {
      const { location, fileOf } = prepare();
      const { sha256 } = await new ModelRegistry(from).resolve('pens@2');
      const good = Buffer.from((await from.blobs.get(sha256)) ?? []);
      const bad = Buffer.from(good);
      bad.writeUInt8(good.readUInt8(good.length - 1) ^ 1, good.length - 1);
      writeFileSync(join(root, 'from', sha256.slice(0, 2), sha256), bad);
      await expect(copy(from, open(location))).rejects.toMatchObject({ code: 'artifact_corrupt' });
      expect(await open(location).blobs.stat(sha256)).toBeUndefined();
      writeFileSync(join(root, 'from', sha256.slice(0, 2), sha256), good);
      await copy(from, open(location));
      writeFileSync(fileOf(sha256), bad);
      const back = openStore(local('back'));
      await expect(copy(open(location), back)).rejects.toMatchObject({ code: 'artifact_corrupt' });
      expect(await back.blobs.stat(sha256)).toBeUndefined();
    });

    it('is made by stride artifacts copy', async () => {
      const { location } = prepare();
      const command = new TestProcess({
        name: 'stride',
        script: 'dist/apps/cli/src/main.js',
        args: ['artifacts', 'copy', local('from'), location, '--json'],
        env: { ...s3.env, STRIDE_ARTIFACTS_KEY: key, STRIDE_ARTIFACTS_CACHE: local('cache') },
      });
      expect((await command.exited).code).toBe(0);
      expect(JSON.parse(command.lines.at(-1) ?? '')).toMatchObject({ event: 'copied', copied: 7, conflicts: [] });
      expect(await contentsOf(open(location))).toEqual(await contentsOf(from));
    });
  });
});

/** What a store holds: hashes with verified bytes, and records. */
async function contentsOf(store: Store): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for (const { sha256 } of await everything((after) => store.blobs.list(after)))
    contents[sha256] = Buffer.from((await store.blobs.get(sha256)) ?? []).toString('base64');
  for (const folder of FOLDERS)
    for (const name of await everything((after) => store.records.list(folder, after)))
      if (!name.endsWith('/')) contents[folder + name] = (await store.records.read(folder + name))?.text ?? '';
  return contents;
}

async function everything<Item>(page: (after?: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let after: string | undefined;
  do {
    const { items: some, next } = await page(after);
    items.push(...some);
    after = next;
  } while (after !== undefined);
  return items;
}
