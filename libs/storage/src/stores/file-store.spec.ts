import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeStore } from '../../testing/describe-store.js';
import { StorageError } from '../storage-error.js';
import { FileStore } from './file-store.js';
import { allPages } from './store.js';

const newRoot = () => mkdtempSync(join(tmpdir(), 'stride-store-'));

describeStore('a directory', () => {
  const root = newRoot();
  return { open: () => new FileStore(root), close: () => rmSync(root, { recursive: true }) };
});

describe('FileStore', () => {
  const key = 'datasets/pens.json';
  let root: string;
  let store: FileStore;
  beforeEach(() => {
    root = newRoot();
    store = new FileStore(root);
  });
  afterEach(() => {
    expect(existsSync(join(root, 'tmp')) ? readdirSync(join(root, 'tmp')) : []).toEqual([]);
    rmSync(root, { recursive: true });
  });

  async function names(folder: string): Promise<string[]> {
    const found: string[] = [];
    for await (const name of allPages((after) => store.records.list(folder, after))) found.push(name);
    return found;
  }

  it('lists whatever else lies between the records nowhere', async () => {
    await store.records.write(key, '{}');
    for (const junk of ['NOT OURS.json', '.hidden.json', 'notes.txt', 'pens.json~'])
      writeFileSync(join(root, 'datasets', junk), '{}');
    mkdirSync(join(root, 'datasets', 'lost+found'));
    expect(await names('datasets/')).toEqual(['pens.json']);
  });

  it('lists nothing but blobs between the blobs, of every directory once', async () => {
    const puts = await Promise.all(Array.from({ length: 5 }, (_, i) => store.blobs.put(Buffer.of(i))));
    const [{ sha256 }] = puts;
    writeFileSync(join(root, sha256.slice(0, 2), 'notes.txt'), '');
    mkdirSync(join(root, 'zz'));
    const found: string[] = [];
    for await (const blob of allPages((after) => store.blobs.list(after))) found.push(blob.sha256);
    expect(found).toEqual(puts.map((put) => put.sha256).sort());
  });

  it('lists more names than stand on one page', async () => {
    mkdirSync(join(root, 'datasets'));
    const all = Array.from({ length: 2_500 }, (_, i) => `d${String(i).padStart(4, '0')}.json`);
    for (const name of all) writeFileSync(join(root, 'datasets', name), '{}');
    expect((await store.records.list('datasets/')).items.length).toBeLessThan(all.length);
    expect(await names('datasets/')).toEqual(all);
  });

  it('follows no symbolic link to a record', async () => {
    mkdirSync(join(root, 'datasets'));
    writeFileSync(join(root, 'outside'), '{}');
    symlinkSync(join(root, 'outside'), join(root, key));
    await expect(store.records.read(key)).rejects.toBeInstanceOf(StorageError);
  });
});
