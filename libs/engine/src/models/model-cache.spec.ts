import { describe, expect, it } from 'vitest';
import { isImported, type ModelSource } from '../backend/backend.js';
import { ModelCache, type CachedModel } from './model-cache.js';
import { TINY_CONFIG } from '../../testing/requests.js';

/** Versions are named by their size: `4a` has 4 bytes, and needs 8 on one thread. */
function source(version: string): ModelSource {
  const bytes = Number.parseInt(version, 10);
  return { version, config: TINY_CONFIG, parameters: new Map([['w', new Float32Array(bytes / 4)]]) };
}

function startCache(
  budgetBytes: number,
  imported?: ModelSource,
): {
  cache: ModelCache;
  fetched: string[];
  evicted: string[];
  clock: { now: number };
} {
  const fetched: string[] = [];
  const evicted: string[] = [];
  const clock = { now: 0 };
  const cache = new ModelCache({
    budgetBytes,
    threads: 1,
    now: () => clock.now,
    recall: () => Promise.resolve(new Map()),
    loadModel: async (version) => {
      fetched.push(version);
      if (version.endsWith('!')) throw new Error('no such file');
      return imported ?? source(version);
    },
    onEvict: ({ version }) => evicted.push(version),
  });
  return { cache, fetched, evicted, clock };
}

async function use(cache: ModelCache, version: string): Promise<CachedModel> {
  return await cache.acquire(version);
}

describe('ModelCache', () => {
  it('fetches a version once, however many requests ask at the same time', async () => {
    const { cache, fetched } = startCache(100);
    await Promise.all([use(cache, '4a'), use(cache, '4a'), use(cache, '4a')]);
    expect(cache.acquire('4a')).not.toBeInstanceOf(Promise);
    expect(fetched).toEqual(['4a']);
    expect(cache.memoryBytes).toBe(8);
  });

  it('evicts the least recently used version that nobody uses, and only when room is needed', async () => {
    const { cache, evicted } = startCache(24);
    for (const version of ['4a', '4b', '4c']) cache.release(await use(cache, version));
    cache.release(await use(cache, '4a'));
    expect(evicted).toEqual([]);
    await use(cache, '4d');
    expect(evicted).toEqual(['4b']);
  });

  it('lets a version wait until others are no longer used', async () => {
    const { cache, evicted } = startCache(20);
    const first = await use(cache, '4a');
    const second = await use(cache, '4b');
    const waiting = use(cache, '8c');
    cache.release(first);
    cache.release(second);
    expect((await waiting).version).toBe('8c');
    expect(evicted).toEqual(['4a', '4b']);
  });

  it('does not let a busy version keep another one out: its new requests queue up behind', async () => {
    const { cache, fetched } = startCache(8);
    const order: string[] = [];
    const running = await use(cache, '4a');
    const other = use(cache, '4b').then((model) => order.push(model.version) && model);
    await new Promise(setImmediate); // it is here, and waits for room
    const later = use(cache, '4a').then((model) => order.push(model.version) && model);
    cache.release(running);
    cache.release((await other) || running);
    await later;
    expect(order).toEqual(['4b', '4a']);
    expect(fetched).toEqual(['4a', '4b']);
  });

  it('refuses a version larger than the whole budget, naming both', async () => {
    const { cache } = startCache(100);
    await expect(use(cache, '64a')).rejects.toThrow('64a needs 128 bytes on 1 threads, the limit is 100');
  });

  it('remembers for ten seconds that a version did not load', async () => {
    const { cache, fetched, clock } = startCache(100);
    await expect(use(cache, '4!')).rejects.toMatchObject({ code: 'model_load_failed' });
    clock.now = 9_999;
    await expect(use(cache, '4!')).rejects.toMatchObject({ code: 'model_load_failed' });
    expect(fetched).toHaveLength(1);
    clock.now = 10_000;
    await expect(use(cache, '4!')).rejects.toMatchObject({ code: 'model_load_failed' });
    expect(fetched).toHaveLength(2);
  });

  it('puts parameters into shared memory', async () => {
    const { cache } = startCache(100);
    const { source: shared } = await use(cache, '4a');
    const arrays = isImported(shared) ? [] : [...shared.parameters.values()];
    expect(arrays.map(({ buffer }) => buffer instanceof SharedArrayBuffer)).toEqual([true]);
  });

  it('puts an imported file into shared memory and weighs it by its bytes', async () => {
    const file = Uint8Array.of(1, 2, 3);
    const { cache } = startCache(100, { version: 'file', config: TINY_CONFIG, file });
    const { source: shared, memoryBytes } = await use(cache, 'file');
    expect(memoryBytes).toBe(6);
    expect(isImported(shared) && shared.file.buffer instanceof SharedArrayBuffer && shared.file).toEqual(file);
  });
});
