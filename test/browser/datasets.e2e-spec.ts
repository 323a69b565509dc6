import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '#storage';
import { TestApi } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { noBrowser, TestBrowser, type TestTab } from './browser.js';

const COUNT = 100;
const HORIZON = 8;

/** Ways round a circle; the second number of the observation never moves. */
function circles(): Uint8Array {
  const observations = Float32Array.from({ length: COUNT * 3 }, (_, i) => (i % 3 === 1 ? 5 : i / (COUNT * 3)));
  const actions = Float32Array.from({ length: COUNT * HORIZON * 2 }, (_, i) => {
    const angle = ((Math.floor(i / 2) % HORIZON) * Math.PI) / 5;
    const radius = 1 + Math.floor(i / (HORIZON * 2)) / COUNT;
    return radius * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
  });
  return encodeSafetensors([
    { name: 'observations', dtype: 'float32', shape: [COUNT, 3], data: observations },
    { name: 'actions', dtype: 'float32', shape: [COUNT, HORIZON, 2], data: actions },
  ]);
}

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The page of datasets (${noBrowser ?? 'chromium'})`, () => {
  let api: TestApi;
  let browser: TestBrowser;
  let file = '';
  beforeAll(async () => {
    [api, browser] = await Promise.all([TestApi.start(), TestBrowser.start()]);
    file = join(api.directory, 'circles.safetensors');
    writeFileSync(file, circles());
  });
  afterAll(async () => {
    await browser.close();
    await api.stop();
  });

  const upload = async ({ page }: TestTab, name: string, path: string) => {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('File').setInputFiles(path);
    await page.getByRole('button', { name: 'Upload' }).click();
  };

  it('uploads a file with a bar, lists it, and says why one is refused', async () => {
    const tab = await browser.open(api.url, '#/datasets');
    await tab.page.getByText('There is no dataset yet').waitFor();
    const sent = tab.page.waitForRequest((request) => request.method() === 'PUT');
    await upload(tab, 'circles', file);
    expect((await sent).headers()).toHaveProperty('x-stride-page'); // else a session is refused
    await tab.page.getByText('Stored as').waitFor();
    const row = tab.page.getByRole('row', { name: /circles/ });
    await row.waitFor();
    expect(await row.innerText()).toMatch(/100\s+3\s+8 × 2/);
    const other = join(api.directory, 'other.npz');
    writeFileSync(other, 'no archive at all');
    await upload(tab, 'other', other);
    await tab.page.getByRole('alert').getByText('unsupported_format').waitFor();
    await tab.shoot('datasets');
    expect(await tab.faults(['status of 422'])).toEqual([]);
  });

  it('shows how far a file is, and ends an upload that is cancelled', async () => {
    const tab = await browser.open(api.url, '#/datasets');
    const large = join(api.directory, 'large.safetensors');
    writeFileSync(large, Buffer.alloc(48 * 1_048_576));
    const session = await tab.page.context().newCDPSession(tab.page);
    await session.send('Network.enable');
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1_048_576 };
    await session.send('Network.emulateNetworkConditions', slow);
    await upload(tab, 'large', large);
    await tab.page.getByRole('progressbar').waitFor();
    await tab.page.getByText(/of 50\.3 MB/).waitFor();
    await tab.page.getByRole('button', { name: 'Cancel' }).click();
    await tab.page.getByRole('alert').getByText('cancelled').waitFor();
    expect(await tab.faults()).toEqual([]);
  });

  it('shows ranges, histograms and what never moves', async () => {
    await upload(await browser.open(api.url, '#/datasets'), 'circles', file);
    const tab = await browser.open(api.url, '#/datasets/circles');
    const observations = tab.page.getByRole('region', { name: 'Observations' });
    await observations.waitFor();
    expect(await observations.getByText('never moves').count()).toBe(1);
    expect(await observations.getByRole('row').nth(2).innerText()).toMatch(/never moves\s+5\s+5\s+5\s+0/);
    const actions = tab.page.getByRole('region', { name: 'Actions' });
    expect(await actions.getByRole('img').count()).toBe(2);
    await tab.shoot('dataset');
    expect(await tab.faults()).toEqual([]);
  });

  it('plays the rows, step by step, and goes to any of them', async () => {
    const tab = await browser.open(api.url, '#/datasets/circles');
    const { page } = tab;
    const drawn = page
      .getByRole('img', { name: /^Actions of row/ })
      .locator('path')
      .last();
    const points = async () => ((await drawn.getAttribute('d')) ?? '').split('L').length;
    await drawn.waitFor();
    expect(await points()).toBe(HORIZON);
    await page.getByRole('slider', { name: /^Step/ }).fill('3');
    expect(await points()).toBe(3);
    await page.getByRole('spinbutton', { name: 'Row' }).fill(`${COUNT - 1}`);
    await page.getByRole('spinbutton', { name: 'Row' }).press('Enter');
    await page.getByRole('img', { name: `Actions of row ${COUNT - 1}` }).waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByRole('img', { name: 'Actions of row 0' }).waitFor(); // behind the last row the first
    await page.getByRole('button', { name: 'Pause' }).click();
    expect(await tab.faults()).toEqual([]);
  });
});
