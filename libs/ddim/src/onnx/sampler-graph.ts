import { COEFFICIENTS_PER_STEP } from '../coefficients.js';
import { outputSize, timeTable } from '../denoiser.js';
import { InputError } from '../errors.js';
import { planForModel, type DdimModel } from '../model.js';
import type { SamplingOptions, StepPlan } from '../step-plan.js';
import { GraphBuilder, type Value } from './graph-builder.js';
import { addMlpEncoder, addMlpPredict, addMlpWeights, type MlpWeights } from './mlp-graph.js';
import { requireParameter } from './model-check.js';

/** What every step of the unrolled sampler reads. */
interface SamplerValues {
  readonly weights: MlpWeights;
  readonly conditions: Value;
  /** [1,H], the condition that means "no observation"; only for guided plans. */
  readonly nullCondition: Value;
  readonly options: SamplingOptions;
  readonly outputSize: number;
}

/**
 * The whole sampler as one plain ONNX model: every step of the plan unrolled, coefficients and normalisers inside, for any ONNX runtime.
 * Inputs: observations [N,obsSize] in the data's own units (absent when obsSize is 0); initial_noise [N,horizon,dim] ~ N(0, I);
 * z [S,N,horizon,dim] ~ N(0, I) when the plan needs noise. Output: actions [N,horizon,dim] in the data's own units.
 * @param plan of direction `sample` from pure noise; guidance, thresholding and rescaling are part of the graph
 * @returns .onnx bytes
 * @throws InputError `unsupported_option` for a plan that starts in the middle; ModelLoadError when a tensor is missing
 */
export function buildSamplerGraph(model: DdimModel, plan: StepPlan): Uint8Array {
  checkExportable(plan);
  const { config, parameters } = model;
  const { actionHorizon, actionDim, hiddenSize, obsSize } = config;
  const D = outputSize(config);
  const S = plan.timesteps.length;
  const shape = ['N', actionHorizon, actionDim];
  const graph = new GraphBuilder('sampler');
  const bias = requireParameter(parameters, 'denoiser_in.bias');
  const nullCondition = graph.initializer('null_condition', 'float32', [1, hiddenSize], bias);
  const values: SamplerValues = {
    weights: addMlpWeights(graph, config, parameters, timeRows(model, plan)),
    conditions: obsSize === 0 ? nullCondition : addObservations(graph, model),
    nullCondition,
    options: plan.options,
    outputSize: D,
  };
  const initialNoise = graph.input('initial_noise', 'float32', shape);
  const noise = plan.needsNoise ? graph.input('z', 'float32', [S, ...shape]) : undefined;
  const coefficients = fusedCoefficients(model, plan);
  const rows = graph.integers(-1, D);
  let x = graph.op('Reshape', [initialNoise, rows]);
  for (let k = 0; k < S; k++) {
    const z = noise && graph.op('Reshape', [graph.gather(noise, graph.integer(k)), rows]);
    const row = coefficients.subarray(k * COEFFICIENTS_PER_STEP, (k + 1) * COEFFICIENTS_PER_STEP);
    const time = graph.gather(values.weights.timeTable, graph.integer(k));
    x = addStep(graph, values, { x, time, z, coefficients: row });
  }
  graph.output('actions', addActions(graph, model, x), 'float32', shape);
  return graph.encode();
}

function checkExportable({ direction, options }: StepPlan): void {
  const field = direction === 'sample' ? 'startTimestep' : 'direction';
  if (direction === 'sample' && options.startTimestep === undefined) return;
  throw new InputError(
    'unsupported_option',
    `an exported sampler starts from pure noise and ends in actions: ${field} differs`,
    { field },
  );
}

/** The plan's rows of the time table, [S,H]. */
function timeRows({ config, parameters }: DdimModel, plan: StepPlan): Float32Array {
  const H = config.hiddenSize;
  const table = timeTable(config, parameters);
  const rows = new Float32Array(plan.timesteps.length * H);
  for (const [k, timestep] of plan.timesteps.entries())
    rows.set(table.subarray(timestep * H, (timestep + 1) * H), k * H);
  return rows;
}

/** The inverse of the action normaliser: (x - offset) / scale, [N,horizon,dim]. */
function addActions(graph: GraphBuilder, { config, actionNormalizer }: DdimModel, x: Value): Value {
  const { actionHorizon, actionDim } = config;
  const trajectories = graph.op('Reshape', [x, graph.integers(-1, actionHorizon, actionDim)]);
  const offset = graph.initializer('action_offset', 'float32', [actionDim], actionNormalizer.offset);
  const scale = graph.initializer('action_scale', 'float32', [actionDim], actionNormalizer.scale);
  return graph.div(graph.sub(trajectories, offset), scale);
}

/** Raw plans carry no coefficients; those of the same plan without its row-wise options say everything but how x0 is limited. */
function fusedCoefficients(model: DdimModel, plan: StepPlan): Float32Array {
  if (plan.kind === 'fused') return plan.coefficients;
  return planForModel(model, { ...plan.options, thresholding: null, guidanceRescale: 0 }).coefficients;
}

