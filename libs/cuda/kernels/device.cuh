// The instructions that the kernels use by name, and nothing that knows what they are for. Compiled for the
// host (libs/cuda/testing/host/device.h), the same names are functions over the threads of an emulated block.
#pragma once

#ifdef __CUDACC__

#include <cstdint>

#define SHARED_MEMORY(name) extern __shared__ uint4 name[]

__device__ inline uint32_t bitsOf(float value) { return __float_as_uint(value); }
__device__ inline float floatOf(uint32_t bits) { return __uint_as_float(bits); }

/** Rounded to the 10-bit mantissa of TensorFloat-32, ties away from zero. */
__device__ inline float roundToTf32(float value) {
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return floatOf(bits);
}

/** Two numbers rounded to bf16, ties to even; the first in the lower half. */
__device__ inline uint32_t packBf16(float first, float second) {
  uint32_t packed;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(packed) : "f"(second), "f"(first));
  return packed;
}

/** sum += a b of a warp, 16 x 8 x 16 numbers of bf16. */
__device__ inline void mmaBf16(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/** sum += a b of a warp, 16 x 8 x 8 numbers of TensorFloat-32. */
__device__ inline void mmaTf32(float (&sum)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/** Starts to copy 16 bytes to shared memory, past the first cache. */
__device__ inline void copyAsync(uint4* shared, const uint4* global) {
  const uint32_t address = static_cast<uint32_t>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(address), "l"(global) : "memory");
}

/** Ends a group of this thread's copies. */
__device__ inline void commitCopies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

/** Waits until at most `pending` of this thread's youngest groups are under way. */
template <int pending>
__device__ inline void waitForCopies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}

__device__ inline float exchange(float value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }

/** e^x to a few units in the last place: 2^(x log2 e). */
__device__ inline float exponential(float x) { return __expf(x); }

#endif
