import { describe, expect, it } from 'vitest';
import type { EngineRequest } from './requests/request.js';
import { startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';

describe('a request begins', () => {
  /** A request of 100 steps and 8 rows that says when it begins, or how it is left. */
  const request = (begun: string[], overrides: Partial<EngineRequest>): EngineRequest => {
    const { id = 'request' } = overrides;
    return tinyRequest({ rows: 8, options: { numInferenceSteps: 100 }, onBegin: () => begun.push(id), ...overrides });
  };

  it('when its first rows go to a thread, once, and not while it only waits there', async () => {
    const begun: string[] = [];
    const { engine, host } = await startVirtual({ threads: 1, maxBatchRows: 8 });
    await host.until(engine.submit(tinyRequest())); // its model is loaded
    const first = engine.submit(request(begun, { id: 'first' }));
    const second = engine.submit(request(begun, { id: 'second', seed: 2 }));
    await host.until(host.sleep(20));
    expect(begun).toEqual(['first']);
    await host.until(Promise.all([first, second]));
    expect(begun).toEqual(['first', 'second']);
    await host.until(engine.close());
  });

  it('when its model is loaded, since loading may end the process', async () => {
    const begun: string[] = [];
    const { engine, host } = await startVirtual({ threads: 1, maxBatchRows: 8 }, { loadMs: 500 });
    const waiting = engine.submit(request(begun, {}));
    await host.until(host.sleep(100));
    expect(engine.stats().rowsRunning).toBe(0);
    expect(begun).toEqual(['request']);
    await host.until(waiting);
    await host.until(engine.close());
  });
});
