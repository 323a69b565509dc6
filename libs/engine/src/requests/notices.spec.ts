import { describe, expect, it } from 'vitest';
import { runFakeAlone, startVirtual } from '../../testing/engines.js';
import { tinyRequest } from '../../testing/requests.js';
import type { EnginePreview, EngineProgress } from './request.js';

describe('progress and previews', () => {
  it('come at most five times and twice per second, in order, with exact steps', async () => {
    const previews: Array<EnginePreview & { at: number }> = [];
    const progress: Array<EngineProgress & { at: number }> = [];
    const { engine, host } = await startVirtual(
      { threads: 1 },
      { macroStepMs: ({ stepsPerCall }) => 10 * stepsPerCall },
    );
    const request = tinyRequest({
      rows: 4,
      options: { numInferenceSteps: 250 },
      previewEvery: 10,
      onPreview: (preview) => previews.push({ ...preview, at: host.now() }),
      onProgress: (state) => progress.push({ ...state, at: host.now() }),
    });
    await host.until(engine.submit(request));
    const seconds = host.now() / 1e3;
    expect(previews.length).toBeGreaterThan(1);
    expect(previews.length).toBeLessThanOrEqual(5 * seconds + 1);
    for (const [i, { step, at }] of previews.entries()) {
      expect(step).toBeGreaterThan(previews[i - 1]?.step ?? 0);
      if (i > 0) expect(at - previews[i - 1].at).toBeGreaterThanOrEqual(200);
    }
    expect(previews[0].step).toBe(9);
    expect(progress.map(({ totalSteps, totalRows }) => [totalSteps, totalRows])).toContainEqual([1_000, 4]);
    expect(progress.length).toBeLessThanOrEqual(2 * seconds);
    for (const [i, { at }] of progress.entries())
      if (i > 0) expect(at - progress[i - 1].at).toBeGreaterThanOrEqual(500);
    const done = progress.map(({ completedSteps }) => completedSteps);
    expect(done).toEqual(done.toSorted((left, right) => left - right));
    await host.until(engine.close());
  });

  it('say nothing of a request that takes less than half a second', async () => {
    const { engine, host } = await startVirtual();
    const progress: EngineProgress[] = [];
    await host.until(engine.submit(tinyRequest({ onProgress: (state) => progress.push(state) })));
    expect(progress).toEqual([]);
    await host.until(engine.close());
  });

  it('do not change the result', async () => {
    const { engine, host } = await startVirtual();
    const request = tinyRequest({ rows: 4, options: { numInferenceSteps: 250 }, previewEvery: 3, onPreview: () => {} });
    expect((await host.until(engine.submit(request))).actions).toEqual(await runFakeAlone(request));
    await host.until(engine.close());
  });
});
