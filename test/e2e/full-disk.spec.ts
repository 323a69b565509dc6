import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newJobId } from '#contract';
import { ArtifactStore, openStore } from '#storage';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';

const DISK_BYTES = 4 * 2 ** 20;
const root = mkdtempSync(join(tmpdir(), 'stride-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'stride-test', root]);
const isSmallDisk = mounted.status === 0;
if (!isSmallDisk)
  process.stderr.write(`Tests of a full disk are skipped: no tmpfs can be mounted: ${String(mounted.stderr)}\n`);

describe.skipIf(!redisAvailable || !isSmallDisk)('While the disk of the artifact store is full', () => {
  let stride: TestStride;
  const filler = join(root, 'filler');

  beforeAll(async () => {
    await publishTinyModel(root, 'tiny');
    stride = await TestStride.start({ env: { STRIDE_ARTIFACTS: root } });
  });
  afterAll(async () => {
    await stride?.stop();
    spawnSync('umount', [root]);
    rmSync(root, { recursive: true, force: true });
  });

  afterEach(() => rmSync(filler, { force: true }));

  const fill = () => {
    const { bavail, bsize } = statfsSync(root);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
  };
  const get = async (path: string) => {
    const response = await fetch(new URL(path, stride.url));
    return { status: response.status, body: await response.text() };
  };
  const submit = async (rows: number) => {
    const { data } = await stride.client.POST('/v1/sampling-jobs', {
      body: { model: 'tiny', observations: [[1, 2, 3]], samplesPerObservation: rows },
    });
    if (!data) throw new Error('the job was not accepted');
    return data.id;
  };
  const jobOf = async (id: string) => {
    const { data } = await stride.client.GET('/v1/sampling-jobs/{id}', { params: { path: { id } } });
    return data;
  };
  const pauses = async () => (await stride.client.GET('/v1/workers')).data?.items[0]?.pauses;

  it('jobs wait at no cost, uploads are refused, everybody says why, and all goes on by itself', async () => {
    fill();
    const id = await submit(500); // 16 KB: too large to travel in the job
    await until('the worker pauses', async () => ((await pauses())?.length ? true : undefined));
    expect(await pauses()).toEqual([{ cause: 'store', reason: expect.stringMatching(/ENOSPC|% of the disk/) }]);
    expect(await jobOf(id)).toMatchObject({ status: 'queued', error: null });
    const [worker] = stride.workers;
    const ready = await fetch(new URL('/health/ready', worker?.metrics));
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringMatching(/artifact store fails/)]);
    const upload = await fetch(new URL('/v1/datasets/more', stride.url), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: new Uint8Array(1_000),
    });
    expect([upload.status, await upload.json()]).toEqual([503, expect.objectContaining({ code: 'storage_full' })]);
    const health = await get('/health/ready');
    expect(health.status).toBe(503);
    expect(health.body).toMatch(/"error":\{"artifactStore":\{"message":"[^"]*(ENOSPC|of the disk)/);

    rmSync(filler);
    const job = await until('the job is done', async () => {
      const now = await jobOf(id);
      return now?.status === 'succeeded' || now?.status === 'failed' ? now : undefined;
    });
    expect(job).toMatchObject({ status: 'succeeded' });
    await until('the worker is ready', async () =>
      (await fetch(new URL('/health/ready', worker?.metrics))).ok ? true : undefined,
    );
  });

  it('a result that is promised and not here is the store’s fault, not an unknown one', async () => {
    const id = await submit(500);
    const job = await until('the job is done', async () => {
      const now = await jobOf(id);
      return now?.status === 'succeeded' ? now : undefined;
    });
    await new ArtifactStore(openStore(root)).remove(job.result?.sha256 ?? '');
    const missing = await get(`/v1/sampling-jobs/${id}/result`);
    expect([missing.status, missing.body]).toEqual([503, expect.stringContaining('"artifact_missing"')]);
    const unknown = await get(`/v1/sampling-jobs/${newJobId('sampling')}/result`);
    expect(unknown.status).toBe(404);
  });
});
