import { z } from 'zod';
import { jobOwnerFields } from '../access/job-owner.js';
import { JobModel } from '../jobs/job.js';
import { ResolvedModel } from '../jobs/resolved-model.js';
import { RESULT_TIMINGS } from '../jobs/result-timings.js';
import { Metadata } from '../metadata.js';
import { ResourceName, Sha256 } from '../names.js';
import { PolicyInterface } from '../policies/policy-interface.js';
import { StatedWarning } from '../problem.js';
import { CompleteTrainingConfig, resolveTrainingConfig } from './training-config.js';
import { TrainingStop } from './training-stop.js';
import { TrainingRequest } from './training-request.js';

const admittedFields = {
  ...jobOwnerFields,
  initFrom: ResolvedModel.optional(),
  warnings: z.array(StatedWarning),
};

/** BullMQ data of a training job, as it was admitted: nothing of it is left to be decided or judged. */
const TrainingJobData = z.strictObject({
  /** Name of the model that gets a new version. */
  model: ResourceName,
  dataset: z.strictObject({ name: ResourceName, sha256: Sha256 }),
  config: CompleteTrainingConfig,
  metadata: Metadata,
  policy: PolicyInterface.optional(),
  ...admittedFields,
});
export type TrainingJobData = z.output<typeof TrainingJobData>;

/** Release 0.1 left preset and defaults to the worker; a run that has begun goes on with what they were. */
const FormerTrainingJob = z
  .strictObject({
    request: TrainingRequest,
    dataset: z.strictObject({
      name: ResourceName,
      sha256: Sha256,
      obsSize: z.int().min(0),
      actionHorizon: z.int().min(1),
      actionDim: z.int().min(1),
    }),
    seed: z.int().min(0),
    steps: z.int().min(1),
    ...admittedFields,
  })
  .transform(({ request, dataset: { name, sha256, ...sizes }, initFrom, warnings }): TrainingJobData => {
    const { model, metadata } = request;
    const config = resolveTrainingConfig(request, sizes);
    return { model, dataset: { name, sha256 }, config, metadata, ...(initFrom && { initFrom }), warnings };
  });

/** What Redis may hold of a training job; parsed, it is complete, whichever release has stored it. */
export const StoredTrainingJob = z.union([TrainingJobData, FormerTrainingJob]);

/** BullMQ return value of a training job. */
export const TrainingJobResult = z.strictObject({
  model: JobModel,
  sha256: Sha256,
  bytes: z.int().min(0),
  updates: z.int().min(0),
  finalLoss: z.number().nullable(),
  validationLoss: z.number().nullable(),
  /** Absent: `steps`, and all that the release before could do. */
  stopReason: TrainingStop.optional(),
  /** Update whose weights are the version's; absent: the last one. */
  keptStep: z.int().min(0).optional(),
  timings: z.strictObject(RESULT_TIMINGS),
  warnings: z.array(StatedWarning),
  worker: z.string(),
});
export type TrainingJobResult = z.output<typeof TrainingJobResult>;
