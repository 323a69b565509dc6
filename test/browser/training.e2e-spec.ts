import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { found, waitForTrainingJob } from '#client';
import { trainingRequest, uploadTinyDataset } from '../e2e/tiny-model.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { noBrowser, TestBrowser } from './browser.js';

const STEPS = 500;

describe.skipIf(!redisAvailable || noBrowser !== undefined)('The page of trainings', () => {
  let stride: TestStride;
  let browser: TestBrowser;
  beforeAll(async () => {
    [stride, browser] = await Promise.all([TestStride.start(), TestBrowser.start()]);
    await uploadTinyDataset(stride.client);
  });
  afterAll(async () => {
    await browser.close();
    await stride.stop();
  });

  const train = async (model: string) => {
    const { training, ...rest } = trainingRequest({ model, hiddenSize: 64, steps: STEPS, checkpointEverySteps: 100 });
    const body = { ...rest, training: { ...training, sampleEvery: 50, keepBest: true } };
    return found(await stride.client.POST('/v1/training-jobs', { body })).id;
  };

  it('shows a run live, pauses it, lets it go on, and says what it has made', async () => {
    const id = await train('robot');
    const tab = await browser.open(stride.url, `#/trainings/${id}`);
    const { page } = tab;
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByRole('img', { name: /Rows drawn after update \d+/ }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    await tab.shoot('training-paused');
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText(`It ended after ${STEPS} updates`).waitFor();
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByText(`${STEPS}`, { exact: true }).first().waitFor();
    await tab.shoot('training');
    expect(await tab.faults()).toEqual([]);
  });

  it('cancels a run, and shows several in one plot', async () => {
    const [first, second] = [await train('first'), await train('second')];
    await waitForTrainingJob(stride.client, first);
    const tab = await browser.open(stride.url, `#/trainings/${second}`);
    await tab.page.getByRole('button', { name: 'Cancel' }).click();
    await tab.page.getByText('cancelled on request').waitFor();
    await tab.go('#/trainings');
    for (const id of [first, second]) await tab.page.getByLabel(`Compare ${id}`).check();
    await tab.shoot('trainings');
    await tab.page.getByRole('link', { name: 'Compare 2 runs' }).click();
    await tab.page.getByRole('heading', { name: '2 training runs' }).waitFor();
    await tab.page.getByText(`loss …${second.slice(-6)}`).waitFor();
    await tab.shoot('trainings-compared');
    expect(await tab.faults()).toEqual([]);
  });
});
