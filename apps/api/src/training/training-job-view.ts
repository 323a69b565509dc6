import { StoredTrainingJob, TrainingJobResult, type TrainingJob } from '#contract';
import type { StoredJob } from '#queue';
import {
  commonView,
  hasEnded,
  newestEvent,
  resultOf,
  runView,
  toTimestamp,
  wholeProgress,
} from '../jobs/read/job-view.js';
import { readPart } from '../jobs/read/unreadable-job.js';

/** A training job as clients see it. @throws UnreadableJob */
export function trainingJobView(job: StoredJob): TrainingJob {
  const data = readPart(StoredTrainingJob, job.data, job.id);
  const { steps, seed } = data.config.training;
  const result = resultOf(job, TrainingJobResult);
  const common = commonView(job);
  const progress = newestEvent(job, 'metrics');
  const step = Math.max(progress?.step ?? 0, job.checkpoint?.step ?? 0);
  const isDone = common.status === 'succeeded';
  const left = progress && progress.stepsPerSecond > 0 ? (steps - step) / progress.stepsPerSecond : null;
  return {
    kind: 'training',
    dataset: data.dataset.name,
    model: result?.model ?? { name: data.model, version: null },
    progress: {
      ...wholeProgress({ rows: null, steps }, isDone),
      completedSteps: result?.updates ?? step,
    },
    estimatedSecondsLeft: common.status === 'running' ? left : null,
    seed,
    pausedAt: job.pausedAt === undefined || hasEnded(common.status) ? null : toTimestamp(job.pausedAt),
    result: result ? resultView(result) : null,
    metadata: data.metadata,
    ...runView(job, data.warnings, result),
    ...common,
  };
}

function resultView(result: TrainingJobResult): TrainingJob['result'] {
  const { model, sha256, bytes, updates, finalLoss, validationLoss, stopReason = 'steps', keptStep = updates } = result;
  const href = `/v1/models/${model.name}/versions/${model.version}/checkpoint`;
  return { model, sha256, bytes, href, updates, stopReason, keptStep, finalLoss, validationLoss };
}
