import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ClientJobEvent,
  followEvents,
  found,
  type Schemas,
  waitForSamplingJob,
  waitForTrainingJob,
} from '#client';
import { encodeSafetensors, readDataset } from '#storage';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import {
  ACTION_DIM,
  HORIZON,
  OBS_SIZE,
  someObservations,
  tinyDataset,
  trainingRequest,
  trainTinyModel,
  uploadTinyDataset,
} from './tiny-model.js';

describe.skipIf(!redisAvailable)('Training and sampling over real processes', () => {
  let stride: TestStride;

  beforeAll(async () => {
    stride = await TestStride.start({ env: { STRIDE_THREADS: '1' } });
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
  });
  afterAll(() => stride.stop());

  const request = { model: 'tiny', observations: someObservations(3), samplesPerObservation: 2, numInferenceSteps: 10 };

  it('a trained model is listed with its version and where it came from', async () => {
    const models = found(await stride.client.GET('/v1/models'));
    expect(models.items.map(({ name }) => name)).toEqual(['tiny']);
  });

  it('a sampling job gives [observations x samples, horizon, dim] finite actions', async () => {
    const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body: { ...request, seed: 1 } }));
    const job = await waitForSamplingJob(stride.client, accepted.id);
    expect(job).toMatchObject({ status: 'succeeded', seed: 1, result: { shape: [6, HORIZON, ACTION_DIM] } });
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${job.id}/result`, {
      headers: { accept: 'application/json' },
    });
    const actions: unknown = await response.json();
    const numbers = Array.isArray(actions) ? actions.flat(2) : [];
    expect(numbers).toHaveLength(6 * HORIZON * ACTION_DIM);
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  it('the same request with the same seed has the same bytes, another seed has others', async () => {
    const hashes = [];
    for (const seed of [5, 5, 6]) {
      const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body: { ...request, seed } }));
      hashes.push((await waitForSamplingJob(stride.client, accepted.id)).result?.sha256);
    }
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });

  it('with Prefer: wait the answer to the submission is the finished job', async () => {
    const { data, response } = await stride.client.POST('/v1/sampling-jobs', {
      body: request,
      headers: { Prefer: 'wait=30' },
    });
    expect(response.status).toBe(200);
    expect(data).toMatchObject({ status: 'succeeded' });
  });

  it('a sampling job publishes its progress from queued to succeeded, each event later than the one before', async () => {
    // The largest job there is, on one thread: it takes longer than the half second after which progress is
    // published.
    const body = { ...request, numInferenceSteps: 1_000, samplesPerObservation: 333 };
    const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const events = await collect(accepted.id);
    const types = events.map(({ type }) => type);
    expect(types[0]).toBe('queued');
    expect(types).toContain('started');
    expect(types).toContain('step');
    expect(types.at(-1)).toBe('succeeded');
    expect(types.filter((type) => type === 'succeeded')).toHaveLength(1);
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).sort(byStreamId));
  });

  it('events that were seen are not sent again after Last-Event-ID', async () => {
    const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body: request }));
    const events = await collect(accepted.id);
    const rest: ClientJobEvent[] = [];
    for await (const event of followEvents(stride.client, accepted.id, { lastEventId: events[0]?.id }))
      rest.push(event);
    expect(rest).toEqual(events.slice(1));
  });

  it('Prometheus counts the row-seconds and row-steps that jobs of different sizes report', async () => {
    const sizes = [1, 3, 8, 40].map((samplesPerObservation) => ({
      samplesPerObservation,
      numInferenceSteps: 5 * samplesPerObservation,
    }));
    const before = await rowCounters();
    const jobs = await Promise.all(
      sizes.map(async (size) => {
        const accepted = found(await stride.client.POST('/v1/sampling-jobs', { body: { ...request, ...size } }));
        return waitForSamplingJob(stride.client, accepted.id);
      }),
    );
    const after = await rowCounters();
    const rowsOf = ({ progress }: (typeof jobs)[number]) => progress.totalRows ?? Number.NaN;
    const rowSeconds = jobs.reduce((sum, job) => sum + rowsOf(job) * (job.timings.denoiseSeconds ?? Number.NaN), 0);
    const rowSteps = jobs.reduce((sum, job, i) => sum + rowsOf(job) * (sizes[i]?.numInferenceSteps ?? Number.NaN), 0);
    expect(rowSeconds).toBeGreaterThan(0);
    expect((after.rowSeconds - before.rowSeconds) / rowSeconds).toBeCloseTo(1, 6);
    expect(after.rowSteps - before.rowSteps).toBe(rowSteps);
  });

  it('a training job publishes its loss and its checkpoints', async () => {
    const body = trainingRequest({ model: 'watched', checkpointEverySteps: 20 });
    const accepted = found(await stride.client.POST('/v1/training-jobs', { body }));
    const events = await collect(accepted.id);
    const metrics = events.filter(({ type }) => type === 'metrics').map(({ data }) => data);
    expect(metrics.length).toBeGreaterThan(0);
    for (const point of metrics) expect(point).toMatchObject({ step: expect.any(Number), loss: expect.any(Number) });
    expect(events.map(({ type }) => type)).toContain('checkpoint');
    expect(events.at(-1)?.type).toBe('succeeded');
  });

  it('a model that starts from another on wider data names it, and what it was warned of', async () => {
    const { observations, actions } = await readDataset(tinyDataset());
    const wider = encodeSafetensors([
      { name: 'observations', shape: [observations.length / OBS_SIZE, OBS_SIZE], data: observations },
      {
        name: 'actions',
        shape: [observations.length / OBS_SIZE, HORIZON, ACTION_DIM],
        data: actions.map((value) => 3 * value),
      },
    ]);
    await uploadTinyDataset(stride.client, { name: 'wider', bytes: new Uint8Array(wider) });
    const body = { ...trainingRequest({ model: 'child', steps: 10 }), dataset: 'wider', initFrom: 'tiny' };
    const accepted = found(await stride.client.POST('/v1/training-jobs', { body }));
    expect((await waitForTrainingJob(stride.client, accepted.id)).status).toBe('succeeded');
    const version = async (name: string) => {
      const params = { path: { name, version: '1' } };
      return found(await stride.client.GET('/v1/models/{name}/versions/{version}', { params }));
    };
    const { sha256 } = await version('tiny');
    const child = await version('child');
    expect(child.provenance).toMatchObject({ parent: { name: 'tiny', version: 1, sha256 } });
    expect(child.warnings).toEqual(accepted.warnings);
    expect(child.warnings.map(({ code }) => code)).toContain('range_clipped');
  });

  it('a model that starts from another takes over the sizes and the output form that it does not name', async () => {
    const train = async (body: Schemas['TrainingRequest']) => {
      const accepted = found(await stride.client.POST('/v1/training-jobs', { body }));
      expect(await waitForTrainingJob(stride.client, accepted.id)).toMatchObject({ status: 'succeeded', error: null });
      const params = { path: { name: body.model, version: '1' } };
      return found(await stride.client.GET('/v1/models/{name}/versions/{version}', { params }));
    };
    const { dataset, ...settings } = trainingRequest({ model: 'parent', steps: 10 });
    const diffusion = { numTrainTimesteps: 200, predictionType: 'v_prediction' } as const;
    const parent = await train({ ...settings, dataset, diffusion });
    const heir = await train({ model: 'heir', dataset, initFrom: 'parent', training: settings.training });
    expect(heir.config).toEqual(parent.config);
    expect(heir.config).toMatchObject(diffusion);
    expect(heir.provenance).toMatchObject({ settings: { network: settings.network, diffusion } });
  });

  /** What the worker has counted of the model's rows. */
  async function rowCounters(): Promise<{ rowSeconds: number; rowSteps: number }> {
    const text = await (await fetch(stride.workers[0]?.metrics ?? '')).text();
    const value = (name: string) => Number(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(text)?.[1]);
    return { rowSeconds: value('stride_engine_row_seconds_total'), rowSteps: value('stride_engine_row_steps_total') };
  }

  async function collect(jobId: string): Promise<ClientJobEvent[]> {
    const events: ClientJobEvent[] = [];
    for await (const event of followEvents(stride.client, jobId)) events.push(event);
    return events;
  }
});

/** Redis's stream ids: milliseconds, then a sequence number. */
function byStreamId(a: string, b: string): number {
  const [aMs = 0, aSequence = 0] = a.split('-').map(Number);
  const [bMs = 0, bSequence = 0] = b.split('-').map(Number);
  return aMs - bMs || aSequence - bSequence;
}
