import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allPages, type Store } from '../src/stores/store.js';

/** One store of a test: every call of `open` is another process that shares it. */
export interface StoreUnderTest {
  readonly open: () => Store;
  readonly close: () => Promise<void> | void;
}

const bytes = Buffer.from('some bytes');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const stranger = 'ab'.repeat(32);
const NO_HASHES = ['../../etc/passwd', stranger.toUpperCase(), `${stranger}0`, `${stranger}\n`, '', 'art_'];
const NO_KEYS = [
  '../x.json',
  '/x.json',
  'a//x.json',
  'a/../x.json',
  '.hidden.json',
  'a/.json',
  'x',
  'x.json/',
  'ü.json',
  'a\0.json',
  '',
];

/** What holds of every store, whatever keeps its bytes. */
export function describeStore(name: string, make: () => Promise<StoreUnderTest> | StoreUnderTest): void {
  describe(`${name} as a store`, () => {
    let shared: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      shared = await make();
      store = shared.open();
    });
    afterEach(() => shared.close());

    describeBlobs(() => ({ store, another: () => shared.open() }));
    describeRecords(() => ({ store, another: () => shared.open() }));

    it('can be written, and keeps everything that is complete when it is tidied', async () => {
      await store.blobs.put(bytes);
      await store.records.write('models/pens/a.json', '{}');
      await store.check();
      expect(await store.tidy(Date.now() + 60_000)).toEqual({ removedFiles: 0, removedBytes: 0 });
      expect(await store.blobs.get(sha256)).toBeDefined();
      expect(await store.records.read('models/pens/a.json')).toBeDefined();
    });
  });
}

type Subject = () => { readonly store: Store; readonly another: () => Store };

