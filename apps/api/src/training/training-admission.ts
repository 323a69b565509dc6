import { Injectable } from '@nestjs/common';
import { checkTrainingConfig, MAX_DRAWN_NUMBERS } from '#training';
import {
  clippedRangeWarnings,
  inheritShape,
  InputError,
  samplingDefaults,
  shapeDifference,
  type TrainingConfig,
  type Warning,
} from '#ddim';
import { KINDS, resolveTrainingConfig, type TrainingJobData, type TrainingRequest } from '#contract';
import { seedOf } from '#queue';
import {
  DatasetStore,
  noDataset,
  ArtifactStore,
  ModelRegistry,
  recordedArtifact,
  type DatasetRecord,
  type MlpVersionRecord,
} from '#storage';
import type { Caller } from '../access/caller.js';
import { requireSeen } from '../access/owned.js';
import { ArtifactClaims } from '../artifacts/artifact-claims.js';
import type { Claimed } from '../jobs/submit/job-submission.js';
import { jsonBytes, requireRoomInJob } from '../jobs/submit/job-size.js';
import { fieldProblem } from '../http/problem.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { requireNamesOfActions } from '../policies/action-names.js';
import { StoreRoom } from '../storage/store-room.js';

/** Decides at submission whether a training request makes sense for its dataset. */
@Injectable()
export class TrainingAdmission {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly models: ModelCatalog,
    private readonly artifacts: ArtifactStore,
    private readonly registry: ModelRegistry,
    private readonly room: StoreRoom,
    private readonly claims: ArtifactClaims,
  ) {}

  /** The job of a request, complete. @throws HttpProblem or InputError naming the field at fault */
  async admit(given: TrainingRequest, { jobId, caller }: Pick<Claimed, 'jobId' | 'caller'>): Promise<TrainingJobData> {
    const dataset = requireSeen(caller, await this.datasets.get(given.dataset), () => noDataset(given.dataset));
    const parent = given.initFrom === undefined ? undefined : await this.initialModel(given.initFrom, caller);
    const request = { ...given, training: { seed: seedOf(jobId), ...given.training } };
    const config = resolveTrainingConfig(parent ? inheritShape(request, parent.config) : request, dataset);
    if (parent) checkSameShape(parent, config);
    checkTraining(config);
    checkObservation(config, dataset);
    requireNamesOfActions(given.policy, dataset, 'policy.');
    const warnings = [...checkTrainingConfig(config)];
    const initFrom = parent && (await this.registry.refer(parent));
    warnings.push(...(await this.rangeWarnings(initFrom, dataset, config)));
    const { name, sha256 } = dataset;
    const { model, metadata, policy } = given;
    const extras = { ...(initFrom && { initFrom }), ...(policy && { policy }) };
    const data = { model, dataset: { name, sha256 }, config, metadata, ...extras, warnings };
    const parts = { metadata, policy, 'diffusion.trainedBetas': config.diffusion.trainedBetas };
    requireRoomInJob(jsonBytes(data), KINDS.training.maxDataBytes, parts);
    await this.room.require(); // for checkpoints and the model
    await this.claims.requireRoom(caller, 0);
    await recordedArtifact(sha256, () => this.artifacts.touch(sha256));
    await this.models.claimName(caller, model, jobId); // now, and not when the training has ended
    return data;
  }

  /** @throws InputError `model_not_found`; `checkpoint_mismatch` for an imported denoiser */
  private async initialModel(reference: string, caller: Caller): Promise<MlpVersionRecord> {
    const record = await this.models.resolveFor(caller, reference);
    if (record.format === 'onnx')
      throw mismatch(`${reference} has another format: it is an imported ONNX file, which cannot be trained`);
    return record;
  }

  /** What the new model will not reach of its data, because it keeps the initial one's range. */
  private async rangeWarnings(
    initFrom: TrainingJobData['initFrom'],
    { actionRanges }: DatasetRecord,
    config: TrainingConfig,
  ): Promise<readonly Warning[]> {
    if (initFrom === undefined || actionRanges === undefined) return [];
    const { bytes } = await this.artifacts.stat(initFrom.sha256);
    if (bytes > MAX_LOOKED_AT_BYTES) return [];
    const { actionNormalizer } = await this.registry.load(initFrom);
    return clippedRangeWarnings(actionNormalizer, actionRanges, samplingDefaults(config.diffusion));
  }
}

/** A model is read as a whole for its ranges: not one that would hold up others. */
const MAX_LOOKED_AT_BYTES = 128 * 1_024 ** 2;

/** Draws are kept as events of the job. */
const MAX_DRAWS = 100;

/** Settings that are each in range but contradict each other. */
function checkTraining({ diffusion, training }: TrainingConfig): void {
  const { trainedBetas, numTrainTimesteps, numInferenceSteps } = diffusion;
  if (numInferenceSteps > numTrainTimesteps) {
    throw fieldProblem(
      'diffusion.numInferenceSteps',
      `at most numTrainTimesteps ${numTrainTimesteps}, got ${numInferenceSteps}`,
    );
  }
  if (trainedBetas !== undefined && trainedBetas.length !== numTrainTimesteps) {
    throw fieldProblem('diffusion.trainedBetas', `expected ${numTrainTimesteps} values, got ${trainedBetas.length}`);
  }
  if (training.warmupSteps > training.steps) {
    throw fieldProblem('training.warmupSteps', `at most steps ${training.steps}, got ${training.warmupSteps}`);
  }
}

/** What a run shows of itself, and decides by, must be there and must not be too much. */
function checkObservation({ training, actionHorizon, actionDim }: TrainingConfig, { count }: DatasetRecord): void {
  const { earlyStopping, keepBest, sampleEvery, validationFraction, steps } = training;
  const field = earlyStopping ? 'training.earlyStopping' : 'training.keepBest';
  if ((earlyStopping || keepBest) && Math.min(Math.floor(count * validationFraction), count - 1) < 1)
    throw fieldProblem(
      field,
      `needs a pair to validate with; validationFraction ${validationFraction} of ${count} is none`,
    );
  if (sampleEvery === undefined) return;
  if (steps / sampleEvery > MAX_DRAWS)
    throw fieldProblem(
      'training.sampleEvery',
      `at least ${Math.ceil(steps / MAX_DRAWS)} for ${steps} steps, got ${sampleEvery}`,
    );
  const numbers = actionHorizon * actionDim;
  if (numbers > MAX_DRAWN_NUMBERS)
    throw fieldProblem(
      'training.sampleEvery',
      `for rows of at most ${MAX_DRAWN_NUMBERS} numbers, these have ${numbers}`,
    );
}

/**
 * A setting that contradicts the model is refused by its name, and a dataset of other sizes by that of the
 * model.
 */
function checkSameShape({ name, version, config: model }: MlpVersionRecord, config: TrainingConfig): void {
  const difference = shapeDifference(model, config);
  if (difference === undefined) return;
  const { field, wanted, kept } = difference;
  const label = `${name}@${version}`;
  if (!field.includes('.')) throw mismatch(`${label} has another ${field}: ${kept}, the dataset has ${wanted}`);
  throw fieldProblem(
    field,
    `${kept ?? 'nothing'} as in ${label}, whose weights it starts from, or left out; got ${wanted}`,
  );
}

function mismatch(message: string): InputError {
  return new InputError('checkpoint_mismatch', `initFrom: ${message}`, { field: 'initFrom' });
}
