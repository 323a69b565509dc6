// What device.cuh names, for the host: threads of one block that take turns, and meet where a warp or the block
// does. A copy to shared memory arrives only when its thread waits for it, and shared memory begins as NaN.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

#define __device__
#define __global__
#define __launch_bounds__(...)
#define SHARED_MEMORY(name) uint4* name = emulator::sharedMemory()

struct uint2 {
  uint32_t x, y;
};
struct uint4 {
  uint32_t x, y, z, w;
};
struct float4 {
  float x, y, z, w;
};
struct Index {
  uint32_t x, y, z;
};

/** Of the thread whose turn it is. */
extern Index threadIdx, blockIdx, blockDim;

namespace emulator {
uint4* sharedMemory();
/** Returns when all threads of the block are here. */
void meetBlock();
/** What one thread brings to an instruction of its warp. */
struct Part {
  float* sum;
  const uint32_t* a;
  const uint32_t* b;
  float value;
};
/** Returns when all 32 threads of the warp are here, and `together` was called once for all of them. */
void meetWarp(const Part& part, void (*together)(Part (&parts)[32], int argument), int argument, float& value);
void startCopy(uint4* shared, const uint4* global);
void endGroup();
void waitForGroups(int pending);
void multiply16x8x16(Part (&parts)[32], int argument);
void multiply16x8x8(Part (&parts)[32], int argument);
void exchangeAll(Part (&parts)[32], int mask);
} // namespace emulator

inline void __syncthreads() { emulator::meetBlock(); }

inline uint32_t bitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float floatOf(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

inline float roundToTf32(float value) {
  return std::isfinite(value) ? floatOf((bitsOf(value) + 0x1000u) & 0xffffe000u) : value;
}

inline uint32_t roundToBf16(float value) {
  const uint32_t bits = bitsOf(value);
  if (std::isnan(value)) return 0x7fff;
  return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

inline uint32_t packBf16(float first, float second) { return roundToBf16(first) | roundToBf16(second) << 16; }

inline void mmaBf16(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  float none;
  emulator::meetWarp({sum, a, b, 0}, emulator::multiply16x8x16, 0, none);
}

inline void mmaTf32(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  float none;
  emulator::meetWarp({sum, a, b, 0}, emulator::multiply16x8x8, 0, none);
}

inline void copyAsync(uint4* shared, const uint4* global) { emulator::startCopy(shared, global); }
inline void commitCopies() { emulator::endGroup(); }
template <int pending>
void waitForCopies() {
  emulator::waitForGroups(pending);
}

inline float exchange(float value, int mask) {
  float other;
  emulator::meetWarp({nullptr, nullptr, nullptr, value}, emulator::exchangeAll, mask, other);
  return other;
}

inline float __fdividef(float numerator, float denominator) { return numerator / denominator; }
inline float exponential(float x) { return std::exp(x); }
