/**
 * What the dashboard costs a browser and the API: first paint and readiness with a CPU four times as slow, 20
 * updates a second without dropped frames, and 50 open tabs. Needs chromium. Run: node dist/bench/page.js
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type CDPSession } from 'playwright-core';
import { z } from 'zod';
import { findProgram, StrideSystem } from '#system';
import { describeMachine, median, printMachine, writeReport } from './machine.js';

const SLOWER = 4;
const LOADS = 7;
const UPDATES_PER_SECOND = 20;
const UPDATING_MS = 10_000;
const TABS = 50;
const WATCHING_MS = 30_000;
const AIMS = { scriptsKB: 60, firstPaintMs: 1_000, interactiveMs: 1_500, droppedFrames: 0, coreRatio: 0.05 };

/** A feed that says something new as often as asked, in place of the service's one per second. */
const QUICK_FEED = `globalThis.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() {
    super();
    const send = () => this.dispatchEvent(new MessageEvent('snapshot', { data: JSON.stringify(globalThis.nextSnapshot()) }));
    setTimeout(send);
    this.timer = setInterval(send, ${1_000 / UPDATES_PER_SECOND});
  }
  close() { clearInterval(this.timer); }
};
globalThis.nextSnapshot = () => {
  const next = () => 1 + Math.random();
  const steps = () => ({ p50: next() / 1e3, p95: next() / 200, p99: next() / 100 });
  const waiting = () => ({ jobs: Math.floor(100 * next()), oldestSeconds: next() });
  const queue = () => ({ active: 1, delayed: 0, waiting: { interactive: waiting(), normal: waiting(), bulk: waiting() } });
  const worker = (id) => ({ id, host: id, startedAt: '', lastHeartbeatAt: '', queues: [], status: 'running', pauses: [],
    backend: 'onnx', provider: 'cpu', device: 'cpu', precisions: ['float32'], jobsRunning: 1, rowsRunning: 64,
    rowsWaiting: 0, seconds: 10, rowStepsPerSecond: 1e4 * next(), samplesPerSecond: 200 * next(), rowsPerStep: 60 * next(),
    stepSeconds: steps(), threads: [0, 1].map((thread) => ({ thread, status: 'busy', occupancyRatio: Math.random() })),
    loadRatio: Math.random() });
  return { at: '', samplesPerSecond: 900 * next(), rowStepsPerSecond: 1e4 * next(), rowsPerStep: 60 * next(),
    stepSeconds: steps(), rowsRunning: 128, rowsWaiting: 7, workersLive: 8, queues: { sampling: queue(), training: queue() },
    workers: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(worker) };
};`;

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
    ...(await updates(browser)),
    ...(await openTabs()),
  };
  for (const [name, value] of Object.entries(results)) {
    const aim = new Map<string, number>(Object.entries(AIMS)).get(name);
    console.log(`${name.padEnd(20)} ${value.toFixed(3).padStart(10)}${aim === undefined ? '' : `   aim ${aim}`}`);
  }
  writeReport('page', { machine, loads, results });
} finally {
  await browser.close();
  await system.stop();
  rmSync(directory, { recursive: true, force: true });
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

/** Frames that the browser itself calls dropped while the page gets its updates. */
async function updates(from: Browser): Promise<{ droppedFrames: number; drawnFrames: number; slowestFrameMs: number }> {
  const page = await from.newPage();
  await page.addInitScript(QUICK_FEED);
  await page.goto(system.apiUrl);
  await page.locator('.stat').first().waitFor();
  const session = await page.context().newCDPSession(page);
  const names: string[] = [];
  session.on('Tracing.dataCollected', ({ value }) =>
    names.push(...value.map((event) => String(Reflect.get(event, 'name')))),
  );
  await session.send('Tracing.start', {
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline.frame', 'devtools.timeline.frame'] },
  });
  const slowestFrameMs: unknown = await page.evaluate(`new Promise((resolve) => {
    let slowest = 0, last = performance.now();
    const end = last + ${UPDATING_MS};
    const frame = (now) => {
      slowest = Math.max(slowest, now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame); else resolve(slowest);
    };
    requestAnimationFrame(frame);
  })`);
  await endTracing(session);
  await page.context().close();
  const count = (name: string) => names.filter((other) => other === name).length;
  return {
    droppedFrames: count('DroppedFrame'),
    drawnFrames: count('DrawFrame'),
    slowestFrameMs: Number(slowestFrameMs),
  };
}

async function endTracing(session: CDPSession): Promise<void> {
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
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
