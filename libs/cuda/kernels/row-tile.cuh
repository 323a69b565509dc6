// All steps of a tile of rows in one launch. A block of 8 warps holds 16, 32 or 64 lanes: h in registers, the
// left sides of products in shared memory, weights through a ring there. x goes through the caches.
//
// Warp w has the columns 64 i + 8 w to 64 i + 8 w + 7 of every product. Sums run over 256 inputs at most where
// they are added to h, in every kernel: so the order of all additions depends on the network alone.
#pragma once
#include "lanes.cuh"
#include "layer-norm.cuh"
#include "row-step.cuh"
#include "weight-stream.cuh"

/** Floats beyond each row of 256 or more: neighbouring rows begin in other banks. */
constexpr int ROW_GAP = 8;

template <class Precision, int tiles>
class RowTile {
 public:
  static constexpr int LANES_PER_BLOCK = tiles * TILE;

  __device__ RowTile(const Arguments& arguments, uint4* shared)
      : model{arguments.model},
        call{arguments.call},
        D(model.size(OUTPUT)),
        hidden(model.size(PADDED_HIDDEN)),
        firstLane(blockIdx.x * LANES_PER_BLOCK),
        operand(shared + STAGES * STAGE_PARTS),
        working(operand + LANES_PER_BLOCK * hidden * Precision::OPERAND_BYTES / sizeof(uint4)),
        stride((hidden > PANEL ? hidden : PANEL) + ROW_GAP),
        weights(model, shared) {}

  __device__ void run() {
    for (int step = 0; step < call.size(STEPS); step++) {
      beginRows(step);
      addState();
      for (int i = 0; i < model.size(LAYERS); i++) addBlock(i);
      finishRows(step);
    }
    weights.close();
  }

 private:
  /** Panels of h, and this thread's sums of them. */
  static constexpr int PANELS = 4 / tiles;
  static constexpr int PANEL_GROUPS = PANEL / Precision::GROUP;
  using Sums = float[tiles][PANEL_OCTETS][4];

  const Model model;
  const Call call;
  const int D;
  const int hidden;
  const int firstLane;
  /** What LN(h) and h become; [hidden] columns. */
  uint4* const operand;
  /** By turns an operand of 256 columns (x, u), and floats [LANES_PER_BLOCK,stride] (h, F). */
  uint4* const working;
  const int stride;
  WeightStream<Precision> weights;
  float h[PANELS][tiles][PANEL_OCTETS][4];

  __device__ int hiddenGroups() const { return hidden / Precision::GROUP; }
  __device__ int hiddenOctets(int panel) const { return hidden / OCTET - panel * PANEL_OCTETS; }
  __device__ float* workingRows() const { return reinterpret_cast<float*>(working); }
  __device__ static int g() { return threadIdx.x % WARP / 4; }
  /** Of an octet of a panel: the first of this thread's two columns. */
  __device__ static int columnOf(int panel, int octet) {
    return panel * PANEL + octet * OCTET + threadIdx.x / WARP * 8 + threadIdx.x % 4 * 2;
  }

  /** Calls visit(panel, tile, octet, sums, column) for all that this thread holds of h. */
  template <class Visit>
  __device__ void forEachOfH(const Visit& visit) {
#pragma unroll
    for (int panel = 0; panel < PANELS; panel++)
#pragma unroll
      for (int octet = 0; octet < PANEL_OCTETS; octet++) {
        if (octet >= hiddenOctets(panel)) continue;
#pragma unroll
        for (int tile = 0; tile < tiles; tile++) visit(h[panel][tile][octet], tile, columnOf(panel, octet));
      }
  }

  /** h = condition + time. */
  __device__ void beginRows(int step) {
    __syncthreads(); // the rows are stepped
    float* rows = workingRows();
#pragma unroll 1
    for (int i = threadIdx.x / WARP; i < LANES_PER_BLOCK; i += blockDim.x / WARP) {
      const LaneStart start(model, call, step, firstLane + i);
#pragma unroll 1
      for (int column = threadIdx.x % WARP; column < hidden; column += WARP) rows[i * stride + column] = start.at(column);
    }
    __syncthreads();
    forEachOfH([this, rows](float (&sums)[4], int tile, int column) {
      for (int i = 0; i < 4; i++) sums[i] = rows[(tile * TILE + i / 2 * 8 + g()) * stride + column + i % 2];
    });
  }

  /** h = SiLU(h + x Wx). */
  __device__ void addState() {
    const int groups = model.size(PADDED_OUTPUT) / Precision::GROUP;
    for (int first = 0; first < groups; first += PANEL_GROUPS) {
      const int some = groups - first < PANEL_GROUPS ? groups - first : PANEL_GROUPS;
      __syncthreads(); // nobody reads what lies there, and x is as the last step left it
      loadState(first * Precision::GROUP, some * Precision::GROUP);
      addToH(working, some);
    }
    forEachOfH([](float (&sums)[4], int, int) {
      for (float& sum : sums) sum = silu(sum);
    });
  }

  /** Columns of x as an operand. */
  __device__ void loadState(int firstColumn, int columns) {
    const int pairs = columns / 2;
#pragma unroll 1
    for (int i = threadIdx.x; i < LANES_PER_BLOCK / 2 * pairs; i += blockDim.x) {
      const int column = i % pairs * 2;
      const LanePair lanes = {tiles, i / pairs / 8, i / pairs % 8};
      const StatePair state(call, D, firstLane + lanes.tile * TILE + lanes.g);
      Precision::store(working, lanes, column, state(firstColumn + column));
    }
  }

