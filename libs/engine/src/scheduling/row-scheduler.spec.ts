import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assignment } from './assignment.js';
import { RequestRank } from './request-rank.js';
import type { RequestState } from '../requests/request-state.js';
import { SchedulerBench } from '../../testing/scheduler-bench.js';

const names = (assignment: Assignment | undefined): string[] => [
  ...new Set(assignment?.rows.map(({ owner }) => owner.request.id)),
];

describe('a batch to go on with', () => {
  const ahead = (bench: SchedulerBench) => bench.next({ isBusy: true });

  it('is of bulk rows, or of requests that waited for longer than they should take', () => {
    for (const [overrides, rows] of [
      [{ priority: 'bulk' }, 8],
      [{ waitedMs: 51 }, 8],
      [{ waitedMs: 49 }, undefined],
      [{ priority: 'interactive', waitedMs: 26 }, 8],
      [{ priority: 'interactive' }, undefined],
    ] as const) {
      const bench = new SchedulerBench({ maxBatchRows: 8 });
      bench.submit({ rows: 20, ...overrides });
      expect(ahead(bench)?.rows.length).toBe(rows);
    }
  });

  it('makes a third batch per thread worth having here, where it is given', () => {
    const wanted = (overrides: Parameters<SchedulerBench['submit']>[0]) => {
      const bench = new SchedulerBench({ maxBatchRows: 64, threads: 2 });
      bench.submit({ rows: 400, ...overrides });
      return bench.scheduler.rowsWanted;
    };
    expect(wanted({ priority: 'bulk' })).toBe(2 * 3 * 64);
    expect(wanted({ priority: 'normal', waitedMs: 51 })).toBe(2 * 3 * 64);
    expect(wanted({ priority: 'normal' })).toBe(2 * 2 * 64);
  });

  it('is at least three quarters full', () => {
    for (const [rows, taken] of [
      [5, undefined],
      [6, 6],
    ] as const) {
      const bench = new SchedulerBench({ maxBatchRows: 8 });
      bench.submit({ rows, priority: 'bulk' });
      expect(ahead(bench)?.rows.length).toBe(taken);
    }
  });

  it('is of a model that the thread has loaded', () => {
    const bench = new SchedulerBench({ maxBatchRows: 8, loaded: false });
    bench.submit({ rows: 8, priority: 'bulk' });
    expect(ahead(bench)).toBeUndefined();
  });

  it('makes way for those that ought to go before one of its rows, not for others', () => {
    const bench = new SchedulerBench({ maxBatchRows: 8 });
    bench.submit({ rows: 8, priority: 'bulk', options: { numInferenceSteps: 50 } });
    const batch = ahead(bench);
    if (batch === undefined) throw new TypeError('there is no batch');
    const comes = (overrides: Parameters<SchedulerBench['submit']>[0]) =>
      bench.scheduler.isInterrupted(batch, bench.submit(overrides), false);
    bench.now += 1;
    expect(comes({ rows: 8, priority: 'bulk', options: { numInferenceSteps: 50 } })).toBe(false);
    expect(comes({ rows: 1, priority: 'bulk', options: { numInferenceSteps: 5 } })).toBe(true);
    expect(comes({ rows: 8, priority: 'interactive', options: { numInferenceSteps: 50 } })).toBe(true);
    expect(comes({ rows: 8, priority: 'bulk', options: { numInferenceSteps: 50 }, deadlineAt: 1e6 })).toBe(true);
  });
});

