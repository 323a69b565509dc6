import { describe, expect, it } from 'vitest';
import type { MacroStep } from './backend/backend.js';
import type { MacroStepFacts } from './report/observer.js';
import type { EngineRequest } from './requests/request.js';
import { runFakeAlone, startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';
import type { VirtualHost } from '../testing/virtual-host.js';

const BATCH_ROWS = 8;
const MESSAGE_MS = 1;

interface Call {
  readonly numRows: number;
  readonly startedAt: number;
  readonly endsAt: number;
}

/** An engine of one thread with batches of 8 rows, far enough away that messages take time. */
async function startFarThread() {
  const calls: Call[] = [];
  const macroSteps: MacroStepFacts[] = [];
  const clock: { host?: VirtualHost } = {};
  const macroStepMs = ({ numRows, stepsPerCall }: MacroStep): number => {
    const ms = stepsPerCall * (1 + 0.1 * numRows);
    const startedAt = clock.host?.now() ?? 0;
    calls.push({ numRows, startedAt, endsAt: startedAt + ms });
    return ms;
  };
  const { engine, host } = await startVirtual(
    {
      threads: 1,
      maxBatchRows: BATCH_ROWS,
      observer: { onMacroStep: (fact) => macroSteps.push(fact) },
    },
    { messageMs: MESSAGE_MS, macroStepMs },
  );
  clock.host = host;
  await host.until(engine.submit(tinyRequest({ id: 'warms up', rows: 1 })));
  for (const seen of [calls, macroSteps]) seen.length = 0;
  return { engine, host, calls, macroSteps };
}

const request = (id: string, rows: number, overrides: Partial<EngineRequest> = {}): EngineRequest => ({
  ...tinyRequest({ id, rows, seed: id.length, options: { numInferenceSteps: 50 } }),
  priority: 'bulk',
  ...overrides,
});

/** Times at which the thread had nothing to do between two full batches. */
function pauses(calls: readonly Call[]): number {
  const full = calls.filter(({ numRows }) => numRows === BATCH_ROWS);
  return full.slice(1).filter(({ startedAt }, i) => startedAt > full[i].endsAt).length;
}

describe('a thread with something to go on with', () => {
  it('makes no engine want more rows than it may hold', async () => {
    const { engine, host } = await startVirtual({ maxBatchRows: 16, limits: { rows: 50 } });
    expect(engine.rowsWanted).toBe(50);
    await host.until(engine.close());
  });

  it('never waits for the engine while full batches wait, of bulk rows or of those from a long queue', async () => {
    for (const overrides of [{}, { priority: 'normal', waitedMs: 1_000 }] as const) {
      const { engine, host, calls } = await startFarThread();
      await host.until(engine.submit(request('many', 10 * BATCH_ROWS, overrides)));
      expect(calls.length).toBeGreaterThan(20);
      expect(pauses(calls)).toBeLessThanOrEqual(2); // as the last batches are put together
      await host.until(engine.close());
    }
  });

  it('is given none where latency matters: rows that come meanwhile join the next macro-step', async () => {
    const { engine, host, calls } = await startFarThread();
    await host.until(engine.submit(request('many', 10 * BATCH_ROWS, { priority: 'normal' })));
    expect(pauses(calls)).toBeGreaterThan(5);
    await host.until(engine.close());
  });

  it('leaves it for a request that ought to go first', async () => {
    const { engine, host, calls } = await startFarThread();
    const bulk = engine.submit(request('many', 10 * BATCH_ROWS));
    await host.until(host.sleep(30));
    const submittedAt = host.now();
    const running = calls.at(-1)?.endsAt ?? 0;
    await host.until(engine.submit(request('urgent', 1, { priority: 'interactive', ...oneStep() })));
    const own = calls.find(({ startedAt }) => startedAt > running)?.startedAt ?? Infinity;
    expect(own).toBeLessThanOrEqual(running + 3 * MESSAGE_MS);
    expect(submittedAt).toBeLessThan(running);
    await host.until(bulk);
    await host.until(engine.close());
  });

  it('does not begin rows of a request that has been cancelled', async () => {
    const { engine, host, macroSteps } = await startFarThread();
    const first = engine.submit(request('first', BATCH_ROWS));
    const abort = new AbortController();
    const second = engine.submit(request('second', BATCH_ROWS, { signal: abort.signal }));
    await host.until(host.sleep(5));
    expect(host.threads[0].rowsHeld).toBe(2 * BATCH_ROWS);
    abort.abort();
    await expect(host.until(second)).rejects.toThrow('cancelled');
    await host.until(first);
    await host.until(host.sleep(100));
    const rowSteps = macroSteps.reduce((sum, { numRows, stepsPerCall }) => sum + numRows * stepsPerCall, 0);
    expect(rowSteps).toBe(BATCH_ROWS * 50); // those of the first
    await host.until(engine.close());
  });

  it('leaves all rows their bytes when it dies, and only those that it was running are suspects', async () => {
    const { engine, host, macroSteps } = await startFarThread();
    const requests = [request('first', BATCH_ROWS), request('second', BATCH_ROWS)];
    const results = Promise.all(requests.map((each) => engine.submit(each)));
    await host.until(host.sleep(25));
    expect(host.threads[0].rowsHeld).toBe(2 * BATCH_ROWS);
    host.threads[0].kill('killed');
    for (const [i, { actions }] of (await host.until(results)).entries())
      expect(actions).toEqual(await runFakeAlone(requests[i]));
    expect(macroSteps.filter(({ numRows }) => numRows === 1)).toHaveLength(BATCH_ROWS);
    await host.until(engine.close());
  });
});

function oneStep(): Pick<EngineRequest, 'plan'> {
  return { plan: tinyRequest({ options: { numInferenceSteps: 1 } }).plan };
}
