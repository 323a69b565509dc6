import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playedResult, playWorker, TestApi } from '../api/test-api.js';
import { ndarray, PolicyClient } from '../policies/policy-client.js';
import { redisAvailable } from '../redis.js';
import { noBrowser, TestBrowser } from './browser.js';

const infer = (stride?: object) => ({ state: ndarray([1, 2, 3]), ...(stride && { stride }) });

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The page of robots (${noBrowser ?? 'chromium'})`, () => {
  let api: TestApi;
  let browser: TestBrowser;
  let worker: Awaited<ReturnType<typeof playWorker>>;
  let gate: Promise<void> | undefined;
  beforeAll(async () => {
    [api, browser] = await Promise.all([TestApi.start(), TestBrowser.start()]);
    worker = await playWorker(api.redis.url, async ({ data }) => {
      await gate;
      return playedResult(data);
    });
  });
  afterAll(async () => {
    await browser.close();
    await worker.close();
    await api.stop();
  });

  it('shows a session while it lasts: its rate, delay, jumps, and what was superseded, late and dropped', async () => {
    const tab = await browser.open(api.url, '#/robots');
    await tab.page.getByText('No robot is connected').waitFor();
    const robot = await PolicyClient.connect(`${api.url}/v1/policies/tiny?fps=20&seed=3`);
    await robot.next();
    await robot.ask(infer());
    for (let i = 0; i < 5; i++) await robot.ask(infer({ executed_steps: 1, delay_steps: 1 }));

    let release: () => void = () => undefined;
    gate = new Promise((resolve) => (release = resolve));
    for (let i = 0; i < 4; i++) robot.send(infer()); // each takes the place of the one before
    for (let i = 0; i < 3; i++) await robot.next();
    release();
    gate = undefined;
    await robot.next();

    const cell = async (title: string) => {
      const titles = await tab.page.getByRole('region', { name: 'Sessions' }).getByRole('columnheader').allInnerTexts();
      const cells = await tab.page.getByRole('row', { name: /ses_/ }).getByRole('cell').allInnerTexts();
      return cells[titles.indexOf(title)];
    };
    await expect.poll(() => cell('Superseded'), { timeout: 20_000 }).toBe('3');
    await expect.poll(() => cell('Planned')).toBe('7');
    expect([await cell('Late'), await cell('Dropped'), await cell('Model')]).toEqual(['0', '0', 'tiny@1']);
    expect(await cell('Delay')).toMatch(/^[\d.]+ of \d$/);
    expect(await cell('Plans')).toMatch(/^[\d.]+ \/s$/);
    expect(await cell('Seam jump')).toMatch(/^[\d.]+, [\d.]+$/);
    await tab.shoot('robots');

    robot.close();
    await tab.page.getByText('No robot is connected').waitFor();
    expect(await tab.faults()).toEqual([]);
  });
});
