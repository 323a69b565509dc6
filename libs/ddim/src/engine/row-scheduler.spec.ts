import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outputSize } from '../denoiser.js';
import type { Assignment } from './assignment.js';
import type { Lane } from './lane.js';
import { RequestState } from './request-state.js';
import type { EngineRequest } from './request.js';
import { RowScheduler, type Asker } from './row-scheduler.js';
import { RowSlab } from './row-slab.js';
import { TINY_CONFIG, tinyModel, tinyRequest, type RequestOverrides } from './testing/requests.js';

const SOURCE = tinyModel('tiny@1');
const COST = { fixedMs: 0.15, rowMs: 0.05 };

/** A scheduler by itself: a batch is chosen, and comes back whenever the test says so. */
class Bench {
  now = 0;
  readonly scheduler: RowScheduler;
  readonly asker: Asker;
  private readonly loaded = new Set<string>();
  private readonly slab = new RowSlab({ outputSize: outputSize(TINY_CONFIG), conditionSize: TINY_CONFIG.hiddenSize });
  private seen = 0;

  constructor({ maxBatchRows = 16, threads = 1, loaded = true } = {}) {
    this.scheduler = new RowScheduler({ threads, maxBatchRows, maxStepsPerCall: 50, now: () => this.now });
    this.isLoaded = loaded;
    this.asker = { models: this.loaded, idleThreads: 1, othersLoad: new Set() };
  }

  private readonly isLoaded: boolean;

  lane(version = 'tiny@1', kind: 'fused' | 'raw' = 'fused'): Lane {
    const lane = this.scheduler.lane({
      model: { version, source: SOURCE, memoryBytes: 1 },
      precision: 'float32',
      kind,
      slab: this.slab,
    });
    if (this.isLoaded) this.loaded.add(lane.modelKey);
    for (const numRows of [1, 64]) lane.cost.observe({ numRows, msPerStep: COST.fixedMs + COST.rowMs * numRows });
    return lane;
  }

  submit(overrides: RequestOverrides = {}): RequestState {
    const request: EngineRequest = tinyRequest({ id: `${this.seen}`, ...overrides });
    const state = new RequestState(this.seen++, request, this.now, { resolve() {}, reject() {} });
    state.place(this.lane(request.model, request.plan.kind));
    this.scheduler.add(state);
    return state;
  }

  next(asker: Partial<Asker> = {}): Assignment | undefined {
    const work = this.scheduler.schedule({ ...this.asker, ...asker });
    return work?.kind === 'run' ? work : undefined;
  }

  /** The thread did all it was asked to, in the time that the cost model predicts. */
  finish(assignment: Assignment): void {
    const { rows, stepsPerCall, maxMacroSteps, expectedMs } = assignment;
    this.now += expectedMs;
    for (const row of rows) row.advance(maxMacroSteps, stepsPerCall);
    const seconds = expectedMs / 1e3 / maxMacroSteps;
    const call = { seconds, outsideSeconds: 0, noiseSeconds: 0, noisyRows: 0, networkRows: rows.length };
    this.scheduler.learn(assignment, maxMacroSteps, {
      kind: 'ran',
      macroSteps: maxMacroSteps,
      calls: Array.from({ length: maxMacroSteps }, () => call),
      failures: [],
      rejected: undefined,
      previews: [],
    });
    for (const row of rows) {
      if (!row.isDone) this.scheduler.giveBack(row);
      else {
        row.request.complete(row);
        if (row.request.completedRows === row.request.request.rows) this.end(row.request);
      }
    }
  }

  end(state: RequestState): void {
    this.scheduler.remove(state);
    state.end({ kind: 'completed' }, this.now);
  }

  /** Row-steps by some name, over so many assignments; `refill` keeps everybody busy. */
  shares(assignments: number, nameOf: (request: EngineRequest) => string, refill: () => void): Map<string, number> {
    const shares = new Map<string, number>();
    for (let i = 0; i < assignments; i++) {
      refill();
      const assignment = this.next();
      if (!assignment) break;
      const steps = assignment.stepsPerCall * assignment.maxMacroSteps;
      for (const { request, stepsLeft } of assignment.rows) {
        const name = nameOf(request.request);
        shares.set(name, (shares.get(name) ?? 0) + Math.min(steps, stepsLeft));
      }
      this.finish(assignment);
    }
    return shares;
  }
}

const names = (assignment: Assignment | undefined): string[] => [
  ...new Set(assignment?.rows.map(({ request }) => request.request.id)),
];

