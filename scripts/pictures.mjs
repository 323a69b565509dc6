// npm run pictures [URL]: takes the dashboard's pictures of docs/images anew, beside a running `npm start`
// whose demonstration has trained the model pendigits. Needs chromium. The login is of the tests, in
// out/screenshots, and robots need robots. Look at each before it is committed.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { fail, root } from './setup.mjs';

const { findProgram } = await import('../dist/libs/system/src/index.js');
const { trainingRequest } = await import('../dist/examples/pendigits/training-request.js');

const url = process.argv[2] ?? 'http://127.0.0.1:3000';
const LOAD_MS = 60_000;
const TRAINING_MS = 120_000;
const AT_ONCE = 24;
const digit = (n) => Array.from({ length: 10 }, (_, i) => Number(i === n));
const request = { model: 'pendigits', observations: [digit(3)], samplesPerObservation: 12, seed: 5 };

const browser = await chromium.launch({ executablePath: findProgram('chromium'), args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
try {
  await page.goto(url);
  await underLoad(async () => {
    await sleep(LOAD_MS);
    await picture('now', '#/');
    await picture('jobs', '#/jobs', { shown: 'tr[data-job]' });
  });
  const ids = [];
  for (const numInferenceSteps of [20, 5])
    ids.push((await post('sampling-jobs', { ...request, numInferenceSteps, previewEvery: 1 })).id);
  await picture('job', `#/jobs/${ids[0]}`, { shown: '.macro-step', fullPage: true });
  await picture('two-jobs', `#/jobs/${ids.join('/')}`, { shown: 'article + article .macro-step', fullPage: true });
  const { training, ...rest } = trainingRequest(true);
  const sampling = { ...training, sampleEvery: training.steps / 10 };
  const { id } = await post('training-jobs', { ...rest, model: 'strokes', training: sampling });
  const hasEnded = async () => page.getByText('succeeded').waitFor({ timeout: TRAINING_MS });
  await picture('training', `#/trainings/${id}`, { shown: '.u-legend', fullPage: true, prepare: hasEnded });
  await page.setViewportSize({ width: 1_280, height: 1_260 }); // what lies below is a long list of settings
  const prepare = async () => {
    await page.getByRole('button', { name: 'Measure' }).click();
    await page.locator('.u-legend').waitFor();
    await page.getByRole('button', { name: 'Take' }).click();
    await page.locator('.paths svg').first().waitFor();
  };
  await picture('model', '#/models/pendigits', { shown: 'form button', prepare });
  await picture('dataset', '#/datasets/pendigits', { shown: '.histogram', fullPage: true });
} catch (error) {
  fail(error.stack);
} finally {
  await browser.close();
}

/** Keeps so many clients busy while something is done. */
async function underLoad(act) {
  let isOver = false;
  const client = async (_, i) => {
    while (!isOver) await post('sampling-jobs', { ...request, observations: [digit(i % 10)], seed: i }, 'wait=10');
  };
  const clients = Array.from({ length: AT_ONCE }, client);
  await act();
  isOver = true;
  await Promise.all(clients);
}

async function picture(name, hash, { shown = '.stat', fullPage = false, prepare = async () => {} } = {}) {
  await page.goto(new URL(hash, url).href);
  await page.locator(shown).first().waitFor();
  await prepare();
  await sleep(1_500); // what is asked for a second time has come, too
  await page.screenshot({ path: join(root, `docs/images/dashboard-${name}.png`), fullPage });
  console.log(`docs/images/dashboard-${name}.png`);
}

async function post(path, body, prefer = 'respond-async') {
  const headers = { 'Content-Type': 'application/json', Prefer: prefer };
  const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
