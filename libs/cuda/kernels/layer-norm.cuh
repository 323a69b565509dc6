// The one tree by which a lane's mean and variance are summed, in every kernel.
#pragma once
#include "precision.cuh"

/** The sum over a warp, the same bits in all of its threads. */
__device__ inline float warpSum(float value) {
#pragma unroll
  for (int mask = WARP / 2; mask > 0; mask /= 2) value += exchange(value, mask);
  return value;
}

/** What a lane's numbers are shifted and scaled by. */
struct Spread {
  float mean;
  float scale;
};

/** Of `hidden` numbers; a thread adds every 32nd pair, then the warp. */
__device__ inline Spread spreadOf(const float* numbers, int hidden) {
  const int first = threadIdx.x % WARP * 2;
  float sum = 0;
#pragma unroll 2
  for (int column = first; column < hidden; column += 2 * WARP) {
    sum += numbers[column];
    if (column + 1 < hidden) sum += numbers[column + 1];
  }
  const float mean = warpSum(sum) / hidden;
  float squares = 0;
#pragma unroll 2
  for (int column = first; column < hidden; column += 2 * WARP) {
    const float low = numbers[column] - mean;
    squares = fmaf(low, low, squares);
    if (column + 1 >= hidden) continue;
    const float high = numbers[column + 1] - mean;
    squares = fmaf(high, high, squares);
  }
  return {mean, 1.0f / sqrtf(warpSum(squares) / hidden + LAYER_NORM_EPSILON)};
}

/** gamma and beta are zero where the width is padded, and so is what becomes of the padding. */
struct Norm {
  const float* gamma;
  const float* beta;
  int hidden;
  int paddedHidden;
};

/**
 * One warp's share: normalises lanes g and g + 8 of a tile, from `low` and `high` [paddedHidden], into an
 * operand. A lane that does not exist is null and becomes zeros.
 */
template <class Precision>
__device__ void normalise(const float* low, const float* high, const Norm& norm, uint4* operand, const LanePair& lanes) {
  const Spread nothing = {0, 0};
  const Spread lowSpread = low ? spreadOf(low, norm.hidden) : nothing;
  const Spread highSpread = high ? spreadOf(high, norm.hidden) : nothing;
#pragma unroll 2
  for (int column = threadIdx.x % WARP * 2; column < norm.paddedHidden; column += 2 * WARP) {
    Quad quad;
#pragma unroll
    for (int i = 0; i < 2; i++) {
      const float gamma = norm.gamma[column + i];
      const float beta = norm.beta[column + i];
      quad.value[i] = low ? fmaf((low[column + i] - lowSpread.mean) * lowSpread.scale, gamma, beta) : 0;
      quad.value[i + 2] = high ? fmaf((high[column + i] - highSpread.mean) * highSpread.scale, gamma, beta) : 0;
    }
    Precision::store(operand, lanes, column, quad);
  }
}
