import { describe, expect, it } from 'vitest';
import type { RowProgress } from '#engine';
import type { HeldAttempt, JobLedger, KeptRows, QueueShard, Shards } from '#queue';
import type { ArtifactStore } from '#storage';
import { RowHandOver } from './row-hand-over.js';

const attempt: HeldAttempt = { kind: 'sampling', jobId: 'smp_1', attemptsStarted: 1, token: 'worker:1' };

/** As many rows, each as far as its number, of 16 numbers. */
function progressOf(rows: number): RowProgress {
  return {
    arithmetic: 'cpu',
    steps: Int32Array.from({ length: rows }, (_, row) => row),
    states: Float32Array.from({ length: rows * 16 }, (_, i) => Math.sin(i)),
    rowSeconds: 1.5,
  };
}

/** A hand-over whose ledger and artifacts are here. */
function handOver() {
  const kept = new Map<string, KeptRows>();
  const artifacts = new Map<string, Uint8Array>();
  const ledger: Pick<JobLedger, 'keepRows' | 'rows'> = {
    keepRows: ({ jobId }, rows) => Promise.resolve(kept.set(jobId, rows).has(jobId)),
    rows: (jobId) => Promise.resolve(kept.get(jobId)),
  };
  const store: Pick<ArtifactStore, 'get'> & { put(bytes: Uint8Array): Promise<{ sha256: string }> } = {
    put: (bytes) => Promise.resolve({ sha256: `artifact ${artifacts.set('only', bytes).size}` }),
    get: () => Promise.resolve(artifacts.get('only') ?? new Uint8Array()),
  };
  const shards = { holding: () => ({ ledger }) } as unknown as Shards<QueueShard>;
  return { rows: new RowHandOver(shards, store as unknown as ArtifactStore), kept, artifacts };
}

describe('Rows that are handed over', () => {
  it.each([
    [3, 0],
    [600, 1],
  ])('come back as they were, every one of %i, with %i artifacts', async (count, numArtifacts) => {
    const { rows, artifacts } = handOver();
    await rows.keep(attempt, progressOf(count));
    expect(artifacts.size).toBe(numArtifacts);
    expect(await rows.find('smp_1')).toEqual(progressOf(count));
  });

  it('are done again when none were kept, when they are damaged, and when they are of another job', async () => {
    const { rows, kept } = handOver();
    expect(await rows.find('smp_1')).toBeUndefined();
    await rows.keep(attempt, progressOf(3));
    const whole = kept.get('smp_1');
    if (whole === undefined) throw new Error('nothing was kept');
    kept.set('smp_2', whole).set('smp_1', { ...whole, data: `${whole.data?.slice(0, -8)}AAAAAAA=` });
    expect([await rows.find('smp_1'), await rows.find('smp_2')]).toEqual([undefined, undefined]);
  });
});
