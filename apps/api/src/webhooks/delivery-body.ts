import { assertNever } from '#ddim';
import type { NoticedEnd, StoredJob } from '#queue';
import { parseJobId, type SamplingJob, type TrainingJob } from '#contract';
import { UnreadableJob } from '../jobs/read/unreadable-job.js';
import { samplingJobView } from '../sampling/sampling-job-view.js';
import { trainingJobView } from '../training/training-job-view.js';

/**
 * What a receiver gets: the end as the type, when that was, and the job as `GET` shows it. Of a job that is
 * no longer kept, or cannot be read, there is only what the mark of its end says.
 * @param now when the end is looked at, in ms since 1970
 */
export function deliveryBody({ jobId, event }: NoticedEnd, job: StoredJob | undefined, now: number) {
  const view = job && readableView(job);
  const known = view?.status === event ? view : undefined;
  const timestamp = known?.finishedAt ?? new Date(now).toISOString();
  const data = known ?? { id: jobId, kind: parseJobId(jobId), status: event };
  return { endedAt: Date.parse(timestamp), body: JSON.stringify({ type: `job.${event}`, timestamp, data }) };
}

function readableView(job: StoredJob): SamplingJob | TrainingJob | undefined {
  try {
    return viewOf(job);
  } catch (error) {
    if (error instanceof UnreadableJob) return undefined;
    throw error;
  }
}

function viewOf(job: StoredJob): SamplingJob | TrainingJob {
  switch (job.kind) {
    case 'sampling':
      return samplingJobView(job);
    case 'training':
      return trainingJobView(job);
    default:
      return assertNever(job.kind);
  }
}
