#include "kernels.cuh"

ROW_TILE_KERNEL(stride_rows64_bf16, Bf16, 4)
ROW_TILE_KERNEL(stride_rows32_bf16, Bf16, 2)
ROW_TILE_KERNEL(stride_rows16_bf16, Bf16, 1)
GRAPH_KERNEL(stride_in_bf16, Bf16, in)
GRAPH_KERNEL(stride_up_bf16, Bf16, up)
GRAPH_KERNEL(stride_down_bf16, Bf16, down)
GRAPH_KERNEL(stride_out_bf16, Bf16, out)
