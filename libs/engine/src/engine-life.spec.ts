import { describe, expect, it } from 'vitest';
import { outputSize, CancelledError, type DdimError } from '#ddim';
import type { MacroStepFacts, RequestFacts } from './report/observer.js';
import { requestBytes } from './requests/request-bytes.js';
import { runFakeAlone, startVirtual } from '../testing/engines.js';
import { TINY_CONFIG, tinyRequest } from '../testing/requests.js';

/** One row of 100 steps: 110 ms of virtual time when it is alone. */
const longRequest = (overrides: Parameters<typeof tinyRequest>[0] = {}): ReturnType<typeof tinyRequest> =>
  tinyRequest({ rows: 1, options: { numInferenceSteps: 100 }, ...overrides });

describe('an arrival', () => {
  /** Waits, in ms, of a row of some class that comes while a thread is full of rows of class normal. */
  async function waitOf(priority: 'interactive' | 'bulk'): Promise<{ waitMs: number; longestCallMs: number }> {
    const waits = new Map<string, number>();
    let longestCallMs = 0;
    const { engine, host } = await startVirtual({
      threads: 1,
      maxBatchRows: 8,
      observer: {
        onRequest: ({ id, waitSeconds }) => waits.set(id, waitSeconds * 1e3),
        onMacroStep: ({ seconds }) => (longestCallMs = Math.max(longestCallMs, seconds * 1e3)),
      },
    });
    await host.until(engine.submit(tinyRequest()));
    const others = engine.submit(longRequest({ rows: 8, observations: new Float32Array(40) }));
    await host.until(host.sleep(30));
    const own = engine.submit(longRequest({ id: 'own', priority }));
    await host.until(Promise.all([others, own]));
    await host.until(engine.close());
    return { waitMs: waits.get('own') ?? NaN, longestCallMs };
  }

  it('of a better class joins a full batch at its next macro-step', async () => {
    const { waitMs, longestCallMs } = await waitOf('interactive');
    expect(waitMs).toBeLessThanOrEqual(longestCallMs);
  });

  it('of a lower class waits for its turn', async () => {
    const { waitMs, longestCallMs } = await waitOf('bulk');
    expect(waitMs).toBeGreaterThan(longestCallMs);
  });
});

