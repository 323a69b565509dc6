import { COEFFICIENTS_PER_STEP, outputSize, type MlpDenoiserConfig, BackendError } from '#ddim';
import type { MacroStep } from '#engine';
import type { GraphBuilder, Value } from '../graph/graph-builder.js';

const INT32 = 6; // TensorProto.DataType

/** The tables of a macro-step that grow with its rows. */
interface RowTables {
  /** [B,D]. */
  readonly x: Value;
  /** [B,H]. */
  readonly conditions: Value;
  /** int32 [K,B]. */
  readonly timesteps: Value;
  /** [K,B,8]. */
  readonly coefficients: Value;
  /** int32 [B]; only where rows draw noise. */
  readonly noiseIndex: Value | undefined;
}

/** Numbers per row of each table, in the order in which they are packed. */
function rowSizes(config: MlpDenoiserConfig, K: number, noisy: boolean): number[] {
  return [outputSize(config), config.hiddenSize, K, K * COEFFICIENTS_PER_STEP, ...(noisy ? [1] : [])];
}

/**
 * Adds the input `rows` [B,W], one table after the other: every input of a session on a device costs a
 * transfer of its own, however small it is. Integers travel as float32, which holds them exactly up to 2^24.
 */
export function addPackedRows(graph: GraphBuilder, config: MlpDenoiserConfig, K: number, noisy: boolean): RowTables {
  const sizes = rowSizes(config, K, noisy);
  const rows = graph.input('rows', 'float32', ['B', sizes.reduce((sum, size) => sum + size, 0)]);
  const B = graph.op('Gather', [graph.op('Shape', [rows]), graph.integers(0)], { axis: 0 });
  const numbers = graph.op('Reshape', [rows, graph.integers(-1)]);
  const lengths = graph.mul(B, graph.integers(...sizes));
  const [x, conditions, timesteps, coefficients, ...rest] = graph.ops('Split', [numbers, lengths], sizes.length);
  const table = (value: Value, ...shape: number[]) => graph.op('Reshape', [value, graph.integers(...shape)]);
  const labels = (value: Value) => graph.op('Cast', [value], { to: INT32 });
  return {
    x: table(x, -1, sizes[0]),
    conditions: table(conditions, -1, sizes[1]),
    timesteps: labels(table(timesteps, K, -1)),
    coefficients: table(coefficients, K, -1, COEFFICIENTS_PER_STEP),
    noiseIndex: noisy ? labels(rest[0]) : undefined,
  };
}

/** Whether a row of the macro-step draws noise. */
export function isNoisy({ numRows, stepsPerCall, x, noise }: MacroStep): boolean {
  return noise.z.length * numRows > stepsPerCall * x.length;
}

/** Writes the input `rows` of addPackedRows, into memory that grows to the largest call so far. */
export class RowPacker {
  private memory = new Float32Array(0);

  constructor(private readonly config: MlpDenoiserConfig) {}

  /** @returns [B,W], valid until the next call; @throws BackendError when a table does not have its size */
  pack(step: MacroStep): { readonly data: Float32Array; readonly shape: readonly number[] } {
    const { numRows: B, stepsPerCall: K, x, conditions, timesteps, coefficients, noise } = step;
    const sizes = rowSizes(this.config, K, isNoisy(step));
    const W = sizes.reduce((sum, size) => sum + size, 0);
    if (this.memory.length < B * W) this.memory = new Float32Array(B * W);
    const tables = { x, conditions, timesteps, coefficients, noise_index: noise.index };
    let offset = 0;
    for (const [i, [name, table]] of Object.entries(tables).slice(0, sizes.length).entries()) {
      if (table.length !== B * sizes[i])
        throw new BackendError(`${name} of ${B} rows must have ${B * sizes[i]} numbers, got ${table.length}`);
      this.memory.set(table, offset);
      offset += table.length;
    }
    return { data: this.memory.subarray(0, offset), shape: [B, W] };
  }
}
