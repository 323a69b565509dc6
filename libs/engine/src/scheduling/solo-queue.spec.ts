import { describe, expect, it } from 'vitest';
import type { EngineRequest } from '../requests/request.js';
import { runFakeAlone, startVirtual } from '../../testing/engines.js';
import { tinyRequest } from '../../testing/requests.js';

const request = (overrides: Partial<EngineRequest>, numInferenceSteps = 100): EngineRequest =>
  tinyRequest({ rows: 1, options: { numInferenceSteps }, ...overrides });

describe('the start of a solo request', () => {
  it('is called once, when what was there has ended, and its first step waits until it is on record', async () => {
    const { engine, host } = await startVirtual();
    await host.until(engine.submit(request({}, 10))); // its model is loaded
    const seen: number[] = [];
    const other = engine.submit(request({ id: 'other' }));
    await host.until(host.sleep(20));
    const solo = request({
      id: 'solo',
      seed: 2,
      solo: async () => {
        seen.push(engine.stats().rowsRunning);
        await host.sleep(50);
        seen.push(engine.stats().rowStepsTotal);
      },
    });
    const alone = engine.submit(solo);
    const later = engine.submit(request({ id: 'later', seed: 3 }));
    const cancelled = new AbortController();
    const held = engine.submit(request({ id: 'held', signal: cancelled.signal })).catch(String);
    await host.until(host.sleep(30));
    expect(seen).toEqual([]);
    await host.until(other);
    host.after(10, () => cancelled.abort()); // an end beside it calls it no second time
    expect((await host.until(alone)).actions).toEqual(await runFakeAlone(solo));
    expect(seen).toEqual([0, 10 + 100]); // no row of the other is left, and none of its own has begun
    expect(await held).toContain('cancelled');
    await host.until(later);
    await host.until(engine.close());
  });

  it('that cannot be recorded ends the request, and the others go in', async () => {
    const { engine, host } = await startVirtual();
    const refused = expect(
      engine.submit(request({ solo: () => Promise.reject(new Error('no record')) })),
    ).rejects.toMatchObject({ code: 'internal_error', message: 'Error: no record' });
    const other = engine.submit(request({ seed: 2 }, 10));
    await host.until(other);
    await refused;
    expect(engine.stats().rowStepsTotal).toBe(10);
    await host.until(engine.close());
  });

  it('that is recorded after the request was cancelled starts nothing', async () => {
    const { engine, host } = await startVirtual();
    const controller = new AbortController();
    const solo = (): Promise<void> => {
      controller.abort();
      return host.sleep(50);
    };
    const cancelled = expect(engine.submit(request({ solo, signal: controller.signal }))).rejects.toMatchObject({
      code: 'cancelled',
    });
    await host.until(engine.submit(request({ seed: 2 })));
    await cancelled;
    expect(engine.stats().rowStepsTotal).toBe(100);
    // it left nothing behind either
    await host.until(engine.submit(request({ seed: 3, solo: () => Promise.resolve() })));
    await host.until(engine.close());
  });
});
