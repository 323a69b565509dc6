import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeObservations, mlpPredict, outputSize, sample } from '#ddim';
import { Announcements } from '../threads/announcements.js';
import type { DenoiserBackend, LoadedDenoiser, MacroStep } from '../backend/backend.js';
import { CallClock } from '../protocol/call-clock.js';
import { RequestState } from '../requests/request-state.js';
import { RowSlab, type Half } from '../memory/row-slab.js';
import { ThreadLoop } from './thread-loop.js';
import {
  CONTROL,
  CONTROL_WORDS,
  controlOf,
  FRESH,
  MOST_RUNS,
  RECALL,
  ROW_COLUMNS,
  type RunReport,
  type ThreadReport,
} from '../protocol/thread-protocol.js';
import { FakeDenoiser } from '../../testing/fake-denoiser.js';
import { openBackend, realBackends } from '../../testing/real-backends.js';
import { mixedRequests, numbers, TINY_CONFIG, tinyModel, tinyRequest } from '../../testing/requests.js';
import { runAlone } from '../../testing/row-alone.js';

const model = tinyModel('tiny@1');

/** A row that the test moves by hand. */
interface HandRow {
  readonly request: RequestState;
  readonly index: number;
  readonly slot: number;
  step: number;
  half: Half | typeof FRESH;
}

/** A thread loop in this thread, with the rows of some requests. */
async function startLoop(backend: DenoiserBackend): Promise<{
  run: (
    rows: readonly HandRow[],
    stepsPerCall: number,
    maxMacroSteps?: number,
    previews?: number[],
  ) => Promise<RunReport>;
  rowsOf: (requests: readonly RequestState[]) => HandRow[];
  slab: RowSlab;
  control: Int32Array;
}> {
  const control = new Int32Array(new SharedArrayBuffer(4 * MOST_RUNS * CONTROL_WORDS));
  const slab = new RowSlab({ outputSize: outputSize(TINY_CONFIG), conditionSize: TINY_CONFIG.hiddenSize });
  const reports: ThreadReport[] = [];
  const loop = new ThreadLoop({
    backend,
    control,
    clock: new CallClock(),
    now: () => performance.now(),
    report: (report) => reports.push(report),
  });
  await loop.execute({
    kind: 'load',
    model: 'tiny@1/float32',
    source: model,
    precision: 'float32',
    verdict: undefined,
  });
  let chunksSent = 0;
  const announcements = new Announcements();
  return {
    slab,
    control,
    rowsOf: (requests) =>
      requests.flatMap((request) =>
        Array.from({ length: request.request.rows }, (_, index) => ({
          request,
          index,
          slot: slab.allocate(),
          step: 0,
          half: FRESH,
        })),
      ),
    run: async (rows, stepsPerCall, maxMacroSteps = 1, previews = []) => {
      const table = new Int32Array(rows.length * ROW_COLUMNS);
      for (const [b, { slot, request, index, step, half }] of rows.entries())
        table.set([slot, request.number, index, step, half], b * ROW_COLUMNS);
      await loop.execute({
        kind: 'run',
        place: 0,
        model: 'tiny@1/float32',
        slab: slab.shape,
        newChunks: slab.buffers.slice(chunksSent),
        news: announcements.newsFor(rows.map(({ request }) => request.forThreads)),
        rows: table,
        stepsPerCall,
        maxMacroSteps,
        previews,
      });
      chunksSent = slab.buffers.length;
      const report = reports.at(-1);
      if (report?.kind !== 'ran') throw new TypeError('the loop did not report a run');
      for (const row of rows) follow(row, report.macroSteps, stepsPerCall);
      return report;
    },
  };
}

function follow(row: HandRow, macroSteps: number, stepsPerCall: number): void {
  row.step = Math.min(row.step + macroSteps * stepsPerCall, row.request.numSteps);
  const half = row.half === FRESH ? 0 : row.half;
  row.half = macroSteps % 2 === 0 ? half : half === 0 ? 1 : 0;
}

