import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { found, type Schemas } from '#client';
import type { JobEvent } from '#contract';
import { shownError } from '../../data/shown-error.js';
import { watchJob } from '../../data/job-events.js';
import { service } from '../../data/service.js';
import { actionsOfJob } from '../../data/samples.js';
import { tensorBatch, type ActionBatch } from '../../parts/actions/action-batch.js';

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
      if (job.value.result !== null) result.value ??= await actionsOfJob(id, signal);
    };
    const fail = (cause: unknown) => {
      if (!signal.aborted) error.value = shownError(cause);
    };
    const lookAgain = oneAtATime(() => look().catch(fail));
    const take = (event: JobEvent) => {
      if (event.type === 'preview')
        previews.value = [...previews.value, { step: event.step, actions: tensorBatch(event.actions) }];
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
