// One step as a few small kernels that spread over the whole device: for batches of few rows. Blocks of 4 warps
// and 16 lanes; weights go straight to registers. The order of all additions is the row-tile kernel's.
#pragma once
#include "lanes.cuh"
#include "layer-norm.cuh"
#include "row-step.cuh"

/** Columns of a block of `up` and `out`, a tile of 8 per warp. */
constexpr int BLOCK_COLUMNS = 32;
/** Floats per row of F in shared memory. */
constexpr int OUTPUT_STRIDE = BLOCK_COLUMNS + 8;

/** Weights of 8 columns. */
struct TileColumns {
  const uint4* weights;
  /** From one group to the next. */
  int stride;

  __device__ TileColumns(const Matrix& matrix, int columnTile) {
    const int octet = columnTile / 8;
    const int panel = octet / PANEL_OCTETS;
    weights = matrix.at(panel, 0) + octet % PANEL_OCTETS * OCTET_PARTS + columnTile % 8 * WARP + threadIdx.x % WARP;
    stride = matrix.octetsOf(panel) * OCTET_PARTS;
  }
};

/** sum += left W for some groups; `left(kStep)` gives this thread's part of the operand. */
template <class Precision, class LeftSide>
__device__ void addProducts(float (&sum)[1][1][4], const LeftSide& left, const TileColumns& columns, int first, int groups) {
#pragma unroll 4
  for (int group = first; group < first + groups; group++) {
    const uint4 b = columns.weights[group * columns.stride];
    typename Precision::template Left<1> a;
    a.set(0, left(2 * group));
    a.addProduct(sum, 0, b.x, b.y);
    a.set(0, left(2 * group + 1));
    a.addProduct(sum, 0, b.z, b.w);
  }
}

/** What all of them know. */
template <class Precision>
struct GraphStep {
  const Model model;
  const Call call;
  const int step;
  const int block;
  const int D, hidden, hiddenGroups, firstLane;

  __device__ explicit GraphStep(const Arguments& arguments)
      : model{arguments.model},
        call{arguments.call},
        step(arguments.step),
        block(arguments.block),
        D(model.size(OUTPUT)),
        hidden(model.size(PADDED_HIDDEN)),
        hiddenGroups(hidden / Precision::GROUP),
        firstLane(blockIdx.y * TILE) {}

  __device__ static int warp() { return threadIdx.x / WARP; }
  /** Of the 8 columns from `tile` * 8 on, the first of this thread's two. */
  __device__ static int columnOf(int tile) { return tile * 8 + threadIdx.x % 4 * 2; }
  /** Lane of the upper or lower half of a quad. */
  __device__ int laneOf(int half) const { return firstLane + half * 8 + threadIdx.x % WARP / 4; }
  __device__ bool has(int lane) const { return lane < call.size(LANES); }
  __device__ float* h(int lane) const { return call.numbers(H) + static_cast<size_t>(lane) * hidden; }
  /** u of this block's 16 lanes, an operand of 4 hidden columns. */
  __device__ uint4* u() const {
    const size_t perTile = static_cast<size_t>(4 * hidden / Precision::STEP) * WARP;
    return reinterpret_cast<uint4*>(call.numbers(U)) + blockIdx.y * perTile;
  }

  __device__ void in(uint4* shared) const {
    const int columnTile = blockIdx.x;
    const Matrix matrix = model.inMatrix<Precision>();
    const StatePair state(call, D, laneOf(0));
    addUp(shared, matrix, columnTile, [&state](int kStep) { return Precision::fragment(state, kStep); });
    if (warp() != 0) return;
    for (int half = 0; half < 2; half++) {
      if (!has(laneOf(half))) continue;
      const LaneStart start(model, call, step, laneOf(half));
      for (int i = 0; i < 2; i++) {
        const int column = columnOf(columnTile) + i;
        h(laneOf(half))[column] = silu(withChunks(start.at(column), shared, matrix, 2 * half + i));
      }
    }
  }

