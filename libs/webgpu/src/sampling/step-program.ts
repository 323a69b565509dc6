/**
 * What the programs have in common: bindings, one step of one element, SiLU, the sums of LayerNorm. Whoever
 * computes a row in another place computes the same operations in the same order.
 */

import { CALL_HEADER, NO_ROW } from './call-layout.js';
import { NOISE_PROGRAM } from './noise-program.js';
import type { NetworkShape } from './network-shape.js';

/** Partial sums of a row in a LayerNorm, element i in the one of i mod LANES; added as a binary tree. */
export const LANES = 16;

/** Constants and bindings: weights; the call's words; states [B,D], then x0 [B,D]. */
export function stepProgram(shape: NetworkShape): string {
  const { H, D, HP, DP, UP, numLayers, places, block } = shape;
  const sizes = { H, D, HP, DP, UP, LAYERS: numLayers, LANES, NO_ROW };
  const named = {
    INPUT: places.input,
    TIMES: places.times,
    BLOCKS: places.blocks,
    OUTPUT: places.output,
    OUTPUT_BIAS: places.outputBias,
    BLOCK: block.end,
    GAMMA: block.gamma,
    BETA: block.beta,
    UP_KERNEL: block.up,
    UP_BIAS: block.upBias,
    DOWN_KERNEL: block.down,
    DOWN_BIAS: block.downBias,
  };
  const constants = [
    ...Object.entries({ ...sizes, ...named }),
    ...CALL_HEADER.map((word, place) => [`word_${word}`, place] as const),
  ];
  return `${constants.map(([name, value]) => `const ${name} = ${value}u;`).join('\n')}
@group(0) @binding(0) var<storage, read> weights: array<vec4f>;
@group(0) @binding(1) var<storage, read> call: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<f32>;
${NOISE_PROGRAM}${FUNCTIONS}`;
}

const FUNCTIONS = `
fn weight(at: u32) -> f32 { return weights[at / 4u][at % 4u]; }
fn number(at: u32) -> f32 { return bitcast<f32>(call[at]); }

/* One sequence of operations, whatever the vector. */
fn silu(h: f32) -> f32 { return h / (1.0 + exp(-h)); }
fn silu4(h: vec4f) -> vec4f { return h / (1.0 + exp(-h)); }

fn tree(lanes: array<f32, LANES>) -> f32 {
  var sums = lanes;
  for (var width = LANES / 2u; width > 0u; width /= 2u) {
    for (var i = 0u; i < width; i++) { sums[i] += sums[i + width]; }
  }
  return sums[0];
}
fn deviation(square_sum: f32) -> f32 { return 1.0 / sqrt(square_sum / f32(H) + 1e-5); }
fn normalised(h: f32, mean: f32, scale: f32, block: u32, i: u32) -> f32 {
  return fma((h - mean) * scale, weight(block + GAMMA + i), weight(block + BETA + i));
}

fn state_of(row: u32, j: u32, step: u32) -> f32 {
  if (step == 0u && call[word_continues] == 0u) { return number(call[word_x] + row * D + j); }
  return state[row * D + j];
}
/* What the first layer adds to x W: condition and time. */
fn first_sum(lane: u32, row: u32, i: u32, step: u32) -> f32 {
  if (i >= H || row == NO_ROW) { return 0.0; }
  let timestep = call[call[word_timesteps] + step * call[word_rows] + row];
  let condition = call[call[word_laneCondition] + lane];
  return number(call[word_conditions] + condition * H + i) + weight(TIMES + timestep * HP + i);
}
fn guided(F: f32, null_F: f32, row: u32) -> f32 {
  return fma(number(call[word_scale] + row), F - null_F, null_F);
}
fn noise(row: u32, j: u32, step: u32) -> f32 {
  let own = call[call[word_noiseIndex] + row];
  if (own == 0u) { return 0.0; }
  if (call[word_streams] != 0u) {
    let stream = call[word_streams] + 4u * row;
    return normal(vec2u(call[stream], call[stream + 1u]), call[stream + 2u], call[stream + 3u] + step, j);
  }
  return number(call[word_z] + (step * call[word_noiseRows] + own) * D + j);
}

/* One element of one row through one step: a b c d e s lo hi, chunk, fixed actions. */
fn finish(row: u32, j: u32, F: f32, step: u32) {
  if (j >= D) { return; }
  let rows = call[word_rows];
  let at = step * rows + row;
  let c = call[word_coefficients] + 8u * at;
  let x = state_of(row, j, step);
  let x0 = min(max(fma(number(c + 1u), F, number(c) * x), number(c + 6u)), number(c + 7u));
  var next = fma(number(c + 4u), x, fma(number(c + 3u), F, number(c + 2u) * x0));
  let s = number(c + 5u);
  if (s != 0.0) { next = fma(s, noise(row, j, step), next); }
  if (call[word_chunkIndex] != 0u) {
    let own = call[call[word_chunkIndex] + row];
    let pull = number(call[word_pull] + at);
    if (own != 0u && pull != 0.0) {
      let k = own * D + j;
      next = fma(pull * number(call[word_chunkWeights] + k), number(call[word_chunkY] + k) - x0, next);
    }
  }
  if (call[word_fixedIndex] != 0u) {
    let own = call[call[word_fixedIndex] + row];
    if (own != 0u) {
      let k = own * D + j;
      let level = call[word_levels] + 2u * at;
      let known = number(level) * number(call[word_fixedY] + k);
      next = fma(number(level + 1u), number(call[word_fixedZ0] + k), fma(next, number(call[word_keep] + k), known));
    }
  }
  state[row * D + j] = next;
  if (call[word_wantsX0] != 0u && step + 1u == call[word_steps]) { state[rows * D + row * D + j] = x0; }
}
`;