describe('a batch', () => {
  it('takes the shortest remaining work first, and the most advanced rows of a request', () => {
    const bench = new Bench({ maxBatchRows: 8 });
    bench.submit({ id: 'long', rows: 20, options: { numInferenceSteps: 50 } });
    const first = bench.next();
    expect(names(first)).toEqual(['long']);
    if (first) bench.finish({ ...first, maxMacroSteps: 1 });
    bench.submit({ id: 'short', rows: 3, options: { numInferenceSteps: 50 } });
    const second = bench.next();
    expect(names(second)).toEqual(['short', 'long']);
    const steps = second?.rows.filter(({ request }) => request.request.id === 'long').map(({ step }) => step);
    expect(steps?.every((step) => step > 0)).toBe(true);
    expect(second?.rows).toHaveLength(8);
  });

  it('takes better classes first, but keeps the floors of the others', () => {
    const bench = new Bench({ maxBatchRows: 16 });
    let seed = 0;
    const waiting = { interactive: 0, normal: 0, bulk: 0 };
    const refill = (): void => {
      for (const priority of ['interactive', 'normal', 'bulk'] as const)
        while (bench.lane().runnableOf(priority) < 16) {
          waiting[priority] += 1;
          bench.submit({ priority, seed: seed++, rows: 16, options: { numInferenceSteps: 5 } });
        }
    };
    const shares = bench.shares(400, ({ priority }) => priority, refill);
    const total = [...shares.values()].reduce((sum, share) => sum + share, 0);
    expect((shares.get('normal') ?? 0) / total).toBeCloseTo(1 / 8, 2);
    expect((shares.get('bulk') ?? 0) / total).toBeCloseTo(1 / 16, 2);
  });

  it('gives API keys equal row-steps, whatever they ask for, and a key that comes back no credit', () => {
    const bench = new Bench({ maxBatchRows: 16 });
    let seed = 0;
    const keep = (apiKeyId: string, rows: number, numInferenceSteps: number): RequestState =>
      bench.submit({ apiKeyId, seed: seed++, rows, options: { numInferenceSteps } });
    const present = new Map<string, RequestState[]>();
    const refill = (key: string, rows: number, steps: number): void => {
      const states = (present.get(key) ?? []).filter(({ isFinished }) => !isFinished);
      while (states.reduce((sum, state) => sum + state.runnableRows, 0) < 40) states.push(keep(key, rows, steps));
      present.set(key, states);
    };
    bench.shares(
      200,
      () => '',
      () => refill('a', 20, 50),
    );
    const shares = bench.shares(
      300,
      ({ apiKeyId = '' }) => apiKeyId,
      () => {
        refill('a', 20, 50);
        refill('b', 1, 10);
      },
    );
    const [a, b] = [shares.get('a') ?? 0, shares.get('b') ?? 0];
    expect(Math.abs(a - b) / (a + b)).toBeLessThan(0.1);
  });

  it('takes rows first that have little slack before their deadline', () => {
    const bench = new Bench({ maxBatchRows: 4 });
    bench.submit({ id: 'short', rows: 1, options: { numInferenceSteps: 5 } });
    bench.submit({ id: 'late', rows: 4, options: { numInferenceSteps: 50 }, deadlineAt: 25 });
    expect(names(bench.next())).toEqual(['late']);
  });

  it('is spread over idle threads, but not thinner than 4 rows', () => {
    const bench = new Bench({ threads: 2, maxBatchRows: 64 });
    bench.submit({ rows: 30, priority: 'bulk' });
    expect(bench.next({ idleThreads: 2 })?.rows).toHaveLength(15);
    bench.submit({ rows: 1 });
    expect(bench.next({ idleThreads: 1 })?.rows).toHaveLength(16);
    bench.submit({ rows: 3 });
    expect(bench.next({ idleThreads: 2 })?.rows).toHaveLength(3);
  });

  it('holds one kind of plan, and raw rows take one step per call', () => {
    const bench = new Bench();
    bench.submit({ id: 'raw', rows: 2, options: { thresholding: { ratio: 0.9, maxValue: 2 } } });
    bench.submit({ id: 'fused', rows: 2 });
    const batches = [bench.next(), bench.next()];
    expect(new Set(batches.flatMap(names))).toEqual(new Set(['fused', 'raw']));
    expect(batches.find((batch) => batch?.lane.kind === 'raw')?.stepsPerCall).toBe(1);
  });

  it('is halved for a minute after the device ran out of memory', () => {
    const bench = new Bench({ maxBatchRows: 16 });
    bench.submit({ rows: 64, priority: 'bulk' });
    const first = bench.next();
    if (!first) throw new TypeError('nothing to run');
    const rejected = { code: 'out_of_memory', message: '' };
    bench.scheduler.learn(first, 1, { kind: 'ran', macroSteps: 1, calls: [], failures: [], rejected, previews: [] });
    expect(bench.next()?.rows).toHaveLength(8);
    bench.now += 60_000;
    expect(bench.next()?.rows).toHaveLength(16);
  });
});

