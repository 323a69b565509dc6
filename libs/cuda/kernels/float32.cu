#include "kernels.cuh"

ROW_TILE_KERNEL(stride_rows64_tf32x3, Float32, 4)
ROW_TILE_KERNEL(stride_rows32_tf32x3, Float32, 2)
ROW_TILE_KERNEL(stride_rows16_tf32x3, Float32, 1)
GRAPH_KERNEL(stride_in_tf32x3, Float32, in)
GRAPH_KERNEL(stride_up_tf32x3, Float32, up)
GRAPH_KERNEL(stride_down_tf32x3, Float32, down)
GRAPH_KERNEL(stride_out_tf32x3, Float32, out)
