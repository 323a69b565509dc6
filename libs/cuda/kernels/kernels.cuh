// The kernels of one precision, under the names of kernel-interface.ts.
#pragma once
#include "graph.cuh"
#include "row-tile.cuh"

#define ROW_TILE_KERNEL(name, precision, tiles)                                        \
  extern "C" __global__ void __launch_bounds__(256, 1) name(const Arguments arguments) { \
    SHARED_MEMORY(shared);                                                             \
    if (blockIdx.x * TILE * tiles >= arguments.call[LANES]) return;                    \
    RowTile<precision, tiles>(arguments, shared).run();                                \
  }

#define GRAPH_KERNEL(name, precision, part)                                         \
  extern "C" __global__ void __launch_bounds__(128) name(const Arguments arguments) { \
    SHARED_MEMORY(shared);                                                          \
    if (blockIdx.y * TILE >= arguments.call[LANES]) return;                         \
    GraphStep<precision>(arguments).part(shared);                                   \
  }
