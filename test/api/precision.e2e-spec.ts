import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrecisionReport } from '#ddim';
import { WorkerHeartbeats } from '#queue';
import { ModelRegistry, openStore } from '#storage';
import { redisAvailable } from '../redis.js';
import { workerInfo } from '../worker-info.js';
import { until } from '../until.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('another precision at submission', () => {
  let api: TestApi;
  let registry: ModelRegistry;

  beforeAll(async () => {
    api = await TestApi.start();
    registry = new ModelRegistry(openStore(api.directory));
    await publish('measured', 0.031, 0.0042);
    await publish('inaccurate', 0.0712, 0.0535);
  });
  afterAll(() => api.stop());

  /** The tiny model under another name, with reports of these errors. */
  async function publish(name: string, int8: number, bf16: number): Promise<void> {
    const model = await registry.load(await registry.resolve('tiny'));
    const report: Omit<PrecisionReport, 'relativeRms'> = {
      rows: 128,
      numInferenceSteps: 10,
      largestDifference: 0.2,
      modeChangeRatio: 0.0078125,
      cpu: 'a CPU',
    };
    await registry.publish({
      name,
      model,
      provenance: { source: 'import' },
      precisions: { int8: { ...report, relativeRms: int8 }, bf16: { ...report, relativeRms: bf16 } },
    });
  }

  async function submit(
    model: string,
    precision: 'int8' | 'bf16' = 'int8',
  ): Promise<{ status: number; body: unknown }> {
    const response = await api.post('/v1/sampling-jobs', { model, observations: [[1, 2, 3]], precision });
    return { status: response.status, body: await response.json() };
  }

  /** The API looks at the workers once per second. */
  function untilStatus(wanted: number): Promise<true> {
    const probe = async () => (await submit('measured')).status === wanted || undefined;
    return until(`status ${wanted}`, probe);
  }

  it('is taken where the report is good, and the version shows it', async () => {
    const { status, body } = await submit('measured');
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'queued' });
    const version: unknown = await (await api.fetch('/v1/models/measured/versions/1')).json();
    expect(version).toMatchObject({ int8: { relativeRms: 0.031, modeChangeRatio: 0.0078125, cpu: 'a CPU' } });
    expect((await submit('measured', 'bf16')).status).toBe(202);
    expect(version).toMatchObject({ bf16: { relativeRms: 0.0042 } });
  });

  it('is refused where nothing was measured', async () => {
    const { status, body } = await submit('tiny');
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'int8_not_measured', errors: [{ path: 'precision' }] });
    const version: unknown = await (await api.fetch('/v1/models/tiny/versions/1')).json();
    expect(version).toMatchObject({ int8: null, bf16: null });
    expect((await submit('tiny', 'bf16')).body).toMatchObject({ code: 'bf16_not_measured' });
  });

  it('is refused where the error is above 5 %, with both numbers', async () => {
    const { status, body } = await submit('inaccurate');
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'int8_too_inaccurate',
      detail: expect.stringMatching(/inaccurate@1, .* 7\.12 %, at most 5 %/),
      errors: [{ path: 'precision' }],
    });
    expect((await submit('inaccurate', 'bf16')).body).toMatchObject({
      code: 'bf16_too_inaccurate',
      detail: expect.stringContaining('5.35 %'),
    });
  });

  it('is refused while a worker that cannot run it might get the job', async () => {
    const redis = new Redis(api.redis.url);
    const heartbeats = new WorkerHeartbeats(redis);
    try {
      await heartbeats.write(workerInfo('gpu', { provider: 'webgpu', precisions: ['float32'] }));
      await untilStatus(422);
      expect((await submit('measured')).body).toMatchObject({
        code: 'int8_unavailable',
        detail: expect.stringContaining('worker gpu runs onnx on webgpu'),
      });
      expect((await submit('measured', 'bf16')).body).toMatchObject({ code: 'bf16_unavailable' });
      await heartbeats.write(workerInfo('gpu', { provider: 'webgpu', precisions: ['float32'], queues: ['training'] }));
      await untilStatus(202);
      await heartbeats.write(workerInfo('gpu', {}));
      expect((await submit('measured')).status).toBe(202);
    } finally {
      await heartbeats.remove('gpu');
      redis.disconnect();
    }
  });
});
