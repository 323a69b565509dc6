import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { makeNoiseSchedule } from '#ddim';
import { decodeModel } from '#storage';
import { endlessFile } from '../../libs/onnx/testing/imported-files.js';
import { TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { exportedModel } from './exported-model.js';
import { OBS_SIZE, someObservations, trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const ROWS = 3;
/** What float32 may make of one network in two files: 168 roundings of 2^-24 of numbers about 1. */
const ROUNDING = 1e-5;

type SamplingRequest = Partial<Schemas['SamplingRequest']>;

describe.skipIf(!redisAvailable)('An imported model', () => {
  let stride: TestStride;
  let checkpoint: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    stride = await TestStride.start();
    await uploadTinyDataset(stride.client);
    await trainTinyModel(stride.client, { model: 'tiny' });
    const response = await fetch(`${stride.url}/v1/models/tiny/versions/1/checkpoint`);
    checkpoint = new Uint8Array(await response.arrayBuffer());
  });
  afterAll(() => stride.stop());

  const exported = () => exportedModel(checkpoint);

  function put(name: string, body: Uint8Array<ArrayBuffer>, config?: Record<string, unknown>): Promise<Response> {
    const query = config ? `?format=onnx&config=${Buffer.from(JSON.stringify(config)).toString('base64url')}` : '';
    const headers = { 'content-type': 'application/octet-stream' };
    return fetch(`${stride.url}/v1/models/${name}/versions${query}`, { method: 'PUT', headers, body });
  }

  /** A refused import from another address of this machine. */
  function putFrom(localAddress: string, body: Uint8Array, config: unknown): Promise<Schemas['Problem']> {
    const query = `format=onnx&config=${Buffer.from(JSON.stringify(config)).toString('base64url')}`;
    const options = { method: 'PUT', localAddress, headers: { 'content-type': 'application/octet-stream' } };
    return new Promise((resolve, reject) => {
      const sent = httpRequest(`${stride.url}/v1/models/endless/versions?${query}`, options, (response) => {
        json(response).then((problem) => resolve(problem as Schemas['Problem']), reject);
      });
      sent.on('error', reject).end(body);
    });
  }

  async function sample(request: SamplingRequest): Promise<number[]> {
    const body = { model: 'tiny', observations: someObservations(ROWS), seed: 5, numInferenceSteps: 7, ...request };
    const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
    const { status, error } = await waitForSamplingJob(stride.client, id);
    expect({ status, error }).toEqual({ status: 'succeeded', error: null });
    const response = await fetch(`${stride.url}/v1/sampling-jobs/${id}/result`);
    const actions: unknown = await response.json();
    return Array.isArray(actions) ? actions.flat(2) : [];
  }

  it('of our own has the same bytes and gives the same actions', async () => {
    const response = await put('copy', checkpoint);
    expect(response.status).toBe(201);
    const version = await response.json();
    const original = found(
      await stride.client.GET('/v1/models/{name}/versions/{version}', {
        params: { path: { name: 'tiny', version: '1' } },
      }),
    );
    expect(version).toMatchObject({
      name: 'copy',
      version: 1,
      format: 'safetensors',
      provenance: { source: 'import' },
    });
    expect(version).toMatchObject({ sha256: original.sha256, config: original.config });
    expect(await sample({ model: 'copy' })).toEqual(await sample({ model: 'tiny' }));
  });

  const options: Array<[what: string, request: SamplingRequest]> = [
    ['the defaults', {}],
    ['eta', { eta: 1 }],
    ['thresholding', { thresholding: { ratio: 0.9, maxValue: 2 }, eta: 0.5 }],
    ['another spacing', { timestepSpacing: 'linspace', clipSample: false }],
    [
      'fixed actions',
      {
        fixedActions: {
          mask: [1, 0, 0, 0],
          values: Array.from({ length: ROWS }, () => [
            [0.1, 0.2],
            [0, 0],
            [0, 0],
            [0, 0],
          ]),
        },
      },
    ],
  ];
  it('as ONNX gives what the network gives here, with every option', async () => {
    const { file, config } = exported();
    const response = await put('theirs', file, config);
    expect({ status: response.status, body: await response.json() }).toMatchObject({
      status: 201,
      body: {
        name: 'theirs',
        version: 1,
        format: 'onnx',
        guidable: false,
        config: { obsSize: OBS_SIZE, hiddenSize: null, numLayers: null },
        provenance: { source: 'import' },
      },
    });
    // Without clipping the first step divides by the least √ā, 4.9e-5, and nothing limits what roundings
    // become. One of 2^-24 in the network's output then is 1.2e-3 in actions of up to 1.1e5; the normalisers
    // alone, which theirs has in float32, move them by 1.6e-2.
    const gain = 1 / Math.sqrt(makeNoiseSchedule(decodeModel(checkpoint).schedule).alphasCumprod.at(-1) ?? NaN);
    for (const [what, request] of options) {
      const theirs = await sample({ model: 'theirs', ...request });
      const ours = await sample({ model: 'tiny', ...request });
      const difference = Math.max(...theirs.map((value, i) => Math.abs(value - (ours[i] ?? NaN))));
      expect(difference, what).toBeLessThan(ROUNDING * (request.clipSample === false ? gain : 1));
    }
  });

  it('is guided when its null condition is named, and refuses guidance otherwise', async () => {
    const { file, config } = exported();
    expect((await put('guidable', file, { ...config, nullCondition: 0 })).status).toBe(201);
    const [guided, plain] = [
      await sample({ model: 'guidable', guidanceScale: 3 }),
      await sample({ model: 'guidable' }),
    ];
    expect(guided).not.toEqual(plain);
    const body = { model: 'theirs', observations: someObservations(1), guidanceScale: 3 };
    const { error } = await stride.client.POST('/v1/sampling-jobs', { body });
    expect(error).toMatchObject({ code: 'model_not_guidable' });
  });

  it('as ONNX is downloaded as it came, and its sampler is not exported', async () => {
    const download = await fetch(`${stride.url}/v1/models/theirs/versions/1/checkpoint`);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(exported().file);
    expect(download.headers.get('content-disposition')).toContain('theirs-1.onnx');
    const sampler = await fetch(`${stride.url}/v1/models/theirs/versions/1/sampler.onnx`);
    expect(await sampler.json()).toMatchObject({ status: 422, code: 'model_not_exportable' });
  });

  it('comes in through the command line as well', async () => {
    const { file, config } = exported();
    const directory = mkdtempSync(join(tmpdir(), 'stride-import-'));
    const path = (name: string) => join(directory, name);
    writeFileSync(path('denoiser.onnx'), file);
    writeFileSync(path('denoiser.json'), JSON.stringify(config));
    writeFileSync(path('tiny.safetensors'), checkpoint);
    expect(
      await command('cli', path('denoiser.onnx'), '--format', 'onnx', '--config', path('denoiser.json')),
    ).toMatchObject({
      code: 0,
      last: `stored cli@1 (${file.length} bytes)`,
    });
    expect(await command('cli', path('tiny.safetensors'))).toMatchObject({ code: 0 });
    expect(await command('cli', path('denoiser.onnx'), '--format', 'onnx')).toMatchObject({ code: 2 });
    const refused = await command(
      'cli',
      path('tiny.safetensors'),
      '--format',
      'onnx',
      '--config',
      path('denoiser.json'),
    );
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('invalid_onnx') });
    rmSync(directory, { recursive: true });
    const { data } = await stride.client.GET('/v1/models/{name}', { params: { path: { name: 'cli' } } });
    expect(data?.versions.map(({ format }) => format)).toEqual(['onnx', 'safetensors']);
  });

  async function command(...args: string[]): Promise<{ code: number | null; last: string | undefined; said: string }> {
    const script = 'dist/apps/cli/src/main.js';
    const env = { STRIDE_URL: stride.url };
    const process = new TestProcess({ name: 'stride', script, args: ['models', 'import', ...args], env });
    const { code } = await process.exited;
    return { code, last: process.lines.at(-1), said: process.lines.join('\n') };
  }

  it('is refused with its reason, and leaves nothing', async () => {
    const { file, config } = exported();
    const bad: Array<[body: Uint8Array<ArrayBuffer>, config: Record<string, unknown> | undefined, problem: object]> = [
      [new Uint8Array(100), undefined, { status: 422, code: 'invalid_safetensors' }],
      [file.slice(0, 500), config, { status: 422, code: 'truncated_onnx' }],
      [new Uint8Array(100), config, { status: 422, code: 'invalid_onnx' }],
      [file, { ...config, obsSize: 4 }, { status: 422, code: 'shape_mismatch' }],
      [file, { ...config, nullCondition: null }, { status: 422, errors: [{ path: 'nullCondition' }] }],
      [file, { ...config, layers: 2 }, { status: 422, code: 'unknown_field', errors: [{ path: 'layers' }] }],
      [file, { ...config, nullCondition: [0] }, { code: 'shape_mismatch', errors: [{ path: 'nullCondition' }] }],
    ];
    for (const [body, settings, problem] of bad)
      expect(await (await put('refused', body, settings)).json()).toMatchObject(problem);
    expect((await put('No Name', file, config)).status).toBe(400);
    const models = found(await stride.client.GET('/v1/models'));
    expect(models.items.map(({ name }) => name)).not.toContain('refused');
    expect(readdirSync(join(stride.directory, 'artifacts', 'tmp'))).toEqual([]);
  });

  it('that never comes back holds up its client alone', async () => {
    const sizes = { obsSize: 3, actionHorizon: 4, actionDim: 2 };
    const ended: string[] = [];
    const hanging = putFrom('127.0.0.2', endlessFile(), { ...exported().config, ...sizes }).then(({ code }) =>
      ended.push(code),
    );
    const { file, config } = exported();
    expect((await put('meanwhile', file, config)).status).toBe(201);
    expect(ended).toEqual([]);
    await hanging;
    expect(ended).toEqual(['onnx_probe_timed_out']);
  });

  it('can be deleted', async () => {
    const path = { name: 'theirs', version: '1' };
    const { response } = await stride.client.DELETE('/v1/models/{name}/versions/{version}', { params: { path } });
    expect(response.status).toBe(204);
    const body = { model: 'theirs', observations: someObservations(1) };
    expect((await stride.client.POST('/v1/sampling-jobs', { body })).error).toMatchObject({ code: 'model_not_found' });
  });
});
