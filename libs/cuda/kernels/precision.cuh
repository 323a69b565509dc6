// How a precision multiplies: one instruction each, sums in float32, inputs in ascending order.
//
// The left side of a product, the operand, lies in fragments of 512 bytes: 32 threads of 16 for every k-step
// (the inputs of one instruction) and tile of 16 lanes. Thread 4 g + t holds lanes g and g + 8. Weights lie in
// fragments of 512 bytes too: two k-steps of 8 columns, thread 4 g + t holds column g.
#pragma once
#include "memory.cuh"

/** Numbers of lanes g and g + 8 in columns c and c + 1, c even: (g,c) (g,c+1) (g+8,c) (g+8,c+1). A sum's too. */
struct Quad {
  float value[4];
};

/** Lanes g and g + 8 of a tile of `tiles`, which lie side by side. */
struct LanePair {
  int tiles;
  int tile;
  int g;

  /** Where 16 bytes of the operand lie that hold `column`, one of the k-step's. */
  __device__ int at(int kStep, int column) const { return (kStep * tiles + tile) * WARP + 4 * g + column % 8 / 2; }
};

/** Products of bf16, m16n8k16. */
struct Bf16 {
  static constexpr int STEP = 16;
  /** Inputs of a weight fragment. */
  static constexpr int GROUP = 2 * STEP;
  static constexpr int OPERAND_BYTES = 2;

  __device__ static void store(uint4* operand, const LanePair& lanes, int column, const Quad& quad) {
    uint2* halves = reinterpret_cast<uint2*>(operand + lanes.at(column / STEP, column));
    halves[column / 8 % 2] = packed(quad);
  }

  /** This thread's part of a k-step's fragment; `quads(column)` gives its numbers. */
  template <class Quads>
  __device__ static uint4 fragment(const Quads& quads, int kStep) {
    const int column = kStep * STEP + threadIdx.x % 4 * 2;
    const uint2 low = packed(quads(column));
    const uint2 high = packed(quads(column + 8));
    return {low.x, low.y, high.x, high.y};
  }

  /** The left side of one k-step. */
  template <int tiles>
  struct Left {
    uint32_t numbers[tiles][4];

    __device__ void set(int tile, const uint4& fragment) {
      const uint32_t words[4] = {fragment.x, fragment.y, fragment.z, fragment.w};
#pragma unroll
      for (int i = 0; i < 4; i++) numbers[tile][i] = words[i];
    }

    template <int columns>
    __device__ void addProduct(float (&sum)[tiles][columns][4], int j, uint32_t first, uint32_t second) const {
      const uint32_t weights[2] = {first, second};
#pragma unroll
      for (int tile = 0; tile < tiles; tile++) mmaBf16(sum[tile][j], numbers[tile], weights);
    }
  };

 private:
  __device__ static uint2 packed(const Quad& quad) {
    return {packBf16(quad.value[0], quad.value[1]), packBf16(quad.value[2], quad.value[3])};
  }
};

/**
 * Products of float32 class, m16n8k8 thrice: each number is a sum of two of TensorFloat-32, and the product of
 * the two small parts is left out, 2^-22 of the whole. Small terms are added first. Inputs 2 t and 2 t + 1 of
 * a k-step are the instruction's t and t + 4, so that a quad is the 16 bytes of one thread.
 */
struct Float32 {
  static constexpr int STEP = 8;
  static constexpr int GROUP = 2 * STEP;
  static constexpr int OPERAND_BYTES = 4;

  __device__ static void store(uint4* operand, const LanePair& lanes, int column, const Quad& quad) {
    operand[lanes.at(column / STEP, column)] = ordered(quad);
  }

  template <class Quads>
  __device__ static uint4 fragment(const Quads& quads, int kStep) {
    return ordered(quads(kStep * STEP + threadIdx.x % 4 * 2));
  }

  template <int tiles>
  struct Left {
    uint32_t large[tiles][4];
    uint32_t small[tiles][4];

    __device__ void set(int tile, const uint4& fragment) {
      const uint32_t words[4] = {fragment.x, fragment.y, fragment.z, fragment.w};
#pragma unroll
      for (int i = 0; i < 4; i++) split(words[i], large[tile][i], small[tile][i]);
    }

    template <int columns>
    __device__ void addProduct(float (&sum)[tiles][columns][4], int j, uint32_t first, uint32_t second) const {
      uint32_t largeWeights[2], smallWeights[2];
      split(first, largeWeights[0], smallWeights[0]);
      split(second, largeWeights[1], smallWeights[1]);
#pragma unroll
      for (int tile = 0; tile < tiles; tile++) mmaTf32(sum[tile][j], small[tile], largeWeights);
#pragma unroll
      for (int tile = 0; tile < tiles; tile++) mmaTf32(sum[tile][j], large[tile], smallWeights);
#pragma unroll
      for (int tile = 0; tile < tiles; tile++) mmaTf32(sum[tile][j], large[tile], largeWeights);
    }
  };

 private:
  __device__ static uint4 ordered(const Quad& quad) {
    return {bitsOf(quad.value[0]), bitsOf(quad.value[2]), bitsOf(quad.value[1]), bitsOf(quad.value[3])};
  }

  __device__ static void split(uint32_t bits, uint32_t& large, uint32_t& small) {
    const float value = floatOf(bits);
    const float rounded = roundToTf32(value);
    large = bitsOf(rounded);
    small = bitsOf(roundToTf32(value - rounded));
  }
};

/** x / (1 + e^-x). */
__device__ inline float silu(float x) { return __fdividef(x, 1.0f + exponential(-x)); }
