import {
  LOSS_WEIGHTS,
  outputSize,
  timeEmbedding,
  type MlpDenoiserConfig,
  assertNever,
  type LossWeighting,
} from '#ddim';
import type { GraphBuilder, Value } from '../graph/graph-builder.js';
import { TrainingGraphBuilder } from './training-graph-builder.js';
import { parameterGroups, type ParameterGroup } from './training-layout.js';
import { TrainingNetwork } from './training-network.js';

/** `loss`: forward only. */
export type TrainingGraphKind = 'gradients' | 'loss';

interface TrainingGraphOptions {
  readonly kind: TrainingGraphKind;
  readonly lossWeighting: LossWeighting;
  /** With the input `loss_mask`. */
  readonly masked: boolean;
}

/** Name of a group's input and of its gradient. */
export function parameterInput(group: ParameterGroup): string {
  return `parameter:${group.name}`;
}
export function gradientOutput(group: ParameterGroup): string {
  return `gradient:${group.name}`;
}

/** Whether the target needs the input `target_weights`. */
export function hasTargetWeights(config: MlpDenoiserConfig): boolean {
  return config.preconditioning === 'edm' || config.predictionType === 'v_prediction';
}

/**
 * Forward and backward pass of a train batch as one graph.
 *
 * Inputs: actions, noise [B,D]; observations [B,obsSize] and condition_keep [B,1] (not when obsSize is 0);
 * timesteps int32 [B]; levels [B,2] = √ā, √(1-ā); target_weights [B,2] of x0 and ε (v and skip outputs);
 * loss_weight [B,1] (min_snr); loss_mask [B,D] (masked); gradient_scale [1] = 2/(elements that count);
 * row_ones [B], all 1; the parameters of every group, by parameterInput. Outputs: loss [1]; gradients: norm
 * [1], the global L2 norm of all gradients, and the gradient of every group, by gradientOutput.
 * @returns .onnx bytes
 */
export function buildTrainingGraph(config: MlpDenoiserConfig, options: TrainingGraphOptions): Uint8Array {
  const graph = new TrainingGraphBuilder('training');
  const groups = parameterGroups(config);
  const parameters = groups.map((group) => graph.input(parameterInput(group), 'float32', group.shape));
  const batch = addBatchInputs(graph, config, options);
  const network = new TrainingNetwork(graph, config, weightReader(graph, groups, parameters), {
    x: addNoise(graph, batch),
    time: graph.gather(addTimeEmbedding(graph, config), batch.timesteps),
    observations: batch.observations,
    keep: batch.keep,
    rowOnes: batch.rowOnes,
  });
  const { loss, dF } = addLoss(graph, batch, network.F, addTarget(graph, config, batch));
  graph.output('loss', loss, 'float32', [1]);
  if (options.kind === 'loss') return graph.encode();
  const byName = network.backward(dF);
  const gradients = groups.map((group) => groupGradient(graph, group, byName));
  graph.output('norm', addGlobalNorm(graph, gradients), 'float32', [1]);
  groups.forEach((group, i) => graph.output(gradientOutput(group), gradients[i], 'float32', group.shape));
  return graph.encode();
}

/** Values by parameter name: kernels are inputs, vectors are pieces of one. */
function weightReader(
  graph: GraphBuilder,
  groups: readonly ParameterGroup[],
  parameters: readonly Value[],
): (name: string) => Value {
  const values = new Map<string, Value>();
  for (const [i, { members }] of groups.entries()) {
    const parameter = parameters[i];
    const sizes = graph.integers(...members.map(({ size }) => size));
    const pieces =
      members.length === 1 ? [parameter] : graph.ops('Split', [parameter, sizes], members.length, { axis: 0 });
    for (const [j, { name }] of members.entries()) values.set(name, pieces[j]);
  }
  return (name) => {
    const value = values.get(name);
    if (!value) throw new RangeError(`${name} is no weight of this graph`);
    return value;
  };
}

interface BatchInputs {
  readonly actions: Value;
  readonly noise: Value;
  readonly observations: Value | undefined;
  readonly timesteps: Value;
  readonly levels: Value;
  readonly keep: Value | undefined;
  readonly targetWeights: Value | undefined;
  /** Factors of the squared error, [B,1] and [B,D]. */
  readonly lossFactors: readonly Value[];
  readonly gradientScale: Value;
  readonly rowOnes: Value;
}

