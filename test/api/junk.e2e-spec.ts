import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Keys } from '#queue';
import { newJobId } from '#contract';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

const keys = new Keys();
const index = `${keys.prefix}:index:sampling`;

describe.skipIf(!redisAvailable)('What cannot be read', () => {
  let api: TestApi;
  let redis: Redis;
  let good: string;

  beforeAll(async () => {
    api = await TestApi.start();
    redis = new Redis(api.redis.url);
    good = await submit();
  });
  afterAll(async () => {
    redis?.disconnect();
    await api?.stop();
  });

  async function submit(): Promise<string> {
    const response = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: [[0, 0, 0]] });
    expect(response.status).toBe(202);
    return String(Object(await response.json()).id);
  }
  const json = async (path: string): Promise<unknown> => {
    const response = await api.fetch(path);
    expect([path, response.status]).toEqual([path, 200]);
    return response.json();
  };
  const ids = async (): Promise<unknown[]> =>
    Object(await json('/v1/sampling-jobs')).items.map((job: object) => Object(job).id);
  const timesLogged = (text: string) => api.process.lines.filter((line) => line.includes(text)).length;

  it('of a request is in the log under the id of its refusal', async () => {
    const response = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: 'x' });
    const { requestId, code } = Object(await response.json());
    const line = await api.process.untilLine((text) => (text.includes(requestId) ? text : undefined));
    expect(JSON.parse(line)).toMatchObject({ level: 'log', context: 'http', requestId, status: 422, code });
  });

  it('of workers is left out of the workers and of the totals, and logged once', async () => {
    await redis.sadd(keys.workers, 'no-json', 'of-a-later-release', 'a-list');
    await redis.set(keys.worker('no-json'), '{');
    await redis.set(keys.worker('of-a-later-release'), '{"id":"of-a-later-release","status":"dreaming"}');
    await redis.lpush(keys.worker('a-list'), 'x');
    for (let i = 0; i < 3; i++) expect(await json('/v1/workers')).toEqual({ items: [] });
    expect(await json('/v1/stats')).toMatchObject({ workers: 0 });
    expect(timesLogged('worker no-json cannot be read')).toBe(1);
    await redis.del(keys.workers);
    await redis.set(keys.workers, 'not a set');
    expect(await json('/v1/workers')).toEqual({ items: [] });
    expect(await json('/v1/stats')).toMatchObject({ workers: 0 });
    await redis.del(keys.workers);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['data that is no JSON', (id) => redis.hset(keys.job('sampling', id), 'data', '{')],
    ['data of a later release', (id) => redis.hset(keys.job('sampling', id), 'data', '{"v":2}')],
    ['a result of a later release', (id) => redis.hset(keys.job('sampling', id), 'finishedOn', 1, 'returnvalue', '{}')],
  ])('of jobs is left out of a list, and nowhere to be found: %s', async (_, spoil) => {
    const id = await submit();
    await spoil(id);
    expect(await ids()).toContain(good);
    expect(await ids()).not.toContain(id);
    expect(timesLogged(`job ${id} cannot be read`)).toBe(1);
    expect((await api.fetch(`/v1/sampling-jobs/${id}`)).status).toBe(404);
    expect((await api.fetch(`/v1/sampling-jobs/${id}/result`)).status).toBeLessThan(500);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['a time that is none', (id) => redis.hset(keys.job('sampling', id), 'timestamp', 'soon', 'processedOn', '1e300')],
    ['a cancel record that is no JSON', (id) => redis.hset(keys.ledger(id), 'cancel', '{')],
    ['a checkpoint that is no JSON', (id) => redis.hset(keys.ledger(id), 'checkpoint', '{')],
    ['a ledger of another kind', (id) => redis.set(keys.ledger(id), 'x')],
    ['an event that is no JSON', (id) => redis.xadd(keys.events(id), '*', 'type', 'step', 'data', '{')],
    ['an event without fields of ours', (id) => redis.xadd(keys.events(id), '*', 'a', 'b')],
    ['events of another kind', async (id) => redis.multi().del(keys.events(id)).set(keys.events(id), 'x').exec()],
  ])('of a job hides the rest of it from nobody: %s', async (_, spoil) => {
    const id = await submit();
    await spoil(id);
    expect(await ids()).toEqual(expect.arrayContaining([id, good]));
    expect(await json(`/v1/sampling-jobs/${id}`)).toMatchObject({ id, status: 'queued' });
  });

  it('of the index is left out of a list, whatever it names', async () => {
    const wrongKind = newJobId('sampling');
    await redis.set(keys.job('sampling', wrongKind), 'no hash');
    await redis.zadd(index, 0, '', 0, 'wait', 0, 'meta', 0, '\u{ffff}', 0, newJobId('training'), 0, wrongKind);
    expect(await ids()).toContain(good);
    expect(await ids()).not.toContain(wrongKind);
  });

  it('is an index of another kind: the list is empty, and new jobs are taken', async () => {
    await redis.del(index);
    await redis.set(index, 'x');
    expect(await ids()).toEqual([]);
    await submit();
    await redis.del(index);
  });

  it('of stored things hides the others from nobody', async () => {
    writeFileSync(join(api.directory, 'models', 'tiny', 'version-2.json'), '{');
    writeFileSync(join(api.directory, 'models', 'a file'), '');
    for (let i = 0; i < 2; i++)
      expect(await json('/v1/models')).toMatchObject({ items: [{ name: 'tiny', versions: [{ version: 1 }] }] });
    expect(timesLogged('tiny/version-2.json cannot be read')).toBe(1);
    expect(await json('/v1/models/tiny')).toMatchObject({ versions: [{ version: 1 }] });
  });
});
