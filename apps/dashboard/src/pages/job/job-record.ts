import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { found, unpackTensor, type Schemas } from '#client';
import type { JobEvent } from '#contract';
import { watchJob } from '../../data/job-events.js';
import { service } from '../../data/service.js';
import { isRecord } from '../../data/parsed.js';
import type { ActionBatch } from '../../parts/actions/action-batch.js';

export type ShownJob = Schemas['SamplingJob'];
export type Trace = Schemas['SamplingTrace'];

/** What row 0 would become, as predicted at a step. */
export interface PredictedActions {
  readonly step: number;
  readonly actions: ActionBatch;
}

/** What there is to know of a job, live until it has ended. */
interface JobRecord {
  readonly job: ReadonlySignal<ShownJob | undefined>;
  readonly trace: ReadonlySignal<Trace | undefined>;
  readonly previews: ReadonlySignal<readonly PredictedActions[]>;
  /** Of a job that has succeeded. */
  readonly result: ReadonlySignal<ActionBatch | undefined>;
  readonly error: ReadonlySignal<Error | undefined>;
}

/** Looks at a job again whenever its events say that something has happened. */
export function useJobRecord(id: string): JobRecord {
  const job = useSignal<ShownJob | undefined>(undefined);
  const trace = useSignal<Trace | undefined>(undefined);
  const previews = useSignal<readonly PredictedActions[]>([]);
  const result = useSignal<ActionBatch | undefined>(undefined);
  const error = useSignal<Error | undefined>(undefined);

  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    const look = async () => {
      [job.value, trace.value] = await Promise.all([jobOf(id, signal), traceOf(id, signal)]);
      if (job.value.result !== null) result.value ??= await resultOf(id, signal);
    };
    const fail = (cause: unknown) => {
      if (!signal.aborted) error.value = cause instanceof Error ? cause : new Error(String(cause));
    };
    const lookAgain = oneAtATime(() => look().catch(fail));
    const take = (event: JobEvent) => {
      const preview = event.type === 'preview' ? predictionOf(event) : undefined;
      if (preview) previews.value = [...previews.value, preview];
      else if (event.type !== 'queued') lookAgain();
    };
    look().then(() => watchJob(`v1/sampling-jobs/${id}`, take, signal), fail);
    return () => left.abort();
  }, [id]);

  return { job, trace, previews, result, error };
}

/** Does something whenever it is asked to: once more behind what is under way, however often that was. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isBusy = false;
  let isWanted = false;
  const begin = async (): Promise<void> => {
    isWanted = isBusy;
    if (isBusy) return;
    isBusy = true;
    await work();
    isBusy = false;
    if (isWanted) await begin();
  };
  return () => {
    begin().catch(reportError);
  };
}

async function jobOf(id: string, signal: AbortSignal): Promise<ShownJob> {
  return found(await service.GET('/v1/sampling-jobs/{id}', { params: { path: { id } }, signal }));
}

async function traceOf(id: string, signal: AbortSignal): Promise<Trace> {
  return found(await service.GET('/v1/sampling-jobs/{id}/trace', { params: { path: { id } }, signal }));
}

async function resultOf(id: string, signal: AbortSignal): Promise<ActionBatch | undefined> {
  const headers = { Accept: 'application/vnd.stride.tensor+json' };
  return actionsOf(
    found(await service.GET('/v1/sampling-jobs/{id}/result', { params: { path: { id } }, headers, signal })),
  );
}

/** The predicted x0 of an event, which has one row. */
function predictionOf(data: unknown): PredictedActions | undefined {
  if (!isRecord(data) || typeof data.step !== 'number') return undefined;
  const actions = actionsOf(data.actions);
  return actions && { step: data.step, actions };
}

/** [horizon, dim] or [rows, horizon, dim]. */
function actionsOf(tensor: unknown): ActionBatch | undefined {
  if (!isRecord(tensor) || !Array.isArray(tensor.shape)) return undefined;
  const [dim = 0, horizon = 0, rows = 1] = tensor.shape.map(Number).toReversed();
  return { rows, horizon, dim, values: unpackTensor(tensor.data) };
}
