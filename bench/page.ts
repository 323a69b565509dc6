/**
 * What the dashboard costs a browser and the API: first paint and readiness with a CPU four times as slow, 20
 * updates a second without dropped frames on a CPU as it is and on one four times as slow, and 50 open tabs.
 * Needs chromium. Run: node dist/bench/page.js
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { findProgram, StrideSystem } from '#system';
import { describeMachine, median, printMachine, writeReport } from './machine.js';
import { drawnFrames, type DrawnFrames } from './page/drawn-frames.js';
import { quickFeed } from './page/quick-feed.js';

const SLOWER = 4;
const LOADS = 7;
const UPDATES_PER_SECOND = 20;
const UPDATING_MS = 10_000;
const TABS = 50;
const WATCHING_MS = 30_000;
const AIMS = {
  scriptsKB: 60,
  firstPaintMs: 1_000,
  interactiveMs: 1_500,
  droppedFrames: 0,
  droppedFramesSlower: 0,
  coreRatio: 0.05,
};

/** Ready is the page when its last long task before the figures stand is over. */
const LONG_TASKS = `globalThis.longTasks = [];
new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((task) => task.startTime + task.duration)))
  .observe({ type: 'longtask', buffered: true });`;

const Load = z.object({ firstPaintMs: z.number(), interactiveMs: z.number() });

const machine = describeMachine();
printMachine(machine);
const directory = mkdtempSync(join(tmpdir(), 'stride-bench-page-'));
const browser = await chromium.launch({ executablePath: findProgram('chromium'), args: ['--no-sandbox'] });
const system = await StrideSystem.start({
  port: 0,
  numWorkers: 1,
  dataDirectory: directory,
  redisUrl: undefined,
  onNotice: () => undefined,
});
try {
  const loads: z.output<typeof Load>[] = [];
  for (let i = 0; i < LOADS; i++) loads.push(await load(browser));
  const results = {
    scriptsKB: scriptsKB(),
    firstPaintMs: median(loads.map(({ firstPaintMs }) => firstPaintMs)),
    interactiveMs: median(loads.map(({ interactiveMs }) => interactiveMs)),
    ...framesIn(await updates(browser, 1)),
    ...framesIn(await updates(browser, SLOWER), 'Slower'),
    ...(await openTabs()),
  };
  for (const [name, value] of Object.entries(results)) {
    const aim = new Map<string, number>(Object.entries(AIMS)).get(name);
    console.log(`${name.padEnd(24)} ${value.toFixed(3).padStart(10)}${aim === undefined ? '' : `   aim ${aim}`}`);
  }
  writeReport('page', { machine, loads, results });
} finally {
  await browser.close();
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
}

function framesIn({ presented, dropped, late, taskSeconds }: DrawnFrames, suffix = ''): Record<string, number> {
  return {
    [`presentedFrames${suffix}`]: presented,
    [`droppedFrames${suffix}`]: dropped,
    [`lateFrames${suffix}`]: late,
    [`msPerUpdate${suffix}`]: taskSeconds / ((UPDATES_PER_SECOND * UPDATING_MS) / 1e6),
  };
}

function scriptsKB(): number {
  const assets = 'dist/dashboard/assets';
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
  return scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length / 1_000, 0);
}

/** One load with an empty cache. */
async function load(from: Browser): Promise<z.output<typeof Load>> {
  const page = await from.newPage();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.addInitScript(LONG_TASKS);
  await page.goto(system.apiUrl);
  await page.locator('.stat').first().waitFor();
  const shownAt: unknown = await page.evaluate('performance.now()');
  await sleep(1_000); // what comes after is the feed's
  const times = await page.evaluate(`({
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    interactiveMs: Math.max(performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart,
      ...longTasks.filter((end) => end < ${String(shownAt)} + 500)),
  })`);
  await page.context().close();
  return Load.parse(times);
}

/** What the browser draws while the page gets its updates, on a CPU so many times as slow. */
async function updates(from: Browser, slower: number): Promise<DrawnFrames> {
  const page = await from.newPage();
  const faults: Error[] = [];
  page.on('pageerror', (error) => faults.push(error));
  await page.addInitScript(quickFeed(1_000 / UPDATES_PER_SECOND));
  await page.goto(system.apiUrl);
  await page.locator('.stat').first().waitFor();
  await page.getByRole('region', { name: 'Workers' }).waitFor();
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  const frames = await drawnFrames(session, async () => {
    await sleep(UPDATING_MS);
  });
  await page.context().close();
  if (faults.length > 0) throw new AggregateError(faults, 'the page failed');
  return frames;
}

/** CPU of the API while so many tabs show Now, beyond what it takes without them. */
async function openTabs(): Promise<{ idleCoreRatio: number; coreRatio: number }> {
  const idleCoreRatio = await coreRatio();
  const ended = new AbortController();
  const streams = Array.from({ length: TABS }, async () => {
    const { body } = await fetch(`${system.apiUrl}/v1/live`, { signal: ended.signal });
    await body?.pipeTo(new WritableStream()).catch(() => undefined); // until it is ended here
  });
  await sleep(2_000);
  const watched = await coreRatio();
  ended.abort();
  await Promise.allSettled(streams);
  return { idleCoreRatio, coreRatio: watched - idleCoreRatio };
}

async function coreRatio(): Promise<number> {
  const [before, startedAt] = [await cpuSeconds(), performance.now()];
  await sleep(WATCHING_MS);
  return ((await cpuSeconds()) - before) / ((performance.now() - startedAt) / 1_000);
}

async function cpuSeconds(): Promise<number> {
  const text = await (await fetch(`${system.operatorsUrls[0]}/metrics`)).text();
  return Number(/^\w*process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1]);
}