function describeBlobs(subject: Subject): void {
  it('puts bytes under their own hash, from whatever they come', async () => {
    const { blobs } = subject().store;
    expect(await blobs.put(bytes)).toEqual({ sha256, bytes: bytes.length });
    expect(Buffer.from((await subject().another().blobs.get(sha256)) ?? [])).toEqual(bytes);
    const parts = Array.from({ length: 5 }, (_, i) => Buffer.alloc(700_000, i));
    const { sha256: whole } = await blobs.put(stream(parts));
    expect(Buffer.concat(parts).equals((await blobs.get(whole)) ?? Buffer.of())).toBe(true);
    const nothing = await blobs.put(stream([]));
    expect(nothing.bytes).toBe(0);
    expect(await blobs.get(nothing.sha256)).toHaveLength(0);
  });

  it('puts the same bytes once, however often and from wherever', async () => {
    const stores = Array.from({ length: 4 }, subject().another);
    const puts = await Promise.all([...stores, ...stores].map(({ blobs }) => blobs.put(stream([bytes]))));
    for (const put of puts) expect(put).toEqual({ sha256, bytes: bytes.length });
    const { blobs } = subject().store;
    expect(await all((after) => blobs.list(after))).toMatchObject([{ sha256, bytes: bytes.length }]);
  });

  it('shows nothing of bytes before they are accepted, and nothing of those that are not', async () => {
    const { blobs } = subject().store;
    const refusal = new Error('no');
    const looked: unknown[] = [];
    const put = blobs.put(stream([bytes.subarray(0, 4), bytes.subarray(4)]), async (pending) => {
      looked.push(
        pending.sha256,
        pending.bytes,
        Buffer.from(await pending.read()),
        await readFile(await pending.file()),
      );
      looked.push(await blobs.get(sha256), await blobs.stat(sha256));
      throw refusal;
    });
    await expect(put).rejects.toBe(refusal);
    expect(looked).toEqual([sha256, bytes.length, bytes, bytes, undefined, undefined]);
    expect(await blobs.get(sha256)).toBeUndefined();
  });

  it('stores nothing of a source that breaks off, and says why it did', async () => {
    const { blobs } = subject().store;
    const broken = new Error('connection reset');
    const source = (async function* () {
      yield bytes;
      await Promise.resolve();
      throw broken;
    })();
    await expect(blobs.put(source)).rejects.toBe(broken);
    expect(await all((after) => blobs.list(after))).toEqual([]);
  });

  it('has nothing where nothing was put', async () => {
    const { blobs } = subject().store;
    const answers = [blobs.get(stranger), blobs.open(stranger), blobs.stat(stranger), blobs.touch(stranger)];
    expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined, undefined]);
    expect(await blobs.remove(stranger)).toBe(false);
  });

  it('gives a range of the bytes, as far as there are any', async () => {
    const { blobs } = subject().store;
    await blobs.put(bytes);
    const range = async (start: number, end: number) =>
      Buffer.from((await blobs.get(sha256, { start, end })) ?? []).toString();
    expect(await range(5, 8)).toBe('byt');
    expect(await range(0, bytes.length)).toBe('some bytes');
    expect(await range(8, 1_000)).toBe('es');
    expect(await range(100, 200)).toBe('');
  });

  it('gives the bytes as a stream, with their number', async () => {
    const { blobs } = subject().store;
    await blobs.put(bytes);
    const opened = await blobs.open(sha256);
    expect(opened?.bytes).toBe(bytes.length);
    expect(opened && (await buffer(opened.stream))).toEqual(bytes);
  });

  it('says how many bytes there are and since when, also when it makes them young again', async () => {
    const { blobs } = subject().store;
    await blobs.put(bytes);
    for (const found of [await blobs.stat(sha256), await blobs.touch(sha256)]) {
      expect(found).toMatchObject({ sha256, bytes: bytes.length });
      expect(Math.abs(Date.now() - (found?.storedAt ?? 0))).toBeLessThan(3_600_000);
    }
  });

  it('removes bytes, or only those that are old enough', async () => {
    const { blobs } = subject().store;
    await blobs.put(bytes);
    const { storedAt = 0 } = (await blobs.stat(sha256)) ?? {};
    expect(await blobs.remove(sha256, storedAt - 60_000)).toBe(false);
    expect(await blobs.get(sha256)).toBeDefined();
    expect(await blobs.remove(sha256, storedAt + 60_000)).toBe(true);
    expect(await blobs.get(sha256)).toBeUndefined();
    await blobs.put(bytes);
    expect(await blobs.remove(sha256)).toBe(true);
    expect(await blobs.stat(sha256)).toBeUndefined();
  });

  it('lists everything once, page by page', async () => {
    const { blobs } = subject().store;
    const puts = await Promise.all(Array.from({ length: 20 }, (_, i) => blobs.put(Buffer.from(`bytes ${i}`))));
    const listed = await all((after) => blobs.list(after));
    expect(listed.map((blob) => blob.sha256).sort()).toEqual(puts.map((blob) => blob.sha256).sort());
    expect(await blobs.stat(puts[0].sha256)).toEqual(listed.find((blob) => blob.sha256 === puts[0].sha256));
  });

  it.each(NO_HASHES)('looks up nothing for the hash %j', async (hash) => {
    const { blobs } = subject().store;
    for (const call of [blobs.get(hash), blobs.open(hash), blobs.stat(hash), blobs.touch(hash), blobs.remove(hash)])
      await expect(call).rejects.toMatchObject({ code: 'invalid_id' });
  });
}

