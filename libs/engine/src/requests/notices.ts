/**
 * Progress and previews of one request, no more often than anybody wants. Knows nothing of rows in threads.
 */

import type { EngineRequest } from './request.js';

/**
 * At most so often per request; what comes in between is lost, the newest wins. A request that takes less
 * time reports no progress.
 */
const PROGRESS_INTERVAL_MS = 500;
const PREVIEW_INTERVAL_MS = 200;
/** So many previews of a request come at any pace: a short one, whole, is what people want to see. */
const PREVIEWS_AT_ONCE = 64;

/** What has been done by now: `stepsBefore` of it by an earlier run, the rest in `runMs`. */
interface Done {
  readonly rows: number;
  readonly steps: number;
  readonly stepsBefore: number;
  readonly runMs: number;
}

/** Progress and previews of one request, on their way to its callbacks. */
export class Notices {
  /** In ms since the request's first step. */
  private progressAt = 0;
  private previewAt = -Infinity;
  private previewedStep = 0;
  private previews = 0;

  constructor(private readonly request: EngineRequest) {}

  /** An earlier run has brought row 0 to this step. */
  resumed(step: number): void {
    this.previewedStep = step;
  }

  /** Steps from `step` to the next one that asks for a preview of row 0, if a preview could be sent now. */
  stepsToPreview(step: number, now: number): number | undefined {
    const { onPreview, previewEvery } = this.request;
    if (!onPreview || !previewEvery) return undefined;
    if (this.previews >= PREVIEWS_AT_ONCE && now - this.previewAt < PREVIEW_INTERVAL_MS) return undefined;
    return (Math.floor(this.previewedStep / previewEvery) + 1) * previewEvery - step;
  }

  /** Row 0 has done `stepsDone` steps; x0 [D] is the prediction of the last one. */
  preview(stepsDone: number, x0: Float32Array, now: number): void {
    const left = this.stepsToPreview(stepsDone, now);
    if (left === undefined || left > 0) return;
    this.previewAt = now;
    this.previews += 1;
    this.previewedStep = stepsDone;
    this.request.onPreview?.({ row: 0, step: stepsDone - 1, x0 });
  }

  progress(done: Done): void {
    const { onProgress, rows, plan } = this.request;
    if (!onProgress || done.runMs - this.progressAt < PROGRESS_INTERVAL_MS) return;
    this.progressAt = done.runMs;
    const totalSteps = rows * plan.timesteps.length;
    const own = done.steps - done.stepsBefore;
    onProgress({
      completedRows: done.rows,
      totalRows: rows,
      completedSteps: done.steps,
      totalSteps,
      secondsLeft: own > 0 ? ((totalSteps - done.steps) * done.runMs) / own / 1e3 : undefined,
    });
  }
}