function addBatchInputs(graph: GraphBuilder, config: MlpDenoiserConfig, options: TrainingGraphOptions): BatchInputs {
  const D = outputSize(config);
  const rows = (name: string, columns: number) => graph.input(name, 'float32', ['B', columns]);
  return {
    actions: rows('actions', D),
    noise: rows('noise', D),
    observations: config.obsSize > 0 ? rows('observations', config.obsSize) : undefined,
    timesteps: graph.input('timesteps', 'int32', ['B']),
    levels: rows('levels', 2),
    keep: config.obsSize > 0 ? rows('condition_keep', 1) : undefined,
    targetWeights: hasTargetWeights(config) ? rows('target_weights', 2) : undefined,
    lossFactors: [
      ...(LOSS_WEIGHTS[options.lossWeighting] ? [rows('loss_weight', 1)] : []),
      ...(options.masked ? [rows('loss_mask', D)] : []),
    ],
    gradientScale: graph.input('gradient_scale', 'float32', [1]),
    rowOnes: graph.input('row_ones', 'float32', ['B']),
  };
}

/** Time embeddings by timestep, [T,H]. */
function addTimeEmbedding(graph: GraphBuilder, { hiddenSize: H, numTrainTimesteps: T }: MlpDenoiserConfig): Value {
  const table = new Float32Array(T * H);
  for (let t = 0; t < T; t++) table.set(timeEmbedding(t, T, H), t * H);
  return graph.initializer('time_embedding', 'float32', [T, H], table);
}

/** x_t = √ā x0 + √(1-ā) ε. */
function addNoise(graph: GraphBuilder, { actions, noise, levels }: BatchInputs): Value {
  const [A, B] = graph.ops('Split', [levels], 2, { axis: 1 });
  return graph.add(graph.mul(actions, A), graph.mul(noise, B));
}

function addTarget(graph: GraphBuilder, config: MlpDenoiserConfig, batch: BatchInputs): Value {
  if (batch.targetWeights) {
    const [ofX0, ofEps] = graph.ops('Split', [batch.targetWeights], 2, { axis: 1 });
    return graph.add(graph.mul(batch.actions, ofX0), graph.mul(batch.noise, ofEps));
  }
  switch (config.predictionType) {
    case 'epsilon':
      return batch.noise;
    case 'sample':
    case 'v_prediction': // has target weights
      return batch.actions;
    default:
      return assertNever(config.predictionType);
  }
}

/** loss = scale/2 · Σ w (F - target)², scale = 2/n; dF = scale · w (F - target). */
function addLoss(graph: GraphBuilder, batch: BatchInputs, F: Value, target: Value): { loss: Value; dF: Value } {
  const error = graph.sub(F, target);
  const weighted = batch.lossFactors.reduce((product, factor) => graph.mul(product, factor), error);
  const dF = graph.mul(weighted, batch.gradientScale);
  const flat = graph.op('Reshape', [graph.mul(error, dF), graph.integers(-1)]);
  const sum = graph.op('ReduceSum', [flat, graph.integers(0)], { keepdims: 1 });
  return { loss: graph.mul(sum, graph.scalar(0.5)), dF };
}

function groupGradient(graph: GraphBuilder, group: ParameterGroup, byName: ReadonlyMap<string, Value>): Value {
  const gradients = group.members.map(({ name }) => {
    const gradient = byName.get(name);
    if (!gradient) throw new RangeError(`${name} has no gradient`);
    return gradient;
  });
  return gradients.length === 1 ? gradients[0] : graph.op('Concat', gradients, { axis: 0 });
}

/** Global L2 norm [1] of all gradients. */
function addGlobalNorm(graph: GraphBuilder, gradients: readonly Value[]): Value {
  const squares = gradients.map((gradient) => {
    const flat = graph.op('Reshape', [gradient, graph.integers(-1)]);
    return graph.op('ReduceSumSquare', [flat], { axes: [0], keepdims: 1 });
  });
  return graph.op('Sqrt', [graph.op('Sum', squares)]);
}
