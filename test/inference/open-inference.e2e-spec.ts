import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SamplingJob } from '#contract';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { exchange, type RawReply } from './raw-exchange.js';

const Transcript = z.object({
  client: z.string(),
  requests: z.array(z.object({ call: z.string(), head: z.array(z.string()), body: z.string() })),
});
/** What tritonclient.http sends, as record_transcript.py has recorded it. */
const transcript = Transcript.parse(
  JSON.parse(readFileSync(new URL('tritonclient-transcript.json', import.meta.url), 'utf8')),
);
const bytesOf = (name: string) => {
  const { head, body } = transcript.requests.find(({ call }) => call === name) ?? { head: [], body: '' };
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body, 'base64')]);
};

const Answer = z.object({
  model_name: z.literal('tiny'),
  model_version: z.literal('1'),
  id: z.string().optional(),
  parameters: z.object({ job: z.string(), seed: z.number() }),
  outputs: z.tuple([
    z.object({
      name: z.literal('actions'),
      datatype: z.literal('FP32'),
      shape: z.array(z.number()),
      parameters: z.object({ binary_data_size: z.number() }).optional(),
      data: z.array(z.number()).optional(),
    }),
  ]),
});

/** The actions as tritonclient's InferResult.as_numpy finds them: `_infer_result.py` of 2.73.0. */
function decoded({ headers, body }: RawReply) {
  const length = headers.get('inference-header-content-length');
  const answer = Answer.parse(
    JSON.parse(body.subarray(0, length === undefined ? undefined : Number(length)).toString()),
  );
  const [{ shape, parameters, data }] = answer.outputs;
  const bytes =
    parameters === undefined
      ? Buffer.from(Float32Array.from(data ?? []).buffer)
      : body.subarray(Number(length), Number(length) + parameters.binary_data_size);
  return { answer, shape, bytes, isBinary: parameters !== undefined };
}

const REQUEST = {
  model: 'tiny',
  observations: [
    [0.25, -0.5, 0.75],
    [1, 0, -1],
  ],
  seed: 7,
  numInferenceSteps: 5,
};

describe.skipIf(!redisAvailable)(`The Open Inference Protocol, to the bytes of ${transcript.client}`, () => {
  let stride: TestStride;
  let expected: Buffer;
  beforeAll(async () => {
    stride = await TestStride.start();
    await publishTinyModel(`${stride.directory}/artifacts`, 'tiny');
    const job = await post(REQUEST);
    expected = Buffer.from(String(job.result?.data), 'base64');
  });
  afterAll(() => stride.stop());

  const post = async (body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${stride.url}/v1/sampling-jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30, tensors=base64', ...headers },
      body: JSON.stringify(body),
    });
    return SamplingJob.parse(await response.json());
  };
  const infer = (body: object, headers: Record<string, string> = {}) =>
    fetch(`${stride.url}/v2/models/tiny/infer`, { method: 'POST', headers, body: JSON.stringify(body) });

  it.each(['live', 'ready', 'model ready', 'version ready'])('says by its status alone: %s', async (call) => {
    const { status, body } = await exchange(stride.url, bytesOf(call));
    expect([status, body.toString()]).toEqual([200, '']);
  });

  it('describes itself and its models', async () => {
    const say = async (call: string) => JSON.parse((await exchange(stride.url, bytesOf(call))).body.toString());
    expect(await say('server metadata')).toEqual({ name: 'stride', version: '1', extensions: ['binary_tensor_data'] });
    expect(await say('model metadata')).toEqual({
      name: 'tiny',
      versions: ['1'],
      platform: 'stride',
      inputs: [{ name: 'observations', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [{ name: 'actions', datatype: 'FP32', shape: [-1, 4, 2] }],
    });
    expect(await say('model config')).toMatchObject({
      max_batch_size: 4_096,
      input: [{ name: 'observations', data_type: 'TYPE_FP32', dims: [3] }],
      output: [{ name: 'actions', data_type: 'TYPE_FP32', dims: [4, 2] }],
    });
  });

  it.each([
    ['bytes both ways', true],
    ['bytes in, JSON out', false],
    ['JSON in, bytes out', true],
    ['JSON both ways', false],
    ['gzip, everything named', true],
    ['deflate', true],
  ])('answers %s with the bytes that the same request has over /v1', async (call, isBinary) => {
    const reply = await exchange(stride.url, bytesOf(call));
    expect(reply.status, reply.body.toString()).toBe(200);
    const result = decoded(reply);
    expect(result).toMatchObject({ shape: [2, 4, 2], isBinary, answer: { parameters: { seed: 7 } } });
    expect(result.bytes.equals(expected)).toBe(true);
    expect(result.answer.id).toBe(call.startsWith('gzip') ? 'call-1' : undefined);
  });

  it('takes the options of a sampling request as parameters, and some as tensors', async () => {
    const noise = Array.from({ length: 16 }, (_, i) => Math.fround(Math.sin(i)));
    const answered = await infer({
      parameters: { samples_per_observation: 2, guidance_scale: 1, timestep_spacing: 'leading', priority: 'bulk' },
      inputs: [
        { name: 'observations', shape: [1, 3], datatype: 'FP32', data: [[0.25, -0.5, 0.75]] },
        { name: 'initial_noise', shape: [2, 4, 2], datatype: 'FP32', data: noise },
        { name: 'num_inference_steps', shape: [1], datatype: 'INT32', data: [4] },
        { name: 'eta', shape: [1], datatype: 'FP32', data: [0.5] },
        { name: 'seed', shape: [], datatype: 'INT64', data: [3] },
      ],
    });
    const { outputs } = Answer.parse(await answered.json());
    const initialNoise = {
      shape: [2, 4, 2],
      dtype: 'float32',
      data: Buffer.from(Float32Array.from(noise).buffer).toString('base64'),
    };
    const same = await post({
      model: 'tiny',
      observations: [[0.25, -0.5, 0.75]],
      samplesPerObservation: 2,
      timestepSpacing: 'leading',
      guidanceScale: 1,
      numInferenceSteps: 4,
      eta: 0.5,
      seed: 3,
      initialNoise,
    });
    expect(Buffer.from(Float32Array.from(outputs[0].data ?? []).buffer).toString('base64')).toBe(same.result?.data);
  });

  it('finds the job of an earlier request with the same Idempotency-Key', async () => {
    const body = { inputs: [{ name: 'observations', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] }] };
    const [first, again] = [
      await infer(body, { 'idempotency-key': 'one' }),
      await infer(body, { 'idempotency-key': 'one' }),
    ];
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ]);
    expect(await again.json()).toEqual(await first.json());
  });
});
