import { check, checkInteger } from '../checks.js';
import type { Predict } from '../network/denoiser.js';
import { fixedActionLevels, writeFixedActions } from './fixed-actions.js';
import { fillNormal } from '../random/noise.js';
import { PURPOSES } from '../random/rng.js';
import { checkRowArrays, type RowArrays } from './row-arrays.js';
import { chunkingPull, pullTowardsChunk } from './real-time-chunking.js';
import { finishStep, predictX0 } from './step.js';
import type { StepPlan } from './step-plan.js';

/**
 * conditions [rows,H]; nullCondition [H], needed by guided plans; outputSize = D.
 * initialActions are the start of an encode, or are noised to the plan's first level.
 */
export interface SampleRequest extends RowArrays {
  readonly seed: number;
  readonly rows: number;
  readonly outputSize: number;
  readonly conditions: Float32Array;
  readonly nullCondition?: Float32Array;
  /** Called row by row, step by step, with the predicted x0 [D] in an array of its own. */
  readonly onStep?: (step: number, x0: Float32Array) => void;
}

/**
 * The sequential reference sampler: one row after the other, one step after the other (arXiv:2010.02502,
 * section 4). Every faster way to run a plan is tested against it.
 * @returns normalised actions [rows,D]
 * @throws InputError `shape_mismatch` or `validation_failed` naming the array at fault
 */
export function sample(predict: Predict, plan: StepPlan, request: SampleRequest): Float32Array {
  check(plan.direction === 'sample', 'plan', plan.direction, 'a plan of direction sample');
  checkRequest(plan, request);
  return eachRow(request, (row) => sampleRow({ predict, plan, request }, row));
}

/**
 * DDIM inversion: the deterministic path from initialActions up to noise [rows,D]; the plan's direction is
 * 'encode'.
 */
export function encode(predict: Predict, plan: StepPlan, request: SampleRequest): Float32Array {
  check(plan.direction === 'encode', 'plan', plan.direction, 'a plan of direction encode');
  check(request.initialActions !== undefined, 'initialActions', 'nothing', 'the actions to encode');
  check(request.fixedActions === undefined, 'fixedActions', 'a mask', 'absent for an encode');
  check(request.realTimeChunking === undefined, 'realTimeChunking', 'a plan', 'absent for an encode');
  checkRequest(plan, request);
  return eachRow(request, (row) => {
    const x = rowOf(request.initialActions, row, request.outputSize);
    for (let step = 0; step < plan.timesteps.length; step++) advance({ predict, plan, request }, { row, step }, x);
    return x;
  });
}

/** What all rows of a call share. */
interface Run {
  readonly predict: Predict;
  readonly plan: StepPlan;
  readonly request: SampleRequest;
}

function sampleRow(run: Run, row: number): Float32Array {
  const { plan, request } = run;
  const z0 = startNoise(request, row);
  const x = startState(run, row, z0);
  const levels = fixedActionLevels(plan);
  const known = request.fixedActions && {
    mask: request.fixedActions.mask,
    y: rowOf(request.fixedActions.values, row, request.outputSize),
    z0,
  };
  if (known) writeFixedActions(x, known, [levels[0], levels[1]]);
  for (let step = 0; step < plan.timesteps.length; step++) {
    advance(run, { row, step }, x);
    if (known) writeFixedActions(x, known, [levels[2 * step + 2], levels[2 * step + 3]]);
  }
  return x;
}

/** One step of one row: x' over x. */
function advance(run: Run, at: { readonly row: number; readonly step: number }, x: Float32Array): void {
  const { predict, plan, request } = run;
  const timestep = plan.timesteps[at.step];
  const F = predict(x, timestep, rowOf(request.conditions, at.row, request.conditions.length / request.rows));
  const nullF =
    request.nullCondition && plan.options.guidanceScale !== 1 ? predict(x, timestep, request.nullCondition) : null;
  const { realTimeChunking: chunk } = request;
  const x0 = new Float32Array(x.length);
  if (request.onStep || chunk) predictX0(plan, at.step, x, F, nullF, x0);
  request.onStep?.(at.step, x0);
  finishStep(plan, at.step, x, F, nullF, stepNoise(run, at), x);
  if (!chunk) return;
  const y = rowOf(chunk.values, at.row, x.length);
  pullTowardsChunk(x, x0, { weights: chunk.weights, y }, chunkingPull(plan, at.step, chunk.maxWeight));
}

function startNoise(request: SampleRequest, row: number): Float32Array {
  if (request.initialNoise) return rowOf(request.initialNoise, row, request.outputSize);
  const z0 = new Float32Array(request.outputSize);
  fillNormal(z0, { seed: request.seed, row, purpose: PURPOSES.initialNoise }, 0);
  return z0;
}

/** Pure noise, or A y + B z0 at the first level when there are actions y to start from. */
function startState({ plan, request }: Run, row: number, z0: Float32Array): Float32Array {
  if (!request.initialActions) return z0.slice();
  const y = rowOf(request.initialActions, row, request.outputSize);
  const A = Math.sqrt(plan.levels[0]);
  const B = Math.sqrt(1 - plan.levels[0]);
  return z0.map((noise, i) => A * y[i] + B * noise);
}

function stepNoise({ plan, request }: Run, { row, step }: { row: number; step: number }): Float32Array | null {
  if (plan.noiseFactors[step] === 0) return null;
  const z = new Float32Array(request.outputSize);
  fillNormal(z, { seed: request.seed, row, purpose: PURPOSES.stepNoise }, step);
  return z;
}

function eachRow(request: SampleRequest, run: (row: number) => Float32Array): Float32Array {
  const out = new Float32Array(request.rows * request.outputSize);
  for (let row = 0; row < request.rows; row++) out.set(run(row), row * request.outputSize);
  return out;
}

function rowOf(array: Float32Array | undefined, row: number, size: number): Float32Array {
  return array ? array.slice(row * size, (row + 1) * size) : new Float32Array(size);
}

function checkRequest(plan: StepPlan, request: SampleRequest): void {
  const { rows, outputSize, initialActions } = request;
  checkInteger('rows', rows, 1, Infinity);
  checkInteger('outputSize', outputSize, 1, Infinity);
  check(request.conditions.length % rows === 0, 'conditions', `${request.conditions.length} numbers`, '[rows,H]');
  checkRowArrays(request, rows, outputSize);
  const { startTimestep, guidanceScale } = plan.options;
  const startsMidway = startTimestep !== undefined && plan.direction === 'sample';
  check(!startsMidway || initialActions !== undefined, 'initialActions', 'nothing', 'given with startTimestep');
  check(
    guidanceScale === 1 || request.nullCondition !== undefined,
    'nullCondition',
    'nothing',
    `given with guidanceScale ${guidanceScale}`,
  );
}