  __device__ void up(uint4* operand) const {
    const Norm norm = {model.blockNumbers(block, GAMMA), model.blockNumbers(block, BETA), model.size(HIDDEN), hidden};
    for (int g = warp(); g < TILE / 2; g += blockDim.x / WARP) {
      const int low = firstLane + g;
      normalise<Precision>(has(low) ? h(low) : nullptr, has(low + 8) ? h(low + 8) : nullptr, norm, operand, {1, 0, g});
    }
    __syncthreads();
    const int columnTile = blockIdx.x * (BLOCK_COLUMNS / 8) + warp();
    const Matrix matrix = model.upMatrix<Precision>(block);
    float sum[1][1][4] = {};
    const auto left = [operand](int kStep) { return operand[kStep * WARP + threadIdx.x % WARP]; };
    addProducts<Precision>(sum, left, TileColumns(matrix, columnTile), 0, hiddenGroups);
    const float* bias = model.blockNumbers(block, UP_BIAS);
    const int column = columnOf(columnTile);
    Quad quad;
    for (int i = 0; i < 4; i++) quad.value[i] = silu(sum[0][0][i] + bias[column + i % 2]);
    Precision::store(u(), {1, 0, static_cast<int>(threadIdx.x % WARP / 4)}, column, quad);
  }

  __device__ void down(uint4* shared) const {
    const int columnTile = blockIdx.x;
    const Matrix matrix = model.downMatrix<Precision>(block);
    const uint4* operand = u();
    addUp(shared, matrix, columnTile, [operand](int kStep) { return operand[kStep * WARP + threadIdx.x % WARP]; });
    if (warp() != 0) return;
    const float* bias = model.blockNumbers(block, DOWN_BIAS);
    for (int half = 0; half < 2; half++) {
      if (!has(laneOf(half))) continue;
      for (int i = 0; i < 2; i++) {
        const int column = columnOf(columnTile) + i;
        float& number = h(laneOf(half))[column];
        number = withChunks(number, shared, matrix, 2 * half + i) + bias[column];
      }
    }
  }

  __device__ void out(uint4* shared) const {
    const int columnTile = blockIdx.x * (BLOCK_COLUMNS / 8) + warp();
    const Matrix matrix = model.outMatrix<Precision>();
    const float* rows[2];
    for (int half = 0; half < 2; half++) rows[half] = has(laneOf(half)) ? h(laneOf(half)) : nullptr;
    const auto quads = [&rows](int column) {
      Quad quad;
      for (int i = 0; i < 4; i++) quad.value[i] = rows[i / 2] ? rows[i / 2][column + i % 2] : 0;
      return quad;
    };
    float sum[1][1][4] = {};
    const auto left = [&quads](int kStep) { return Precision::fragment(quads, kStep); };
    addProducts<Precision>(sum, left, TileColumns(matrix, columnTile), 0, hiddenGroups);
    float* outputs = reinterpret_cast<float*>(shared);
    const float* bias = model.numbers(OUT_BIAS) + columnOf(columnTile);
    for (int i = 0; i < 4; i++)
      outputs[(laneOf(i / 2) - firstLane) * OUTPUT_STRIDE + columnOf(warp()) + i % 2] = sum[0][0][i] + bias[i % 2];
    __syncthreads();
    const int firstColumn = blockIdx.x * BLOCK_COLUMNS;
    const int columns = D - firstColumn < BLOCK_COLUMNS ? D - firstColumn : BLOCK_COLUMNS;
    stepRows({outputs, OUTPUT_STRIDE, firstLane, firstColumn, columns}, call, step, D, TILE);
  }

 private:
  static constexpr int CHUNK_GROUPS = PANEL / Precision::GROUP;

  /** Sums over 256 inputs each, shared out among the warps, into shared[chunk][32]. */
  template <class LeftSide>
  __device__ void addUp(uint4* shared, const Matrix& matrix, int columnTile, const LeftSide& left) const {
    const TileColumns columns(matrix, columnTile);
    float4* sums = reinterpret_cast<float4*>(shared);
    for (int chunk = warp(); chunk * CHUNK_GROUPS < matrix.groups; chunk += blockDim.x / WARP) {
      const int first = chunk * CHUNK_GROUPS;
      const int groups = matrix.groups - first < CHUNK_GROUPS ? matrix.groups - first : CHUNK_GROUPS;
      float sum[1][1][4] = {};
      addProducts<Precision>(sum, left, columns, first, groups);
      sums[chunk * WARP + threadIdx.x % WARP] = {sum[0][0][0], sum[0][0][1], sum[0][0][2], sum[0][0][3]};
    }
    __syncthreads();
  }

  /** `start` and the sums of all chunks, the first one first. */
  __device__ float withChunks(float start, const uint4* shared, const Matrix& matrix, int i) const {
    const float* sums = reinterpret_cast<const float*>(shared);
    for (int chunk = 0; chunk * CHUNK_GROUPS < matrix.groups; chunk++)
      start += sums[(chunk * WARP + threadIdx.x % WARP) * 4 + i];
    return start;
  }
};
