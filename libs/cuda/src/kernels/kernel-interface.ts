/**
 * What the host and the kernels agree on: entry points, argument, words of the two blocks of device memory,
 * tiles. The kernels' sources repeat these numbers. Knows nothing of the driver, and of where PTX lies.
 *
 * Two blocks, both of 32-bit words. The model's lies on the device while the model is loaded. The call's is
 * uploaded in one piece, x' and x0 are written in place at its end, and they come back in one piece.
 */

/** A precision that has kernels: products of 3xTF32 with float32 sums, or of bf16 with float32 sums. */
export type KernelPrecision = 'float32' | 'bf16';

/**
 * The only argument of every kernel, by value, 24 bytes: `struct { const uint32_t* model; uint32_t* call;
 * uint32_t step, block; }`. The row-tile kernel reads neither step nor block; `in` and `out` no block.
 */
export const ARGUMENT_BYTES = 24;

/** Words of a block's head; every offset counts words from the start of its block and is a multiple of 32. */
export const HEAD_WORDS = 64;

/** Places in the model's head. Widths are padded to a multiple of PADDING with zeros, in every array. */
export const MODEL_WORDS = {
  /** H, and padded. */
  hidden: 0,
  paddedHidden: 1,
  /** D, and padded. */
  output: 2,
  paddedOutput: 3,
  /** L. */
  layers: 4,
  /** T. */
  timesteps: 5,
  /** [T,Hp] float32: embed(t) · Wt. */
  times: 6,
  /** [Dp,Hp] weights (see weight-matrix.ts): the rows of denoiser_in.kernel that see x. */
  inKernel: 7,
  /** Where block 0 begins, and words from one block to the next; the six offsets below count from there. */
  blocks: 8,
  blockStride: 9,
  /** [Hp] float32. */
  gamma: 10,
  beta: 11,
  /** [Hp,4Hp] weights, [4Hp] float32. */
  upKernel: 12,
  upBias: 13,
  /** [4Hp,Hp] weights, [Hp] float32. */
  downKernel: 14,
  downBias: 15,
  /** [Hp,Dp] weights, [Dp] float32. */
  outKernel: 16,
  outBias: 17,
} as const;

/** Padded gamma and beta are zero, hence padded columns of h stay zero; the mean is over H, not over Hp. */
export const PADDING = 64;

/** Columns for which a block of threads has sums at a time; and inputs after which a sum is added to h. */
export const PANEL = 256;

/**
 * Places in the call's head. B rows, R lanes (rows of the network), K steps. The tables are those of
 * MacroStep, without padding, row-major; an offset of 0 says that the table is absent.
 */
export const CALL_WORDS = {
  /** B. */
  rows: 0,
  /** R. */
  lanes: 1,
  /** K. */
  steps: 2,
  /** int32 [R,3]: row, condition, one of LANE_KINDS. */
  laneTable: 3,
  /** float32 [R,H], bias of the first layer included. */
  conditions: 4,
  /** int32 [K,B], below T: the host has checked it. */
  timesteps: 5,
  /** float32 [K,B,8]: a b c d e s lo hi. */
  coefficients: 6,
  /** float32 [K,M,D], M, int32 [B] below M. */
  z: 7,
  noiseRows: 8,
  noiseIndex: 9,
  /** float32 [B]; guidance. */
  scale: 10,
  /** float32 [Q,D] thrice, int32 [B], float32 [K,B,2]; fixed actions. A row of index 0 has none. */
  keep: 11,
  fixedY: 12,
  fixedZ0: 13,
  fixedIndex: 14,
  levels: 15,
  /** float32 [Q,D] twice, int32 [B], float32 [K,B]; real-time chunking. A row of index 0 has none. */
  chunkWeights: 16,
  chunkY: 17,
  chunkIndex: 18,
  pull: 19,
  /** float32 [B,D], read and written by every step. */
  x: 20,
  /** float32 [B,D], written by the last step, where somebody wants it; the next place behind x. */
  x0: 21,
  /**
   * Scratch of the small kernels between launches: h float32 [R,Hp]; u [R,4Hp] float32 or bf16, in fragments
   * of 16 lanes, R rounded up to these.
   */
  h: 22,
  u: 23,
} as const;

/**
 * Kinds of lanes. A guided row is two lanes, `conditional` at an even place and `unconditional` behind it;
 * all pairs stand before the lanes that are alone, so that no tile of an even number of lanes parts one.
 * F = F_u + scale (F_c - F_u) then; only lanes that are alone or conditional write x and x0.
 */
export const LANE_KINDS = { alone: 0, conditional: 1, unconditional: 2 } as const;