describe('a batch', () => {
  it('takes the shortest remaining time first, and the most advanced rows of a request', () => {
    const bench = new SchedulerBench({ maxBatchRows: 8 });
    bench.submit({ id: 'long', rows: 20, options: { numInferenceSteps: 50 } });
    const first = bench.next();
    expect(names(first)).toEqual(['long']);
    if (first) bench.finish({ ...first, maxMacroSteps: 1 });
    bench.submit({ id: 'short', rows: 3, options: { numInferenceSteps: 50 } });
    const second = bench.next();
    expect(names(second)).toEqual(['short', 'long']);
    const steps = second?.rows.filter(({ owner }) => owner.request.id === 'long').map(({ step }) => step);
    expect(steps?.every((step) => step > 0)).toBe(true);
    expect(second?.rows).toHaveLength(8);
  });

  it('takes a short job before one of many steps that came half a second earlier, though that is little work too', () => {
    const bench = new SchedulerBench({ maxBatchRows: 1 });
    bench.submit({ id: 'many steps', rows: 1, options: { numInferenceSteps: 250 } });
    bench.now += 500;
    bench.submit({ id: 'short', rows: 1, options: { numInferenceSteps: 10 } });
    expect(names(bench.next())).toEqual(['short']);
  });

  it('takes better classes first, but keeps the floors of the others', () => {
    const bench = new SchedulerBench({ maxBatchRows: 16 });
    let seed = 0;
    const waiting = { interactive: 0, normal: 0, bulk: 0 };
    const refill = (): void => {
      for (const priority of ['interactive', 'normal', 'bulk'] as const)
        while (bench.queue().runnableOf(priority) < 16) {
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
    const bench = new SchedulerBench({ maxBatchRows: 16 });
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
    const bench = new SchedulerBench({ maxBatchRows: 4 });
    bench.submit({ id: 'short', rows: 1, options: { numInferenceSteps: 5 } });
    bench.submit({ id: 'late', rows: 4, options: { numInferenceSteps: 50 }, deadlineAt: 25 });
    expect(names(bench.next())).toEqual(['late']);
  });

  it('is spread over idle threads, but not thinner than 4 rows', () => {
    const bench = new SchedulerBench({ threads: 2, maxBatchRows: 64 });
    bench.submit({ rows: 30, priority: 'bulk' });
    expect(bench.next({ idleThreads: 2 })?.rows).toHaveLength(15);
    bench.submit({ rows: 1 });
    expect(bench.next({ idleThreads: 1 })?.rows).toHaveLength(16);
    bench.submit({ rows: 3 });
    expect(bench.next({ idleThreads: 2 })?.rows).toHaveLength(3);
  });

  it('holds one kind of plan, and raw rows take one step per call', () => {
    const bench = new SchedulerBench();
    bench.submit({ id: 'raw', rows: 2, options: { thresholding: { ratio: 0.9, maxValue: 2 } } });
    bench.submit({ id: 'fused', rows: 2 });
    const batches = [bench.next(), bench.next()];
    expect(new Set(batches.flatMap(names))).toEqual(new Set(['fused', 'raw']));
    expect(batches.find((batch) => batch?.lane.kind === 'raw')?.stepsPerCall).toBe(1);
  });

  it('is halved for a minute after the device ran out of memory', () => {
    const bench = new SchedulerBench({ maxBatchRows: 16 });
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
  it('bounds how long a request is passed: only by those that came within the time it takes alone / 0.05 after it', () => {
    const arrival = record({
      gap: integer({ min: 0, max: 30 }),
      rows: constantFrom(1, 1, 1, 8, 64),
      steps: constantFrom(5, 10, 50),
    });
    assert(
      property(array(arrival, { minLength: 2, maxLength: 60, size: 'max' }), (arrivals) => {
        const bench = new SchedulerBench({ maxBatchRows: 8 });
        const bounds = new Map<RequestState, number>();
        for (const { gap, rows, steps } of arrivals) {
          bench.now += gap;
          const state = bench.submit({ rows, options: { numInferenceSteps: steps } });
          bounds.set(state, state.arrivedAt + new RequestRank(state).aloneMs / 0.05);
          const assignment = bench.next();
          if (!assignment) continue;
          const chosen = new Set(assignment.rows.map(({ owner }) => owner));
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
    const bench = new SchedulerBench();
    const slow = bench.lane('slow@1');
    for (let i = 0; i < 10; i++)
      for (const numRows of [1, 64]) slow.cost.observe({ numRows, msPerStep: 10 * (0.15 + 0.05 * numRows) });
    const ms = new Map<string, number>();
    for (let i = 0; i < 300; i++) {
      for (const model of ['slow@1', 'fast@1'])
        if (bench.queue(model).runnableRows < 16)
          bench.submit({ model, rows: 16, seed: i, options: { numInferenceSteps: 5 } });
      const assignment = bench.next();
      if (!assignment) throw new TypeError('nothing to run');
      const { version } = assignment.lane.model;
      ms.set(version, (ms.get(version) ?? 0) + bench.expectedMs(assignment));
      bench.finish(assignment);
    }
    const ratio = (ms.get('slow@1') ?? 0) / (ms.get('fast@1') ?? 1);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
  });

  it('are loaded before they run, for the first time by one thread, whose findings the others wait for', () => {
    const bench = new SchedulerBench({ loaded: false });
    bench.submit({ model: 'a@1' });
    bench.submit({ model: 'b@1' });
    expect(bench.scheduler.next(bench.asker)).toMatchObject({ kind: 'load', lane: { modelKey: 'a@1/float32' } });
    const second = { ...bench.asker, firstLoads: new Set(['a@1/float32']) };
    expect(bench.scheduler.next(second)).toMatchObject({ kind: 'load', lane: { modelKey: 'b@1/float32' } });
    const idle = { ...bench.asker, firstLoads: new Set(['a@1/float32', 'b@1/float32']) };
    expect(bench.scheduler.next(idle)).toBeUndefined();
    const third = { ...second, models: new Set(['a@1/float32']) };
    expect(bench.scheduler.next(third)).toMatchObject({ kind: 'run', lane: { modelKey: 'a@1/float32' } });
  });
});

describe('rows of a dead thread', () => {
  it('run alone once, before anything else, and are dropped with their request', () => {
    const bench = new SchedulerBench();
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
    const bench = new SchedulerBench({ maxBatchRows: 4 });
    bench.submit({ id: 'started', rows: 2, options: { numInferenceSteps: 100 } });
    const running = bench.next();
    bench.submit({ id: 'waiting', rows: 1 });
    bench.submit({ id: 'solo', rows: 2, solo: () => Promise.resolve() });
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
