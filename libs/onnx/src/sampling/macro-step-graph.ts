import {
  COEFFICIENTS_PER_STEP,
  outputSize,
  timeTable,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  type Precision,
} from '#ddim';
import { GraphBuilder, type Dimension, type Value } from '../graph/graph-builder.js';
import { addMlpPredict, addMlpWeights, type MlpWeights } from '../graph/mlp-graph.js';
import { addPackedRows } from './packed-rows.js';
import { addStep } from './step-graph.js';

/** What graphs that take their tables one by one add to the plain step. */
const EXTRAS = {
  plain: { extended: false, chunked: false },
  extended: { extended: true, chunked: false },
  chunked: { extended: false, chunked: true },
  extended_chunked: { extended: true, chunked: true },
} as const;
type ExtrasVariant = keyof typeof EXTRAS;

/**
 * `extended` adds guidance and fixed actions, `chunked` real-time chunking. `packed` reads all that belongs
 * to the rows from one input, and `quiet` is the same for batches in which no row draws noise. Ordinary rows
 * get the same bytes from all that take their tables one by one, and from `packed` and `quiet`.
 */
export type MacroStepVariant = ExtrasVariant | 'packed' | 'quiet';

/** `times` [T,H] spares the time table, which takes longer than the rest, when the caller has it already. */
interface MacroStepGraphOptions {
  readonly variant?: MacroStepVariant;
  /** K, written out step after step; absent: a `Loop` for every K, which packed rows do not have. */
  readonly unrolledSteps?: number | undefined;
  /** `int8` and `bf16` round the network's matrix products; the step around it stays float32. */
  readonly precision?: Precision;
  readonly times?: Float32Array;
}

