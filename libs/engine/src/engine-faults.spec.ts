import { describe, expect, it } from 'vitest';
import { DdimError } from '#ddim';
import { Engine } from './engine.js';
import type { ThreadFacts } from './report/observer.js';
import type { EngineRequest } from './requests/request.js';
import { fakeEngineOptions, fakeModel, poisonedRequest, runFakeAlone } from '../testing/engines.js';
import { mixedRequests, tinyRequest } from '../testing/requests.js';

/** Code of the error that a request ends with, or its actions. */
async function outcome(engine: Engine, request: EngineRequest): Promise<string | Float32Array> {
  try {
    return (await engine.submit(request)).actions;
  } catch (error) {
    if (error instanceof DdimError) return error.code;
    throw error;
  }
}

/**
 * Runs innocent requests beside guilty ones; innocent ones must not notice. @returns what became of the
 * guilty
 */
async function runBeside(
  model: string,
  guilty: readonly EngineRequest[],
  options: Parameters<typeof fakeEngineOptions>[0] = {},
): Promise<Array<string | Float32Array>> {
  const engine = await Engine.start(fakeEngineOptions(options));
  const innocent = mixedRequests(26, { mostSteps: 60, model }).filter(({ initialNoise }) => !initialNoise);
  const [results, outcomes] = await Promise.all([
    Promise.all(innocent.map((request) => outcome(engine, request))),
    Promise.all(guilty.map((request) => outcome(engine, request))),
  ]);
  expect(engine.stats()).toMatchObject({ requests: 0, slotsInUse: 0, requestBytes: 0, status: 'running' });
  await engine.close();
  for (const [i, request] of innocent.entries()) expect(results[i], request.id).toEqual(await runFakeAlone(request));
  return outcomes;
}

describe('an engine whose backend fails', { timeout: 30_000 }, () => {
  it('repeats a rejected macro-step by halves, and nobody notices', async () => {
    expect(await runBeside('fake@third-call-rejects', [])).toEqual([]);
  });

  it('fails exactly the request whose row is rejected alone', async () => {
    const guilty = [
      poisonedRequest({ model: 'fake@poison-rejects' }),
      poisonedRequest({ model: 'fake@poison-rejects', rows: 9 }),
    ];
    expect(await runBeside('fake@poison-rejects', guilty)).toEqual(['backend_error', 'backend_error']);
  });

  it('fails exactly the request whose row is no longer finite, and names row and step', async () => {
    const model = 'fake@poison-is-not-finite';
    expect(await runBeside(model, [poisonedRequest({ model, rows: 3 })])).toEqual(['non_finite_result']);
    const engine = await Engine.start(fakeEngineOptions());
    await expect(engine.submit(poisonedRequest({ model }))).rejects.toThrow(
      /^row 0 is no longer finite after step \d+$/,
    );
    await engine.close();
  });

  it('fails all requests of a model that is always rejected, and of no other', async () => {
    const guilty = [1, 2, 3].map((seed) => tinyRequest({ seed, rows: 5, model: 'fake@always-rejects' }));
    expect(await runBeside('tiny@1', guilty)).toEqual(Array(3).fill('backend_error'));
  });

  it('halves the batch when the device runs out of memory', async () => {
    expect(await runBeside('fake@out-of-memory', [])).toEqual([]);
  });

  it('resumes the rows of a thread that dies from their last complete state', async () => {
    const facts: ThreadFacts[] = [];
    expect(
      await runBeside('fake@tenth-call-kills', [], { observer: { onThread: (fact) => facts.push(fact) } }),
    ).toEqual([]);
    expect(facts.filter(({ event }) => event === 'died').map(({ reason }) => reason)).toEqual(['the tenth call']);
  });

  it('blames the row that is alone when its thread dies for the second time', async () => {
    const model = 'fake@poison-kills';
    expect(await runBeside(model, [poisonedRequest({ model })])).toEqual(['poisonous_job']);
  });

  it('gives up after three deaths within a minute, and blames only the requests that were there', async () => {
    const model = 'fake@poison-kills';
    const engine = await Engine.start(fakeEngineOptions({ threads: 1 }));
    // dies with its rows together, and again with the guilty one alone
    expect(await outcome(engine, poisonedRequest({ model, rows: 4 }))).toBe('poisonous_job');
    const [third, other] = await Promise.all([
      outcome(engine, poisonedRequest({ model, seed: 1, rows: 4 })),
      outcome(engine, tinyRequest({ rows: 4 })),
    ]);
    expect(third).toBe('engine_failed');
    expect(other).not.toBe('engine_failed');
    expect(engine.stats().status).toBe('failed');
    await expect(engine.lost).resolves.toMatchObject({ status: 'failed', culprit: undefined });
    await expect(engine.submit(tinyRequest())).rejects.toMatchObject({ code: 'shutdown' });
    await engine.close();
  });

  it('fails the requests of a model that does not load, and remembers it', async () => {
    const model = 'fake@load-fails';
    let loads = 0;
    const loadModel = (version: string): Promise<ReturnType<typeof fakeModel>> => {
      if (version === model) loads += 1;
      return Promise.resolve(fakeModel(version));
    };
    const guilty = [tinyRequest({ model }), tinyRequest({ model, seed: 2 })];
    expect(await runBeside('tiny@1', guilty, { loadModel })).toEqual(['model_load_failed', 'model_load_failed']);
    const engine = await Engine.start(fakeEngineOptions({ loadModel }));
    loads = 0;
    expect(await outcome(engine, tinyRequest({ model }))).toBe('model_load_failed');
    expect(await outcome(engine, tinyRequest({ model }))).toBe('model_load_failed');
    expect(loads).toBe(1);
    await engine.close();
  });

  it('fails the requests of a model that cannot be fetched', async () => {
    const loadModel = (version: string): Promise<ReturnType<typeof fakeModel>> =>
      version === 'gone@1' ? Promise.reject(new Error('no such file')) : Promise.resolve(fakeModel(version));
    expect(await runBeside('tiny@1', [tinyRequest({ model: 'gone@1' })], { loadModel })).toEqual(['model_load_failed']);
  });

  it('runs other models while one loads slowly', async () => {
    const engine = await Engine.start(fakeEngineOptions());
    const order: string[] = [];
    await engine.submit(tinyRequest({ rows: 8 }));
    const slow = engine.submit(tinyRequest({ model: 'fake@load-slowly' })).then(() => order.push('slow'));
    await engine.submit(tinyRequest()).then(() => order.push('fast'));
    await slow;
    expect(order).toEqual(['fast', 'slow']);
    await engine.close();
  });

  it('does not start on a backend that does not start', async () => {
    const backend = { providers: ['broken'] };
    await expect(Engine.start(fakeEngineOptions({ backend }))).rejects.toMatchObject({ code: 'backend_error' });
  });

  it('counts what observers and callbacks throw, and goes on', async () => {
    const throwing = (): never => {
      throw new Error('not the engine');
    };
    const engine = await Engine.start(fakeEngineOptions({ observer: { onMacroStep: throwing, onRequest: throwing } }));
    const request = tinyRequest({ onProgress: throwing });
    expect(await outcome(engine, request)).toEqual(await runFakeAlone(request));
    expect(engine.stats().observerErrors).toBeGreaterThanOrEqual(2);
    await engine.close();
  });
});
