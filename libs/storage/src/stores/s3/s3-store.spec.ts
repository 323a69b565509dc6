import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { describeStore } from '../../../testing/describe-store.js';
import { BUCKET, TestS3 } from '../../../testing/s3-server.js';
import { openStore } from '../open-store.js';
import { allPages, type Store } from '../store.js';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
const NUM_VERSIONS = 15;
const PART = 8 * 1_048_576;
const cache = mkdtempSync(join(tmpdir(), 'stride-cache-'));
let s3: TestS3;

beforeAll(async () => {
  s3 = await TestS3.start();
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
});
afterAll(async () => {
  await s3.stop();
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const open = (prefix: string): Store => openStore(`s3://${BUCKET}/${prefix}`, { cache });

describeStore('a bucket', () => {
  const prefix = randomUUID();
  return { open: () => open(prefix), close: () => expect(leftovers()).toEqual([]) };
});

describe('two processes that register versions of one model at once', () => {
  it('never take the same version, and lose none', { timeout: 120_000 }, async () => {
    const location = `s3://${BUCKET}/${randomUUID()}`;
    const processes = ['a', 'b'].map((name) => registering(location, name));
    const registered = (await Promise.all(processes)).map((text) => z.array(z.int()).parse(JSON.parse(text)));
    expect(registered.map((versions) => versions.length)).toEqual([NUM_VERSIONS, NUM_VERSIONS]);
    expect(registered.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * NUM_VERSIONS }, (_, i) => i + 1));
    const store = openStore(location, { cache });
    const names = await all((after) => store.records.list('models/pens/', after));
    expect(names.filter((name) => name.startsWith('version-'))).toHaveLength(2 * NUM_VERSIONS);
  });

  /** As ModelRegistry claims a version: the next number that nobody has. */
  function registering(location: string, name: string): Promise<string> {
    const script = `
      const { openStore } = await import(${JSON.stringify(join(root, 'dist/libs/storage/src/index.js'))});
      const { records } = openStore('${location}', { cache: '${cache}' });
      const taken = [];
      for (let version = 1; taken.length < ${NUM_VERSIONS}; version++) {
        const text = JSON.stringify({ version, by: '${name}' });
        if (await records.write('models/pens/version-' + version + '.json', text, 'absent')) taken.push(version);
      }
      console.log(JSON.stringify(taken));`;
    const args = ['--input-type=module', '--no-warnings', '-e', script];
    return new Promise((resolve, reject) => {
      execFile(process.execPath, args, { env: { ...process.env, ...s3.env } }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
    });
  }
});

describe('S3Store', () => {
  let prefix: string;
  let store: Store;
  beforeEach(() => {
    prefix = randomUUID();
    store = open(prefix);
    s3.requests.length = 0;
  });
  afterEach(() => {
    s3.keepsConditions = true;
    s3.pageSize = 1_000;
    expect(leftovers()).toEqual([]);
  });

  it.each([0, 1, PART, PART + 1, 3 * PART + 5])('gives back %i bytes, and so their stream', async (size) => {
    const bytes = Buffer.alloc(size, 'Stride');
    const { sha256 } = await store.blobs.put(chunked(bytes));
    expect(bytes.equals((await store.blobs.get(sha256)) ?? Buffer.of())).toBe(true);
    const opened = await store.blobs.open(sha256);
    expect(opened?.bytes).toBe(size);
    expect(opened && bytes.equals(await buffer(opened.stream))).toBe(true);
    const parts = s3.requests.filter(({ method, query }) => method === 'PUT' && query.has('partNumber'));
    const sizes = parts.map(({ body }) => body.length).sort((a, b) => b - a);
    expect(sizes).toEqual(size > PART ? partsOf(size) : []);
  });

  it('puts what it keeps where a directory has it', async () => {
    const { sha256 } = await store.blobs.put(Buffer.from('bytes'));
    await store.records.write('models/pens/version-1.json', '{}');
    const keys = s3.requests.filter(({ method }) => method === 'PUT').map(({ key }) => key);
    expect(keys).toEqual([`${prefix}/${sha256.slice(0, 2)}/${sha256}`, `${prefix}/models/pens/version-1.json`]);
  });

  it('makes bytes young again only once they are an hour old', async () => {
    const { sha256 } = await store.blobs.put(Buffer.from('bytes'));
    await store.blobs.touch(sha256);
    const copies = () => s3.requests.filter(({ headers }) => headers['x-amz-copy-source'] !== undefined).length;
    expect(copies()).toBe(0);
    const past = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(s3.path(`${prefix}/${sha256.slice(0, 2)}/${sha256}`), past, past);
    expect((await store.blobs.stat(sha256))?.storedAt).toBeLessThan(Date.now() - 3_600_000);
    expect((await store.blobs.touch(sha256))?.storedAt).toBeGreaterThan(Date.now() - 60_000);
    expect(copies()).toBe(1);
    expect(Buffer.from((await store.blobs.get(sha256)) ?? []).toString()).toBe('bytes');
  });

  it('keeps to its prefix, and to what it knows', async () => {
    const beside = open(`${prefix}-beside`);
    const { sha256 } = await store.blobs.put(Buffer.from('mine'));
    await beside.blobs.put(Buffer.from('theirs'));
    await store.records.write('models/a.json', '{}');
    expect(await all((after) => store.blobs.list(after))).toMatchObject([{ sha256 }]);
  });

  it('lists more than stands on one page', async () => {
    s3.pageSize = 3;
    const keys = ['a.json', 'b/1.json', 'b/2.json', 'c.json', 'd/1.json', 'd.json', 'e/1.json', 'f.json'];
    for (const key of keys) await store.records.write(`models/${key}`, '{}');
    const listed = await all((after) => store.records.list('models/', after));
    expect(listed.sort()).toEqual(['a.json', 'b/', 'c.json', 'd.json', 'd/', 'e/', 'f.json']);
    const puts = await Promise.all(Array.from({ length: 8 }, (_, i) => store.blobs.put(Buffer.of(i))));
    const blobs = await all((after) => store.blobs.list(after));
    expect(blobs.map(({ sha256 }) => sha256).sort()).toEqual(puts.map(({ sha256 }) => sha256).sort());
  });

  it('knows from one list whether a record of a folder has changed, also one of its last page', async () => {
    s3.pageSize = 3;
    for (const name of 'abcdefg') await store.records.write(`models/${name}.json`, '{}');
    const before = await store.records.revision('models/');
    s3.requests.length = 0;
    expect(await store.records.revision('models/')).toBe(before);
    expect(s3.requests.length).toBe(3);
    await store.records.write('models/g.json', '{"a":1}');
    expect(await store.records.revision('models/')).not.toBe(before);
  });

  it('asks once for bytes that this machine has read, and again for those that went bad here', async () => {
    const { sha256 } = await store.blobs.put(Buffer.from('bytes'));
    const gets = () => s3.requests.filter(({ method }) => method === 'GET').length;
    const read = async () => Buffer.from((await open(prefix).blobs.get(sha256)) ?? []).toString();
    expect([await read(), await read(), gets()]).toEqual(['bytes', 'bytes', 1]);
    // Other locations have their own copies of such bytes.
    const copies = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith(`/${sha256}`),
    );
    for (const copy of copies) writeFileSync(join(cache, copy), 'sypes');
    expect([await read(), gets()]).toEqual(['bytes', 2]);
    await store.blobs.remove(sha256);
    expect(await open(prefix).blobs.get(sha256)).toBeUndefined();
  });

  it('refuses a server that ignores conditions, before it relies on one', async () => {
    s3.keepsConditions = false;
    const refused = { name: 'UnfitStoreError', message: expect.stringContaining('If-None-Match') as string };
    await expect(store.check()).rejects.toMatchObject(refused);
    await expect(store.records.write('models/a.json', '{}', 'absent')).rejects.toMatchObject(refused);
    expect(await store.records.read('models/a.json')).toBeUndefined();
    s3.keepsConditions = true;
    await expect(store.check()).resolves.toBeUndefined();
  });
});

async function all<Item>(page: Parameters<typeof allPages<Item>>[0]): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of allPages(page)) items.push(item);
  return items;
}

function leftovers(): string[] {
  return readdirSync(cache).flatMap((name) => readdirSync(join(cache, name, 'tmp')));
}

function partsOf(size: number): number[] {
  return Array.from({ length: Math.ceil(size / PART) }, (_, i) => Math.min(PART, size - i * PART));
}

async function* chunked(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300_000) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 300_000);
  }
}