describe('a cancelled request', () => {
  it('settles at once, and its rows leave with the macro-step they are in', async () => {
    const calls: Array<{ rows: number; slots: number; at: number; ms: number }> = [];
    const { engine, host } = await startVirtual({
      threads: 1,
      observer: {
        onMacroStep: ({ numRows, seconds }) =>
          calls.push({ rows: numRows, slots: engine.stats().slotsInUse, at: host.now(), ms: seconds * 1e3 }),
      },
    });
    await host.until(engine.submit(tinyRequest()));
    const controller = new AbortController();
    const rejected = expect(engine.submit(longRequest({ signal: controller.signal }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    const neighbour = longRequest({ seed: 2 });
    const kept = engine.submit(neighbour);
    await host.until(host.sleep(31)); // within a macro-step: they take 6 ms
    controller.abort();
    const abortedAt = host.now();
    await rejected;
    expect(engine.stats()).toMatchObject({ requests: 1, slotsInUse: 2 });
    expect((await host.until(kept)).actions).toEqual(await runFakeAlone(neighbour));
    const [last] = calls.filter(({ at }) => at > abortedAt);
    const [next] = calls.filter(({ at }) => at > last.at);
    expect(last).toMatchObject({ rows: 2, slots: 1 });
    expect(last.at - abortedAt).toBeLessThanOrEqual(last.ms);
    expect(next.rows).toBe(1);
    await host.until(engine.close());
  });

  it('is refused when its signal has been aborted before, with the reason of the signal', async () => {
    const { engine, host } = await startVirtual();
    const signal = AbortSignal.abort(new CancelledError('superseded'));
    await expect(engine.submit(tinyRequest({ signal }))).rejects.toMatchObject({ code: 'superseded' });
    await host.until(engine.close());
  });

  it('leaves no listener on its signal, however it ends', async () => {
    const { engine, host } = await startVirtual();
    const { signal } = new AbortController();
    let listeners = 0;
    const counting = new Proxy(signal, {
      get(target, name) {
        if (name === 'addEventListener') listeners += 1;
        if (name === 'removeEventListener') listeners -= 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    await host.until(engine.submit(tinyRequest({ signal: counting })));
    expect(listeners).toBe(0);
    await host.until(engine.close());
  });
});

describe('facts', () => {
  it('add up to the steps of all requests', async () => {
    const calls: MacroStepFacts[] = [];
    const requests: RequestFacts[] = [];
    const { engine, host } = await startVirtual({
      observer: { onMacroStep: (facts) => calls.push(facts), onRequest: (facts) => requests.push(facts) },
    });
    const all = [3, 50, 7].map((numInferenceSteps, seed) =>
      tinyRequest({ seed, rows: 5, options: { numInferenceSteps } }),
    );
    await host.until(Promise.all(all.map((request) => engine.submit(request))));
    expect(calls.reduce((sum, { rowSteps }) => sum + rowSteps, 0)).toBe(300);
    expect(requests.map(({ rowSteps, finishReason }) => [rowSteps, finishReason])).toEqual([
      [15, 'completed'],
      [35, 'completed'],
      [250, 'completed'],
    ]);
    await host.until(engine.close());
  });

  it('add up to the time in backend calls that all requests report of their rows', async () => {
    const calls: MacroStepFacts[] = [];
    const { engine, host } = await startVirtual({
      maxBatchRows: 8,
      observer: { onMacroStep: (facts) => calls.push(facts) },
    });
    const all = [
      { rows: 1, numInferenceSteps: 3 },
      { rows: 20, numInferenceSteps: 50 },
      { rows: 5, numInferenceSteps: 7 },
    ].map(({ rows, numInferenceSteps }, seed) => tinyRequest({ seed, rows, options: { numInferenceSteps } }));
    const results = await host.until(Promise.all(all.map((request) => engine.submit(request))));
    const counted = calls.reduce((sum, { numRows, seconds }) => sum + numRows * seconds, 0);
    const heard = results.reduce((sum, { denoiseSeconds }, i) => sum + all[i].rows * denoiseSeconds, 0);
    expect(heard).toBeCloseTo(counted, 9);
    for (const { denoiseSeconds, runSeconds } of results) expect(denoiseSeconds).toBeLessThanOrEqual(runSeconds + 1e-9);
    await host.until(engine.close());
  });
});

describe('a batch', () => {
  it.each([
    ['the backend', undefined, 256],
    ['the engine', 100, 100],
  ])('of bulk rows is as large as %s says', async (_who, maxBatchRows, expected) => {
    let largest = 0;
    const { engine, host } = await startVirtual({
      threads: 1,
      maxBatchRows,
      observer: { onMacroStep: ({ numRows }) => (largest = Math.max(largest, numRows)) },
    });
    await host.until(engine.submit(tinyRequest()));
    await host.until(engine.submit(tinyRequest({ rows: 300, samplesPerObservation: 300, priority: 'bulk' })));
    expect(largest).toBe(expected);
    await host.until(engine.close());
  });
});

describe('limits', () => {
  const config = { threads: 1, limits: { rows: 10, rowsPerRequest: 8, requestBytes: 10_000 } };

  it('name the number that was reached', async () => {
    const { engine, host } = await startVirtual(config);
    await expect(engine.submit(tinyRequest({ rows: 9 }))).rejects.toMatchObject({
      code: 'limit_exceeded',
      message: 'rows must be at most 8, got 9',
    });
    const first = engine.submit(tinyRequest({ rows: 8 }));
    await expect(engine.submit(tinyRequest({ rows: 3 }))).rejects.toMatchObject({
      code: 'engine_full',
      message: 'the engine holds at most 10 rows, this would make 11',
    });
    await host.until(first);
    await host.until(engine.close());
  });

  it('weigh states, inputs and results: what cannot fit is refused, what does not fit now is sent elsewhere', async () => {
    const request = tinyRequest({ rows: 3 });
    const bytes = requestBytes({
      rows: 3,
      outputSize: outputSize(TINY_CONFIG),
      conditionSize: TINY_CONFIG.hiddenSize,
      inputElements: request.observations.length,
    });
    const { engine, host } = await startVirtual({ ...config, limits: { ...config.limits, requestBytes: bytes } });
    await expect(host.until(engine.submit(tinyRequest({ rows: 4 })))).rejects.toMatchObject({ code: 'limit_exceeded' });
    const fitting = engine.submit(request);
    await expect(host.until(engine.submit(tinyRequest({ rows: 1 })))).rejects.toMatchObject({ code: 'engine_full' });
    await host.until(fitting);
    expect(engine.stats()).toMatchObject({ requests: 0, requestBytes: 0 });
    await host.until(engine.close());
  });

  it('leave room again when requests have ended', async () => {
    const { engine, host } = await startVirtual(config);
    for (let i = 0; i < 5; i++) await host.until(engine.submit(tinyRequest({ rows: 8, seed: i })));
    expect(engine.stats()).toMatchObject({ requests: 0, slotsInUse: 0, requestBytes: 0 });
    await host.until(engine.close());
  });
});

describe('admission', () => {
  it.each([
    ['observations', { observations: new Float32Array(3) }, 'shape_mismatch'],
    ['initialNoise', { initialNoise: new Float32Array(3) }, 'shape_mismatch'],
    [
      'samplesPerObservation',
      { rows: 3, samplesPerObservation: 2, observations: new Float32Array(5) },
      'validation_failed',
    ],
    ['seed', { seed: -1, observations: new Float32Array(10) }, 'validation_failed'],
    ['waitedMs', { waitedMs: Number.NaN, observations: new Float32Array(10) }, 'validation_failed'],
    ['initialActions', { options: { startTimestep: 100 } }, 'validation_failed'],
    ['precision', { precision: 'int8' as const }, 'unsupported_option'],
  ])('refuses wrong %s', async (_, overrides, code) => {
    const { engine, host } = await startVirtual();
    await expect(host.until(engine.submit(tinyRequest(overrides)))).rejects.toMatchObject({ code });
    expect(engine.stats()).toMatchObject({ requests: 0, requestBytes: 0 });
    await host.until(engine.close());
  });

  it('wants a batch for each thread and as much again, and nothing while it drains', async () => {
    const { engine, host } = await startVirtual({ maxBatchRows: 16 });
    expect(engine.rowsWanted).toBe(2 * 2 * 16);
    const closing = engine.close();
    expect(engine.rowsWanted).toBe(0);
    await host.until(closing);
  });
});

describe('draining', () => {
  it('lets requests run to their end and refuses new ones', async () => {
    const { engine, host } = await startVirtual();
    const running = engine.submit(longRequest());
    const draining = engine.drain(10_000);
    await expect(engine.submit(tinyRequest())).rejects.toMatchObject({ code: 'shutdown' });
    await host.until(draining);
    await expect(running).resolves.toBeDefined();
    expect(host.now()).toBeLessThan(1_000);
    await host.until(engine.close());
  });

  it('hands over at once what will not end in time, and does nothing more for it', async () => {
    const { engine, host } = await startVirtual({ threads: 1 });
    await host.until(engine.submit(tinyRequest({ id: 'loads the model' })));
    const short = engine.submit(longRequest({ id: 'short' }));
    const long = engine.submit(longRequest({ id: 'long', rows: 400 })).catch(({ code }: DdimError) => code);
    await host.until(host.sleep(1));
    const started = host.now();
    const draining = engine.drain(1_000);
    expect(await host.until(long)).toBe('shutdown');
    expect(host.now() - started).toBe(0);
    await host.until(draining);
    await expect(short).resolves.toBeDefined();
    await host.until(engine.close());
  });

  it('hands over at the deadline what has not ended', async () => {
    const { engine, host } = await startVirtual({ threads: 1 });
    const handedOver = expect(engine.submit(longRequest({ rows: 50 }))).rejects.toMatchObject({ code: 'shutdown' });
    const started = host.now();
    await host.until(engine.drain(20));
    expect(host.now() - started).toBe(20);
    await handedOver;
    await host.until(engine.close());
    expect(engine.stats()).toMatchObject({ status: 'closed', slotsInUse: 0 });
  });

  it('can be asked for twice, and closing more often', async () => {
    const { engine, host } = await startVirtual();
    void engine.submit(longRequest()).catch(() => {});
    await host.until(Promise.all([engine.drain(5_000), engine.drain(50), engine.close(), engine.close()]));
    expect(engine.stats().status).toBe('closed');
  });
});
