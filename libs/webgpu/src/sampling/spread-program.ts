/**
 * One layer of one step over many workgroups: for batches that are too small to fill the device with tiles of
 * their own. Each product is computed in the order in which a tile computes it.
 */

import type { GpuLimits } from '../runtime/device.js';
import type { NetworkShape } from './network-shape.js';
import { LANES, stepProgram } from './step-program.js';

/** The layers, in the order in which a step needs them; up and down once per block. */
export type Layer = 'input' | 'up' | 'down' | 'output';

/** Lanes and columns of a workgroup; a thread has two lanes, which guidance may combine, of one column. */
export const SPREAD = { lanes: 32, columns: 16 } as const;
const THREADS = 256;
const BYTES = 4;
/** Rows of weights in workgroup memory: the more, the less often all wait for memory. */
const DEPTHS = [128, 64, 32] as const;

/** The layer's matrix, and how many columns it has in the grid. */
export function layerColumns(layer: Layer, { HP, UP, DP }: NetworkShape): number {
  return { input: HP, up: UP, down: HP, output: DP }[layer];
}

/**
 * WGSL of one layer. Bindings beside the common ones: 3 h [lanes,HP], then the block's activations
 * [lanes,UP]; 4 the step and the layer.
 */
export function spreadProgram(layer: Layer, shape: NetworkShape, limits: GpuLimits): string {
  const depth = DEPTHS.find((candidate) => bytes(candidate) <= limits.maxComputeWorkgroupStorageSize) ?? DEPTHS[2];
  const { terms, kernel, bias, source, finish } = LAYERS[layer];
  return `${stepProgram(shape)}
@group(0) @binding(3) var<storage, read_write> hidden: array<f32>;
@group(0) @binding(4) var<uniform> place: vec4u;
const M = ${SPREAD.lanes}u;
const COLUMNS = ${SPREAD.columns}u;
const THREADS = ${THREADS}u;
const DEPTH = ${depth}u;
const N = ${layerColumns(layer, shape)}u;
const TERMS = ${terms};
var<workgroup> a: array<vec2f, ${(depth * SPREAD.lanes) / 2}>;
var<workgroup> tile: array<vec4f, ${(depth * SPREAD.columns) / 4}>;
${layer === 'up' ? NORM : ''}
fn h_at(lane: u32, i: u32) -> u32 { return lane * HP + i; }
fn up_at(lane: u32, i: u32) -> u32 { return call[word_lanes] * HP + lane * UP + i; }
fn term(lane: u32, first: u32, k: u32, block: u32) -> f32 {
  let row = call[call[word_laneRow] + lane];
  if (row == NO_ROW) { return 0.0; }
  ${source}
}
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  _ = &state;
  let step = place.x;
  let block = BLOCKS + place.y * BLOCK;
  let first = group.y * M;
  let column = group.x * COLUMNS + thread % COLUMNS;
  let pair = thread / COLUMNS;
  let lane = first + 2u * pair;
  let row0 = call[call[word_laneRow] + lane];
  let row1 = call[call[word_laneRow] + lane + 1u];
  var sum = ${bias};
  ${layer === 'up' ? 'measure(thread, first);' : ''}
  for (var k = 0u; k < TERMS; k += DEPTH) {
    let count = min(DEPTH, TERMS - k);
    workgroupBarrier();
    for (var e = thread; e < count * M / 2u; e += THREADS) {
      let i = k + e % count;
      let two = 2u * (e / count);
      a[(e % count) * M / 2u + e / count] = vec2f(term(first + two, first, i, block), term(first + two + 1u, first, i, block));
    }
    for (var e = thread; e < count * COLUMNS / 4u; e += THREADS) {
      tile[e] = weights[(${kernel} + (k + e / (COLUMNS / 4u)) * N + group.x * COLUMNS) / 4u + e % (COLUMNS / 4u)];
    }
    workgroupBarrier();
    if (row0 != NO_ROW) {
      for (var i = 0u; i < count; i++) {
        let w = tile[(i * COLUMNS + thread % COLUMNS) / 4u][thread % 4u];
        sum = fma(a[i * M / 2u + pair], vec2f(w), sum);
      }
    }
  }
  if (row0 == NO_ROW) { return; }
  ${finish}
}
`;
}

