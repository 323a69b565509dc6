import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Registry } from 'prom-client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuardMetrics } from '#metrics';
import { ArtifactStore, openStore, StorageError } from '#storage';
import { Pauses } from '../attempts/pauses.js';
import { StoreHealth } from './store-health.js';

const SHA256 = 'ab'.repeat(32);

/** A store whose disk fails as long as it is asked to. */
class FailingStore extends ArtifactStore {
  failure: StorageError | undefined;
  checks = 0;

  override async check(): Promise<void> {
    this.checks += 1;
    if (this.failure) throw this.failure;
  }
}

describe('The health of the artifact store', () => {
  let root: string;
  let store: FailingStore;
  let pauses: Pauses;
  let health: StoreHealth;
  let stranger: string | undefined;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    root = mkdtempSync(join(tmpdir(), 'stride-health-'));
    store = new FailingStore(openStore(root));
    pauses = new Pauses(new GuardMetrics(new Registry()));
    stranger = undefined;
    health = new StoreHealth(store, { fault: () => Promise.resolve(stranger) }, pauses, () => looks.shift() ?? never);
    looks.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(root, { recursive: true });
  });

  /** The waits between two looks: each ends when the test says so. */
  const looks: Promise<void>[] = [];
  const expectLook = (): (() => void) => {
    let look = (): void => undefined;
    looks.push(new Promise((resolve) => (look = resolve)));
    return () => look();
  };
  const never = new Promise<void>(() => undefined);
  const full = new StorageError('storage_full', 'cannot write a temporary file: ENOSPC');
  const reasons = () => pauses.all.map(({ reason }) => reason);

  it('pauses nothing while the store is well', async () => {
    expect(await health.isUnwell()).toBe(false);
    expect(pauses.all).toEqual([]);
  });

  it.each([
    ['a full disk', () => (store.failure = full), /ENOSPC/],
    ['the root of another installation', () => (stranger = 'it is that of another installation'), /another/],
  ])('pauses the worker with the reason, and ends the pause by itself: %s', async (_what, fail, reason) => {
    const lookNow = expectLook();
    fail();
    expect(await Promise.all([health.isUnwell(), health.isUnwell()])).toEqual([true, true]);
    expect(reasons()).toEqual([expect.stringMatching(reason)]);
    expect(store.checks).toBeLessThanOrEqual(1); // one question for all who ask
    store.failure = undefined;
    stranger = undefined;
    lookNow();
    await vi.waitFor(() => expect(pauses.all).toEqual([]));
  });

  it('leaves the store of another installation alone, and reports each new reason', async () => {
    const lookNow = expectLook();
    stranger = 'it is that of another installation';
    await health.isUnwell();
    expect(store.checks).toBe(0);
    stranger = undefined;
    store.failure = full;
    lookNow();
    await vi.waitFor(() => expect(reasons()).toEqual([expect.stringContaining('ENOSPC')]));
  });

  it.each([
    ['they are here', () => store.put(Uint8Array.of(1)).then(({ sha256 }) => sha256), 0],
    ['others had the time to take the job', () => Promise.resolve(SHA256), 5_001],
  ])('lets jobs whose bytes are not here be taken again when %s', async (_when, appear, laterMs) => {
    const [lookFirst, lookAgain] = [expectLook(), expectLook()];
    const sha256 = laterMs === 0 ? '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a' : SHA256;
    health.lacks(sha256);
    lookFirst();
    await vi.waitFor(() => expect(looks).toHaveLength(0));
    expect(reasons()).toEqual([expect.stringContaining(`art_${sha256}`)]);
    expect(await appear()).toBe(sha256);
    vi.advanceTimersByTime(laterMs);
    lookAgain();
    await vi.waitFor(() => expect(pauses.all).toEqual([]));
  });

  describe('persists with work', () => {
    const patient = new AbortController().signal;

    it('until the store is well again', async () => {
      const lookNow = expectLook();
      store.failure = full;
      let tries = 0;
      const kept = health.persist(() => {
        tries += 1;
        return store.failure ? Promise.reject(store.failure) : store.put(Uint8Array.of(1, 2, 3));
      }, patient);
      await vi.waitFor(() => expect(reasons()).toHaveLength(1));
      store.failure = undefined;
      lookNow();
      expect(await kept).toMatchObject({ bytes: 3 });
      expect(tries).toBe(2);
      expect(readdirSync(join(root, 'tmp'))).toEqual([]);
    });

    it('until it is asked to stop', async () => {
      store.failure = full;
      const impatient = new AbortController();
      const kept = health.persist(() => Promise.reject(full), impatient.signal);
      await vi.waitFor(() => expect(reasons()).toHaveLength(1));
      impatient.abort(new Error('shutdown'));
      await expect(kept).rejects.toThrow('shutdown');
    });

    it('three times where the store is well, and not at all where the error is another', async () => {
      const work = vi.fn(() => Promise.reject(full));
      await expect(health.persist(work, patient)).rejects.toBe(full);
      expect(work).toHaveBeenCalledTimes(3);
      const wrong = vi.fn(() => Promise.reject(new TypeError('a bug')));
      await expect(health.persist(wrong, patient)).rejects.toThrow('a bug');
      expect(wrong).toHaveBeenCalledOnce();
    });
  });
});