function addObservations(graph: GraphBuilder, model: DdimModel): Value {
  const { config, parameters, observationNormalizer } = model;
  const observations = graph.input('observations', 'float32', ['N', config.obsSize]);
  const size = [config.obsSize];
  const scale = graph.initializer('observation_scale', 'float32', size, observationNormalizer.scale);
  const offset = graph.initializer('observation_offset', 'float32', size, observationNormalizer.offset);
  return addMlpEncoder(graph, config, parameters, graph.add(graph.mul(observations, scale), offset));
}

interface SamplerStep {
  readonly x: Value;
  /** [H]. */
  readonly time: Value;
  readonly z: Value | undefined;
  /** a b c d e s lo hi; terms that are 0 leave no node. */
  readonly coefficients: Float32Array;
}

/** x0 = limit(a·x + b·F); x' = c·x0 + d·F + e·x + s·z. */
function addStep(graph: GraphBuilder, values: SamplerValues, { x, time, z, coefficients }: SamplerStep): Value {
  const [a, b, c, d, e, s, lo, hi] = coefficients;
  const F = addGuidedPrediction(graph, values, x, time);
  const predicted = addTerms(graph, [
    [a, x],
    [b, F],
  ]);
  const x0 = addLimit(graph, values, predicted, lo, hi);
  const terms: Array<readonly [number, Value]> = [
    [c, x0],
    [d, F],
    [e, x],
  ];
  if (z) terms.push([s, z]);
  return addTerms(graph, terms);
}

function addTerms(graph: GraphBuilder, terms: ReadonlyArray<readonly [number, Value]>): Value {
  const products = terms.filter(([factor]) => factor !== 0).map(([factor, value]) => addScaled(graph, factor, value));
  return products.reduce((sum, product) => graph.add(sum, product));
}

function addScaled(graph: GraphBuilder, factor: number, value: Value): Value {
  return factor === 1 ? value : graph.mul(value, graph.scalar(factor));
}

/** F_null + w (F - F_null), then rescaled towards the spread of F: r·F·std(F_cond)/std(F) + (1-r)·F over each row. */
function addGuidedPrediction(graph: GraphBuilder, values: SamplerValues, x: Value, time: Value): Value {
  const { weights, conditions, nullCondition, options } = values;
  const F = addMlpPredict(graph, weights, x, time, conditions);
  if (options.guidanceScale === 1) return F;
  const nullF = addMlpPredict(graph, weights, x, time, nullCondition);
  const guided = graph.add(nullF, addScaled(graph, options.guidanceScale, graph.sub(F, nullF)));
  if (options.guidanceRescale === 0) return guided;
  const spread = addDeviation(graph, guided);
  const ratio = graph.div(addDeviation(graph, F), spread);
  const flat = graph.op('Equal', [spread, graph.scalar(0)]);
  const factor = graph.op('Where', [flat, graph.scalar(1), ratio]);
  const rescaled = graph.mul(guided, factor);
  return addTerms(graph, [
    [options.guidanceRescale, rescaled],
    [1 - options.guidanceRescale, guided],
  ]);
}

/** Standard deviation of each row, [N,1]. */
function addDeviation(graph: GraphBuilder, rows: Value): Value {
  const mean = graph.op('ReduceMean', [rows], { axes: [1], keepdims: 1 });
  const centred = graph.sub(rows, mean);
  return graph.op('Sqrt', [graph.op('ReduceMean', [graph.mul(centred, centred)], { axes: [1], keepdims: 1 })]);
}

/** Dynamic thresholding (Imagen, arXiv:2205.11487) when the plan asks for it, else clipping, else nothing. */
function addLimit(graph: GraphBuilder, values: SamplerValues, x0: Value, lo: number, hi: number): Value {
  const { thresholding, clipSample } = values.options;
  if (thresholding) {
    const limit = addThreshold(graph, values.outputSize, x0, thresholding);
    const clamped = graph.op('Min', [graph.op('Max', [x0, graph.op('Neg', [limit])]), limit]);
    return graph.div(clamped, limit);
  }
  return clipSample ? graph.op('Clip', [x0, graph.scalar(lo), graph.scalar(hi)]) : x0;
}

/** min(max(quantile of the row's |x0|, 1), maxValue), [N,1]; the quantile interpolates linearly at position ratio·(D-1). */
function addThreshold(
  graph: GraphBuilder,
  D: number,
  x0: Value,
  { ratio, maxValue }: { readonly ratio: number; readonly maxValue: number },
): Value {
  const position = ratio * (D - 1);
  const below = Math.floor(position);
  // The largest D - below numbers, descending: the last of them is the order statistic just below the position.
  const count = D - below;
  const [largest] = graph.ops('TopK', [graph.op('Abs', [x0]), graph.integers(count)], 2, { axis: 1 });
  const statistic = (index: number) => graph.op('Gather', [largest, graph.integers(index)], { axis: 1 });
  const lower = statistic(count - 1);
  const upper = statistic(Math.max(count - 2, 0));
  const quantile = graph.add(lower, addScaled(graph, position - below, graph.sub(upper, lower)));
  const atLeastOne = graph.op('Max', [quantile, graph.scalar(1)]);
  return graph.op('Min', [atLeastOne, graph.scalar(maxValue)]);
}
