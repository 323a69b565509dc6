import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeStore } from '../../testing/describe-store.js';
import { StorageError } from '../storage-error.js';
import { FileStore } from './file-store.js';
import { allPages } from './store.js';
import { TemporaryFile } from './temporary-file.js';

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

  describe('when a writer died while it replaced a record', () => {
    let version: string;
    let claim: string;
    beforeEach(async () => {
      version = (await store.records.write(key, '"old"')) ?? '';
      claim = join(root, 'tmp', createHash('sha256').update(`${key}\n${version}`).digest('hex'));
      writeFileSync(claim, '"never published"');
    });
    afterEach(() => rmSync(claim, { force: true }));

    it('refuses others for as long as he may only be slow', async () => {
      expect(await store.records.write(key, '"new"', { version })).toBeUndefined();
      expect((await store.records.read(key))?.text).toBe('"old"');
      rmSync(claim);
    });

    it('lets one other in after that', async () => {
      const past = new Date(Date.now() - 60_000);
      utimesSync(claim, past, past);
      const writers = Array.from({ length: 6 }, (_, i) => new FileStore(root).records.write(key, `${i}`, { version }));
      const written = (await Promise.all(writers)).filter((each) => each !== undefined);
      expect(written).toHaveLength(1);
      expect((await store.records.read(key))?.version).toBe(written[0]);
    });
  });

  it('publishes nothing for a writer that comes back after his claim was taken away', async () => {
    await store.records.write(key, '"new"');
    const [claim, path] = [join(root, 'tmp', 'claim'), join(root, key)];
    const late = await TemporaryFile.create(join(root, 'tmp'));
    await late.write(Buffer.from('"late"'));
    expect(await late.publishExclusively(claim)).toBe(true);
    rmSync(claim);
    expect(await late.publishClaim(claim, path)).toBe(false);
    await late.discard();
    expect((await store.records.read(key))?.text).toBe('"new"');
  });
});
