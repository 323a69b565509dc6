import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiKeys, workerConnection } from '#queue';
import { eventLine, root } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestApi } from '../api/test-api.js';
import { noBrowser, TestBrowser } from './browser.js';

const PLACES = [
  ['#/', 'Now'],
  ['#/jobs', 'Jobs'],
  ['#/trainings', 'Training'],
  ['#/models', 'Models'],
  ['#/datasets', 'Datasets'],
  ['#/robots', 'Robots'],
] as const;

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The dashboard (${noBrowser ?? 'chromium'})`, () => {
  let api: TestApi;
  let browser: TestBrowser;
  beforeAll(async () => {
    [api, browser] = await Promise.all([TestApi.start(), TestBrowser.start()]);
  });
  afterAll(async () => {
    await browser.close();
    await api.stop();
  });

  it('has every page at an address, without an error, another host or a serious finding of axe', async () => {
    const tab = await browser.open(api.url);
    for (const [hash, title] of PLACES) {
      await tab.go(hash);
      await tab.page.getByRole('heading', { level: 1, name: title }).waitFor();
      const current = tab.page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current=page]');
      expect(await current.textContent()).toBe(title);
      // of which a page may have several
      await expect.poll(() => tab.page.locator('.loading').count()).toBe(0);
      expect([hash, await tab.faults()]).toEqual([hash, []]);
    }
  });

  it('comes as less than 60 kB of scripts, compressed', () => {
    const assets = join(root, 'dist/dashboard/assets');
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(60_000);
  });

  it('can be walked by keyboard, past the navigation or along it', async () => {
    const { page } = await browser.open(api.url);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('page');
    await page.getByRole('link', { name: 'Jobs' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  });

  it('every link to what stands beside it leads somewhere', async () => {
    const { page } = await browser.open(api.url);
    const links = await page
      .getByRole('navigation', { name: 'Service' })
      .getByRole('link')
      .evaluateAll((elements) => elements.map((element) => String(Reflect.get(element, 'href'))));
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([link, (await fetch(link)).status]).toEqual([link, 200]);
  });

  it('says so while the API is away, and goes on when it is back', async () => {
    const tab = await browser.open(api.url, '#/models');
    await tab.page.getByRole('link', { name: 'tiny' }).waitFor();
    await tab.page.route('**/v1/**', (route) => route.abort());
    await tab.go('#/datasets');
    await tab.page.getByRole('alert').waitFor();
    expect(await tab.page.getByRole('alert').textContent()).toContain('does not answer');
    await tab.page.unrouteAll();
    await tab.page.getByText('There is no dataset yet').waitFor();
    expect(await tab.page.getByRole('alert').count()).toBe(0);
    expect(await tab.faults(['ERR_FAILED'])).toEqual([]);
  });
});

describe.skipIf(!redisAvailable || noBrowser !== undefined)(
  `The dashboard with keys (${noBrowser ?? 'chromium'})`,
  () => {
    let api: TestApi;
    let browser: TestBrowser;
    let management: string;
    let redis: Redis;
    beforeAll(async () => {
      const env = { STRIDE_MANAGEMENT_PORT: '0', STRIDE_REQUIRE_AUTH: 'true' };
      [api, browser] = await Promise.all([TestApi.start(undefined, env), TestBrowser.start()]);
      management = String((await api.process.untilLine((line) => eventLine(line, 'ready'))).management);
      redis = new Redis(api.redis.url, workerConnection);
    });
    afterAll(async () => {
      redis.disconnect();
      await browser.close();
      await api.stop();
    });

    it('asks for one, shows what its scopes allow, and asks again once it is revoked', async () => {
      const keys = new ApiKeys(redis);
      const issued = await keys.create({ name: 'test', scopes: ['jobs:read'] }, { by: 'test' });
      const tab = await browser.open(management);
      const { page } = tab;
      const field = page.getByLabel('API key');
      await field.fill('stride_wrong');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByRole('alert').getByText('mistyped').waitFor();
      await tab.shoot('login');
      await field.fill(issued?.key ?? '');
      await page.keyboard.press('Enter');
      await page.getByText('No worker is running').waitFor();
      const links = page.getByRole('navigation', { name: 'Service' });
      expect(await links.getByRole('link', { name: 'Health' }).count()).toBe(1);
      expect(await links.getByRole('link', { name: 'Queues' }).count()).toBe(0);
      await page.reload(); // the cookie stays, the key is nowhere in the page
      await page.getByText('No worker is running').waitFor();
      expect(await page.evaluate('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })')).toBe(
        '{}',
      );
      await keys.revoke(issued?.id ?? '', { by: 'test' });
      await field.waitFor(); // by itself: the live feed ends
      expect(await tab.faults(['401', '/v1/live'])).toEqual([]);
    });

    it('shows what cancels, submits, uploads to keys alone that may', async () => {
      const keys = new ApiKeys(redis);
      const tab = await browser.open(management);
      const { page } = tab;
      const shown: Record<string, number[]> = {};
      for (const scopes of [['jobs:read'], ['jobs:read', 'jobs:write'], ['jobs:read', 'train']] as const) {
        const issued = await keys.create({ name: 'test', scopes: [...scopes] }, { by: 'test' });
        await page.getByLabel('API key').fill(issued?.key ?? '');
        await page.keyboard.press('Enter');
        await page.getByText('No worker is running').waitFor();
        await page.goto(`${management}/#/jobs`);
        await page.getByText('There is no sampling job yet').waitFor();
        const cancelling = await page.getByRole('button', { name: 'Cancel' }).count();
        await page.goto(`${management}/#/datasets`);
        await page.getByText('There is no dataset yet').waitFor();
        shown[scopes.join(' ')] = [cancelling, await page.getByRole('button', { name: 'Upload' }).count()];
        await page.goto(`${management}/#/`);
        await page.getByRole('button', { name: 'Log out' }).click();
      }
      expect(shown).toEqual({ 'jobs:read': [0, 0], 'jobs:read jobs:write': [1, 0], 'jobs:read train': [0, 1] });
      expect(await tab.faults(['401'])).toEqual([]);
    });
  },
);
