import { jobsPath, StoredSamplingResult, StoredSamplingJob, type JobProgress, type SamplingJob } from '#contract';
import { LIFETIMES, type StoredJob } from '#queue';
import {
  commonView,
  newestEvent,
  resultOf,
  runView,
  statusOf,
  toTimestamp,
  wholeProgress,
} from '../jobs/read/job-view.js';
import { readPart } from '../jobs/read/unreadable-job.js';

/**
 * A sampling job as clients see it.
 * @param data what was stored, if that is known: checking it takes longer than all else here
 * @param result of a job that has succeeded, likewise
 * @throws UnreadableJob
 */
export function samplingJobView(
  job: StoredJob,
  data: StoredSamplingJob = readPart(StoredSamplingJob, job.data, job.id),
  result = resultOf(job, StoredSamplingResult),
): SamplingJob {
  const common = commonView(job);
  // What is spread comes last, as everywhere on a job's way: see ARCHITECTURE.md.
  return {
    kind: 'sampling',
    priority: data.request.priority,
    model: { name: data.model.name, version: data.model.version },
    progress: progressOf(job, data),
    estimatedSecondsLeft: common.status === 'running' ? (newestEvent(job, 'step')?.secondsLeft ?? null) : null,
    seed: data.seed,
    realTimeChunking: chunkingView(data),
    expiresAt: result && job.finishedAt !== undefined ? toTimestamp(resultExpiresAt(job)) : null,
    result: result ? resultView(job.id, result) : null,
    metadata: data.request.metadata,
    ...runView(job, data.warnings, result),
    ...common,
  };
}

/** Until when the result of a job that has succeeded is promised, in ms since 1970. */
export function resultExpiresAt({ finishedAt = Infinity }: StoredJob): number {
  return finishedAt + LIFETIMES.resultMs;
}

function resultView(jobId: string, { shape, sha256, bytes }: StoredSamplingResult): SamplingJob['result'] {
  return { shape, dtype: 'float32', sha256, bytes, href: `${jobsPath('sampling')}/${jobId}/result` };
}

/** Without the actions themselves. */
function chunkingView({ request }: StoredSamplingJob): SamplingJob['realTimeChunking'] {
  if (request.realTimeChunking === undefined) return null;
  const { previousActions: _, ...used } = request.realTimeChunking;
  return used;
}

function progressOf(job: StoredJob, { rows, steps }: StoredSamplingJob): JobProgress {
  const step = newestEvent(job, 'step');
  const status = statusOf(job);
  const total = { rows, steps };
  if (status === 'succeeded' || status === 'queued' || step === undefined)
    return wholeProgress(total, status === 'succeeded');
  const { completedRows, totalRows, completedSteps, totalSteps } = step;
  return { completedRows, totalRows, completedSteps, totalSteps };
}
