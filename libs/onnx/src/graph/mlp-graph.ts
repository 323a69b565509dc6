import { type DenoiserParameters, type MlpDenoiserConfig, outputSize, roundToBf16, type Precision } from '#ddim';
import type { GraphBuilder, Value } from './graph-builder.js';
import { addInt8Kernel, addInt8Product } from './int8-product.js';
import { requireParameter } from './model-check.js';

/** TensorProto.DataType, as Cast wants it. */
const FLOAT32 = 1;
const BFLOAT16 = 16;
/** LayerNorm epsilon of the network (the golden values of Edifice pin it). */
const NORM_EPSILON = 1e-5;

/** The denoiser's weights as tensors of a graph. */
export interface MlpWeights {
  readonly numLayers: number;
  /** [*,H]: the time embedding times its part of the first layer, one row per timestep. */
  readonly timeTable: Value;
  /** A vector by its own name. */
  parameter(name: string): Value;
  /**
   * x [R,K] times a layer's kernel [K,N], plus its bias, or `addend` [R,N] instead; of `denoiser_in` only the
   * rows [0,D), without bias.
   */
  multiply(graph: GraphBuilder, layer: string, x: Value, addend?: Value): Value;
}

interface MlpWeightOptions {
  /** [*,H]: rows of core's timeTable. */
  readonly times: Float32Array;
  /** `int8` rounds the products of the residual blocks, row by row, `bf16` all; default float32. */
  readonly precision?: Precision | undefined;
}

/**
 * Adds the weights that one denoising step reads, under their own names. @throws ModelLoadError when one is
 * missing
 */
export function addMlpWeights(
  graph: GraphBuilder,
  config: MlpDenoiserConfig,
  parameters: DenoiserParameters,
  { times, precision = 'float32' }: MlpWeightOptions,
): MlpWeights {
  const { hiddenSize: H, numLayers } = config;
  const D = outputSize(config);
  const vectors = new Map<string, Value>();
  const products = new Map<string, Product>();
  const addVector = (name: string, size: number) =>
    vectors.set(name, graph.initializer(name, 'float32', [size], requireParameter(parameters, name)));
  const addKernel = (layer: string, shape: KernelShape, kind: Precision, name = `${layer}.kernel`) => {
    const kernel = requireParameter(parameters, `${layer}.kernel`).subarray(0, shape[0] * shape[1]);
    products.set(layer, addProduct[kind](graph, name, shape, kernel));
  };
  for (let block = 1; block <= numLayers; block++) {
    const prefix = `denoiser_block_${block}`;
    addVector(`${prefix}_norm.gamma`, H);
    addVector(`${prefix}_norm.beta`, H);
    addKernel(`${prefix}_up`, [H, 4 * H], precision);
    addVector(`${prefix}_up.bias`, 4 * H);
    addKernel(`${prefix}_down`, [4 * H, H], precision);
    addVector(`${prefix}_down.bias`, H);
  }
  const ends = precision === 'int8' ? 'float32' : precision;
  addKernel('noise_out', [H, D], ends);
  addVector('noise_out.bias', D);
  addKernel('denoiser_in', [D, H], ends, 'denoiser_in.kernel_x');
  return {
    numLayers,
    timeTable: graph.initializer('time_table', 'float32', [times.length / H, H], times),
    parameter: (name) => find(vectors, name),
    multiply: (inner, layer, x, addend = vectors.get(`${layer}.bias`)) => find(products, layer)(inner, x, addend),
  };
}

type KernelShape = readonly [rows: number, columns: number];
type Product = (graph: GraphBuilder, x: Value, addend: Value | undefined) => Value;

/** Adds a kernel in one precision; the result multiplies by it. */
const addProduct: Readonly<
  Record<Precision, (graph: GraphBuilder, name: string, shape: KernelShape, kernel: Float32Array) => Product>
> = {
  float32(graph, name, shape, kernel) {
    const weights = graph.initializer(name, 'float32', shape, kernel);
    return (inner, x, addend) => inner.op('Gemm', addend ? [x, weights, addend] : [x, weights]);
  },
  bf16(graph, name, shape, kernel) {
    const weights = graph.initializer(name, 'float32', shape, kernel.map(roundToBf16));
    return (inner, x, addend) => {
      const rounded = inner.op('Cast', [inner.op('Cast', [x], { to: BFLOAT16 })], { to: FLOAT32 });
      return inner.op('Gemm', addend ? [rounded, weights, addend] : [rounded, weights]);
    };
  },
  int8(graph, name, shape, kernel) {
    const weights = addInt8Kernel(graph, name, shape, kernel);
    return (inner, x, addend) => {
      const product = addInt8Product(inner, x, weights);
      return addend ? inner.add(product, addend) : product;
    };
  },
};

function find<T>(values: ReadonlyMap<string, T>, name: string): T {
  const value = values.get(name);
  if (value === undefined) throw new RangeError(`${name} is no weight of this graph`);
  return value;
}

/**
 * One network call, F [R,D]: h = SiLU(x·Wx + (time + condition)), then h = h + down(SiLU(up(LN(h)))) per
 * block, F = noise_out(h).
 * @param x [R,D]
 * @param shift time + condition, [R,H] or broadcastable to it
 */
export function addMlpPredict(graph: GraphBuilder, weights: MlpWeights, x: Value, shift: Value): Value {
  let h = addSilu(graph, weights.multiply(graph, 'denoiser_in', x, shift));
  for (let block = 1; block <= weights.numLayers; block++) {
    const prefix = `denoiser_block_${block}`;
    const scaling = [weights.parameter(`${prefix}_norm.gamma`), weights.parameter(`${prefix}_norm.beta`)];
    const norm = graph.op('LayerNormalization', [h, ...scaling], { axis: -1, epsilon: { float: NORM_EPSILON } });
    const up = addSilu(graph, weights.multiply(graph, `${prefix}_up`, norm));
    h = graph.add(h, weights.multiply(graph, `${prefix}_down`, up));
  }
  return weights.multiply(graph, 'noise_out', h);
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
