/** Refuses requests that cannot run. Knows nothing of what else is in the engine. */

import { check, checkInteger, checkLength, outputSize, InputError, checkRowArrays, countRowNumbers } from '#ddim';
import { conditionSize, isImported, type BackendCapabilities, type ModelSource } from '../backend/backend.js';
import type { EngineLimits } from '../options.js';
import { requestBytes } from './request-bytes.js';
import type { EngineRequest } from './request.js';

/**
 * What can be said about a request before its model is here.
 * @throws InputError `validation_failed`, `limit_exceeded`, or `unsupported_option` when the backend lacks
 * the precision
 */
export function checkRequest(request: EngineRequest, capabilities: BackendCapabilities, limits: EngineLimits): void {
  const { plan, direction, rows, samplesPerObservation } = request;
  checkInteger('rows', rows, 1, Infinity);
  if (rows > limits.rowsPerRequest)
    throw new InputError('limit_exceeded', `rows must be at most ${limits.rowsPerRequest}, got ${rows}`, {
      field: 'rows',
    });
  checkInteger('seed', request.seed, 0, Number.MAX_SAFE_INTEGER);
  checkInteger('samplesPerObservation', samplesPerObservation, 1, rows);
  check(
    rows % samplesPerObservation === 0,
    'rows',
    rows,
    `a multiple of samplesPerObservation ${samplesPerObservation}`,
  );
  const { waitedMs = 0 } = request;
  check(Number.isFinite(waitedMs) && waitedMs >= 0, 'waitedMs', waitedMs, 'a finite number of at least 0');
  check(plan.direction === direction, 'direction', direction, `${plan.direction}, as planned`);
  checkInitialActions(request);
  if (!capabilities.precisions.includes(request.precision))
    throw new InputError('unsupported_option', 'precision is not supported by this backend', { field: 'precision' });
}

/**
 * What can be said once the model is here: every array has its shape, and the plan fits.
 * @throws InputError `shape_mismatch`, `validation_failed`, `unsupported_option` or `model_not_guidable`
 */
export function checkAgainstModel(request: EngineRequest, source: ModelSource): void {
  const { config } = source;
  const { plan, rows, samplesPerObservation, observations } = request;
  const numObservations = rows / samplesPerObservation;
  checkLength(
    'observations',
    observations.length,
    numObservations * config.obsSize,
    '[rows / samplesPerObservation, obsSize]',
  );
  checkRowArrays(request, rows, outputSize(config));
  const latest = plan.timesteps.reduce((most, timestep) => Math.max(most, timestep), 0);
  check(
    latest < config.numTrainTimesteps,
    'plan',
    `timestep ${latest}`,
    `below ${config.numTrainTimesteps}, as the model`,
  );
  const { predictionType } = plan.form;
  check(
    predictionType === config.predictionType,
    'plan',
    predictionType,
    `made for ${config.predictionType}, as the model`,
  );
  if (request.precision !== 'float32' && isImported(source))
    throw new InputError(
      'unsupported_option',
      `precision must be float32 for an imported denoiser, got ${request.precision}`,
      { field: 'precision' },
    );
  const { guidanceScale } = plan.options;
  if (guidanceScale !== 1 && isImported(source) && !source.nullCondition)
    throw new InputError(
      'model_not_guidable',
      `guidanceScale must be 1 for a model without a null condition, got ${guidanceScale}`,
      { field: 'guidanceScale' },
    );
}

/** What the request weighs. @throws InputError `limit_exceeded` when it would not fit into an empty engine */
export function weighRequest(request: EngineRequest, source: ModelSource, limits: EngineLimits): number {
  const { rows, observations } = request;
  const inputElements = observations.length + countRowNumbers(request);
  const sizes = { outputSize: outputSize(source.config), conditionSize: conditionSize(source) };
  const bytes = requestBytes({ rows, inputElements, ...sizes });
  if (bytes <= limits.requestBytes) return bytes;
  throw new InputError(
    'limit_exceeded',
    `the rows and inputs of a request may take ${limits.requestBytes} bytes, got ${bytes}`,
    { field: 'rows' },
  );
}

function checkInitialActions({ direction, plan, initialActions, ...known }: EngineRequest): void {
  if (direction === 'encode') {
    check(initialActions !== undefined, 'initialActions', 'nothing', 'the actions to encode');
    check(known.fixedActions === undefined, 'fixedActions', 'a mask', 'absent for an encode');
    check(known.realTimeChunking === undefined, 'realTimeChunking', 'a plan', 'absent for an encode');
  } else {
    const startsMidway = plan.options.startTimestep !== undefined;
    check(!startsMidway || initialActions !== undefined, 'initialActions', 'nothing', 'given with startTimestep');
  }
}
