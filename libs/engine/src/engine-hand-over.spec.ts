import { describe, expect, it } from 'vitest';
import { CancelledError } from '#ddim';
import { Engine } from './engine.js';
import type { MacroStepFacts } from './report/observer.js';
import type { EnginePreview, EngineProgress, EngineRequest } from './requests/request.js';
import { HandedOverError } from './requests/handed-over-error.js';
import type { RowProgress } from './requests/row-progress.js';
import { fakeEngineOptions, runFakeAlone, startVirtual } from '../testing/engines.js';
import { mixedRequests, tinyRequest } from '../testing/requests.js';

/** The finished actions, or how far it had come; undefined when it had not begun. */
async function outcome(engine: Engine, request: EngineRequest): Promise<Float32Array | RowProgress | undefined> {
  try {
    return (await engine.submit(request)).actions;
  } catch (error) {
    if (error instanceof HandedOverError) return error.progress;
    if (error instanceof CancelledError && error.reason === 'shutdown') return undefined;
    throw error;
  }
}

/** Runs requests to their ends, on one engine after the other: each is drained after so many row-steps. */
async function relay(requests: readonly EngineRequest[], rowStepsEach: number) {
  const results = new Map<EngineRequest, Float32Array>();
  const progress = new Map<EngineRequest, RowProgress>();
  let engines = 0;
  let rowSteps = 0;
  while (results.size < requests.length) {
    engines += 1;
    const until = engines * rowStepsEach;
    let drain: () => void = () => {};
    const onMacroStep = (facts: MacroStepFacts): void => {
      rowSteps += facts.rowSteps;
      if (rowSteps >= until) drain();
    };
    const { engine, host } = await startVirtual({ observer: { onMacroStep } }, { messageMs: 1 });
    const draining = new Promise<void>((resolve) => {
      drain = () => resolve(engine.drain(0));
    });
    const left = requests.filter((request) => !results.has(request));
    const ends = left.map(async (request) => {
      const end = await outcome(engine, { ...request, resumeFrom: progress.get(request) });
      if (end instanceof Float32Array) results.set(request, end);
      else if (end) progress.set(request, end);
    });
    await host.until(Promise.race([draining, Promise.all(ends)]));
    await host.until(engine.close());
    await Promise.all(ends);
    expect(engine.stats()).toMatchObject({ requests: 0, requestBytes: 0, slotsInUse: 0 });
  }
  return { results, engines, rowSteps };
}

const long = (overrides: Parameters<typeof tinyRequest>[0] = {}) =>
  tinyRequest({ rows: 3, options: { numInferenceSteps: 200 }, ...overrides });

/** How far a request of many rows has come when its engine is drained in the middle. */
async function halfway(request: EngineRequest): Promise<RowProgress> {
  const { engine, host } = await startVirtual({ threads: 1 });
  const running = outcome(engine, request);
  await host.until(host.sleep(100));
  await host.until(engine.drain(0));
  const end = await host.until(running);
  await host.until(engine.close());
  if (end === undefined || end instanceof Float32Array) throw new Error('it is in the middle by then');
  return end;
}

/** Runs a request to its end on an engine of its own. */
async function toEnd(request: EngineRequest, provider = 'virtual') {
  let rowSteps = 0;
  const { engine, host } = await startVirtual(
    { threads: 1, observer: { onMacroStep: (facts) => (rowSteps += facts.rowSteps) } },
    { provider },
  );
  const { actions } = await host.until(engine.submit(request));
  await host.until(engine.close());
  return { actions, rowSteps };
}

