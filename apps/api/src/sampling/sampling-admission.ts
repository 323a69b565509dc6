import { Injectable } from '@nestjs/common';
import { InputError, outputSize, SAMPLING_LIMITS } from '#ddim';
import { requestBytes } from '#engine';
import {
  rowsIn,
  TENSORS,
  tensorsOf,
  type SamplingJobData,
  type SamplingRequest,
  type Tensor,
  type TensorPath,
} from '#contract';
import { seedOf } from '#queue';
import { ModelRegistry, type ModelVersionRecord } from '#storage';
import type { Caller } from '../access/caller.js';
import { fieldProblem, HttpProblem } from '../http/problem.js';
import type { Claimed } from '../jobs/submit/job-submission.js';
import { jsonBytes, requireRoomInJob } from '../jobs/submit/job-size.js';
import { QueueLoad } from '../queue/queue-load.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { ModelsInTraining } from './models-in-training.js';
import { chunkingOf, withShiftedChunk } from './chunking.js';
import { requirePrecision } from './precision-offer.js';
import { MAX_PLAIN_BYTES, RequestTensors, type TensorInput } from './request-tensors.js';
import { SamplingPlans } from './sampling-plans.js';
import { withWarmStart, type ActionSizes } from './starting-point.js';

/**
 * A worker may turn out to be faster than it ever was, because it was always busy, but hardly more than twice
 * as fast.
 */
const CERTAIN_RATIO = 0.5;

/**
 * Decides at submission whether a request can run on its model, so that a job that was accepted does not fail
 * for its own fault.
 */
@Injectable()
export class SamplingAdmission {
  private readonly plans = new SamplingPlans();

  constructor(
    private readonly models: ModelCatalog,
    private readonly tensors: RequestTensors,
    private readonly load: QueueLoad,
    private readonly inTraining: ModelsInTraining,
    private readonly registry: ModelRegistry,
  ) {}

  /** The job of a request, complete. @throws HttpProblem or InputError naming the field at fault */
  async admit(
    request: SamplingRequest,
    { jobId, caller }: Pick<Claimed, 'jobId' | 'caller'>,
  ): Promise<SamplingJobData> {
    const record = await this.resolveModel(request.model, caller);
    refuseHung(record);
    if (request.precision !== 'float32') requirePrecision(request.precision, record, this.load);
    const { options, warnings, numSteps, bytes: planBytes } = this.plans.plan(request, record);
    const chunking = chunkingOf(request, record, numSteps);
    this.requireAttainable(request, record, numSteps);

    const observations = await this.tensors.read(request.observations, { field: 'observations', caller });
    const rows = countRows(request, record, observations);
    limit('samplesPerObservation', rows, SAMPLING_LIMITS.rows, 'rows');
    limit('numInferenceSteps', rows * numSteps, SAMPLING_LIMITS.rowSteps, 'rows x steps');
    const { actionHorizon, actionDim } = record.config;
    const inputs = await this.readActions(request, { rows, actionHorizon, actionDim }, caller);
    const mask = request.fixedActions && flatMask(request.fixedActions.mask, actionHorizon, actionDim);
    const bytes = bytesInEngine(record, { rows, mode: request.mode }, [observations, ...Object.values(inputs)]);
    limit('samplesPerObservation', bytes, SAMPLING_LIMITS.bytes, 'bytes of rows and inputs');
    const model = await this.registry.refer(record);
    const own = {
      request: takenOver(request),
      model,
      seed: request.seed ?? seedOf(jobId),
      rows,
      steps: rows * numSteps,
      actionShape: [actionHorizon, actionDim] satisfies [number, number],
    };
    // One object instead of two: a comma for a pair of braces.
    const dataBytes = planBytes + jsonBytes(own) - 1;
    const otherBytes = dataBytes + jsonBytes(mask) + jsonBytes(chunking);
    const { metadata, supersedeKey, fixedActions: fixed } = request;
    const parts = { metadata, supersedeKey, 'fixedActions.mask': fixed?.mask };
    requireRoomInJob(otherBytes, MAX_PLAIN_BYTES, parts);
    const all = await this.tensors.store({ observations, ...inputs }, otherBytes);
    const { 'fixedActions.values': values, 'realTimeChunking.previousActions': previousActions, ...stored } = all;
    const fixedActions = mask && values ? { mask, values } : undefined;
    const realTimeChunking = chunking && previousActions ? { previousActions, ...chunking } : undefined;
    const extras = { ...(fixedActions && { fixedActions }), ...(realTimeChunking && { realTimeChunking }) };
    return { options, warnings, ...own, request: Object.assign(own.request, stored, extras) };
  }

  /**
   * The tensors that have the shape of actions, those of a plan under way shifted; what is left of a warm
   * start is among them as initialActions.
   */
  private async readActions(request: SamplingRequest, sizes: ActionSizes, caller: Caller) {
    const given = tensorsOf<Tensor>(request);
    const read: Partial<Record<TensorPath, TensorInput>> = {};
    for (const { path, like, rows } of TENSORS) {
      const numRows = rowsIn(request.mode, rows);
      if (like === 'observations' || numRows === undefined) continue;
      if (given[path] === undefined) continue;
      const shape = [numRows === 'all' ? sizes.rows : numRows, sizes.actionHorizon, sizes.actionDim];
      read[path] = await this.tensors.read(given[path], { field: path, caller }, shape);
    }
    return withWarmStart(request, withShiftedChunk(request, read, sizes), sizes);
  }

