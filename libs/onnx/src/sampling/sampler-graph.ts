import {
  COEFFICIENTS_PER_STEP,
  outputSize,
  timeTable,
  InputError,
  planForModel,
  type DdimModel,
  normalizerSize,
  type Normalizer,
  type SamplingOptions,
  type StepPlan,
} from '#ddim';
import { GraphBuilder, type Value } from '../graph/graph-builder.js';
import { addMlpEncoder, addMlpPredict, addMlpWeights, type MlpWeights } from '../graph/mlp-graph.js';
import { requireParameter } from '../graph/model-check.js';
import { addStep } from './step-graph.js';

/** What the loop body reads of the outer graph. */
interface SamplerValues {
  /** Its time table has the plan's rows only, [S,H]. */
  readonly weights: MlpWeights;
  /** [N,H], or [1,H] when there are no observations. */
  readonly conditions: Value;
  /** [1,H], the condition that means "no observation". */
  readonly nullCondition: Value;
  /** [S,1,8]. */
  readonly coefficients: Value;
  /** [S,N,D]; absent when the plan draws no noise. */
  readonly z: Value | undefined;
  readonly options: SamplingOptions;
  readonly outputSize: number;
}

/**
 * The whole sampler as one plain ONNX model, for any ONNX runtime: a `Loop` over the plan's S steps with
 * coefficients and normalisers inside. (Unrolled, ONNX Runtime needs 35 s to load 250 steps.) Inputs:
 * observations [N,obsSize] in the data's own units (absent when obsSize is 0); initial_noise [N,horizon,dim]
 * ~ N(0, I); z [S,N,horizon,dim] ~ N(0, I) when the plan needs noise. Output: actions [N,horizon,dim] in the
 * data's own units.
 * @param plan of direction `sample` from pure noise; guidance, thresholding and rescaling are part of the
 * graph
 * @returns .onnx bytes
 * @throws InputError `unsupported_option` for another plan; ModelLoadError when a tensor is missing
 */
export function buildSamplerGraph(model: DdimModel, plan: StepPlan): Uint8Array {
  checkExportable(plan);
  const { config } = model;
  const shape = ['N', config.actionHorizon, config.actionDim];
  const S = plan.timesteps.length;
  const graph = new GraphBuilder('sampler');
  const values = addSamplerValues(graph, model, plan);
  const initialNoise = graph.input('initial_noise', 'float32', shape);
  const x = graph.op('Reshape', [initialNoise, graph.integers(-1, values.outputSize)]);
  const body = buildBody(graph, values);
  const finished = graph.op('Loop', [graph.integer(S), graph.boolean(true), x], { body });
  graph.output('actions', addActions(graph, model, finished), 'float32', shape);
  return graph.encode();
}

function checkExportable({ direction, options }: StepPlan): void {
  const field = direction === 'sample' ? 'startTimestep' : 'direction';
  if (direction === 'sample' && options.startTimestep === undefined) return;
  throw new InputError(
    'unsupported_option',
    `an exported sampler starts from pure noise and ends in actions; this plan has another ${field}`,
    { field },
  );
}

