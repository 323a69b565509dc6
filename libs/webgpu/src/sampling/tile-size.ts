/** How large a tile of rows is on a device. Knows nothing of programs. */

import type { GpuLimits } from '../runtime/device.js';
import type { NetworkShape } from './network-shape.js';
import { LANES } from './step-program.js';

/** How a workgroup shares its lanes and columns out. */
export interface TileSize {
  /** Lanes of the tile. */
  readonly lanes: number;
  /** Threads that share a column; each has lanes / groups of the lanes. */
  readonly groups: number;
  readonly threads: number;
  /** Rows of weights in workgroup memory. */
  readonly depth: number;
}

const BYTES = 4;
/** Up to this padded H a step is so short that a second size is not worth the time to compile it. */
const SMALL = 64;
/** Of activations that a thread keeps in registers, in vectors of four. */
const MAX_VECTORS = 8;
/** Largest first; two lanes at least: a guided row has two. */
const SIZES = [
  { lanes: 16, groups: 4 },
  { lanes: 8, groups: 4 },
  { lanes: 4, groups: 2 },
  { lanes: 2, groups: 1 },
] as const;
const THREADS = [256, 128, 64] as const;
const DEPTHS = [16, 8, 4, 2] as const;

/** Tiles that fit the device, largest first: for full batches, and for those that few large ones make. */
export function tileSizes(shape: NetworkShape, limits: GpuLimits): readonly TileSize[] {
  const fitting = SIZES.flatMap((size) => bestFit(size, shape, limits) ?? []);
  return fitting.slice(0, shape.HP > SMALL ? 2 : 1);
}

/** As few passes over the columns as possible, then as few threads, then as deep as there is memory. */
function bestFit(lanes: (typeof SIZES)[number], shape: NetworkShape, limits: GpuLimits): TileSize | undefined {
  const [best] = THREADS.flatMap((threads) => DEPTHS.map((depth): TileSize => ({ ...lanes, threads, depth })))
    .filter((size) => fits(size, shape, limits))
    .sort(
      (left, right) =>
        partsOf(left, shape).passes - partsOf(right, shape).passes ||
        left.threads - right.threads ||
        right.depth - left.depth,
    );
  return best;
}

function fits(size: TileSize, shape: NetworkShape, limits: GpuLimits): boolean {
  const { columns, lanesOfThread, passes, width } = partsOf(size, shape);
  const numbers = (shape.HP + columns) * size.lanes + size.depth * columns;
  return (
    numbers * BYTES <= limits.maxComputeWorkgroupStorageSize &&
    size.threads <= limits.maxComputeInvocationsPerWorkgroup &&
    lanesOfThread * passes <= MAX_VECTORS &&
    // each thread loads whole vectors of weights, and u has room for the sums of LayerNorm
    size.depth % size.groups === 0 &&
    columns >= (LANES + 2) * width
  );
}

/** What a thread has of a tile, and how often the columns of a matrix with HP of them are gone over. */
export function partsOf({ lanes, groups, threads }: TileSize, { HP }: NetworkShape) {
  const columnGroups = threads / groups;
  const columns = 4 * columnGroups;
  const lanesOfThread = lanes / groups;
  const width: 2 | 4 = lanesOfThread % 4 === 0 ? 4 : 2;
  return { columnGroups, columns, lanesOfThread, width, passes: Math.ceil(HP / columns) };
}
