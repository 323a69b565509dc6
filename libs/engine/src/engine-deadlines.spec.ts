import { describe, expect, it } from 'vitest';
import { DdimError } from '#ddim';
import type { Engine } from './engine.js';
import type { EngineRequest } from './requests/request.js';
import { startVirtual } from '../testing/engines.js';
import { tinyRequest } from '../testing/requests.js';
import type { VirtualHost } from '../testing/virtual-host.js';

/** An engine that has loaded and measured its model: a step of one row takes 1.1 ms. */
async function startWarm(): Promise<{ engine: Engine; host: VirtualHost }> {
  const started = await startVirtual({ threads: 1 });
  await started.host.until(started.engine.submit(tinyRequest()));
  return started;
}

async function codeOf(result: Promise<unknown>): Promise<string> {
  try {
    await result;
    return 'completed';
  } catch (error) {
    return error instanceof DdimError ? error.code : String(error);
  }
}

const steps = (numInferenceSteps: number, overrides: Partial<EngineRequest> = {}): EngineRequest =>
  tinyRequest({ rows: 1, options: { numInferenceSteps }, ...overrides });

describe('a deadline', () => {
  it('is refused at once when the steps alone take too long', async () => {
    const { engine, host } = await startWarm();
    const before = engine.stats().rowStepsTotal;
    const result = codeOf(engine.submit(steps(100, { deadlineAt: host.now() + 60 })));
    expect(await result).toBe('deadline_exceeded');
    expect(engine.stats().rowStepsTotal).toBe(before);
    await host.until(engine.close());
  });

  it('is refused at once when better-ranked work takes too long', async () => {
    const { engine, host } = await startWarm();
    const others = [1, 2, 3, 4].map((seed) =>
      codeOf(
        engine.submit(steps(200, { seed, rows: 16, priority: 'interactive', observations: new Float32Array(80) })),
      ),
    );
    expect(await codeOf(engine.submit(steps(50, { deadlineAt: host.now() + 200 })))).toBe('deadline_exceeded');
    expect(await host.until(Promise.all(others))).toEqual(Array(4).fill('completed'));
    await host.until(engine.close());
  });

  it('that cannot be met any more ends its request before its last step', async () => {
    const { engine, host } = await startWarm();
    const late = steps(40, { deadlineAt: host.now() + 70, priority: 'bulk' });
    const result = codeOf(engine.submit(late));
    const disturbance = [1, 2, 3].map((seed) =>
      codeOf(engine.submit(steps(60, { seed, rows: 16, priority: 'interactive', observations: new Float32Array(80) }))),
    );
    expect(await host.until(result)).toBe('deadline_exceeded');
    expect(host.now()).toBeLessThanOrEqual((late.deadlineAt ?? 0) + 1);
    await host.until(Promise.all(disturbance));
    await host.until(engine.close());
  });

  it('that is met changes nothing', async () => {
    const { engine, host } = await startWarm();
    const request = steps(40, { deadlineAt: host.now() + 200 });
    const { actions } = await host.until(engine.submit(request));
    const { actions: undisturbed } = await host.until(engine.submit(steps(40)));
    expect(actions).toEqual(undisturbed);
    await host.until(engine.close());
  });

  it('ends a request that waits for its model', async () => {
    const { engine, host } = await startVirtual({ loadModel: () => new Promise(() => {}) });
    const result = codeOf(engine.submit(steps(10, { deadlineAt: host.now() + 1_000 })));
    expect(await host.until(result)).toBe('deadline_exceeded');
    expect(host.now()).toBeLessThan(1_500);
    await host.until(engine.close());
  });
});
