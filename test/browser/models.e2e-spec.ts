import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Model, SamplingJobPage } from '#contract';
import { initialParameters } from '#ddim';
import { ModelRegistry, openStore } from '#storage';
import { publishTinyModel, tinyConfig } from '../api/test-api.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { noBrowser, TestBrowser } from './browser.js';

describe.skipIf(!redisAvailable || noBrowser !== undefined)(`The page of models (${noBrowser ?? 'chromium'})`, () => {
  let stride: TestStride;
  let browser: TestBrowser;
  beforeAll(async () => {
    [stride, browser] = await Promise.all([TestStride.start(), TestBrowser.start()]);
    const store = `${stride.directory}/artifacts`;
    await publishTinyModel(store, 'tiny');
    await publishTinyModel(store, 'tiny', { parameters: initialParameters(tinyConfig, 2), conditionDropout: 0.1 });
  });
  afterAll(async () => {
    await browser.close();
    await stride.stop();
  });

  const model = async () => Model.parse(await (await fetch(`${stride.url}/v1/models/tiny`)).json());
  const jobs = async () =>
    SamplingJobPage.parse(await (await fetch(`${stride.url}/v1/sampling-jobs?limit=200`)).json()).items;

  it('lists the models, and sets and moves the aliases of one', async () => {
    const tab = await browser.open(stride.url, '#/models');
    const { page } = tab;
    await page.getByRole('link', { name: 'tiny' }).click();
    await page.getByRole('heading', { level: 1, name: 'tiny' }).waitFor();
    await page.getByRole('textbox', { name: 'New alias' }).fill('stable');
    await page.getByRole('button', { name: 'Set' }).click();
    await page.getByText('tiny@stable means version 2').waitFor();
    expect((await model()).aliases).toEqual({ stable: 2 });
    await page.getByLabel('Version of stable').selectOption('1');
    await page.getByText('tiny@stable means version 1').waitFor();
    expect((await model()).aliases).toEqual({ stable: 1 });
    await page.route('**/aliases/**', (route) => route.abort());
    await page.getByLabel('Version of stable').selectOption('2');
    await page.getByRole('alert').waitFor();
    expect(await tab.faults(['ERR_FAILED'])).toEqual([]);
    await tab.go('#/models');
    await page.getByText('stable → 1').waitFor();
    await tab.shoot('models');
  });

  it('draws while a slider moves, and a newer request takes the place of the one under way', async () => {
    const tab = await browser.open(stride.url, '#/models/tiny');
    const { page } = tab;
    await page.getByText('Move a slider').waitFor();
    expect(await jobs()).toEqual([]); // looking at a page samples nothing
    const drawing = page.getByRole('img', { name: 'Sampled actions' });
    await page.getByRole('slider', { name: 'Samples' }).fill('4');
    await drawing.locator('path').first().waitFor();
    await expect.poll(() => drawing.locator('svg').count()).toBe(4);
    const paths = () => drawing.locator('path').evaluateAll((all) => all.map((path) => path.outerHTML).join());
    const before = await paths();
    await page.getByRole('slider', { name: 'Seed' }).fill('7');
    await expect.poll(paths).not.toBe(before);
    await page.getByRole('slider', { name: 'Guidance' }).fill('2');
    for (const steps of ['100', '99', '98', '97', '3']) await page.getByRole('slider', { name: 'Steps' }).fill(steps);
    await expect
      .poll(async () => (await jobs())[0])
      .toMatchObject({ status: 'succeeded', seed: 7, progress: { totalSteps: 12 } });
    const keys = new Set((await jobs()).map(({ model: { name, version } }) => `${name}@${version}`));
    expect([...keys]).toEqual(['tiny@2']);
    await tab.shoot('model');
    expect(await tab.faults()).toEqual([]);
  });

  it('shows another version by its link, says what was not measured, and measures what steps cost', async () => {
    const tab = await browser.open(stride.url, '#/models/tiny?version=1');
    const { page } = tab;
    await page.getByRole('heading', { name: 'Version 1' }).waitFor();
    for (const precision of ['int8', 'bf16']) await page.getByText(`${precision} was not measured`).waitFor();
    expect(await page.getByRole('slider', { name: 'Guidance' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.getByRole('img', { name: /^Error against steps, relative to 100 steps/ }).waitFor();
    await tab.shoot('model-quality');
    expect(await tab.faults()).toEqual([]);
  });

  it('offers a precision up to the error that is allowed, asks for it, and says where no worker has it', async () => {
    const registry = new ModelRegistry(openStore(`${stride.directory}/artifacts`));
    const report = { rows: 64, numInferenceSteps: 10, largestDifference: 0.2, modeChangeRatio: 0, cpu: 'a CPU' };
    await registry.publish({
      name: 'rounded',
      model: await registry.load(await registry.resolve('tiny')),
      provenance: { source: 'import' },
      precisions: { int8: { ...report, relativeRms: 0.0512 }, bf16: { ...report, relativeRms: 0.0123 } },
    });
    const tab = await browser.open(stride.url, '#/models/rounded');
    const { page } = tab;
    const costs = page.getByRole('region', { name: 'Precision' }).getByRole('row');
    await costs.first().waitFor();
    expect((await costs.allInnerTexts()).slice(1).map((text) => text.split(/\s+/).join(' '))).toEqual([
      'float32 reference – – yes',
      'int8 5.12 % 0.20 0.00 % no',
      'bf16 1.23 % 0.20 0.00 % yes',
    ]);
    expect(await page.getByRole('checkbox').count()).toBe(1);
    await page.getByRole('checkbox', { name: 'bf16' }).check();
    await page.getByRole('alert').getByText('bf16_unavailable').waitFor();
    expect(await tab.faults(['status of 422'])).toEqual([]);
  });
});
