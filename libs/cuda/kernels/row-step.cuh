// What follows on the network's output: guidance, the step, chunk and fixed actions. Operation by operation as
// step.ts of the host does it, so that rows differ from the host's only by F.
#pragma once
#include "memory.cuh"

/** One row at one step of the call. */
struct RowStep {
  float a, b, c, d, e, s, lo, hi;
  float* x;
  float* x0;
  /** Null where the row has none. */
  const float *z, *keep, *fixedY, *fixedZ0, *chunkWeights, *chunkY;
  float signal, noise, pull;

  __device__ RowStep(const Call& call, int step, int row, int D) {
    const int rows = call.size(ROWS);
    const int place = step * rows + row;
    const float* coefficients = call.numbers(COEFFICIENT_TABLE) + place * COEFFICIENTS;
    a = coefficients[0], b = coefficients[1], c = coefficients[2], d = coefficients[3];
    e = coefficients[4], s = coefficients[5], lo = coefficients[6], hi = coefficients[7];
    x = call.numbers(X) + static_cast<size_t>(row) * D;
    const bool isLast = step + 1 == call.size(STEPS);
    x0 = isLast && call.has(X0) ? call.numbers(X0) + static_cast<size_t>(row) * D : nullptr;
    z = nullptr;
    if (s != 0) {
      const size_t drawn = static_cast<size_t>(step) * call.size(NOISE_ROWS) + call.integers(NOISE_INDEX)[row];
      z = call.numbers(NOISE) + drawn * D;
    }
    setFixed(call, call.has(KEEP) ? call.integers(FIXED_INDEX)[row] : 0, place, D);
    setChunk(call, call.has(CHUNK_WEIGHTS) ? call.integers(CHUNK_INDEX)[row] : 0, place, D);
  }

  /** x' of one number. */
  __device__ void advance(int column, float F) const {
    const float state = x[column];
    float predicted = a * state + b * F;
    // not fminf and fmaxf, which lose a NaN
    predicted = predicted < lo ? lo : predicted;
    predicted = predicted > hi ? hi : predicted;
    float next = (c * predicted + d * F) + e * state;
    next += z ? s * z[column] : 0.0f;
    if (chunkY) next += ((chunkY[column] - predicted) * chunkWeights[column]) * pull;
    if (keep) next = (next * keep[column] + fixedY[column] * signal) + fixedZ0[column] * noise;
    x[column] = next;
    if (x0) x0[column] = predicted;
  }

 private:
  __device__ void setFixed(const Call& call, int index, int place, int D) {
    keep = fixedY = fixedZ0 = nullptr;
    if (index == 0) return;
    keep = call.numbers(KEEP) + index * D;
    fixedY = call.numbers(FIXED_Y) + index * D;
    fixedZ0 = call.numbers(FIXED_Z0) + index * D;
    signal = call.numbers(LEVELS)[2 * place];
    noise = call.numbers(LEVELS)[2 * place + 1];
  }

  __device__ void setChunk(const Call& call, int index, int place, int D) {
    chunkWeights = chunkY = nullptr;
    if (index == 0) return;
    chunkWeights = call.numbers(CHUNK_WEIGHTS) + index * D;
    chunkY = call.numbers(CHUNK_Y) + index * D;
    pull = call.numbers(PULL)[place];
  }
};

/** F of some lanes in some columns, in shared memory, row-major. */
struct Outputs {
  const float* numbers;
  int stride;
  int firstLane;
  int firstColumn;
  /** Inside of D. */
  int columns;
};

/** Steps the rows of a warp's lanes: every `warps`-th of `lanes`, from its own on. */
__device__ inline void stepRows(const Outputs& outputs, const Call& call, int step, int D, int lanes) {
#pragma unroll 1
  for (int i = threadIdx.x / WARP; i < lanes; i += blockDim.x / WARP) {
    const int lane = outputs.firstLane + i;
    if (lane >= call.size(LANES)) break;
    const int kind = call.lane(lane, LANE_KIND);
    if (kind == UNCONDITIONAL) continue;
    const int row = call.lane(lane, LANE_ROW);
    const RowStep rowStep(call, step, row, D);
    const float* own = outputs.numbers + i * outputs.stride;
    const float* unconditional = own + outputs.stride;
    const float scale = kind == CONDITIONAL ? call.numbers(SCALE)[row] : 1.0f;
#pragma unroll 1
    for (int j = threadIdx.x % WARP; j < outputs.columns; j += WARP) {
      float F = own[j];
      if (kind == CONDITIONAL) F = unconditional[j] + scale * (F - unconditional[j]);
      rowStep.advance(outputs.firstColumn + j, F);
    }
  }
}
