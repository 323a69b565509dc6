import { COEFFICIENTS_PER_STEP } from '../coefficients.js';
import { outputSize, timeTable, type DenoiserParameters, type MlpDenoiserConfig } from '../denoiser.js';
import type { Precision } from '../engine/backend.js';
import { GraphBuilder, type Dimension, type Value } from './graph-builder.js';
import { addMlpPredict, addMlpWeights, type MlpWeights } from './mlp-graph.js';
import { addStep } from './step-graph.js';

/** `extended` adds guidance and fixed actions; ordinary rows get the same bytes from either graph. */
export type MacroStepVariant = 'plain' | 'extended';

/** `times` [T,H] spares the time table, which takes longer than the rest, when the caller has it already. */
export interface MacroStepGraphOptions {
  readonly variant?: MacroStepVariant;
  /** K, written out step after step; absent: a `Loop` for every K. */
  readonly unrolledSteps?: number | undefined;
  /** `int8` rounds the network's matrix products; the step around it stays float32. */
  readonly precision?: Precision;
  readonly times?: Float32Array;
}

/** Values of the outer graph that every step reads. */
interface MacroStepInputs {
  readonly conditions: Value;
  readonly timesteps: Value;
  readonly coefficients: Value;
  readonly z: Value;
  readonly noiseIndex: Value;
  readonly extended: ExtendedInputs | undefined;
}

interface ExtendedInputs {
  readonly source: Value;
  readonly condIndex: Value;
  readonly nullIndex: Value;
  readonly scale: Value;
  readonly keep: Value;
  readonly y: Value;
  readonly z0: Value;
  readonly fixedIndex: Value;
  readonly levels: Value;
}

/** State [B,D] after a step, and the x0 that it predicted. */
interface RowState {
  readonly xNext: Value;
  readonly x0: Value;
}

/**
 * The macro-step: K denoising steps of B rows as one `Loop`, so that one model serves every K and every B, or unrolled for one K: ONNX
 * Runtime runs a `Loop` on the CPU, and a GPU would fetch and send all state at every step. What differs between rows is data in
 * tables; per row and step, elementwise, float32, left to right:
 * x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z.
 *
 * Inputs: x [B,D]; conditions [R,H] (R = B when plain); timesteps int32 [K,B]; coefficients [K,B,8]; z [K,M,D] with row 0 zero;
 * noise_index int32 [B]. Extended: source [R], cond_index, null_index [B] (int32) and scale [B,1]; keep, y, z0 [Q,D],
 * fixed_index int32 [B], levels [K,B,2]. Outputs: x_next and x0, [B,D].
 * @returns .onnx bytes
 * @throws ModelLoadError when a tensor is missing
 */
export function buildMacroStepGraph(
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  { variant = 'plain', unrolledSteps, precision, times = timeTable(config, parameters) }: MacroStepGraphOptions = {},
): Uint8Array {
  const D = outputSize(config);
  const graph = new GraphBuilder('macro_step');
  const weights = addMlpWeights(graph, config, parameters, { times, precision });
  const x = graph.input('x', 'float32', ['B', D]);
  const inputs = addInputs(graph, config, variant, unrolledSteps ?? 'K');
  const { xNext, x0 } =
    unrolledSteps === undefined
      ? addLoop(graph, D, weights, inputs, x)
      : addUnrolled(graph, unrolledSteps, weights, inputs, x);
  graph.output('x_next', xNext, 'float32', ['B', D]);
  graph.output('x0', x0, 'float32', ['B', D]);
  return graph.encode();
}

function addLoop(graph: GraphBuilder, D: number, weights: MlpWeights, inputs: MacroStepInputs, x: Value): RowState {
  const body = buildBody(graph, D, weights, inputs);
  const K = graph.op('Gather', [graph.op('Shape', [inputs.timesteps]), graph.integer(0)], { axis: 0 });
  const [xNext, x0] = graph.ops('Loop', [K, graph.boolean(true), x, x], 2, { body });
  return { xNext, x0 };
}

function addUnrolled(
  graph: GraphBuilder,
  numSteps: number,
  weights: MlpWeights,
  inputs: MacroStepInputs,
  x: Value,
): RowState {
  let state: RowState = { xNext: x, x0: x };
  for (let k = 0; k < numSteps; k++) state = addRowStep(graph, weights, inputs, state.xNext, graph.integer(k));
  return state;
}

