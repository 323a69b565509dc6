import { describe, expect, it } from 'vitest';
import { fakeModel, startVirtual } from '../../testing/engines.js';
import { tinyRequest } from '../../testing/requests.js';
import type { ModelVerdict } from '../protocol/thread-protocol.js';
import type { VerdictStore } from './verdict-memory.js';

const sha256 = 'cd'.repeat(32);

/** Engines with a store, and the macro-steps that they run on rows of zeros, which are those that measure. */
function startWith(verdicts: VerdictStore) {
  const measured = { calls: 0 };
  const start = (threads: number) =>
    startVirtual(
      {
        threads,
        loadModel: (version) => Promise.resolve({ ...fakeModel(version), sha256 }),
        verdicts,
      },
      {
        macroStepMs: ({ x }) => {
          if (x.every((value) => value === 0)) measured.calls += 1;
          return 5;
        },
      },
    );
  return { measured, start };
}

describe('what is found out about a model', () => {
  it('by the first thread is not found out again by the second, nor by the next start', async () => {
    const store = new Map<string, ModelVerdict>();
    const { measured, start } = startWith({
      read: (key) => Promise.resolve(store.get(key)),
      write: (key, verdict) => Promise.resolve(void store.set(key, verdict)),
    });
    const { engine, host } = await start(2);
    await host.until(engine.submit(tinyRequest()));
    const byFirst = measured.calls;
    expect(byFirst).toBeGreaterThan(0);
    await host.until(Promise.all([1, 2, 3, 4].map((seed) => engine.submit(tinyRequest({ seed, rows: 40 })))));
    expect(engine.stats().threads.every(({ macroSteps }) => macroSteps > 0)).toBe(true);
    await host.until(engine.close());
    const next = await start(2);
    await next.host.until(next.engine.submit(tinyRequest()));
    await next.host.until(next.engine.close());
    expect(measured.calls).toBe(byFirst);
    expect(store.size).toBe(1);
  });

  it('is found out again when it cannot be read', async () => {
    const noDisk = (): Promise<never> => Promise.reject(new Error('no disk'));
    const { measured, start } = startWith({ read: noDisk, write: noDisk });
    const calls: number[] = [];
    for (let starts = 0; starts < 2; starts++) {
      const { engine, host } = await start(1);
      await host.until(engine.submit(tinyRequest()));
      await host.until(engine.close());
      calls.push(measured.calls);
    }
    expect(calls[1]).toBe(2 * calls[0]);
  });
});
