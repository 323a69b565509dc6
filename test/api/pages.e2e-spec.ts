import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SamplingJob, Stats, WorkerList } from '#contract';
import { redisAvailable } from '../redis.js';
import { TestApi } from './test-api.js';

describe.skipIf(!redisAvailable)('Pages and figures', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await TestApi.start();
  });
  afterAll(() => api.stop());

  const text = async (path: string) => (await api.fetch(path)).text();

  it('the dashboard is asked for anew, its scripts and styles are kept for ever', async () => {
    const page = await api.fetch('/');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const assets = [...(await page.text()).matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, path]) => `/${path}`);
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const response = await api.fetch(asset);
      expect([asset, response.status]).toEqual([asset, 200]);
      expect(asset).toMatch(/-[\w-]{8}\.(?:js|css|svg)$/);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    for (const path of ['/assets/', '/assets/nothing.js', '/assets/../index.html', '/assets/%2e%2e/index.html'])
      expect([path, (await api.fetch(path)).status]).toEqual([path, 404]);
  });

  it('the dashboard runs neither scripts nor styles that stand inside markup', async () => {
    const policy = (await api.fetch('/')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|data:|-src \*/);
  });

  it('Swagger UI and the queue browser bring all of their scripts and styles themselves', async () => {
    for (const page of ['/docs', '/queues/']) {
      const html = await text(page);
      const assets = [...html.matchAll(/(?:src|href)=["']([^"']+\.(?:js|css))["']/g)].map(([, path]) => path ?? '');
      expect(assets.length, page).toBeGreaterThan(1);
      for (const asset of assets) {
        const url = new URL(asset, `${api.url}${page}`);
        expect([asset, url.origin, (await fetch(url)).status]).toEqual([asset, api.url, 200]);
      }
    }
  });

  it('no page may be framed, or run a script of another origin', async () => {
    for (const page of ['/', '/docs', '/queues/', '/v1/models']) {
      const policy = (await api.fetch(page)).headers.get('content-security-policy');
      expect(policy, page).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    }
  });

  it('the queue browser shows jobs but changes none', async () => {
    const accepted = await api.post('/v1/sampling-jobs', { model: 'tiny', observations: [[1, 2, 3]] });
    const { id } = SamplingJob.parse(await accepted.json());
    expect(await text('/queues/api/queues?activeQueue=sampling&status=prioritized')).toContain(id);
    for (const action of ['retry', 'promote', 'clean', 'update-data']) {
      const response = await api.fetch(`/queues/api/queues/sampling/${id}/${action}`, { method: 'PUT' });
      expect([action, response.ok]).toEqual([action, false]);
    }
    expect(SamplingJob.parse(await (await api.fetch(`/v1/sampling-jobs/${id}`)).json()).status).toBe('queued');
  });

  it('metrics hold requests by route pattern and the queues, each name described once', async () => {
    await api.fetch('/v1/models/tiny');
    const metrics = await text('/metrics');
    expect(metrics).toMatch(/^http_requests_total\{method="GET",route="\/v1\/models\/:name",status="200"\} \d+$/m);
    expect(metrics).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/v1\/models\/:name"\} \d+$/m);
    expect(metrics).toMatch(/^bullmq_job_count\{queue="sampling", state="prioritized"\} \d+$/m);
    expect(metrics).toMatch(/^bullmq_job_count\{queue="training", state="waiting"\} 0$/m);
    expect(metrics.endsWith('\n')).toBe(true);
    const described = [...metrics.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);
    expect(new Set(described).size).toBe(described.length);
    expect(metrics).not.toContain('tiny');
  });

  it('statistics count the queues, and nobody works while no worker is there', async () => {
    const stats = Stats.parse(JSON.parse(await text('/v1/stats')));
    expect(stats).toMatchObject({ workers: 0, stepSeconds: null, queues: { training: { waiting: 0 } } });
    expect(WorkerList.parse(JSON.parse(await text('/v1/workers')))).toEqual({ items: [] });
  });

  it('a refused method learns which ones there are', async () => {
    const response = await api.fetch('/v1/sampling-jobs', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, POST');
  });

  it('a request keeps the id that its client gave it', async () => {
    const named = await api.fetch('/v1/nothing', { headers: { 'x-request-id': 'mine-1' } });
    expect(named.headers.get('x-request-id')).toBe('mine-1');
    expect(await named.json()).toMatchObject({ requestId: 'mine-1' });
    const wild = await api.fetch('/v1/models', { headers: { 'x-request-id': 'a b' } });
    expect(wild.headers.get('x-request-id')).toMatch(/^req_/);
  });
});