function addSamplerValues(graph: GraphBuilder, model: DdimModel, plan: StepPlan): SamplerValues {
  const { config, parameters } = model;
  const { actionHorizon, actionDim, hiddenSize, obsSize } = config;
  const S = plan.timesteps.length;
  const D = outputSize(config);
  const bias = requireParameter(parameters, 'denoiser_in.bias');
  const nullCondition = graph.initializer('null_condition', 'float32', [1, hiddenSize], bias);
  const table = [S, 1, COEFFICIENTS_PER_STEP];
  const z = plan.needsNoise ? graph.input('z', 'float32', [S, 'N', actionHorizon, actionDim]) : undefined;
  return {
    weights: addMlpWeights(graph, config, parameters, { times: timeRows(model, plan) }),
    conditions: obsSize === 0 ? nullCondition : addObservations(graph, model),
    nullCondition,
    coefficients: graph.initializer('coefficients', 'float32', table, fusedCoefficients(model, plan)),
    z: z && graph.op('Reshape', [z, graph.integers(S, -1, D)]),
    options: plan.options,
    outputSize: D,
  };
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

/**
 * Raw plans carry no coefficients; those of the same plan without its row-wise options say everything but how
 * x0 is limited.
 */
function fusedCoefficients(model: DdimModel, plan: StepPlan): Float32Array {
  if (plan.kind === 'fused') return plan.coefficients;
  return planForModel(model, { ...plan.options, thresholding: null, guidanceRescale: 0 }).coefficients;
}

/** Observations in their own units to conditions [N,H]. */
function addObservations(graph: GraphBuilder, { config, parameters, observationNormalizer }: DdimModel): Value {
  const observations = graph.input('observations', 'float32', ['N', config.obsSize]);
  return addMlpEncoder(graph, config, parameters, addNormalized(graph, observationNormalizer, observations));
}

function addNormalized(graph: GraphBuilder, normalizer: Normalizer, x: Value): Value {
  const vector = vectorsOf(graph, 'observation', normalizerSize(normalizer));
  if ('scale' in normalizer)
    return graph.add(graph.mul(x, vector('scale', normalizer.scale)), vector('offset', normalizer.offset));
  const { center, halfRange } = normalizer;
  const [high, low] = splitInTwo(center);
  const centred = graph.sub(graph.sub(x, vector('center', high)), vector('center_rest', low));
  return graph.mul(
    centred,
    vector(
      'scale',
      Float32Array.from(halfRange, (value) => (value === 0 ? 0 : 1 / value)),
    ),
  );
}

/** The inverse of the action normaliser, [N,horizon,dim]. */
function addActions(graph: GraphBuilder, { config, actionNormalizer }: DdimModel, x: Value): Value {
  const { actionHorizon, actionDim } = config;
  const trajectories = graph.op('Reshape', [x, graph.integers(-1, actionHorizon, actionDim)]);
  const vector = vectorsOf(graph, 'action', actionDim);
  if ('scale' in actionNormalizer) {
    const { scale, offset } = actionNormalizer;
    return graph.div(graph.sub(trajectories, vector('offset', offset)), vector('scale', scale));
  }
  const { center, halfRange } = actionNormalizer;
  const [high, low] = splitInTwo(center);
  const moved = graph.mul(trajectories, vector('half_range', Float32Array.from(halfRange)));
  return graph.add(graph.add(moved, vector('center_rest', low)), vector('center', high));
}

function vectorsOf(graph: GraphBuilder, prefix: string, size: number) {
  return (name: string, values: Float32Array) => graph.initializer(`${prefix}_${name}`, 'float32', [size], values);
}

/**
 * Numbers as sums of two in float32, largest first: in this order little is lost of a range that is small
 * beside its center.
 */
function splitInTwo(numbers: Float64Array): readonly [Float32Array, Float32Array] {
  const high = Float32Array.from(numbers);
  return [high, Float32Array.from(numbers, (value, j) => value - high[j])];
}

/** The body of the loop: one step of all rows, which share timestep and coefficients. */
function buildBody(graph: GraphBuilder, values: SamplerValues): GraphBuilder {
  const { outputSize: D, options, weights } = values;
  const body = graph.subgraph('step');
  const step = body.input('step', 'int64', []);
  const proceed = body.input('proceed', 'bool', []);
  const x = body.input('x_t', 'float32', ['N', D]);
  const { thresholding } = options;
  const z = values.z && body.gather(values.z, step);
  const { xNext } = addStep(body, {
    x,
    F: addGuidedPrediction(body, values, x, body.gather(weights.timeTable, step)),
    noise: z && ((s) => body.mul(z, s)),
    coefficients: body.gather(values.coefficients, step),
    ...(thresholding ? { limit: (x0) => addThresholding(body, D, x0, thresholding) } : {}),
  });
  body.output('proceed_next', proceed, 'bool', []);
  body.output('x_after', xNext, 'float32', ['N', D]);
  return body;
}

/**
 * F_null + w (F - F_null), then rescaled towards the spread of F: times r·std(F)/std(guided) + (1 - r), row
 * by row.
 */
function addGuidedPrediction(graph: GraphBuilder, values: SamplerValues, x: Value, time: Value): Value {
  const { weights, conditions, nullCondition } = values;
  const { guidanceScale, guidanceRescale } = values.options;
  const F = addMlpPredict(graph, weights, x, graph.add(time, conditions));
  if (guidanceScale === 1) return F;
  const nullF = addMlpPredict(graph, weights, x, graph.add(time, nullCondition));
  const guided = graph.add(nullF, graph.mul(graph.sub(F, nullF), graph.scalar(guidanceScale)));
  if (guidanceRescale === 0) return guided;
  const found = addDeviation(graph, guided);
  const ratio = graph.mul(graph.div(addDeviation(graph, F), found), graph.scalar(guidanceRescale));
  const factor = graph.add(ratio, graph.scalar(1 - guidanceRescale));
  const flat = graph.op('Equal', [found, graph.scalar(0)]);
  return graph.mul(guided, graph.op('Where', [flat, graph.scalar(1), factor]));
}

/** Standard deviation of each row, [N,1]. */
function addDeviation(graph: GraphBuilder, rows: Value): Value {
  const mean = graph.op('ReduceMean', [rows], { axes: [1], keepdims: 1 });
  const centred = graph.sub(rows, mean);
  return graph.op('Sqrt', [graph.op('ReduceMean', [graph.mul(centred, centred)], { axes: [1], keepdims: 1 })]);
}

/**
 * Dynamic thresholding (arXiv:2205.11487): clamp to ±m and divide by m = min(max(quantile of the row's |x0|,
 * 1), maxValue); the quantile interpolates linearly at position ratio·(D-1).
 */
function addThresholding(
  graph: GraphBuilder,
  D: number,
  x0: Value,
  { ratio, maxValue }: NonNullable<SamplingOptions['thresholding']>,
): Value {
  const position = ratio * (D - 1);
  const below = Math.floor(position);
  // The largest D - below numbers, descending: the last of them is the order statistic just below the
  // position.
  const count = D - below;
  const [largest] = graph.ops('TopK', [graph.op('Abs', [x0]), graph.integers(count)], 2, { axis: 1 });
  const statistic = (index: number) => graph.op('Gather', [largest, graph.integers(index)], { axis: 1 });
  const lower = statistic(count - 1);
  const upper = statistic(Math.max(count - 2, 0));
  const quantile = graph.add(lower, graph.mul(graph.sub(upper, lower), graph.scalar(position - below)));
  const m = graph.op('Min', [graph.op('Max', [quantile, graph.scalar(1)]), graph.scalar(maxValue)]);
  return graph.div(graph.op('Min', [graph.op('Max', [x0, graph.op('Neg', [m])]), m]), m);
}
