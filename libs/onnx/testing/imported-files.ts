import { outputSize, timeTable, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';
import { GraphBuilder, type Value } from '../src/graph/graph-builder.js';
import { addMlpEncoder, addMlpPredict, addMlpWeights } from '../src/graph/mlp-graph.js';

/** How the file of an imported denoiser is called. */
export interface FileForm {
  /** `sample` is [B,horizon,dim] instead of [B,D]. */
  readonly trajectory?: boolean;
  readonly timestepType?: 'int64' | 'int32' | 'float32';
}

/** One of our own networks as somebody else would export it: sample, timestep and condition in, F out. */
export function mlpFile(
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  { trajectory = false, timestepType = 'int64' }: FileForm = {},
): Uint8Array<ArrayBuffer> {
  const { obsSize, actionHorizon, actionDim } = config;
  const D = outputSize(config);
  const rowShape = trajectory ? [actionHorizon, actionDim] : [D];
  const graph = new GraphBuilder('denoiser');
  const sample = graph.input('sample', 'float32', ['B', ...rowShape]);
  const timestep = graph.input('timestep', timestepType, ['B']);
  const condition = graph.input('condition', 'float32', ['B', obsSize]);
  const weights = addMlpWeights(graph, config, parameters, { times: timeTable(config, parameters) });
  const labels = timestepType === 'float32' ? graph.op('Cast', [timestep], { to: 7 }) : timestep;
  const encoded = addMlpEncoder(graph, config, parameters, condition);
  const x = graph.op('Reshape', [sample, graph.integers(-1, D)]);
  const shift = graph.add(graph.gather(weights.timeTable, labels), encoded);
  const F = addMlpPredict(graph, weights, x, shift);
  graph.output('noise', graph.op('Reshape', [F, graph.integers(-1, ...rowShape)]), 'float32', ['B', ...rowShape]);
  return new Uint8Array(graph.encode());
}

/** The smallest denoiser, [B,8] with a condition [B,3]; `body` makes its output from its sample. */
export function smallFile(
  body: (graph: GraphBuilder, sample: Value, timestep: Value) => Value,
): Uint8Array<ArrayBuffer> {
  const graph = new GraphBuilder('denoiser');
  const sample = graph.input('sample', 'float32', ['B', 8]);
  const timestep = graph.input('timestep', 'int64', ['B']);
  const condition = graph.input('condition', 'float32', ['B', 3]);
  const bias = graph.op('ReduceMean', [condition], { axes: [1], keepdims: 1 });
  graph.output('noise', graph.add(body(graph, sample, timestep), bias), 'float32', ['B', 8]);
  return new Uint8Array(graph.encode());
}

/** Sines of sines, so many of them. */
export function sineLoop(graph: GraphBuilder, x: Value, tripCount: Value): Value {
  const body = graph.subgraph('again');
  body.input('step', 'int64', []);
  const proceed = body.input('proceed', 'bool', []);
  const state = body.input('state', 'float32', ['B', 8]);
  body.output('proceed_next', proceed, 'bool', []);
  body.output('state_next', body.op('Sin', [state]), 'float32', ['B', 8]);
  return graph.ops('Loop', [tripCount, graph.boolean(true), x], 1, { body })[0];
}

/** A denoiser like smallFile's that never comes back. */
export function endlessFile(): Uint8Array<ArrayBuffer> {
  return smallFile((graph, x) => sineLoop(graph, x, graph.integer(Number.MAX_SAFE_INTEGER)));
}

/** A field of a protobuf message, by hand: what no builder of ours writes. */
export function protobufField(number: number, value: number | string | readonly Uint8Array[]): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number * 8), ...varint(value)]);
  const bytes = typeof value === 'string' ? Buffer.from(value) : Buffer.concat(value);
  return Uint8Array.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
