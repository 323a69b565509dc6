import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyStore } from './copy-store.js';
import { openStore } from './open-store.js';
import type { Store } from './store.js';

const KEYS = ['models/pens/version-1.json', 'models/pens/alias-a.json', 'datasets/pens.json', 'installation.json'];

describe('a copy of a store', () => {
  let root: string;
  let from: Store;
  let to: Store;
  const copy = (overwrite = false) => copyStore(from, to, { overwrite, onProgress: () => undefined });
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'stride-copy-'));
    [from, to] = ['from', 'to'].map((name) => openStore(join(root, name)));
    for (const key of KEYS) await from.records.write(key, JSON.stringify(key));
    for (let i = 0; i < 5; i++) await from.blobs.put(Buffer.alloc(1_000, i));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('holds the same blobs and records, and is made once', async () => {
    expect(await copy()).toMatchObject({ copied: 9, present: 0, conflicts: [] });
    for (const key of KEYS) expect((await to.records.read(key))?.text).toBe(JSON.stringify(key));
    for (const { sha256 } of (await from.blobs.list()).items) expect(await to.blobs.get(sha256)).toBeDefined();
    expect(await copy()).toMatchObject({ copied: 0, present: 9, copiedBytes: 0 });
  });

  it('goes on where it was broken off', async () => {
    let steps = 0;
    const breaking = copyStore(from, to, {
      overwrite: false,
      onProgress: () => {
        if (++steps === 4) throw new Error('broken off');
      },
    });
    await expect(breaking).rejects.toThrow('broken off');
    expect(await to.records.read('installation.json')).toBeUndefined();
    expect(await copy()).toMatchObject({ copied: 5, present: 4 });
  });

  it('leaves alone records that say something else, and names them, unless it is to write over them', async () => {
    await to.records.write('datasets/pens.json', '"theirs"');
    expect(await copy()).toMatchObject({ copied: 8, conflicts: ['datasets/pens.json'] });
    expect((await to.records.read('datasets/pens.json'))?.text).toBe('"theirs"');
    expect(await copy(true)).toMatchObject({ copied: 1, conflicts: [] });
    expect((await to.records.read('datasets/pens.json'))?.text).toBe('"datasets/pens.json"');
  });

  it('takes over no bytes that have gone bad', async () => {
    const { sha256 } = await from.blobs.put(Buffer.from('good'));
    writeFileSync(join(root, 'from', sha256.slice(0, 2), sha256), 'baad');
    await expect(copy()).rejects.toMatchObject({ code: 'artifact_corrupt' });
    expect(await to.blobs.stat(sha256)).toBeUndefined();
  });
});
