import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobCache } from './blob-cache.js';

const LOCATION = 's3://bucket/';
const blob = (i: number) => {
  const bytes = Buffer.alloc(1_000, i);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
};
const { bytes, sha256 } = blob(1);

describe('the cache of a machine', () => {
  let root: string;
  let directory: string;
  const open = (maxBytes = 1_000_000) => new BlobCache(root, LOCATION, maxBytes);
  const held = () => readdirSync(directory).filter((name) => name !== 'tmp');

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'stride-cache-'));
    await open().add(sha256, bytes);
    [directory] = readdirSync(root).map((name) => join(root, name));
    rmSync(join(directory, sha256));
  });
  afterEach(() => {
    expect(readdirSync(join(directory, 'tmp'))).toEqual([]);
    rmSync(root, { recursive: true });
  });

  it('fetches bytes once, also for another process and after a restart', async () => {
    let fetched = 0;
    const load = () => Promise.resolve((fetched++, bytes));
    for (const cache of [open(), open()]) {
      expect(bytes.equals((await cache.readOrLoad(sha256, load)) ?? Buffer.of())).toBe(true);
      const opened = await cache.open(sha256);
      expect(opened && bytes.equals(await buffer(Readable.from(opened.chunks)))).toBe(true);
    }
    expect(fetched).toBe(1);
    expect(statSync(join(directory, sha256)).mode & 0o777).toBe(0o600);
  });

  it('fetches them once for all who want them at the same moment, in whatever process', async () => {
    let fetched = 0;
    const load = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20)); // so that all of them are there
      return (fetched++, bytes);
    };
    const caches = [open(), open(), open()];
    const reads = await Promise.all([...caches, ...caches].map((cache) => cache.readOrLoad(sha256, load)));
    expect(fetched).toBe(1);
    expect(reads.every((read) => bytes.equals(read ?? Buffer.of()))).toBe(true);
  });

  it('never gives bytes that hash to something else, and fetches them again', async () => {
    for (const damage of [bytes.subarray(1), Buffer.alloc(1_000, 2), Buffer.of()]) {
      writeFileSync(join(directory, sha256), damage);
      expect(await open().read(sha256)).toBeUndefined();
      expect(await open().readOrLoad(sha256, () => Promise.resolve(bytes))).toBe(bytes);
      expect(await open().read(sha256)).toBeDefined();
    }
  });

  it('stays within its limit, and lets go of what was not read for longest', async () => {
    const cache = open(5_000);
    for (let i = 0; i < 5; i++) {
      await cache.add(blob(i).sha256, blob(i).bytes);
      const past = new Date(Date.now() - (10 - i) * 60_000);
      utimesSync(join(directory, blob(i).sha256), past, past);
    }
    await cache.read(blob(0).sha256);
    await cache.add(blob(5).sha256, blob(5).bytes);
    expect(held().sort()).toEqual([0, 3, 4, 5].map((i) => blob(i).sha256).sort());
    await cache.add(blob(6).sha256, Buffer.alloc(5_001));
    expect(held()).toHaveLength(4);
  });

  it('sees what other processes add', async () => {
    const caches = [open(8_000), open(8_000)];
    for (let i = 0; i < 40; i++) await caches[i % 2]?.add(blob(i).sha256, blob(i).bytes);
    expect(held().length).toBeLessThanOrEqual(8 + 2); // each may not have seen a sixteenth of the limit
  });

  it('hands on what a fetch throws, to each who waits, and goes on after that', async () => {
    const cache = open();
    const failing = () => Promise.reject(new Error('away'));
    const reads = [1, 2, 3].map(() => cache.readOrLoad(sha256, failing));
    for (const read of await Promise.allSettled(reads)) expect(read).toMatchObject({ status: 'rejected' });
    expect(await cache.readOrLoad(sha256, () => Promise.resolve(undefined))).toBeUndefined();
    expect(await cache.readOrLoad(sha256, () => Promise.resolve(bytes))).toBe(bytes);
  });

  it('goes past the claim of a process that died', async () => {
    const claim = join(directory, 'tmp', `${sha256}.claim`);
    writeFileSync(claim, '');
    const past = new Date(Date.now() - 60_000);
    utimesSync(claim, past, past);
    expect(await open().readOrLoad(sha256, () => Promise.resolve(bytes))).toBe(bytes);
  });

  it('removes what writers left half', async () => {
    const half = join(directory, 'tmp', 'half');
    writeFileSync(half, 'half');
    const past = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(half, past, past);
    await open().add(sha256, bytes);
  });

  it('is no fault where it cannot be written', async () => {
    writeFileSync(join(root, 'file'), '');
    const cache = new BlobCache(join(root, 'file'), LOCATION, 1_000_000);
    expect(await cache.readOrLoad(sha256, () => Promise.resolve(bytes))).toBe(bytes);
  });
});