/** Of the two arrays, and the sums and results of LayerNorm. */
function bytes(depth: number): number {
  return BYTES * (depth * (SPREAD.lanes + SPREAD.columns) + (LANES + 2) * SPREAD.lanes);
}

interface LayerProgram {
  /** Terms of each sum. */
  readonly terms: 'DP' | 'HP' | 'UP';
  readonly kernel: string;
  /** What the two sums begin with. */
  readonly bias: string;
  /** Term k of a lane. */
  readonly source: string;
  /** What becomes of the two sums. */
  readonly finish: string;
}

const LAYERS: Readonly<Record<Layer, LayerProgram>> = {
  input: {
    terms: 'DP',
    kernel: 'INPUT',
    bias: 'vec2f(first_sum(lane, row0, column, step), first_sum(lane + 1u, row1, column, step))',
    source: 'if (k >= D) { return 0.0; } return state_of(row, k, place.x);',
    finish: 'hidden[h_at(lane, column)] = silu(sum.x); hidden[h_at(lane + 1u, column)] = silu(sum.y);',
  },
  up: {
    terms: 'HP',
    kernel: 'block + UP_KERNEL',
    bias: 'vec2f(weight(block + UP_BIAS + column))',
    source: 'return normalised(hidden[h_at(lane, k)], means[lane - first], scales[lane - first], block, k);',
    finish: 'hidden[up_at(lane, column)] = silu(sum.x); hidden[up_at(lane + 1u, column)] = silu(sum.y);',
  },
  down: {
    terms: 'UP',
    kernel: 'block + DOWN_KERNEL',
    bias: 'vec2f(weight(block + DOWN_BIAS + column))',
    source: 'return hidden[up_at(lane, k)];',
    finish: 'hidden[h_at(lane, column)] += sum.x; hidden[h_at(lane + 1u, column)] += sum.y;',
  },
  output: {
    terms: 'HP',
    kernel: 'OUTPUT',
    bias: 'vec2f(weight(OUTPUT_BIAS + column))',
    source: 'return hidden[h_at(lane, k)];',
    finish: `if (lane < 2u * call[word_pairs]) { finish(row0, column, guided(sum.x, sum.y, row0), step); return; }
  finish(row0, column, sum.x, step);
  if (row1 != NO_ROW) { finish(row1, column, sum.y, step); }`,
  },
};

/** Mean and scale of each lane. */
const NORM = `
var<workgroup> sums: array<f32, LANES * M>;
var<workgroup> means: array<f32, M>;
var<workgroup> scales: array<f32, M>;
fn sum_of_lanes(lane: u32) -> f32 {
  var all: array<f32, LANES>;
  for (var i = 0u; i < LANES; i++) { all[i] = sums[i * M + lane]; }
  return tree(all);
}
fn measure(thread: u32, first: u32) {
  for (var task = thread; task < LANES * M; task += THREADS) {
    let lane = task / LANES;
    var sum = 0.0;
    if (call[call[word_laneRow] + first + lane] != NO_ROW) {
      for (var i = task % LANES; i < H; i += LANES) { sum += hidden[h_at(first + lane, i)]; }
    }
    sums[(task % LANES) * M + lane] = sum;
  }
  workgroupBarrier();
  if (thread < M) { means[thread] = sum_of_lanes(thread) / f32(H); }
  workgroupBarrier();
  for (var task = thread; task < LANES * M; task += THREADS) {
    let lane = task / LANES;
    var sum = 0.0;
    if (call[call[word_laneRow] + first + lane] != NO_ROW) {
      for (var i = task % LANES; i < H; i += LANES) {
        let d = hidden[h_at(first + lane, i)] - means[lane];
        sum = fma(d, d, sum);
      }
    }
    sums[(task % LANES) * M + lane] = sum;
  }
  workgroupBarrier();
  if (thread < M) { scales[thread] = deviation(sum_of_lanes(thread)); }
}
`;
