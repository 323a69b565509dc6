import {
  RAW_OUTPUT_ROW,
  encodeObservations,
  outputSize,
  fixedActionLevels,
  writeFixedActions,
  fillNormal,
  PURPOSES,
  finishStep,
  streamKey,
  chunkingPull,
  predictX0,
  pullTowardsChunk,
} from '#ddim';
import { isImported, type LoadedDenoiser, type MacroStep, type ModelSource } from '../src/backend/backend.js';
import type { EngineRequest } from '../src/requests/request.js';

/** A row with everything that stays the same over its steps; arrays [D] and [H]. */
interface LoneRow {
  readonly request: EngineRequest;
  readonly row: number;
  readonly z0: Float32Array;
  readonly condition: Float32Array;
  readonly nullCondition: Float32Array;
}

/**
 * A request as its rows come out one by one, one step per call, nothing beside them: what any batch must
 * reproduce byte for byte.
 * @returns [rows,D]
 */
export async function runAlone(
  denoiser: LoadedDenoiser,
  model: ModelSource,
  request: EngineRequest,
): Promise<Float32Array> {
  const D = outputSize(model.config);
  const actions = new Float32Array(request.rows * D);
  for (let row = 0; row < request.rows; row++) actions.set(await runRow(denoiser, model, request, row), row * D);
  return actions;
}

async function runRow(
  denoiser: LoadedDenoiser,
  model: ModelSource,
  request: EngineRequest,
  row: number,
): Promise<Float32Array> {
  const { config } = model;
  const z0 =
    rowOf(request.initialNoise, row, outputSize(config)) ??
    drawn(request, row, PURPOSES.initialNoise, 0, outputSize(config));
  const nullCondition = isImported(model)
    ? (model.nullCondition ?? new Float32Array(config.obsSize))
    : encodeObservations(model.config, model.parameters, null);
  const condition = nullCondition.slice();
  if (config.obsSize > 0) {
    const observation = Math.floor(row / request.samplesPerObservation);
    const observations = request.observations.slice(observation * config.obsSize, (observation + 1) * config.obsSize);
    await denoiser.encodeObservations(observations, condition, 1);
  }
  const lone = { request, row, z0, condition, nullCondition };
  const x = initialState(lone);
  for (let step = 0; step < request.plan.timesteps.length; step++)
    await (request.plan.kind === 'raw' ? rawStep(denoiser, lone, step, x) : fusedStep(denoiser, lone, step, x));
  return x;
}

function initialState({ request, row, z0 }: LoneRow): Float32Array {
  const { plan, fixedActions } = request;
  const y = rowOf(request.initialActions, row, z0.length);
  if (plan.direction === 'encode') return y ?? z0;
  const [alphaBar] = plan.levels;
  const x = y ? z0.map((z, i) => Math.sqrt(alphaBar) * y[i] + Math.sqrt(1 - alphaBar) * z) : z0.slice();
  const known = rowOf(fixedActions?.values, row, z0.length);
  if (fixedActions && known) writeFixedActions(x, { mask: fixedActions.mask, y: known, z0 }, levelAfter(request, -1));
  return x;
}

