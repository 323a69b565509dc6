import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { InputError } from '#ddim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { ArtifactStore } from './artifact-store.js';
import { StorageError } from '../storage-error.js';

const ORPHAN_AGE_MS = 26 * 3_600_000;

const HOUR_MS = 3_600_000;
const bytes = Buffer.from('some bytes');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const stranger = 'ab'.repeat(32);

let root: string;
let store: ArtifactStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stride-artifacts-'));
  store = new ArtifactStore(openStore(root));
});

afterEach(() => {
  // Whatever a test did, nothing half-written stays.
  expect(temporaryFiles()).toEqual([]);
  rmSync(root, { recursive: true });
});

describe('ArtifactStore', () => {
  it('stores bytes under their own hash, readable by nobody else', async () => {
    const artifact = await store.put(bytes);
    expect(artifact).toEqual({ id: `art_${sha256}`, sha256, bytes: bytes.length });
    expect(statSync(path(sha256)).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
    expect(await store.stat(sha256)).toEqual(artifact);
    const { stream: body, ...opened } = await store.open(sha256);
    expect(opened).toEqual(artifact);
    expect(await buffer(body)).toEqual(bytes);
  });

  it('stores streams of any size, also of nothing', async () => {
    const parts = Array.from({ length: 5 }, (_, i) => Buffer.alloc(700_000, i));
    const { sha256: whole } = await store.put(stream(parts));
    expect(Buffer.concat(parts).equals(await store.get(whole))).toBe(true);
    const empty = await store.put(stream([]));
    expect(await store.get(empty.sha256)).toHaveLength(0);
  });

  it('stores the same bytes from many writers at once as one artifact', async () => {
    const stores = Array.from({ length: 8 }, () => new ArtifactStore(openStore(root)));
    const artifacts = await Promise.all([...stores, ...stores].map((each) => each.put(stream([bytes]))));
    expect(new Set(artifacts.map(({ id }) => id))).toEqual(new Set([`art_${sha256}`]));
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
  });

  it('shows nothing of a file that is still being written', async () => {
    const gate = withResolvers();
    const half = withResolvers();
    const putting = store.put(
      (async function* () {
        yield bytes.subarray(0, 4);
        half.resolve();
        await gate.promise;
        yield bytes.subarray(4);
      })(),
    );
    await half.promise;
    expect(temporaryFiles()).toHaveLength(1);
    await expect(store.get(sha256)).rejects.toMatchObject({ code: 'artifact_not_found' });
    gate.resolve();
    await putting;
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
  });

  it('leaves nothing behind when an upload breaks off, and says why it did', async () => {
    const broken = new Error('connection reset');
    const source = (async function* () {
      yield bytes;
      await Promise.resolve();
      throw broken;
    })();
    await expect(store.put(source)).rejects.toBe(broken);
    expect(readdirSync(root)).toEqual(['tmp']);
  });

  it('stops at the limit, at another digest, and at what the inspection throws', async () => {
    const endless = (async function* () {
      for (;;) {
        await Promise.resolve();
        yield Buffer.alloc(1000);
      }
    })();
    await expect(store.put(endless, { maxBytes: 100_000 })).rejects.toMatchObject({ code: 'payload_too_large' });
    await expect(store.put(bytes, { sha256: stranger })).rejects.toMatchObject({ code: 'digest_mismatch' });
    const refusal = new InputError('dataset_invalid', 'no');
    const inspect = (seen: Uint8Array) => {
      expect(Buffer.from(seen)).toEqual(bytes);
      throw refusal;
    };
    await expect(store.put(stream([bytes]), { inspect })).rejects.toBe(refusal);
    expect(readdirSync(root)).toEqual(['tmp']);
    await expect(store.put(bytes, { maxBytes: bytes.length, sha256 })).resolves.toMatchObject({ sha256 });
  });

  it('notices bytes that are not the ones it stored', async () => {
    await store.put(bytes);
    const flipped = Buffer.from(bytes);
    flipped[0] ^= 1;
    for (const damage of [flipped, bytes.subarray(1), Buffer.alloc(0)]) {
      writeFileSync(path(sha256), damage);
      await expect(store.get(sha256)).rejects.toMatchObject({ name: 'StorageError', code: 'artifact_corrupt' });
    }
  });

  it.each([
    '../../etc/passwd',
    `../${stranger.slice(3)}`,
    stranger.toUpperCase(),
    `${stranger}0`,
    `${stranger}\n`,
    '',
    'art_',
  ])('looks up nothing for the hash %j', async (name) => {
    await Promise.all(
      [store.get(name), store.stat(name), store.touch(name), store.open(name)].map((call) =>
        expect(call).rejects.toMatchObject({ code: 'invalid_id' }),
      ),
    );
  });

  it('follows no symbolic link out of the root', async () => {
    await store.put(bytes);
    rmSync(path(sha256));
    const outside = join(root, 'outside');
    writeFileSync(outside, bytes);
    symlinkSync(outside, path(sha256));
    await expect(store.get(sha256)).rejects.toBeInstanceOf(StorageError);
  });

  it('says that an artifact does not exist', async () => {
    await Promise.all(
      [store.get(stranger), store.stat(stranger), store.touch(stranger), store.open(stranger)].map((call) =>
        expect(call).rejects.toMatchObject({ name: 'InputError', code: 'artifact_not_found' }),
      ),
    );
  });

  it('reports a disk that fails as a StorageError without the path', async () => {
    const blocked = join(root, 'file');
    writeFileSync(blocked, '');
    const failing = new ArtifactStore(openStore(blocked));
    await Promise.all(
      [failing.put(bytes), failing.check(), failing.get(sha256)].map((call) =>
        expect(call).rejects.toMatchObject({
          name: 'StorageError',
          code: 'artifact_store_error',
          message: expect.not.stringContaining(root),
        }),
      ),
    );
  });

  it('checks that it can write, and leaves nothing of it', async () => {
    await expect(store.check()).resolves.toBeUndefined();
  });
});

describe('ArtifactStore.sweep', () => {
  it('removes what is old and has no owner, and nothing else', async () => {
    const names = ['old orphan', 'old but owned', 'young orphan', 'old but touched'];
    const [orphan, owned, young, touched] = await Promise.all(
      names.map(async (name) => (await store.put(Buffer.from(name))).sha256),
    );
    for (const each of [orphan, owned, touched]) age(path(each), 27);
    age(path(young), 25);
    await store.touch(touched);
    const ownedSince = statSync(path(owned)).ctimeMs;
    expect(await store.sweep(Date.now(), new Set([owned]), ORPHAN_AGE_MS)).toEqual({
      removedFiles: 1,
      removedBytes: 10,
    });
    await expect(store.get(orphan)).rejects.toMatchObject({ code: 'artifact_not_found' });
    for (const kept of [owned, young, touched]) await expect(store.get(kept)).resolves.toBeDefined();
    // Not even for a moment in the trash.
    expect(statSync(path(owned)).ctimeMs).toBe(ownedSince);
  });

  it('finds what an earlier release put a directory deeper, and sweeps it there', async () => {
    await store.put(bytes);
    const deeper = join(root, sha256.slice(0, 2), sha256.slice(2, 4));
    mkdirSync(deeper);
    renameSync(path(sha256), join(deeper, sha256));
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
    expect(await store.stat(sha256)).toMatchObject({ sha256, bytes: bytes.length });
    age(join(deeper, sha256), 27);
    await store.sweep(Date.now(), new Set([sha256]), ORPHAN_AGE_MS);
    expect(await store.sweep(Date.now(), new Set(), ORPHAN_AGE_MS)).toMatchObject({ removedFiles: 1 });
    await expect(store.get(sha256)).rejects.toMatchObject({ code: 'artifact_not_found' });
  });

  it('keeps old bytes that were stored again', async () => {
    await store.put(bytes);
    age(path(sha256), 27);
    await store.put(bytes);
    await store.sweep(Date.now(), new Set(), ORPHAN_AGE_MS);
    await expect(store.get(sha256)).resolves.toBeDefined();
  });

  it('removes what crashed writers left, after a day', async () => {
    mkdirSync(join(root, 'tmp'));
    writeFileSync(join(root, 'tmp', 'old'), 'xyz');
    writeFileSync(join(root, 'tmp', 'young'), 'xyz');
    age(join(root, 'tmp', 'old'), 25);
    expect(await store.sweep(Date.now(), new Set(), ORPHAN_AGE_MS)).toEqual({ removedFiles: 1, removedBytes: 3 });
    expect(temporaryFiles()).toEqual(['young']);
    rmSync(join(root, 'tmp', 'young'));
  });

  it.each([
    ['young', 25, false],
    ['owned by now', 27, true],
  ])('brings back from the trash of an interrupted sweep what is %s', async (_, hours, owned) => {
    await store.put(bytes);
    mkdirSync(join(root, 'trash'));
    renameSync(path(sha256), join(root, 'trash', sha256));
    age(join(root, 'trash', sha256), hours);
    await store.sweep(Date.now(), new Set(owned ? [sha256] : []), ORPHAN_AGE_MS);
    expect(Buffer.from(await store.get(sha256))).toEqual(bytes);
  });

  it('sweeps several times at once, also where there is nothing', async () => {
    await store.sweep(Date.now(), new Set(), ORPHAN_AGE_MS);
    const artifacts = await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(Buffer.of(i))));
    for (const artifact of artifacts) age(path(artifact.sha256), 27);
    const results = await Promise.all(
      Array.from({ length: 4 }, () => store.sweep(Date.now(), new Set(), ORPHAN_AGE_MS)),
    );
    expect(results.reduce((sum, { removedFiles }) => sum + removedFiles, 0)).toBe(20);
  });
});

function path(hash: string): string {
  return join(root, hash.slice(0, 2), hash);
}

function temporaryFiles(): string[] {
  try {
    return readdirSync(join(root, 'tmp'));
  } catch {
    return [];
  }
}

function age(file: string, hours: number): void {
  expect(dirname(file).startsWith(root)).toBe(true);
  const time = new Date(Date.now() - hours * HOUR_MS);
  utimesSync(file, time, time);
}

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
