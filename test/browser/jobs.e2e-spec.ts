import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForSamplingJob, type Schemas } from '#client';
import { publishTinyModel } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { noBrowser, TestBrowser, type TestTab } from './browser.js';

const MANY = 10_000;
const TOGETHER = 1_000;
/** What fits a window, and some beyond its edges. */
const MOST_ROWS_DRAWN = 80;

type Request = Schemas['SamplingRequest'];

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The pages of jobs (${noBrowser ?? 'chromium'})`, () => {
  let stride: TestStride;
  let browser: TestBrowser;

  beforeAll(async () => {
    [stride, browser] = await Promise.all([TestStride.start(), TestBrowser.start()]);
    await publishTinyModel(join(stride.directory, 'artifacts'), 'tiny');
  });
  afterAll(async () => {
    await browser.close();
    await stride.stop();
  });

  const asked = { model: 'tiny', observations: [[1, 2, 3]], seed: 5, samplesPerObservation: 6 } satisfies Request;
  const submit = async (request: Partial<Request> = {}) =>
    found(await stride.client.POST('/v1/sampling-jobs', { body: { ...asked, ...request } })).id;
  const run = async (request?: Partial<Request>) => (await waitForSamplingJob(stride.client, await submit(request))).id;
  const rowOf = ({ page }: TestTab, id: string) => page.locator(`tr[data-job="${id}"]`);

  it('one job shows where its time went, its steps, its actions and its request', async () => {
    const id = await run({ previewEvery: 1, numInferenceSteps: 20, metadata: { robot: 'left' } });
    const tab = await browser.open(stride.url, `#/jobs/${id}`);
    const { page } = tab;
    await page.locator('.waterfall .macro-step').first().waitFor();
    expect(await page.locator('.waterfall li').first().textContent()).toContain('queue');
    expect(await page.locator('.waterfall .macro-step').first().textContent()).toMatch(/1 step.*of \d rows/);
    const range = page.getByRole('slider', { name: 'Step' });
    expect(await range.getAttribute('max')).toBe('19');
    await range.fill('0');
    await page.getByText('after step 1', { exact: true }).waitFor();
    const first = await page.locator('.one-picture path').first().getAttribute('d');
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('button', { name: 'Play' }).waitFor();
    await page.getByText('result', { exact: true }).waitFor();
    expect(await page.locator('.one-picture path').first().getAttribute('d')).not.toBe(first);
    expect(await page.locator('.paths svg').count()).toBe(7);
    await page.getByRole('button', { name: 'Python' }).click();
    expect(await page.locator('.request').textContent()).toContain('"observations": [[1, 2, 3]]');
    await tab.shoot('job');
    expect(await tab.faults()).toEqual([]);
  });

  it('a result is downloaded in each form, under a name that says which', async () => {
    const id = await run();
    const { page } = await browser.open(stride.url, `#/jobs/${id}`);
    for (const [name, end] of [
      ['npy', 'npy'],
      ['safetensors', 'safetensors'],
      ['JSON', 'json'],
    ] as const) {
      const coming = page.waitForEvent('download');
      await page.getByRole('button', { name, exact: true }).click();
      const download = await coming;
      expect(download.suggestedFilename()).toBe(`${id}.${end}`);
    }
  });

  it('a job runs again with other settings, beside the first', async () => {
    const id = await run();
    const tab = await browser.open(stride.url, `#/jobs/${id}`);
    const { page } = tab;
    await page.getByLabel('Steps', { exact: true }).fill('7');
    await page.getByRole('button', { name: 'Run beside this one' }).click();
    await page.waitForURL(new RegExp(`#/jobs/${id}/smp_`));
    await page.getByRole('heading', { level: 1 }).nth(1).waitFor();
    await page.locator('article').nth(1).getByText('of 7').waitFor();
    await page.locator('input[type=range][max="6"]').waitFor();
    await tab.shoot('two-jobs');
    expect(await tab.faults()).toEqual([]);
  });

  it('a job without predictions runs again and shows each step', async () => {
    const { page } = await browser.open(stride.url, `#/jobs/${await run()}`);
    await page.getByRole('button', { name: 'Run it again and show each step' }).click();
    await page.getByRole('slider', { name: 'Step' }).waitFor();
  });

  it('the list is narrowed by its address, and jobs that are selected are sent again', async () => {
    const [bulk, normal] = [await run({ priority: 'bulk' }), await run()];
    const tab = await browser.open(stride.url, '#/jobs');
    await rowOf(tab, normal).waitFor();
    await tab.page.getByLabel('Class').selectOption('bulk');
    await rowOf(tab, normal).waitFor({ state: 'detached' });
    await rowOf(tab, bulk).waitFor();
    expect(tab.page.url()).toContain('#/jobs?priority=bulk');
    await tab.page.getByLabel(`Select ${bulk}`).check();
    await tab.page.getByRole('button', { name: 'Submit again' }).click();
    await tab.page.getByText('1 of 1 sent again').waitFor();
    await tab.page.locator('tr[data-job]').nth(1).waitFor();
    expect(await tab.faults()).toEqual([]);
  });

  it('10,000 jobs are scrolled to the last with few rows drawn, and cancelled together', async () => {
    for (const worker of stride.workers) await stride.stopWorker(worker);
    const first = await submit();
    for (let i = 0; i < MANY; i += TOGETHER) {
      const requests = Array.from({ length: TOGETHER }, (_, k) => ({ ...asked, seed: i + k }));
      found(await stride.client.POST('/v1/sampling-jobs/batch', { body: { requests } }));
    }
    const tab = await browser.open(stride.url, '#/jobs?status=queued');
    const { page } = tab;
    const list = page.getByRole('region', { name: 'Sampling jobs' });
    await page.locator('tr[data-job]').first().waitFor();
    let mostDrawn = 0;
    while ((await rowOf(tab, first).count()) === 0) {
      await page.evaluate("document.querySelector('.job-rows').scrollTop += 40000");
      mostDrawn = Math.max(mostDrawn, await page.locator('tr[data-job]').count());
    }
    expect(mostDrawn).toBeLessThanOrEqual(MOST_ROWS_DRAWN);
    expect(await rowOf(tab, first).getAttribute('aria-rowindex')).toBe(String(MANY + 2));
    expect(await list.getByRole('table').getAttribute('aria-rowcount')).toBe(String(MANY + 2));
    await tab.shoot('jobs');
    for (const row of [0, 1]) await page.locator('tr[data-job] input').nth(row).check();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('2 of 2 cancelled').waitFor();
    expect(await tab.faults()).toEqual([]);
  });
});
