import { describe, expect, it } from 'vitest';
import { fakeModel, startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

describe('the time since the last tick', () => {
  it('does not count while a request waits for its model, however long the engine had nothing to do', async () => {
    const { engine, host } = await startVirtual({
      loadModel: async (version) => {
        await host.sleep(2 * MINUTE_MS);
        return fakeModel(version);
      },
    });
    await host.until(host.sleep(HOUR_MS));
    const result = engine.submit(tinyRequest());
    await host.until(host.sleep(MINUTE_MS));
    expect(engine.stats()).toMatchObject({ requests: 1, secondsSinceTick: 0 });
    await host.until(result);
    await host.until(engine.close());
  });

  it('does not count while a solo request waits for its start to be on record', async () => {
    const { engine, host } = await startVirtual();
    await host.until(engine.submit(tinyRequest({ id: 'loads the model' })));
    await host.until(host.sleep(HOUR_MS));
    const result = engine.submit(tinyRequest({ solo: () => host.sleep(2 * MINUTE_MS) }));
    await host.until(host.sleep(MINUTE_MS));
    expect(engine.stats()).toMatchObject({ requests: 1, secondsSinceTick: 0 });
    await host.until(result);
    await host.until(engine.close());
  });

  it('does not count while a thread works, whose calls are watched by themselves', async () => {
    const { engine, host } = await startVirtual({ threads: 1 }, { loadMs: MINUTE_MS });
    const result = engine.submit(tinyRequest());
    await host.until(host.sleep(MINUTE_MS / 2));
    expect(engine.stats()).toMatchObject({ requests: 1, secondsSinceTick: 0 });
    await host.until(result);
    await host.until(engine.close());
  });

  it('grows from the arrival of rows that could run and that no thread takes', async () => {
    const { engine, host } = await startVirtual({ threads: 1 });
    await host.until(engine.submit(tinyRequest({ id: 'loads the model' })));
    await host.until(host.sleep(HOUR_MS));
    host.threads[0].kill('a fault');
    const result = engine.submit(tinyRequest());
    await host.until(host.sleep(50));
    expect(engine.stats().secondsSinceTick).toBe(0.05);
    await host.until(result);
    expect(engine.stats().secondsSinceTick).toBe(0);
    await host.until(engine.close());
  });

  it('is that of the last tick, however long ago the request arrived', async () => {
    const { engine, host } = await startVirtual({ threads: 1 });
    await host.until(engine.submit(tinyRequest({ id: 'loads the model' })));
    const result = engine.submit(tinyRequest({ rows: 3, options: { numInferenceSteps: 200 } }));
    await host.until(host.sleep(150));
    host.threads[0].kill('a fault');
    await host.until(host.sleep(50));
    expect(engine.stats().secondsSinceTick).toBeGreaterThanOrEqual(0.05);
    expect(engine.stats().secondsSinceTick).toBeLessThan(0.15);
    await host.until(result);
    await host.until(engine.close());
  });
});
