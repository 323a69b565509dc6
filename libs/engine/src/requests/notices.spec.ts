import { describe, expect, it } from 'vitest';
import { runFakeAlone, startVirtual } from '../../testing/engines.js';
import { tinyRequest } from '../../testing/requests.js';
import { Notices } from './notices.js';
import type { EnginePreview, EngineProgress } from './request.js';

describe('progress and previews', () => {
  it('come in order with exact steps: the first 64 previews as they arise, later ones five times per second', async () => {
    const previews: Array<EnginePreview & { at: number }> = [];
    const { engine, host } = await startVirtual(
      { threads: 1 },
      { macroStepMs: ({ stepsPerCall }) => 10 * stepsPerCall },
    );
    const request = tinyRequest({
      rows: 4,
      options: { numInferenceSteps: 250 },
      previewEvery: 1,
      onPreview: (preview) => previews.push({ ...preview, at: host.now() }),
    });
    await host.until(engine.submit(request));
    expect(previews.slice(0, 64).map(({ step }) => step)).toEqual(Array.from({ length: 64 }, (_, step) => step));
    const later = previews.slice(63);
    expect(later.length).toBeGreaterThan(1);
    for (const [i, { step, at }] of later.entries()) {
      if (i === 0) continue;
      expect(at - later[i - 1].at).toBeGreaterThanOrEqual(200);
      expect(step).toBeGreaterThan(later[i - 1].step);
    }
    await host.until(engine.close());
  });

  it('come at the steps that a request asks for, and progress at most twice per second', async () => {
    const previews: EnginePreview[] = [];
    const progress: Array<EngineProgress & { at: number }> = [];
    const { engine, host } = await startVirtual(
      { threads: 1 },
      { macroStepMs: ({ stepsPerCall }) => 10 * stepsPerCall },
    );
    const request = tinyRequest({
      rows: 4,
      options: { numInferenceSteps: 250 },
      previewEvery: 10,
      onPreview: (preview) => previews.push(preview),
      onProgress: (state) => progress.push({ ...state, at: host.now() }),
    });
    await host.until(engine.submit(request));
    expect(previews.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => 10 * i + 9));
    expect(progress.map(({ totalSteps, totalRows }) => [totalSteps, totalRows])).toContainEqual([1_000, 4]);
    expect(progress.length).toBeLessThanOrEqual((2 * host.now()) / 1e3);
    for (const [i, { at }] of progress.entries())
      if (i > 0) expect(at - progress[i - 1].at).toBeGreaterThanOrEqual(500);
    const done = progress.map(({ completedSteps }) => completedSteps);
    expect(done).toEqual(done.toSorted((left, right) => left - right));
    await host.until(engine.close());
  });

  it('go on with the next step that is asked for, where an earlier run has come so far', () => {
    const previews: EnginePreview[] = [];
    const notices = new Notices(tinyRequest({ previewEvery: 5, onPreview: (preview) => previews.push(preview) }));
    notices.resumed(12);
    for (let done = 13; done <= 20; done++) notices.preview(done, new Float32Array(), done);
    expect(previews.map(({ step }) => step)).toEqual([14, 19]);
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