async function fusedStep(denoiser: LoadedDenoiser, lone: LoneRow, step: number, x: Float32Array): Promise<void> {
  const { request, row, condition, nullCondition, z0 } = lone;
  const D = x.length;
  const { plan, fixedActions, realTimeChunking: chunk } = request;
  const coefficients = plan.coefficients.slice(8 * step, 8 * step + 8);
  const isNoisy = coefficients[5] > 0;
  const isGuided = plan.options.guidanceScale !== 1;
  const known = rowOf(fixedActions?.values, row, D);
  const towards = rowOf(chunk?.values, row, D);
  const neutral = (fill: number, values: Float32Array): Float32Array =>
    Float32Array.from([...new Float32Array(D).fill(fill), ...values]);
  const macroStep: MacroStep = {
    numRows: 1,
    stepsPerCall: 1,
    x,
    conditions: isGuided ? Float32Array.from([...condition, ...nullCondition]) : condition,
    timesteps: Int32Array.of(plan.timesteps[step]),
    coefficients,
    noise: isNoisy ? noiseOf(denoiser, lone, step) : { z: new Float32Array(D), index: Int32Array.of(0) },
    guidance: isGuided
      ? {
          source: Int32Array.of(0, 0),
          condIndex: Int32Array.of(0),
          nullIndex: Int32Array.of(1),
          scale: Float32Array.of(plan.options.guidanceScale),
        }
      : undefined,
    fixedActions:
      fixedActions && known
        ? {
            keep: neutral(
              1,
              Float32Array.from(fixedActions.mask, (bit) => 1 - bit),
            ),
            y: neutral(
              0,
              known.map((value, i) => value * fixedActions.mask[i]),
            ),
            z0: neutral(
              0,
              z0.map((value, i) => value * fixedActions.mask[i]),
            ),
            index: Int32Array.of(1),
            levels: Float32Array.from(levelAfter(request, step)),
          }
        : undefined,
    realTimeChunking:
      chunk && towards
        ? {
            weights: neutral(0, chunk.weights),
            y: neutral(0, towards),
            index: Int32Array.of(1),
            pull: Float32Array.of(chunkingPull(plan, step, chunk.maxWeight)),
          }
        : undefined,
  };
  await denoiser.advance(macroStep);
}

/** Drawn by the backend where it does, as the engine has it done. */
function noiseOf(denoiser: LoadedDenoiser, { request, row, z0 }: LoneRow, step: number): MacroStep['noise'] {
  const D = z0.length;
  const index = Int32Array.of(1);
  if (denoiser.drawsNoise) {
    const key = streamKey({ seed: request.seed, row, purpose: PURPOSES.stepNoise });
    return { z: new Float32Array(D), index, streams: Uint32Array.of(...key, row, step) };
  }
  const z = new Float32Array(2 * D);
  z.set(drawn(request, row, PURPOSES.stepNoise, step, D), D);
  return { z, index };
}

async function rawStep(denoiser: LoadedDenoiser, lone: LoneRow, step: number, x: Float32Array): Promise<void> {
  const { request, row, condition, nullCondition, z0 } = lone;
  const { plan, fixedActions, realTimeChunking: chunk } = request;
  const F = await rawOutput(denoiser, plan.timesteps[step], x, condition);
  const nullF =
    plan.options.guidanceScale === 1 ? null : await rawOutput(denoiser, plan.timesteps[step], x, nullCondition);
  const z = plan.noiseFactors[step] > 0 ? drawn(request, row, PURPOSES.stepNoise, step, x.length) : null;
  const x0 = new Float32Array(x.length);
  predictX0(plan, step, x, F, nullF, x0);
  finishStep(plan, step, x, F, nullF, z, x);
  const y = rowOf(chunk?.values, row, x.length);
  if (chunk && y) pullTowardsChunk(x, x0, { weights: chunk.weights, y }, chunkingPull(plan, step, chunk.maxWeight));
  const known = rowOf(fixedActions?.values, row, x.length);
  if (fixedActions && known) writeFixedActions(x, { mask: fixedActions.mask, y: known, z0 }, levelAfter(request, step));
}

async function rawOutput(
  denoiser: LoadedDenoiser,
  timestep: number,
  x: Float32Array,
  conditions: Float32Array,
): Promise<Float32Array> {
  const F = x.slice();
  await denoiser.advance({
    numRows: 1,
    stepsPerCall: 1,
    x: F,
    conditions,
    timesteps: Int32Array.of(timestep),
    coefficients: Float32Array.from(RAW_OUTPUT_ROW),
    noise: { z: new Float32Array(x.length), index: Int32Array.of(0) },
  });
  return F;
}

function levelAfter({ plan }: EngineRequest, step: number): [number, number] {
  const levels = fixedActionLevels(plan);
  return [levels[2 * step + 2], levels[2 * step + 3]];
}

function drawn({ seed }: EngineRequest, row: number, purpose: number, step: number, length: number): Float32Array {
  const z = new Float32Array(length);
  fillNormal(z, { seed, row, purpose }, step);
  return z;
}

function rowOf(array: Float32Array | undefined, row: number, size: number): Float32Array | undefined {
  return array?.slice(row * size, (row + 1) * size);
}
