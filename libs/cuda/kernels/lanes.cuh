// What a lane starts a step from.
#pragma once
#include "precision.cuh"

/** condition + time[t] of a lane at a step; zeros where there is no such lane. */
struct LaneStart {
  const float* condition = nullptr;
  const float* time = nullptr;
  int hidden;

  __device__ LaneStart(const Model& model, const Call& call, int step, int lane) : hidden(model.size(HIDDEN)) {
    if (lane >= call.size(LANES)) return;
    const int timestep = call.integers(TIMESTEP_TABLE)[step * call.size(ROWS) + call.lane(lane, LANE_ROW)];
    condition = call.numbers(CONDITIONS) + static_cast<size_t>(call.lane(lane, LANE_CONDITION)) * hidden;
    time = model.numbers(TIMES) + static_cast<size_t>(timestep) * model.size(PADDED_HIDDEN);
  }

  __device__ float at(int column) const { return condition && column < hidden ? condition[column] + time[column] : 0; }
};

/** x of lanes `low` and `low` + 8 as quads; zeros outside. */
struct StatePair {
  const float* rows[2] = {nullptr, nullptr};
  int D;

  __device__ StatePair(const Call& call, int D, int low) : D(D) {
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int lane = low + 8 * half;
      if (lane < call.size(LANES)) rows[half] = call.numbers(X) + static_cast<size_t>(call.lane(lane, LANE_ROW)) * D;
    }
  }

  __device__ Quad operator()(int column) const {
    Quad quad;
#pragma unroll
    for (int i = 0; i < 4; i++) quad.value[i] = rows[i / 2] && column + i % 2 < D ? rows[i / 2][column + i % 2] : 0;
    return quad;
  }
};