function describeRecords(subject: Subject): void {
  const key = 'datasets/pens.json';

  it('keeps a record for everybody, under a version that is that of its text', async () => {
    const { records } = subject().store;
    expect(await records.read(key)).toBeUndefined();
    const version = await records.write(key, '{"a":1}');
    expect(await subject().another().records.read(key)).toEqual({ text: '{"a":1}', version });
    expect(await records.write(key, '{"a":2}')).not.toBe(version);
    expect((await records.read(key))?.text).toBe('{"a":2}');
    expect(await records.remove(key)).toBe(true);
    expect(await records.remove(key)).toBe(false);
    expect(await records.read(key)).toBeUndefined();
  });

  it('writes what is to be new only where nothing is: of several at once, one does', async () => {
    const writers = Array.from({ length: 8 }, subject().another);
    const written = await Promise.all(writers.map(({ records }, i) => records.write(key, `{"writer":${i}}`, 'absent')));
    const winner = written.findIndex((version) => version !== undefined);
    expect(written.filter((version) => version !== undefined)).toHaveLength(1);
    const expected = { text: `{"writer":${winner}}`, version: written[winner] };
    expect(await subject().store.records.read(key)).toEqual(expected);
  });

  it('replaces the version that the writer has seen: of several at once, one does', async () => {
    const { records } = subject().store;
    const version = (await records.write(key, '{}')) ?? '';
    const writers = Array.from({ length: 8 }, subject().another);
    const written = await Promise.all(
      writers.map((writer, i) => writer.records.write(key, `{"writer":${i}}`, { version })),
    );
    const winner = written.findIndex((each) => each !== undefined);
    expect(written.filter((each) => each !== undefined)).toHaveLength(1);
    expect(await records.read(key)).toEqual({ text: `{"writer":${winner}}`, version: written[winner] });
  });

  it('changes nothing where the version is another, or there is none', async () => {
    const { records } = subject().store;
    const former = (await records.write(key, '{"a":1}')) ?? '';
    expect(await records.write(key, '{"a":2}', { version: former })).toBeDefined();
    expect(await records.write(key, '{"a":3}', { version: former })).toBeUndefined();
    expect((await records.read(key))?.text).toBe('{"a":2}');
    expect(await records.write('datasets/other.json', '{}', { version: former })).toBeUndefined();
    expect(await records.read('datasets/other.json')).toBeUndefined();
  });

  it('loses no change of writers who read, change and try again', async () => {
    await subject().store.records.write(key, '0');
    const add = async ({ records }: Store): Promise<void> => {
      for (;;) {
        const found = await records.read(key);
        if (found && (await records.write(key, String(Number(found.text) + 1), found)) !== undefined) return;
      }
    };
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const writer = subject().another();
        for (let i = 0; i < 5; i++) await add(writer);
      }),
    );
    expect((await subject().store.records.read(key))?.text).toBe('30');
  });

  it('never shows half a record', async () => {
    const { records } = subject().store;
    const texts = ['a', 'b'].map((letter) => JSON.stringify(letter.repeat(200_000)));
    await records.write(key, texts[0]);
    const state = { writing: true };
    const seen = new Set<string>();
    const reading = (async () => {
      while (state.writing) seen.add((await records.read(key))?.text ?? 'nothing');
    })();
    for (let i = 0; i < 20; i++) await records.write(key, texts[i % 2]);
    state.writing = false;
    await reading;
    expect([...seen].filter((text) => !texts.includes(text))).toEqual([]);
  });

  it('lists what is right below a folder, page by page', async () => {
    const { records } = subject().store;
    for (const each of [
      'models/pens/version-1.json',
      'models/pens/alias-a.json',
      'models/ants/version-1.json',
      'models/top.json',
    ])
      await records.write(each, '{}');
    const list = (folder: string) => all((after) => records.list(folder, after));
    expect((await list('models/')).sort()).toEqual(['ants/', 'pens/', 'top.json']);
    expect((await list('models/pens/')).sort()).toEqual(['alias-a.json', 'version-1.json']);
    expect(await list('nothing/')).toEqual([]);
  });

  it('says nothing of a folder’s revision, or another thing after each change', async () => {
    const { records } = subject().store;
    await records.write('models/pens/a.json', '1');
    const before = await records.revision('models/pens/');
    await records.write('models/pens/b.json', '2');
    const after = await records.revision('models/pens/');
    if (before !== undefined) expect(after).not.toBe(before);
  });

  it.each(NO_KEYS)('keeps nothing under %j', async (each) => {
    const { records } = subject().store;
    for (const call of [records.read(each), records.write(each, '{}'), records.remove(each)])
      await expect(call).rejects.toMatchObject({ code: 'invalid_id' });
  });
}

async function all<Item>(page: Parameters<typeof allPages<Item>>[0]): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of allPages(page)) items.push(item);
  return items;
}

async function* stream(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    await Promise.resolve();
    yield part;
  }
}