describe('ageing', () => {
  it('bounds how long a request is passed: only by those that came within work / 0.05 after it', () => {
    const arrival = record({
      gap: integer({ min: 0, max: 30 }),
      rows: constantFrom(1, 1, 1, 8, 64),
      steps: constantFrom(5, 10, 50),
    });
    assert(
      property(array(arrival, { minLength: 2, maxLength: 60, size: 'max' }), (arrivals) => {
        const bench = new Bench({ maxBatchRows: 8 });
        const bounds = new Map<RequestState, number>();
        for (const { gap, rows, steps } of arrivals) {
          bench.now += gap;
          const state = bench.submit({ rows, options: { numInferenceSteps: steps } });
          bounds.set(state, state.arrivedAt + state.workLeftMs / 0.05);
          const assignment = bench.next();
          if (!assignment) continue;
          const chosen = new Set(assignment.rows.map(({ request }) => request));
          for (const [passed, bound] of bounds) {
            if (passed.isFinished || passed.runnableRows === 0) continue;
            for (const other of chosen) expect(other.arrivedAt).toBeLessThanOrEqual(bound);
          }
          bench.finish(assignment);
        }
      }),
      { seed: 5 },
    );
  });
});

describe('lanes', () => {
  it('share a thread by time, not by calls: a slow model cannot crowd out a fast one', () => {
    const bench = new Bench();
    const slow = bench.lane('slow@1');
    for (let i = 0; i < 10; i++)
      for (const numRows of [1, 64]) slow.cost.observe({ numRows, msPerStep: 10 * (0.15 + 0.05 * numRows) });
    const ms = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      for (const model of ['slow@1', 'fast@1'])
        if (bench.lane(model).runnableRows < 16)
          bench.submit({ model, rows: 16, seed: i, options: { numInferenceSteps: 5 } });
      const assignment = bench.next();
      if (!assignment) throw new TypeError('nothing to run');
      const { version } = assignment.lane.model;
      ms.set(version, (ms.get(version) ?? 0) + assignment.expectedMs);
      bench.finish(assignment);
    }
    const ratio = (ms.get('slow@1') ?? 0) / (ms.get('fast@1') ?? 1);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('are loaded before they run, rather those that no other thread is loading', () => {
    const bench = new Bench({ loaded: false });
    bench.submit({ model: 'a@1' });
    bench.submit({ model: 'b@1' });
    expect(bench.scheduler.schedule(bench.asker)).toMatchObject({ kind: 'load', lane: { modelKey: 'a@1/float32' } });
    const second = { ...bench.asker, othersLoad: new Set(['a@1/float32']) };
    expect(bench.scheduler.schedule(second)).toMatchObject({ kind: 'load', lane: { modelKey: 'b@1/float32' } });
    const third = { ...second, models: new Set(['a@1/float32']) };
    expect(bench.scheduler.schedule(third)).toMatchObject({ kind: 'run', lane: { modelKey: 'a@1/float32' } });
  });
});

describe('rows of a dead thread', () => {
  it('run alone once, before anything else, and are dropped with their request', () => {
    const bench = new Bench();
    const state = bench.submit({ id: 'suspect', rows: 2 });
    const first = bench.next();
    if (!first) throw new TypeError('nothing to run');
    for (const row of first.rows) {
      row.suspect = true;
      bench.scheduler.giveBack(row);
    }
    bench.submit({ id: 'other', rows: 1, options: { numInferenceSteps: 1 } });
    const alone = bench.next();
    expect(alone?.rows).toHaveLength(1);
    expect(names(alone)).toEqual(['suspect']);
    expect(alone?.maxMacroSteps).toBe(1);
    bench.end(state);
    expect(names(bench.next())).toEqual(['other']);
  });
});

describe('a solo request', () => {
  it('waits until what has started has ended, runs alone, and lets the others in again', () => {
    const bench = new Bench({ maxBatchRows: 4 });
    bench.submit({ id: 'started', rows: 2, options: { numInferenceSteps: 100 } });
    const running = bench.next();
    bench.submit({ id: 'waiting', rows: 1 });
    bench.submit({ id: 'solo', rows: 2, solo: true });
    bench.submit({ id: 'later', rows: 1 });
    const seen: string[][] = [];
    for (let assignment = running; assignment; assignment = bench.next()) {
      seen.push(names(assignment));
      bench.finish(assignment);
    }
    const order = seen.map((batch) => batch.join('+')).filter((batch, i, all) => batch !== all[i - 1]);
    expect(order).toEqual(['started', 'solo', 'waiting+later']);
  });
});
