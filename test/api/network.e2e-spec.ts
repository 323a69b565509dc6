import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { sendRaw } from './raw-http.js';
import { publishTinyModel } from './test-api.js';

const PUBLIC = 'https://stride.example.com/api';

describe.skipIf(!redisAvailable)('An API behind a proxy', () => {
  let stride: TestStride;
  beforeAll(async () => {
    const env = { STRIDE_PUBLIC_URL: `${PUBLIC}/`, STRIDE_ALLOWED_HOSTS: 'api.example.org', STRIDE_TRUST_PROXY: '1' };
    stride = await TestStride.start({ numWorkers: 0, env });
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(() => stride.stop());

  const status = async (...headers: string[]) =>
    (await sendRaw(stride.url, ['GET /v1/models HTTP/1.1', ...headers, '', ''].join('\r\n')))?.status;

  it('answers to the names of its public URL and of STRIDE_ALLOWED_HOSTS, and to no other', async () => {
    for (const host of ['stride.example.com', 'api.example.org:443', new URL(stride.url).host])
      expect([host, await status(`Host: ${host}`)]).toEqual([host, 200]);
    expect(await status('Host: example.org')).toBe(403);
    expect(await status('Host: api.example.org', 'X-Forwarded-Host: stride.example.com, evil.com')).toBe(403);
    expect(await status('Host: api.example.org', 'X-Forwarded-Host: evil.com, stride.example.com')).toBe(200);
  });

  it('gives out links under its public URL', async () => {
    const accepted = await stride.client.POST('/v1/sampling-jobs', {
      body: { model: 'tiny', observations: [[1, 2, 3]] },
    });
    expect(accepted.response.headers.get('location')).toBe(`${PUBLIC}/v1/sampling-jobs/${accepted.data?.id}`);
    const document: unknown = await (await fetch(`${stride.url}/openapi.json`)).json();
    expect(document).toMatchObject({ servers: [{ url: PUBLIC }] });
    // below whatever path a proxy serves the page
    const links = [...(await (await fetch(stride.url)).text()).matchAll(/(?:href|src)="([^"]+)"/g)].map(
      ([, url]) => url,
    );
    expect(links.length).toBeGreaterThan(1);
    expect(links.filter((url) => !/^(?:\.\/|#)/.test(url ?? ''))).toEqual([]);
  });
});