  private async resolveModel(reference: string, caller: Caller): Promise<ModelVersionRecord> {
    try {
      return await this.models.resolveFor(caller, reference);
    } catch (error) {
      const isUnknown = error instanceof InputError && error.code === 'model_not_found';
      const job = isUnknown && !reference.includes('@') ? await this.inTraining.find(reference, caller) : undefined;
      if (job === undefined) throw error;
      throw new HttpProblem('model_not_ready', `model ${reference} is still being trained by job ${job}`, {
        cause: error,
      });
    }
  }

  /**
   * Refuses only what certainly cannot be met: a job takes at least as long as its steps would on the fastest
   * worker, alone.
   */
  private requireAttainable(
    { deadlineMs, precision }: SamplingRequest,
    { name, version }: ModelVersionRecord,
    numSteps: number,
  ): void {
    if (deadlineMs === undefined) return;
    const seconds = this.load.leastStepSeconds(`${name}@${version}`, precision);
    if (seconds === undefined || deadlineMs >= seconds * numSteps * 1_000 * CERTAIN_RATIO) return;
    const detail = `${numSteps} steps of one row alone take about ${Math.ceil(seconds * numSteps * 1_000)} ms, got ${deadlineMs}`;
    throw fieldProblem('deadlineMs', detail, 'deadline_exceeded');
  }
}

/** The part of a request that a job takes over as it is. */
function takenOver(request: SamplingRequest) {
  const { mode, precision, samplesPerObservation, priority, deadlineMs, supersedeKey, previewEvery, metadata } =
    request;
  return { mode, precision, samplesPerObservation, priority, deadlineMs, supersedeKey, previewEvery, metadata };
}

/** A version that made a worker hang would do so again. */
function refuseHung({ name, version, hung }: ModelVersionRecord): void {
  if (hung)
    throw fieldProblem('model', `${name}@${version} is not run since ${hung.at}: ${hung.reason}`, 'model_hangs');
}

/** Rows of the result: observations x samplesPerObservation. */
function countRows(
  request: SamplingRequest,
  { config }: ModelVersionRecord,
  observations: TensorInput | undefined,
): number {
  const { obsSize } = config;
  if (observations === undefined) {
    if (obsSize > 0) throw fieldProblem('observations', `required: the model takes observations [N,${obsSize}]`);
    return request.samplesPerObservation;
  }
  const [count = 0, size] = observations.shape;
  const interpolates = request.mode === 'interpolate';
  if (observations.shape.length !== 2 || size !== obsSize || count < 1 || (interpolates && count > 1)) {
    const expected = interpolates ? `[1,${obsSize}] in mode interpolate` : `[N,${obsSize}]`;
    const got = `[${observations.shape.join(',')}]`;
    throw new InputError('shape_mismatch', `observations must be ${expected}, got ${got}`, { field: 'observations' });
  }
  return count * request.samplesPerObservation;
}

/**
 * What the job will weigh in an engine; the noise of an interpolation's path is worked out by the worker, for
 * all rows.
 */
function bytesInEngine(
  record: ModelVersionRecord,
  { rows, mode }: { readonly rows: number; readonly mode: SamplingRequest['mode'] },
  inputs: readonly (TensorInput | undefined)[],
): number {
  const D = outputSize(record.config);
  const conditionSize = record.format === 'onnx' ? record.config.obsSize : record.config.hiddenSize;
  const given = inputs.reduce((sum, input) => sum + (input?.data.length ?? 0), 0);
  const inputElements = given + (mode === 'interpolate' ? rows * D : 0);
  return requestBytes({ rows, outputSize: D, conditionSize, inputElements });
}

function limit(path: string, value: number, most: number, unit: string): void {
  if (value <= most) return;
  const errors = [{ path, message: `at most ${most} ${unit}, got ${value}` }];
  throw new HttpProblem('limit_exceeded', `the job has ${value} ${unit}, at most ${most} are allowed`, { errors });
}

/** [horizon * dim] of 0 and 1 from a mask of [horizon] or [horizon, dim]. */
function flatMask(mask: readonly unknown[], horizon: number, dim: number): (0 | 1)[] {
  const isPerStep = !Array.isArray(mask[0]);
  if (mask.length !== horizon || !mask.every((step) => (isPerStep ? !Array.isArray(step) : lengthOf(step) === dim))) {
    const lengths = new Set(mask.slice(0, horizon).map(lengthOf));
    const got = isPerStep ? `[${mask.length}]` : `[${mask.length},${[...lengths].slice(0, 3).join(' or ')}]`;
    const message = `fixedActions.mask must be [${horizon}] or [${horizon},${dim}], got ${got}`;
    throw new InputError('shape_mismatch', message, { field: 'fixedActions.mask' });
  }
  return mask.flatMap((step) =>
    Array.isArray(step) ? step.map(zeroOrOne) : Array.from({ length: dim }, () => zeroOrOne(step)),
  );
}

function lengthOf(step: unknown): number {
  return Array.isArray(step) ? step.length : 0;
}

function zeroOrOne(known: unknown): 0 | 1 {
  return known ? 1 : 0;
}
