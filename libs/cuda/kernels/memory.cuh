// The two blocks of device memory as the kernels read them: words by the places of kernel-interface.ts.
#pragma once
#include "device.cuh"

/** Widths are padded to this: eight tiles of eight columns, an octet. */
constexpr int OCTET = 64;
/** Columns of weights that a block of threads has sums for at a time. */
constexpr int PANEL = 256;
constexpr int PANEL_OCTETS = PANEL / OCTET;
constexpr int WARP = 32;
/** 16-byte parts of an octet's weights of one group. */
constexpr int OCTET_PARTS = 8 * WARP;
/** Lanes of one tile of the matrix instruction. */
constexpr int TILE = 16;
constexpr int COEFFICIENTS = 8;
constexpr float LAYER_NORM_EPSILON = 1e-5f;

/** Places in the model's head. */
enum ModelWord {
  HIDDEN, PADDED_HIDDEN, OUTPUT, PADDED_OUTPUT, LAYERS, TIMESTEPS, TIMES, IN_KERNEL, BLOCKS, BLOCK_STRIDE,
  GAMMA, BETA, UP_KERNEL, UP_BIAS, DOWN_KERNEL, DOWN_BIAS, OUT_KERNEL, OUT_BIAS,
};

/** Places in the call's head. */
enum CallWord {
  ROWS, LANES, STEPS, LANE_TABLE, CONDITIONS, TIMESTEP_TABLE, COEFFICIENT_TABLE, NOISE, NOISE_ROWS, NOISE_INDEX,
  SCALE, KEEP, FIXED_Y, FIXED_Z0, FIXED_INDEX, LEVELS, CHUNK_WEIGHTS, CHUNK_Y, CHUNK_INDEX, PULL, X, X0, H, U,
};

enum LaneColumn { LANE_ROW, LANE_CONDITION, LANE_KIND, LANE_COLUMNS };
enum LaneKind { ALONE, CONDITIONAL, UNCONDITIONAL };

/** The argument of every kernel. */
struct Arguments {
  const uint32_t* model;
  uint32_t* call;
  uint32_t step;
  uint32_t block;
};

/** A padded matrix of weights, see weight-matrix.ts: panels of columns, groups of inputs, octets, 8 tiles. */
struct Matrix {
  const uint4* weights;
  /** Of inputs, in all. */
  int groups;
  /** Of columns, in all. */
  int octets;

  __device__ int panels() const { return (octets + PANEL_OCTETS - 1) / PANEL_OCTETS; }
  __device__ int octetsOf(int panel) const {
    const int left = octets - panel * PANEL_OCTETS;
    return left < PANEL_OCTETS ? left : PANEL_OCTETS;
  }
  /** The first octet of a group. */
  __device__ const uint4* at(int panel, int group) const {
    return weights + (panel * PANEL_OCTETS * groups + group * octetsOf(panel)) * OCTET_PARTS;
  }
};

struct Model {
  const uint32_t* words;

  __device__ int size(ModelWord word) const { return words[word]; }
  __device__ const float* numbers(ModelWord word) const {
    return reinterpret_cast<const float*>(words + words[word]);
  }
  __device__ const uint32_t* block(int index, ModelWord word) const {
    return words + words[BLOCKS] + index * words[BLOCK_STRIDE] + words[word];
  }
  __device__ const float* blockNumbers(int index, ModelWord word) const {
    return reinterpret_cast<const float*>(block(index, word));
  }
  template <class Precision>
  __device__ Matrix inMatrix() const {
    return matrix<Precision>(words + words[IN_KERNEL], words[PADDED_OUTPUT], words[PADDED_HIDDEN]);
  }
  template <class Precision>
  __device__ Matrix upMatrix(int index) const {
    return matrix<Precision>(block(index, UP_KERNEL), words[PADDED_HIDDEN], 4 * words[PADDED_HIDDEN]);
  }
  template <class Precision>
  __device__ Matrix downMatrix(int index) const {
    return matrix<Precision>(block(index, DOWN_KERNEL), 4 * words[PADDED_HIDDEN], words[PADDED_HIDDEN]);
  }
  template <class Precision>
  __device__ Matrix outMatrix() const {
    return matrix<Precision>(words + words[OUT_KERNEL], words[PADDED_HIDDEN], words[PADDED_OUTPUT]);
  }

 private:
  template <class Precision>
  __device__ static Matrix matrix(const uint32_t* at, int inputs, int columns) {
    return {reinterpret_cast<const uint4*>(at), inputs / Precision::GROUP, columns / OCTET};
  }
};

struct Call {
  uint32_t* words;

  __device__ int size(CallWord word) const { return words[word]; }
  __device__ bool has(CallWord word) const { return words[word] != 0; }
  __device__ float* numbers(CallWord word) const { return reinterpret_cast<float*>(words + words[word]); }
  __device__ const int* integers(CallWord word) const {
    return reinterpret_cast<const int*>(words + words[word]);
  }
  __device__ int lane(int lane, LaneColumn column) const {
    return integers(LANE_TABLE)[lane * LANE_COLUMNS + column];
  }
};
