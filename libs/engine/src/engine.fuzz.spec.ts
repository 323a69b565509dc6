import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  constant,
  integer,
  oneof,
  record,
  type Arbitrary,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DdimError, type MlpDenoiserConfig, type Priority } from '#ddim';
import { Engine } from './engine.js';
import type { MacroStepFacts, RequestFacts } from './report/observer.js';
import type { EngineRequest } from './requests/request.js';
import { FakeDenoiser } from '../testing/fake-denoiser.js';
import { TINY_CONFIG, tinyModel, tinyRequest } from '../testing/requests.js';
import { runAlone } from '../testing/row-alone.js';
import { VirtualHost } from '../testing/virtual-host.js';

const CONFIG: MlpDenoiserConfig = {
  ...TINY_CONFIG,
  obsSize: 1,
  actionDim: 2,
  actionHorizon: 1,
  hiddenSize: 2,
  numLayers: 1,
};
/** 10,000 requests overall. */
const MOST_REQUESTS = 200;
const RUNS = 100;

/** Nothing mostly, and else the value, once in so many times. */
function rarely<Value>(value: Arbitrary<Value>, times: number): Arbitrary<Value | undefined> {
  return oneof({ arbitrary: constant(undefined), weight: times - 1 }, { arbitrary: value, weight: 1 });
}

/** What happens to one request; times in ms of virtual time. */
const arrival = record({
  at: integer({ min: 0, max: 2_000 }),
  rows: integer({ min: 1, max: 12 }),
  steps: integer({ min: 1, max: 25 }),
  eta: constantFrom(0, 0, 0, 1),
  isRaw: integer({ min: 0, max: 9 }).map((n) => n === 0),
  priority: constantFrom<Priority>('interactive', 'normal', 'bulk'),
  apiKeyId: constantFrom(undefined, 'a', 'b'),
  deadline: rarely(integer({ min: 0, max: 400 }), 6),
  cancelAfter: rarely(integer({ min: 0, max: 60 }), 8),
  isSolo: rarely(constantFrom(true), 40),
});

const scenario = record({
  arrivals: array(arrival, { minLength: 1, maxLength: MOST_REQUESTS, size: 'max' }),
  threads: integer({ min: 1, max: 3 }),
  maxBatchRows: constantFrom(1, 7, 64),
  hurry: constantFrom(1, 10),
  slowness: constantFrom(0.2, 1, 5),
  rejectEvery: constantFrom(Infinity, 5, 17),
  withSolos: constantFrom(false, false, true),
  kills: array(integer({ min: 0, max: 2_500 }), { maxLength: 2 }),
});

type Arrival = ReturnType<(typeof arrival)['generate']>['value'];

