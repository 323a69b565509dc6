import type { DenoiserParameters, MlpDenoiserConfig } from '../denoiser.js';
import { outputSize } from '../denoiser.js';
import type { GraphBuilder, Value } from './graph-builder.js';
import { requireParameter } from './model-check.js';

/** LayerNorm epsilon of the network (the golden values of Edifice pin it). */
const NORM_EPSILON = 1e-5;

/** The denoiser's weights as tensors of a graph; `block` functions take the block's number from 1. */
export interface MlpWeights {
  readonly numLayers: number;
  /** [*,H]: the time embedding times its part of the first layer, one row per timestep. */
  readonly timeTable: Value;
  /** Rows [0,D) of denoiser_in.kernel, [D,H]. */
  readonly inputKernel: Value;
  parameter(name: string): Value;
}

/** Adds the weights that one denoising step reads, under their own names; `times` holds rows [*,H] of core's timeTable. */
export function addMlpWeights(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  times: Float32Array,
): MlpWeights {
  const { hiddenSize: H, numLayers } = config;
  const D = outputSize(config);
  const values = new Map<string, Value>();
  const add = (name: string, shape: readonly number[]) =>
    values.set(name, graph.initializer(name, 'float32', shape, requireParameter(parameters, name)));
  for (let block = 1; block <= numLayers; block++) {
    const prefix = `denoiser_block_${block}`;
    add(`${prefix}_norm.gamma`, [H]);
    add(`${prefix}_norm.beta`, [H]);
    add(`${prefix}_up.kernel`, [H, 4 * H]);
    add(`${prefix}_up.bias`, [4 * H]);
    add(`${prefix}_down.kernel`, [4 * H, H]);
    add(`${prefix}_down.bias`, [H]);
  }
  add('noise_out.kernel', [H, D]);
  add('noise_out.bias', [D]);
  const inputKernel = requireParameter(parameters, 'denoiser_in.kernel').subarray(0, D * H);
  return {
    numLayers,
    timeTable: graph.initializer('time_table', 'float32', [times.length / H, H], times),
    inputKernel: graph.initializer('denoiser_in.kernel_x', 'float32', [D, H], inputKernel),
    parameter(name) {
      const value = values.get(name);
      if (!value) throw new RangeError(`${name} is no weight of this graph`);
      return value;
    },
  };
}

/**
 * One network call, F [R,D]: h = SiLU(x·Wx + time + condition), then h = h + down(SiLU(up(LN(h)))) per block, F = noise_out(h).
 * @param x [R,D]; `time` and `conditions` [R,H] or broadcastable to it
 */
export function addMlpPredict(
  graph: GraphBuilder,
  weights: MlpWeights,
  x: Value,
  time: Value,
  conditions: Value,
): Value {
  const first = graph.op('Gemm', [x, weights.inputKernel]);
  let h = addSilu(graph, graph.add(graph.add(first, time), conditions));
  for (let block = 1; block <= weights.numLayers; block++) {
    const weight = (name: string) => weights.parameter(`denoiser_block_${block}_${name}`);
    const norm = graph.op('LayerNormalization', [h, weight('norm.gamma'), weight('norm.beta')], {
      axis: -1,
      epsilon: { float: NORM_EPSILON },
    });
    const up = addSilu(graph, graph.op('Gemm', [norm, weight('up.kernel'), weight('up.bias')]));
    h = graph.add(h, graph.op('Gemm', [up, weight('down.kernel'), weight('down.bias')]));
  }
  return graph.op('Gemm', [h, weights.parameter('noise_out.kernel'), weights.parameter('noise_out.bias')]);
}

/** SiLU(v) = v · sigmoid(v); ONNX Runtime fuses the pair by itself. */
function addSilu(graph: GraphBuilder, v: Value): Value {
  return graph.mul(v, graph.op('Sigmoid', [v]));
}

/**
 * The observation's part of the first layer, hoisted out of the steps: (obs·We + be)·Wo + bias, [N,H].
 * @param observations [N,obsSize], normalised; obsSize >= 1
 */
export function addMlpEncoder(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  observations: Value,
): Value {
  const { obsSize, hiddenSize: H } = config;
  const D = outputSize(config);
  const weight = (name: string, shape: readonly number[], from = 0) =>
    graph.initializer(name, 'float32', shape, requireParameter(parameters, name).subarray(from));
  const embedded = graph.op('Gemm', [
    observations,
    weight('obs_embed.kernel', [obsSize, H]),
    weight('obs_embed.bias', [H]),
  ]);
  // The last H rows of the first layer's kernel [D+2H,H] belong to the observation.
  return graph.op('Gemm', [
    embedded,
    weight('denoiser_in.kernel', [H, H], (D + H) * H),
    weight('denoiser_in.bias', [H]),
  ]);
}
