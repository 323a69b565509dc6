import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { noBrowser, TestBrowser } from './browser.js';

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The page Now (${noBrowser ?? 'chromium'})`, () => {
  let stride: TestStride;
  let browser: TestBrowser;
  beforeAll(async () => {
    [stride, browser] = await Promise.all([TestStride.start({ numWorkers: 0 }), TestBrowser.start()]);
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(async () => {
    await browser.close();
    await stride.stop();
  });

  const submit = async (numInferenceSteps: number, priority: 'interactive' | 'bulk') =>
    found(
      await stride.client.POST('/v1/sampling-jobs', {
        body: { model: 'tiny', observations: [[1, 2, 3]], samplesPerObservation: 512, numInferenceSteps, priority },
      }),
    );

  it('shows what waits while there is no worker, and then who works, on what and how fast', async () => {
    const tab = await browser.open(stride.url);
    await tab.page.getByText('No worker is running').waitFor();
    for (let i = 0; i < 3; i++) await submit(100, 'bulk');
    const bulk = tab.page.getByRole('row', { name: /sampling bulk/ });
    await bulk.getByText('3 jobs').waitFor();
    await stride.startWorker();
    const workers = tab.page.getByRole('region', { name: 'Workers' });
    await workers.getByText('running').waitFor();
    for (let i = 0; i < 20; i++) await submit(100, 'interactive');
    const samples = tab.page.locator('.stat', { hasText: 'Samples' }).locator('.number');
    await expect
      .poll(async () => Number.parseFloat((await samples.textContent()) ?? ''), { timeout: 20_000 })
      .toBeGreaterThan(0);
    expect(await workers.getByRole('meter').count()).toBeGreaterThan(0);
    expect(await workers.textContent()).toMatch(/onnx cpu.*float32/);
    await expect.poll(() => tab.page.locator('.stat .sparkline path').first().getAttribute('d')).toMatch(/M.*L/);
    await tab.shoot('now');
    expect(await tab.faults()).toEqual([]);
  });
});