function stateOf(slab: RowSlab, { slot, half }: HandRow): Float32Array {
  return slab.memory.state(slot, half === 1 ? 1 : 0).slice();
}

function fakeBackend(denoiser: LoadedDenoiser): DenoiserBackend {
  return {
    info: { kind: 'fake', provider: 'fake', device: 'none', version: '1', rejected: [] },
    capabilities: {
      maxStepsPerCall: 50,
      cheapStepsPerCall: 1,
      maxBatchRows: 256,
      threadsPerDevice: 'cores',
      precisions: ['float32'],
    },
    load: () => Promise.resolve(denoiser),
    close: () => Promise.resolve(),
  };
}

function states(requests: ReturnType<typeof mixedRequests>): RequestState[] {
  return requests.map((request, number) => new RequestState(number, request, 0, { resolve() {}, reject() {} }));
}

describe.each(realBackends)('a thread loop on $name', (real) => {
  let backend: DenoiserBackend;
  beforeAll(async () => {
    backend = await openBackend(real);
  });
  afterAll(() => backend.close());

  it('gives every row its own bytes for any split into macro-steps, any batch and any order', async () => {
    const { run, rowsOf, slab } = await startLoop(backend);
    const random = numbers(100_000, 1);
    let drawn = 0;
    const chance = (): number => Math.abs(random[drawn++] * 1e3) % 1;
    const requests = mixedRequests(26, { mostSteps: 40 });
    const rows = rowsOf(states(requests));
    for (let left = rows; left.length > 0; left = rows.filter(({ step, request }) => step < request.numSteps)) {
      const kind = left[Math.floor(chance() * left.length)].request.request.plan.kind;
      const batch = left.filter(({ request }) => request.request.plan.kind === kind && chance() < 0.4);
      if (batch.length === 0) continue;
      const stepsPerCall = kind === 'raw' ? 1 : 1 + Math.floor(chance() * 10);
      const wholeCalls = Math.floor(
        Math.min(...batch.map(({ step, request }) => request.numSteps - step)) / stepsPerCall,
      );
      await run(batch, stepsPerCall, Math.max(1, Math.min(wholeCalls, 1 + Math.floor(chance() * 3))));
    }
    const denoiser = await backend.load(model, 'float32');
    for (const [i, request] of requests.entries()) {
      const actions = await runAlone(denoiser, model, request);
      for (const row of rows.filter(({ request: state }) => state.number === i))
        expect(stateOf(slab, row), `row ${row.index} of request ${i}`).toEqual(
          actions.slice(row.index * 12, (row.index + 1) * 12),
        );
    }
  }, 60_000);

  it('sends the predicted x0 of the last step as a preview, of fused and raw rows', async () => {
    const { run, rowsOf } = await startLoop(backend);
    const thresholding = { ratio: 0.9, maxValue: 2 };
    const requests = states([tinyRequest({ rows: 2 }), tinyRequest({ rows: 2, options: { thresholding } })]);
    for (const state of requests) await checkPreview(state, run, rowsOf([state]));
  });
});

/** Against the reference sampler, which gives the predicted x0 of every step. */
async function checkPreview(
  { request }: RequestState,
  run: (
    rows: readonly HandRow[],
    stepsPerCall: number,
    maxMacroSteps: number,
    previews: number[],
  ) => Promise<RunReport>,
  rows: readonly HandRow[],
): Promise<void> {
  const isRaw = request.plan.kind === 'raw';
  const { previews } = await (isRaw ? run(rows, 1, 5, [1]) : run(rows, 5, 1, [1]));
  const predicted: Float32Array[] = [];
  sample(mlpPredict(model.config, model.parameters), request.plan, {
    ...request,
    outputSize: outputSize(TINY_CONFIG),
    conditions: encodeObservations(model.config, model.parameters, request.observations),
    onStep: (_, x0) => predicted.push(x0),
  });
  expect(previews.map(({ index }) => index)).toEqual([1]);
  const expected = predicted[request.plan.timesteps.length + 4];
  for (const [i, value] of expected.entries()) expect(previews[0].x0[i]).toBeCloseTo(value, 4);
}