/** Values of the outer graph that every step reads. */
interface MacroStepInputs {
  /** [B,D]. */
  readonly x: Value;
  /** Time embedding and condition of every row of the network at one step, [R,H]. */
  readonly shift: (graph: GraphBuilder, step: Value) => Value;
  readonly coefficients: Value;
  /** s·z of every row at one step, [B,D] or broadcastable to it. */
  readonly noise: (graph: GraphBuilder, step: Value, s: Value) => Value;
  readonly extended: ExtendedInputs | undefined;
  readonly chunked: ChunkedInputs | undefined;
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

/** weights, y [B,D]: they stay the same over all steps; pull [K,B,1]. */
interface ChunkedInputs {
  readonly weights: Value;
  readonly y: Value;
  readonly pull: Value;
}

/** State [B,D] after a step, and the x0 that it predicted. */
interface RowState {
  readonly xNext: Value;
  readonly x0: Value;
}

/**
 * The macro-step: K denoising steps of B rows as one `Loop`, so that one model serves every K and every B, or
 * unrolled for one K: ONNX Runtime runs a `Loop` on the CPU, and a GPU would fetch and send all state at
 * every step. What differs between rows is data in tables; per row and step, elementwise, float32, left to
 * right: x0 = min(max(a·x + b·F, lo), hi); x' = ((c·x0 + d·F) + e·x) + s·z. Inputs: x [B,D]; conditions [R,H]
 * (R = B when plain); timesteps int32 [K,B]; coefficients [K,B,8]; z [K,M,D] with row 0 zero; noise_index
 * int32 [B]. Extended: source [R], cond_index, null_index [B] (int32) and scale [B,1]; keep, y, z0 [Q,D],
 * fixed_index int32 [B], levels [K,B,2]. Chunked: chunk_weights, chunk_y [P,D], chunk_index int32 [B],
 * pull [K,B,1]. Packed: rows [B,W] as RowPacker writes them, and z unless quiet. Outputs: x_next and x0,
 * [B,D].
 * @returns .onnx bytes
 * @throws ModelLoadError when a tensor is missing; RangeError for packed rows in a loop
 */
export function buildMacroStepGraph(
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  { variant = 'plain', unrolledSteps, precision, times = timeTable(config, parameters) }: MacroStepGraphOptions = {},
): Uint8Array {
  const D = outputSize(config);
  const graph = new GraphBuilder('macro_step');
  const weights = addMlpWeights(graph, config, parameters, { times, precision });
  const inputs =
    variant === 'packed' || variant === 'quiet'
      ? addPackedInputs(graph, config, weights, unrolledSteps, variant)
      : addInputs(graph, config, weights, unrolledSteps ?? 'K', variant);
  const { xNext, x0 } =
    unrolledSteps === undefined
      ? addLoop(graph, D, weights, inputs)
      : addUnrolled(graph, unrolledSteps, weights, inputs);
  graph.output('x_next', xNext, 'float32', ['B', D]);
  graph.output('x0', x0, 'float32', ['B', D]);
  return graph.encode();
}

function addLoop(graph: GraphBuilder, D: number, weights: MlpWeights, inputs: MacroStepInputs): RowState {
  const body = buildBody(graph, D, weights, inputs);
  const K = graph.op('Gather', [graph.op('Shape', [inputs.coefficients]), graph.integer(0)], { axis: 0 });
  const [xNext, x0] = graph.ops('Loop', [K, graph.boolean(true), inputs.x, inputs.x], 2, { body });
  return { xNext, x0 };
}

function addUnrolled(graph: GraphBuilder, numSteps: number, weights: MlpWeights, inputs: MacroStepInputs): RowState {
  let state: RowState = { xNext: inputs.x, x0: inputs.x };
  for (let k = 0; k < numSteps; k++) state = addRowStep(graph, weights, inputs, state.xNext, graph.integer(k));
  return state;
}

function addInputs(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  weights: MlpWeights,
  K: Dimension,
  variant: ExtrasVariant,
): MacroStepInputs {
  const D = outputSize(config);
  const extras = EXTRAS[variant];
  const x = graph.input('x', 'float32', ['B', D]);
  const conditions = graph.input('conditions', 'float32', [extras.extended ? 'R' : 'B', config.hiddenSize]);
  const timesteps = graph.input('timesteps', 'int32', [K, 'B']);
  const coefficients = graph.input('coefficients', 'float32', [K, 'B', COEFFICIENTS_PER_STEP]);
  const z = graph.input('z', 'float32', [K, 'M', D]);
  const noiseIndex = graph.input('noise_index', 'int32', ['B']);
  const extended = extras.extended ? addExtendedInputs(graph, D, K) : undefined;
  return {
    x,
    shift: (inner, step) => {
      const labels = inner.gather(timesteps, step);
      const times = inner.gather(weights.timeTable, extended ? inner.gather(labels, extended.source) : labels);
      return inner.add(times, conditions);
    },
    coefficients,
    noise: noiseOf(z, noiseIndex),
    extended,
    chunked: extras.chunked ? addChunkedInputs(graph, D, K) : undefined,
  };
}

function noiseOf(z: Value, index: Value): MacroStepInputs['noise'] {
  return (graph, step, s) => graph.mul(graph.gather(graph.gather(z, step), index), s);
}

/**
 * On a device a kernel costs 9 µs however little it does (H100): what the steps have in common is done once.
 */
function addPackedInputs(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  weights: MlpWeights,
  K: number | undefined,
  variant: 'packed' | 'quiet',
): MacroStepInputs {
  if (K === undefined) throw new RangeError('packed rows need a number of steps');
  const D = outputSize(config);
  const { x, conditions, timesteps, coefficients, noiseIndex } = addPackedRows(graph, config, K, variant === 'packed');
  const shifts = graph.add(graph.gather(weights.timeTable, timesteps), conditions); // [K,B,H]
  return {
    x,
    shift: (inner, step) => inner.gather(shifts, step),
    coefficients,
    noise: noiseIndex ? noiseOf(graph.input('z', 'float32', [K, 'M', D]), noiseIndex) : noNoise(graph, D),
    extended: undefined,
    chunked: undefined,
  };
}

/**
 * +0, which is added all the same: -0 becomes +0 in every variant. A vector, since ONNX Runtime drops the
 * addition of a scalar 0.
 */
function noNoise(graph: GraphBuilder, D: number): MacroStepInputs['noise'] {
  const zeros = graph.initializer('no_noise', 'float32', [D], new Float32Array(D));
  return () => zeros;
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

function addChunkedInputs(graph: GraphBuilder, D: number, K: Dimension): ChunkedInputs {
  const index = graph.input('chunk_index', 'int32', ['B']);
  return {
    weights: graph.gather(graph.input('chunk_weights', 'float32', ['P', D]), index),
    y: graph.gather(graph.input('chunk_y', 'float32', ['P', D]), index),
    pull: graph.input('pull', 'float32', [K, 'B', 1]),
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
  const { extended, chunked } = inputs;
  const { xNext, x0 } = addStep(graph, {
    x,
    F: addPrediction(graph, weights, inputs, x, step),
    coefficients: graph.gather(inputs.coefficients, step),
    noise: (s) => inputs.noise(graph, step, s),
  });
  const pulled = chunked ? graph.add(xNext, addPull(graph, chunked, x0, step)) : xNext;
  return { xNext: extended ? addFixedActions(graph, extended, pulled, step) : pulled, x0 };
}

/**
 * F [B,D]; extended, the network runs on R >= B rows and F = F_null + w (F_cond - F_null), exact for rows
 * whose indices agree.
 */
function addPrediction(body: GraphBuilder, weights: MlpWeights, inputs: MacroStepInputs, x: Value, step: Value): Value {
  const shift = inputs.shift(body, step);
  if (!inputs.extended) return addMlpPredict(body, weights, x, shift);
  const { source, condIndex, nullIndex, scale } = inputs.extended;
  const networkRows = addMlpPredict(body, weights, body.gather(x, source), shift);
  const nullF = body.gather(networkRows, nullIndex);
  return body.add(nullF, body.mul(body.sub(body.gather(networkRows, condIndex), nullF), scale));
}

/** ((y - x0)·w)·p. */
function addPull(graph: GraphBuilder, { weights, y, pull }: ChunkedInputs, x0: Value, step: Value): Value {
  return graph.mul(graph.mul(graph.sub(y, x0), weights), graph.gather(pull, step));
}

/** x'·keep + √ā·y + √(1-ā)·z0, at the level that the step has reached. */
function addFixedActions(body: GraphBuilder, inputs: ExtendedInputs, x: Value, step: Value): Value {
  const [signal, noise] = body.ops('Split', [body.gather(inputs.levels, step)], 2, { axis: -1 });
  const row = (table: Value) => body.gather(table, inputs.fixedIndex);
  const known = body.add(body.mul(x, row(inputs.keep)), body.mul(row(inputs.y), signal));
  return body.add(known, body.mul(row(inputs.z0), noise));
}
