import { ACTIVATION_LEVELS, quantizeColumns, SMALLEST_SPREAD } from '#ddim';
import type { GraphBuilder, Value } from './graph-builder.js';

/** TensorProto.DataType of float32, as Cast wants it. */
const FLOAT32 = 1;
/** What 0 becomes among unsigned activations. */
const ZERO_POINT = 128;

/** A kernel [K,N] as int8 with one scale per column. */
interface Int8Kernel {
  readonly values: Value;
  /** [N]. */
  readonly scales: Value;
  /** 128, uint8. */
  readonly zeroPoint: Value;
}

/** Quantises a kernel [K,N], row-major, and adds it under its own name. */
export function addInt8Kernel(
  graph: GraphBuilder,
  name: string,
  [rows, columns]: readonly [number, number],
  kernel: Float32Array,
): Int8Kernel {
  const { values, scales } = quantizeColumns(kernel, columns);
  return {
    values: graph.initializer(name, 'int8', [rows, columns], values),
    scales: graph.initializer(`${name}_scales`, 'float32', [columns], scales),
    zeroPoint: graph.byte(ZERO_POINT),
  };
}

/**
 * x · kernel [R,N] in 8-bit integers: every row of x [R,K] is rounded to its own 255 levels, so that it does
 * not see its neighbours (DynamicQuantizeMatMul would take one scale for the whole batch). The integer sums
 * are exact on every CPU; see core's int8.ts. Activations are unsigned with a zero point, which ONNX Runtime
 * multiplies 20 times faster than signed ones.
 */
export function addInt8Product(graph: GraphBuilder, x: Value, kernel: Int8Kernel): Value {
  const largest = graph.op('ReduceMax', [graph.op('Abs', [x])], { axes: [1], keepdims: 1 });
  const spread = graph.add(largest, graph.scalar(SMALLEST_SPREAD));
  const levels = graph.scalar(ACTIVATION_LEVELS);
  const scaled = graph.mul(x, graph.div(levels, spread));
  const quantized = graph.op('QuantizeLinear', [scaled, graph.scalar(1), kernel.zeroPoint]);
  const sums = graph.op('MatMulInteger', [quantized, kernel.values, kernel.zeroPoint]);
  const product = graph.mul(graph.op('Cast', [sums], { to: FLOAT32 }), kernel.scales);
  return graph.mul(product, graph.div(spread, levels));
}
