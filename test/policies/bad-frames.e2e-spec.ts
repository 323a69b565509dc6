import { Packr } from 'msgpackr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { bytesOf, ndarray, PolicyClient } from './policy-client.js';

const packr = new Packr({ mapsAsObjects: false, useRecords: false });
const state = (value: unknown) => packr.pack({ state: value });
const withData = (name: string, value: unknown) => {
  const array = ndarray([1, 2, 3]);
  for (const key of array.keys()) if (String(key) === name) array.set(key, value);
  return state(array);
};
const withStride = (stride: object) => packr.pack({ state: [1, 2, 3], stride });
const deep = Buffer.concat([Buffer.from('81a57374617465', 'hex'), Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]);

const BAD: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  ['a text frame', 'hello', /^invalid_message: expected a binary frame/],
  ['nothing', Buffer.alloc(0), /^invalid_message/],
  ['no map', packr.pack([1, 2]), /^invalid_message: expected a map, got a list of 2/],
  ['keys that are numbers', packr.pack(new Map([[1, 2]])), /^invalid_message: its keys must be text/],
  ['more after the map', Buffer.concat([state(ndarray([1, 2, 3])), Buffer.from([0xc0])]), /1 bytes follow/],
  ['100,000 levels', deep, /more than 8 levels/],
  ['a list of 2^32 - 1 elements', Buffer.from('81a57374617465ddffffffff', 'hex'), /reaches beyond its end/],
  ['bytes of 4 GiB', Buffer.from('81a57374617465c6ffffffff', 'hex'), /ends within a value/],
  ['an extension type', Buffer.from('81a57374617465d40100', 'hex'), /extension type/],
  ['a record of msgpackr', Buffer.from('81a57374617465d4724091a161', 'hex'), /extension type/],
  ['a million elements', state(Array.from({ length: 1_000_000 }, () => 0)), /more than 65536/],
  [
    'data that disagree with their shape',
    withData('shape', [4]),
    /^size_mismatch: state: \[4\] of <f4 needs 16 bytes, got 12/,
  ],
  ['a shape that is none', withData('shape', [-1]), /^invalid_message: state: an array has/],
  ['objects', withData('dtype', '|O'), /^unsupported_dtype: state must be of a type among/],
  ['complex numbers', withData('dtype', '<c8'), /^unsupported_dtype/],
  ['NaN', state(ndarray([1, Number.NaN, 3])), /^non_finite_input: state: element 1 is NaN/],
  ['text for numbers', state('abc'), /^invalid_message: state: expected numbers, got text/],
  ['no key', packr.pack({}), /^validation_failed: observation: expected an array under one of/],
  ['an unknown key', packr.pack({ state: [1, 2, 3], prompt: 'go' }), /^unknown_field: prompt: .*"prompt"/],
  ['too few numbers', state([1, 2]), /^shape_mismatch: expected 3 numbers of observation, got 2 \(state 2\)/],
  ['another endpoint', packr.pack({ state: [1, 2, 3], endpoint: 'train' }), /^validation_failed: endpoint/],
  ['an unknown setting', packr.pack({ state: [1, 2, 3], stride: { speed: 1 } }), /^unknown_field: speed/],
  [
    'a plan without its place',
    withStride({ previous_actions: [1, 2] }),
    /^validation_failed: executed_steps: required/,
  ],
  ['a plan that is none', withStride({ previous_actions: [], executed_steps: 0 }), /^validation_failed: previous_act/],
  ['a plan of half a step', withStride({ previous_actions: [1], executed_steps: 0 }), /^shape_mismatch: previous_act/],
  ['a plan too long', withStride({ previous_actions: Array(10).fill(0), executed_steps: 0 }), /up to 4,2.*got 10/],
  [
    'two plans',
    withStride({ previous_actions: [1, 2], chunk: 0, executed_steps: 0 }),
    /^validation_failed: chunk: not/,
  ],
  [
    'a used up plan',
    withStride({ previous_actions: [1, 2], executed_steps: 1 }),
    /^validation_failed: .*executedSteps/,
  ],
  ['a setting out of range', packr.pack({ state: [1, 2, 3], stride: { eta: 2 } }), /^validation_failed: eta/],
];

describe.skipIf(!redisAvailable)('The policy socket', () => {
  let api: TestApi;
  let worker: Awaited<ReturnType<typeof playWorker>>;
  beforeAll(async () => {
    api = await TestApi.start();
    worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedResult(job.data)));
  });
  afterAll(async () => {
    await worker.close();
    await api.stop();
  });
  const connect = async (query = '') => {
    const client = await PolicyClient.connect(`${api.url}/v1/policies/tiny${query}`);
    await client.next();
    return client;
  };

  it.each(BAD)('answers %s with a text and 1011, and goes on serving', async (_what, frame, expected) => {
    const client = await connect();
    client.socket.send(frame);
    expect(await client.next()).toMatch(expected);
    expect((await client.closed).code).toBe(1011);
  });

  it('closes with 1009 on a frame of 100 MB', async () => {
    const client = await connect();
    client.socket.send(Buffer.alloc(100_000_000));
    expect((await client.closed).code).toBeOneOf([1006, 1009]);
  });

  it.each([
    ['/v1/policies/none', /^404 .*model_not_found/],
    ['/v1/policies/tiny?steps=0', /^422 .*steps: expected/],
    ['/v1/policies/tiny?speed=1', /^422 .*speed: unknown field/],
    ['/v1/models', /^200 /],
    ['/', /^200 /],
  ])('does not upgrade %s, and answers it over HTTP', async (path, expected) => {
    await expect(PolicyClient.connect(`${api.url}${path}`)).rejects.toThrow(expected);
  });

  it('refuses what a page of another origin sends', async () => {
    const options = { origin: 'https://evil.example' };
    await expect(PolicyClient.connect(`${api.url}/v1/policies/tiny`, options)).rejects.toThrow(
      /^403 .*forbidden_origin/,
    );
  });

  it('takes the bytes that a client of openpi sends', async () => {
    const client = await connect('?seed=1');
    // msgpack_numpy.packb({"state": np.array([1, 2, 3], np.float32), "endpoint": "infer"})
    client.socket.send(
      Buffer.from(
        '82a5737461746584c40b5f5f6e6461727261795f5fc3c40464617461c40c0000803f0000004000004040c4056474797065a33c6634c4057368617065' +
          '9103a8656e64706f696e74a5696e666572',
        'hex',
      ),
    );
    expect(bytesOf(await client.next())).toHaveLength(32);
    client.close();
  });
});