describe('a request that is handed over', () => {
  it.each([300, 1_000])(
    'has the bytes it has alone, with an engine for every %i row-steps and any options',
    async (each) => {
      const requests = mixedRequests(26);
      const { results, engines } = await relay(requests, each);
      expect(engines).toBeGreaterThan(3);
      for (const request of requests) expect(results.get(request), request.id).toEqual(await runFakeAlone(request));
    },
  );

  it('loses at most the macro-step that its threads are in', async () => {
    const requests = Array.from({ length: 16 }, (_, seed) => long({ seed }));
    const { rowSteps, engines } = await relay(requests, 1_500);
    const needed = 16 * 3 * 200;
    const mostStepsPerCall = 10;
    expect(rowSteps).toBeGreaterThanOrEqual(needed);
    expect(rowSteps - needed).toBeLessThanOrEqual((engines - 1) * 16 * 3 * mostStepsPerCall);
  });

  it('goes on from what another engine has left, and from nothing that does not fit or was computed otherwise', async () => {
    const request = long({ options: { numInferenceSteps: 200, eta: 1 } });
    const expected = await runFakeAlone(request);
    const progress = await halfway(request);
    const done = progress.steps.reduce((sum, step) => sum + step, 0);
    expect(done).toBeGreaterThan(0);
    const resumed = await toEnd({ ...request, resumeFrom: progress });
    expect(resumed).toEqual({ actions: expected, rowSteps: 600 - done });
    const { steps, states } = progress;
    const unfit: RowProgress[] = [
      { ...progress, steps: Int32Array.from([...steps, 1, 1]) },
      { ...progress, steps: steps.map(() => 201) },
      { ...progress, steps: steps.map(() => -1) },
      { ...progress, states: states.slice(1) },
      { ...progress, states: states.map(() => NaN) },
    ];
    for (const resumeFrom of unfit)
      expect(await toEnd({ ...request, resumeFrom })).toEqual({ actions: expected, rowSteps: 600 });
    expect(await toEnd({ ...request, resumeFrom: progress }, 'other')).toEqual({ actions: expected, rowSteps: 600 });
  });

  it('is complete at once when nothing was left to do', async () => {
    const request = tinyRequest();
    const { actions } = await toEnd(request);
    const { arithmetic } = await halfway(long());
    const resumeFrom = { arithmetic, steps: Int32Array.of(10, 10), states: actions, rowSeconds: 0.5 };
    expect(await toEnd({ ...request, resumeFrom })).toEqual({ actions, rowSteps: 0 });
  });

  it('reports progress and previews that never go back, and the time left by its own speed', async () => {
    const progress: EngineProgress[] = [];
    const previews: EnginePreview[] = [];
    const request = long({
      options: { numInferenceSteps: 250 },
      previewEvery: 10,
      onProgress: (state) => progress.push(state),
      onPreview: (preview) => previews.push(preview),
    });
    let resumeFrom: RowProgress | undefined;
    for (let engines = 0; engines < 3; engines++) {
      const { engine, host } = await startVirtual(
        { threads: 1 },
        { macroStepMs: ({ stepsPerCall }) => 10 * stepsPerCall },
      );
      const running = outcome(engine, { ...request, resumeFrom });
      await host.until(host.sleep(engines === 2 ? 10_000 : 800));
      await host.until(engine.close());
      const end = await host.until(running);
      if (end instanceof Float32Array) expect(end).toEqual(await runFakeAlone(request));
      else resumeFrom = end;
    }
    const done = progress.map(({ completedSteps }) => completedSteps);
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual([...new Set(done)].toSorted((left, right) => left - right));
    const steps = previews.map(({ step }) => step);
    expect(steps).toEqual([...new Set(steps)].toSorted((left, right) => left - right));
    for (const { completedSteps, secondsLeft } of progress)
      expect(secondsLeft).toBeCloseTo((750 - completedSteps) / 300, 0);
  });

  it('of real threads has the bytes it has alone', async () => {
    const requests = mixedRequests(26, { model: 'fake@takes-time' });
    const first = await Engine.start(fakeEngineOptions());
    const running = requests.map((request) => outcome(first, request));
    await running[0]; // of one step: by its end the others have begun
    await first.close();
    const ends = await Promise.all(running);
    const left = requests.map((request, i) => ({ request, end: ends[i] }));
    expect(left.filter(({ end }) => end && !(end instanceof Float32Array)).length).toBeGreaterThan(0);
    const second = await Engine.start(fakeEngineOptions());
    const results = left.map(({ request, end }) =>
      end instanceof Float32Array ? end : outcome(second, { ...request, resumeFrom: end }),
    );
    for (const [i, request] of requests.entries()) expect(await results[i]).toEqual(await runFakeAlone(request));
    await second.close();
  });
});
