import { Injectable } from '@nestjs/common';
import {
  checkTrainingConfig,
  clippedRangeWarnings,
  InputError,
  samplingDefaults,
  type TrainingConfig,
  type Warning,
} from '#ddim';
import { KINDS, resolveTrainingConfig, type TrainingJobData, type TrainingRequest } from '#jobs';
import {
  DatasetStore,
  FileArtifactStore,
  ModelRegistry,
  recordedArtifact,
  type DatasetRecord,
  type ModelVersionRecord,
} from '#storage';
import { datasetView } from '../datasets/dataset-view.js';
import { jsonBytes, requireRoomInJob } from '../jobs/job-size.js';
import { fieldProblem } from '../http/problem.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { StoreRoom } from '../storage/store-room.js';

/** Of a job's data beside its request: dataset, model to begin with, warnings. */
const OTHER_BYTES = 8_192;

/** A request that was found good, all but its seed. */
export type AdmittedTraining = Omit<TrainingJobData, 'seed'>;

/** Decides at submission whether a training request makes sense for its dataset. */
@Injectable()
export class TrainingAdmission {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly models: ModelCatalog,
    private readonly artifacts: FileArtifactStore,
    private readonly registry: ModelRegistry,
    private readonly room: StoreRoom,
  ) {}

  /** @throws HttpProblem or InputError naming the field at fault */
  async admit(request: TrainingRequest): Promise<AdmittedTraining> {
    if (request.webhook !== undefined) throw fieldProblem('webhook', 'webhooks are not supported');
    const dataset = await this.datasets.get(request.dataset);
    const config = resolveTrainingConfig(request, datasetView(dataset));
    checkTraining(config);
    const warnings = checkTrainingConfig(config);
    const { metadata, diffusion } = request;
    const parts = { metadata, 'diffusion.trainedBetas': diffusion.trainedBetas };
    requireRoomInJob(jsonBytes(request) + OTHER_BYTES, KINDS.training.maxDataBytes, parts);
    const initFrom = request.initFrom === undefined ? undefined : await this.initialModel(request.initFrom, config);
    const rangeWarnings = await this.rangeWarnings(initFrom, dataset, config);
    await this.room.require(); // for checkpoints and the model
    await recordedArtifact(dataset.sha256, () => this.artifacts.touch(dataset.sha256));
    const { obsSize, actionHorizon, actionDim } = dataset;
    return {
      request,
      dataset: { name: dataset.name, sha256: dataset.sha256, obsSize, actionHorizon, actionDim },
      ...(initFrom && { initFrom }),
      steps: config.training.steps,
      warnings: [...warnings, ...rangeWarnings],
    };
  }

  private async initialModel(reference: string, config: TrainingConfig): Promise<TrainingJobData['initFrom']> {
    const record = await this.models.resolve(reference);
    const difference = findDifference(record, config);
    if (difference !== undefined) {
      throw new InputError('checkpoint_mismatch', `initFrom: ${reference} has another ${difference}`, {
        field: 'initFrom',
      });
    }
    return this.registry.refer(record);
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

const ARCHITECTURE = ['obsSize', 'actionHorizon', 'actionDim', 'hiddenSize', 'numLayers', 'numTrainTimesteps'] as const;

/** The first size in which the model differs from what the job would train. */
function findDifference(record: ModelVersionRecord, wanted: TrainingConfig): string | undefined {
  if (record.format === 'onnx') return 'format: it is an imported ONNX file, which cannot be trained';
  const { config } = record;
  const sizes = { ...wanted, ...wanted.network, numTrainTimesteps: wanted.diffusion.numTrainTimesteps };
  const name = ARCHITECTURE.find((field) => config[field] !== sizes[field]);
  return name && `${name}: ${config[name]}, this job wants ${sizes[name]}`;
}
