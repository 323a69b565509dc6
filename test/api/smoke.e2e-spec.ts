import { expect, it } from 'vitest';
import { TestApi } from './test-api.js';
it('smoke', async () => {
  const api = await TestApi.start();
  for (const p of ['/', '/health/live', '/health/ready', '/openapi.json', '/docs', '/queues', '/metrics', '/v1/stats', '/v1/workers', '/v1/models', '/v1/datasets', '/v1/sampling-jobs', '/v1/training-jobs', '/nope', '/v1/sampling-jobs/123', '/v1/models/%zz', '/v1/models/%2e%2e%2fx']) {
    const r = await api.fetch(p);
    console.log(p, r.status, r.headers.get('content-type'), (await r.text()).slice(0, 200));
  }
  const r = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: [[1, 2, 3]] });
  console.log(r.status, await r.text(), Object.fromEntries(r.headers));
  const t0 = performance.now();
  await api.stop();
  console.log('stop', performance.now() - t0, api.process.lines.join('\n'));
  expect(1).toBe(1);
});
