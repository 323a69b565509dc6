import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeTensor } from '#queue';
import { ArtifactStore, openStore } from '#storage';
import { LOCAL_CALLER } from '../access/caller.js';
import { StoreRoom } from '../storage/store-room.js';
import { RequestTensors } from './request-tensors.js';

const directory = mkdtempSync(join(tmpdir(), 'stride-request-tensors-'));
const store = new ArtifactStore(openStore(directory));
const tensors = new RequestTensors(store, new StoreRoom(store), { require: () => Promise.resolve() });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const values = { shape: [2, 2], data: Float32Array.of(0.5, -1, 2, 3.25) };
const encoded = encodeTensor(values);

async function inJob(observations: Parameters<RequestTensors['read']>[0], otherBytes = 0): Promise<unknown> {
  const stored = await tensors.store(
    { observations: await tensors.read(observations, { field: 'observations', caller: LOCAL_CALLER }) },
    otherBytes,
  );
  return stored.observations;
}

describe('a tensor of a request', () => {
  it.each([
    [
      'nested arrays',
      [
        [0.5, -1],
        [2, 3.25],
      ],
    ],
    ['base64', encoded],
    ['base64 with a line break', { ...encoded, data: `${encoded.data.slice(0, 8)}\n${encoded.data.slice(8)}` }],
    ['base64 without padding', { ...encoded, data: encoded.data.replace(/=+$/, '') }],
  ])('from %s becomes base64 of the length that its size says', async (_form, tensor) => {
    expect(await inJob(tensor)).toEqual(encoded);
  });

  it('that has its form in a job already is taken over, not made anew', async () => {
    expect(await inJob(encoded)).toBe(encoded);
  });

  it('becomes an artifact where the job has no room for it', async () => {
    expect(await inJob(encoded, 64_000)).toEqual({ artifact: expect.stringMatching(/^art_[0-9a-f]{64}$/) });
  });
});