  /** h += down(SiLU(up(LN(h)))). */
  __device__ void addBlock(int block) {
    parkH();
    normaliseH(block);
    const float* upBias = model.blockNumbers(block, UP_BIAS);
    for (int chunk = 0; chunk < 4 * hidden / PANEL; chunk++) {
      Sums sums = {};
      addProducts(sums, operand, hiddenGroups(), PANEL_OCTETS);
      storeInner(sums, upBias + chunk * PANEL);
      addToH(working, PANEL_GROUPS);
    }
    const float* downBias = model.blockNumbers(block, DOWN_BIAS);
    forEachOfH([downBias](float (&sums)[4], int, int column) {
      for (int i = 0; i < 4; i++) sums[i] += downBias[column + i % 2];
    });
  }

  __device__ void parkH() {
    __syncthreads(); // the last chunk is multiplied
    float* rows = workingRows();
    forEachOfH([this, rows](float (&sums)[4], int tile, int column) {
      for (int i = 0; i < 4; i++) rows[(tile * TILE + i / 2 * 8 + g()) * stride + column + i % 2] = sums[i];
    });
    __syncthreads();
  }

  __device__ void normaliseH(int block) {
    const Norm norm = {model.blockNumbers(block, GAMMA), model.blockNumbers(block, BETA), model.size(HIDDEN), hidden};
#pragma unroll 1
    for (int i = threadIdx.x / WARP; i < LANES_PER_BLOCK / 2; i += blockDim.x / WARP) {
      const LanePair lanes = {tiles, i / 8, i % 8};
      const float* low = workingRows() + (lanes.tile * TILE + lanes.g) * stride;
      normalise<Precision>(low, low + 8 * stride, norm, operand, lanes);
    }
  }

  /** SiLU(sums + bias) as an operand of 256 columns. */
  __device__ void storeInner(const Sums& sums, const float* bias) {
#pragma unroll
    for (int octet = 0; octet < PANEL_OCTETS; octet++)
#pragma unroll
      for (int tile = 0; tile < tiles; tile++) {
        const int column = columnOf(0, octet);
        Quad quad;
        for (int i = 0; i < 4; i++) quad.value[i] = silu(sums[tile][octet][i] + bias[column + i % 2]);
        Precision::store(working, {tiles, tile, g()}, column, quad);
      }
  }

  /** F = h Wout + bias, and the step of every row. */
  __device__ void finishRows(int step) {
    forEachOfH([this](float (&sums)[4], int tile, int column) {
      Precision::store(operand, {tiles, tile, g()}, column, {sums[0], sums[1], sums[2], sums[3]});
    });
    const float* bias = model.numbers(OUT_BIAS);
    for (int first = 0; first < D; first += PANEL) {
      const int octets = (D - first + OCTET - 1) / OCTET;
      Sums sums = {};
      addProducts(sums, operand, hiddenGroups(), octets);
      storeOutputs(sums, bias + first, octets);
      __syncthreads();
      const int columns = D - first < PANEL ? D - first : PANEL;
      stepRows({workingRows(), stride, firstLane, first, columns}, call, step, D, LANES_PER_BLOCK);
    }
  }

  __device__ void storeOutputs(const Sums& sums, const float* bias, int octets) {
    float* rows = workingRows();
#pragma unroll
    for (int octet = 0; octet < PANEL_OCTETS; octet++) {
      if (octet >= octets) continue;
      const int column = columnOf(0, octet);
#pragma unroll
      for (int tile = 0; tile < tiles; tile++)
        for (int i = 0; i < 4; i++)
          rows[(tile * TILE + i / 2 * 8 + g()) * stride + column + i % 2] = sums[tile][octet][i] + bias[column + i % 2];
    }
  }

  /** h += left W, a sum of its own for these inputs. */
  __device__ void addToH(const uint4* left, int groups) {
#pragma unroll
    for (int panel = 0; panel < PANELS; panel++) {
      if (hiddenOctets(panel) <= 0) continue;
      Sums sums = {};
      addProducts(sums, left, groups, hiddenOctets(panel));
#pragma unroll
      for (int tile = 0; tile < tiles; tile++)
#pragma unroll
        for (int octet = 0; octet < PANEL_OCTETS; octet++)
          for (int i = 0; i < 4; i++) h[panel][tile][octet][i] += sums[tile][octet][i];
    }
  }

  /**
   * sums += left W for the next `groups` of the stream, in `octets` of columns, 4 at most. The stream's barrier
   * comes first: what was written before, `left` included, is there, and what was read before may be written after.
   */
  __device__ void addProducts(Sums& sums, const uint4* left, int groups, int octets) {
    for (int group = 0; group < groups; group++) {
      const uint4* right = weights.next() + threadIdx.x;
#pragma unroll
      for (int kStep = 0; kStep < 2; kStep++) {
        typename Precision::template Left<tiles> a;
#pragma unroll
        for (int tile = 0; tile < tiles; tile++)
          a.set(tile, left[((2 * group + kStep) * tiles + tile) * WARP + threadIdx.x % WARP]);
#pragma unroll
        for (int octet = 0; octet < PANEL_OCTETS; octet++) {
          if (octet >= octets) continue;
          const uint2 b = reinterpret_cast<const uint2*>(right + octet * OCTET_PARTS)[kStep];
          a.addProduct(sums, octet, b.x, b.y);
        }
      }
    }
  }
};