function addInputs(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  variant: MacroStepVariant,
  K: Dimension,
): MacroStepInputs {
  const D = outputSize(config);
  const rows = variant === 'extended' ? 'R' : 'B';
  return {
    conditions: graph.input('conditions', 'float32', [rows, config.hiddenSize]),
    timesteps: graph.input('timesteps', 'int32', [K, 'B']),
    coefficients: graph.input('coefficients', 'float32', [K, 'B', COEFFICIENTS_PER_STEP]),
    z: graph.input('z', 'float32', [K, 'M', D]),
    noiseIndex: graph.input('noise_index', 'int32', ['B']),
    extended: variant === 'extended' ? addExtendedInputs(graph, D, K) : undefined,
  };
}

function addExtendedInputs(graph: GraphBuilder, D: number, K: Dimension): ExtendedInputs {
  return {
    source: graph.input('source', 'int32', ['R']),
    condIndex: graph.input('cond_index', 'int32', ['B']),
    nullIndex: graph.input('null_index', 'int32', ['B']),
    scale: graph.input('scale', 'float32', ['B', 1]),
    keep: graph.input('keep', 'float32', ['Q', D]),
    y: graph.input('y', 'float32', ['Q', D]),
    z0: graph.input('z0', 'float32', ['Q', D]),
    fixedIndex: graph.input('fixed_index', 'int32', ['B']),
    levels: graph.input('levels', 'float32', [K, 'B', 2]),
  };
}

/** The body of the loop: one denoising step of every row. */
function buildBody(graph: GraphBuilder, D: number, weights: MlpWeights, inputs: MacroStepInputs): GraphBuilder {
  const body = graph.subgraph('step');
  const step = body.input('step', 'int64', []);
  const proceed = body.input('proceed', 'bool', []);
  const x = body.input('x_t', 'float32', ['B', D]);
  body.input('x0_before', 'float32', ['B', D]);
  const { xNext, x0 } = addRowStep(body, weights, inputs, x, step);
  body.output('proceed_next', proceed, 'bool', []);
  body.output('x_after', xNext, 'float32', ['B', D]);
  body.output('x0_after', x0, 'float32', ['B', D]);
  return body;
}

/** One denoising step of every row. @param step scalar, k of the K steps */
function addRowStep(
  graph: GraphBuilder,
  weights: MlpWeights,
  inputs: MacroStepInputs,
  x: Value,
  step: Value,
): RowState {
  const F = addPrediction(graph, weights, inputs, x, step);
  const z = graph.gather(graph.gather(inputs.z, step), inputs.noiseIndex);
  const { xNext, x0 } = addStep(graph, { x, F, z, coefficients: graph.gather(inputs.coefficients, step) });
  return { xNext: inputs.extended ? addFixedActions(graph, inputs.extended, xNext, step) : xNext, x0 };
}

/** F [B,D]; extended, the network runs on R >= B rows and F = F_null + w (F_cond - F_null), exact for rows whose indices agree. */
function addPrediction(body: GraphBuilder, weights: MlpWeights, inputs: MacroStepInputs, x: Value, step: Value): Value {
  const labels = body.gather(inputs.timesteps, step);
  if (!inputs.extended) {
    return addMlpPredict(body, weights, x, body.gather(weights.timeTable, labels), inputs.conditions);
  }
  const { source, condIndex, nullIndex, scale } = inputs.extended;
  const time = body.gather(weights.timeTable, body.gather(labels, source));
  const networkRows = addMlpPredict(body, weights, body.gather(x, source), time, inputs.conditions);
  const nullF = body.gather(networkRows, nullIndex);
  return body.add(nullF, body.mul(body.sub(body.gather(networkRows, condIndex), nullF), scale));
}

/** x'·keep + √ā·y + √(1-ā)·z0, at the level that the step has reached. */
function addFixedActions(body: GraphBuilder, inputs: ExtendedInputs, x: Value, step: Value): Value {
  const [signal, noise] = body.ops('Split', [body.gather(inputs.levels, step)], 2, { axis: -1 });
  const row = (table: Value) => body.gather(table, inputs.fixedIndex);
  const known = body.add(body.mul(x, row(inputs.keep)), body.mul(row(inputs.y), signal));
  return body.add(known, body.mul(row(inputs.z0), noise));
}