describe('a thread loop', () => {
  it('asks the backend for x0 only where somebody wants to see it, and never for raw rows', async () => {
    const seen: boolean[] = [];
    const around = ({ x0 }: MacroStep, step: () => void): Promise<void> => {
      seen.push(x0 !== undefined);
      step();
      return Promise.resolve();
    };
    const { run, rowsOf } = await startLoop(fakeBackend(new FakeDenoiser(model, { around })));
    const thresholding = { ratio: 0.9, maxValue: 2 };
    const [fused, raw] = states([tinyRequest({ rows: 1 }), tinyRequest({ rows: 1, options: { thresholding } })]);
    const [fusedRows, rawRows] = [rowsOf([fused]), rowsOf([raw])];
    seen.length = 0;
    await run(fusedRows, 2);
    await run(fusedRows, 2, 1, [0]);
    await run(fusedRows, 2);
    await run(rawRows, 1, 1, [0]);
    expect(seen).toEqual([false, true, false, false]);
  });

  it('does not begin what was recalled before, unless it was to stop soon only', async () => {
    const { run, rowsOf, control } = await startLoop(fakeBackend(new FakeDenoiser(model)));
    const rows = rowsOf(states([tinyRequest()]));
    Atomics.store(controlOf(control, 0), CONTROL.recall, RECALL.unbegun);
    expect(await run(rows, 5, 2)).toEqual({
      kind: 'ran',
      macroSteps: 0,
      calls: [],
      failures: [],
      rejected: undefined,
      previews: [],
    });
    Atomics.store(controlOf(control, 0), CONTROL.recall, RECALL.soon);
    expect(await run(rows, 5, 2)).toMatchObject({ macroSteps: 1 });
  });

  it('stops after the macro-step in which it is recalled, and says how far it came', async () => {
    const seen: { calls: number; control?: Int32Array } = { calls: 0 };
    const { run, rowsOf, control } = await startLoop(
      fakeBackend(
        new FakeDenoiser(model, {
          around: (_, step) => {
            step();
            seen.calls += 1;
            if (seen.control && seen.calls === 7) Atomics.store(seen.control, CONTROL.recall, 1);
            return Promise.resolve();
          },
        }),
      ),
    );
    seen.calls = 0;
    seen.control = control;
    const rows = rowsOf(states([tinyRequest({ options: { numInferenceSteps: 100 } })]));
    const report = await run(rows, 5, 20);
    expect(report.macroSteps).toBe(7);
    expect(Atomics.load(control, CONTROL.done)).toBe(7);
    expect(report.calls).toHaveLength(7);
  });

  it('leaves the last complete state where it was when a macro-step is rejected for good', async () => {
    let isBroken = false;
    const { run, rowsOf, slab, control } = await startLoop(
      fakeBackend(
        new FakeDenoiser(model, {
          around: ({ x }, step) => {
            step();
            if (!isBroken) return Promise.resolve();
            x.fill(NaN);
            return Promise.reject(new Error('broken'));
          },
        }),
      ),
    );
    const rows = rowsOf(states([tinyRequest({ rows: 3 })]));
    await run(rows, 2);
    const before = rows.map((row) => stateOf(slab, row));
    isBroken = true;
    Atomics.store(controlOf(control, 0), CONTROL.done, 0);
    const report = await run(
      rows.map((row) => ({ ...row })),
      2,
    );
    expect(report.failures.map(({ index, code }) => ({ index, code }))).toEqual(
      [0, 1, 2].map((index) => ({ index, code: 'backend_error' })),
    );
    expect(rows.map((row) => stateOf(slab, row))).toEqual(before);
    // Else whoever reads a state while the report is on its way would take what lies in the other half.
    expect(Atomics.load(controlOf(control, 0), CONTROL.done)).toBe(0);
  });
});