describe('an engine in virtual time', () => {
  it('settles each request once, with its own bytes or a reason, and holds nothing at the end', async () => {
    await assert(
      asyncProperty(
        scenario,
        async ({ arrivals, threads, maxBatchRows, hurry, slowness, rejectEvery, withSolos, kills }) => {
          const calls = new Map<number, number>();
          const idleBesideWork: number[] = [];
          const host = new VirtualHost({
            macroStepMs: ({ numRows, stepsPerCall }) => slowness * stepsPerCall * (0.15 + 0.05 * numRows),
            fate: ({ x }, thread) => {
              if (x.every((value) => value === 0)) return 'runs'; // a load that measures itself
              const count = (calls.get(thread) ?? 0) + 1;
              calls.set(thread, count);
              return count % rejectEvery === 0 ? 'rejects' : 'runs';
            },
            onQuiet: () => {
              if (!withSolos && hasIdleThreadBesideRow(engine, host)) idleBesideWork.push(host.now());
            },
          });
          const finished: RequestFacts[] = [];
          const macroSteps: MacroStepFacts[] = [];
          let engine: Engine | undefined;
          engine = await host.until(
            Engine.start(
              {
                backendModule: 'virtual:',
                backend: { providers: [] },
                threads,
                maxBatchRows,
                modelMemoryBytes: 2 ** 30,
                loadModel: (version) => Promise.resolve(tinyModel(version, CONFIG)),
                observer: {
                  onRequest: (facts) => finished.push(facts),
                  onMacroStep: (facts) => macroSteps.push(facts),
                },
              },
              host,
            ),
          );
          for (const at of kills)
            host.after(at, () => host.threads.findLast(({ rowsHeld }) => rowsHeld > 0)?.kill('killed'));
          const outcomes = await host.until(
            Promise.all(
              arrivals.map((event, seed) =>
                live(
                  engine,
                  host,
                  { ...event, at: event.at / hurry, isSolo: withSolos ? event.isSolo : undefined },
                  seed,
                ),
              ),
            ),
          );
          const stats = engine.stats();
          await host.until(engine.close());

          for (const outcome of outcomes) await checkOutcome(outcome, kills.length);
          expect(new Set(finished.map(({ id }) => id)).size).toBe(finished.length);
          expect(stats).toMatchObject({
            requests: 0,
            rowsRunning: 0,
            rowsWaiting: 0,
            requestBytes: 0,
            observerErrors: 0,
          });
          expect(engine.stats().slotsInUse).toBe(0);
          expect(
            macroSteps.every((facts) => facts.numRows <= facts.maxBatchRows && facts.maxBatchRows <= maxBatchRows),
          ).toBe(true);
          expect(idleBesideWork).toEqual([]);
        },
      ),
      { numRuns: RUNS, seed: 20_260_101, endOnFailure: process.env.DBG === '1' },
    );
  }, 120_000);
});

interface Outcome {
  readonly event: Arrival;
  readonly request: EngineRequest;
  readonly actions?: Float32Array;
  readonly error?: unknown;
}

/** Submits one request at its time, and maybe cancels it. */
async function live(engine: Engine, host: VirtualHost, event: Arrival, seed: number): Promise<Outcome> {
  await host.sleep(event.at);
  const controller = new AbortController();
  const request = tinyRequest({
    config: CONFIG,
    id: `r${seed}`,
    seed,
    rows: event.rows,
    priority: event.priority,
    apiKeyId: event.apiKeyId,
    solo: event.isSolo && (() => host.sleep(1)),
    deadlineAt: event.deadline === undefined ? undefined : host.now() + event.deadline,
    signal: controller.signal,
    options: {
      numInferenceSteps: event.steps,
      eta: event.eta,
      thresholding: event.isRaw ? { ratio: 0.9, maxValue: 2 } : null,
    },
  });
  if (event.cancelAfter !== undefined) host.after(event.cancelAfter, () => controller.abort());
  try {
    return { event, request, actions: (await engine.submit(request)).actions };
  } catch (error) {
    return { event, request, error };
  }
}

async function checkOutcome({ event, request, actions, error }: Outcome, kills: number): Promise<void> {
  if (actions) {
    const model = tinyModel(request.model, CONFIG);
    expect(actions, request.id).toEqual(await runAlone(new FakeDenoiser(model), model, request));
    return;
  }
  const allowed = [
    event.cancelAfter === undefined ? [] : ['cancelled'],
    event.deadline === undefined ? [] : ['deadline_exceeded'],
    kills < 2 ? [] : ['poisonous_job'],
  ].flat();
  expect(error, request.id).toBeInstanceOf(DdimError);
  if (error instanceof DdimError) expect(allowed, `${request.id}: ${error.message}`).toContain(error.code);
}

/** Some thread waits although a row could run that no thread holds. */
function hasIdleThreadBesideRow(engine: Engine | undefined, host: VirtualHost): boolean {
  if (!engine) return false;
  const { threads, rowsRunning, rowsWaiting } = engine.stats();
  const held = host.threads.reduce((sum, { rowsHeld }) => sum + rowsHeld, 0);
  // the others wait for what it finds out
  if (threads.some(({ status }) => status === 'loading')) return false;
  return threads.some(({ status }) => status === 'idle') && rowsRunning + rowsWaiting > held;
}