/** One kernel: a block of threads computes `lanes` lanes and, in a graph, `columns` columns of them. */
export interface Kernel {
  /** Entry point in the PTX. */
  readonly name: string;
  readonly threads: number;
  /** Even. */
  readonly lanes: number;
  /** Divides PADDING. */
  readonly columns: number;
  /** Dynamic shared memory, bytes; above 48 KiB the host raises the kernel's limit first. */
  readonly sharedBytes: (widths: Widths) => number;
}

/** One that takes all steps of a tile of lanes. */
interface RowKernel extends Kernel {
  /** The widest padded h that it has sums for. */
  readonly maxHidden: number;
}

/** Padded. */
export interface Widths {
  readonly hidden: number;
  readonly output: number;
}

/**
 * A precision's kernels. `rows`: all steps of a tile of lanes, grid (tiles of lanes); several sizes of tiles,
 * the largest first, of which the host takes one that fits. The others are one step of a graph, grid (tiles
 * of columns, tiles of lanes); a block beyond R returns at once. A row's bytes are the same in all of them:
 *   in    h = SiLU(x Wx + condition + time[t])                  columns of Hp
 *   up    u = SiLU(LN(h) Wup + bias)                            columns of 4Hp
 *   down  h = h + u Wdown + bias                                columns of Hp
 *   out   F = h Wout + bias, guidance, then x and x0 of a step  columns of Dp
 * A step: x0 = min(max(a x + b F, lo), hi); x' = c x0 + d F + e x; where s is not 0: + s z; where a chunk
 * is: + pull (w (y - x0)); where actions are fixed: x' keep + levels[0] y + levels[1] z0.
 */
export interface KernelSet {
  readonly rows: readonly RowKernel[];
  readonly in: Kernel;
  readonly up: Kernel;
  readonly down: Kernel;
  readonly out: Kernel;
}

/** So many lanes at most run as a graph, which spreads each step over the device: computed, not measured. */
export const MAX_GRAPH_LANES = 512;

const NUMBER_BYTES: Readonly<Record<KernelPrecision, number>> = { float32: 4, bf16: 2 };
/** Sums of 256 inputs in `in` and `down`: 32 threads of 16 bytes. */
const SUM_BYTES = 512;
/** Three groups of a panel of weights on their way. */
const RING_BYTES = 3 * 16_384;
/** Numbers of h in a block's registers. */
const MAX_TILE_NUMBERS = 64 * 256;
/** Floats between the rows of h or F in shared memory, beyond their columns. */
const ROW_GAP = 8;

function setOf(precision: KernelPrecision, suffix: string): KernelSet {
  const bytes = NUMBER_BYTES[precision];
  const small = (part: string, columns: number, sharedBytes: Kernel['sharedBytes']): Kernel => ({
    name: `stride_${part}_${suffix}`,
    threads: 128,
    lanes: 16,
    columns,
    sharedBytes,
  });
  return {
    rows: [64, 32, 16].map((lanes) => rowTile(suffix, lanes, bytes)),
    in: small('in', 8, ({ output }) => Math.ceil(output / PANEL) * SUM_BYTES),
    up: small('up', 32, ({ hidden }) => 16 * hidden * bytes),
    down: small('down', 8, ({ hidden }) => ((4 * hidden) / PANEL) * SUM_BYTES),
    out: small('out', 32, () => 16 * (32 + ROW_GAP) * 4),
  };
}

/** The ring, LN(h) or h as an operand, and by turns h, x, u and F. */
function rowTile(suffix: string, lanes: number, bytes: number): RowKernel {
  return {
    name: `stride_rows${lanes}_${suffix}`,
    threads: 256,
    lanes,
    columns: PADDING,
    maxHidden: MAX_TILE_NUMBERS / lanes,
    sharedBytes: ({ hidden }) => RING_BYTES + lanes * (hidden * bytes + (Math.max(hidden, PANEL) + ROW_GAP) * 4),
  };
}

export const KERNELS: Readonly<Record<KernelPrecision, KernelSet>> = {
  float32: setOf('float32', 'tf32x3'),
  bf16: setOf('bf16', 'bf16'),
};

/** The row-tile kernels that have room for such widths, where a block has so much shared memory. */
export function fittingTiles(
  rows: readonly RowKernel[],
  widths: Widths,
  sharedBytesPerBlock: number,
): readonly RowKernel[] {
  return rows.filter(
    ({ maxHidden, sharedBytes }) => widths.hidden <= maxHidden && sharedBytes(widths) <= sharedBytesPerBlock,
  );
}
