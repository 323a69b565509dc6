#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

namespace emulator {

struct Block {
  uint32_t x, y;
  uint32_t numThreads;
  size_t sharedBytes;
  /** Threads and warps take their turns from the last to the first: what depends on the order shows. */
  bool backwards;
};

/** Runs `program` in every thread of the block. */
void runBlock(const Block& block, const std::function<void()>& program);

} // namespace emulator
