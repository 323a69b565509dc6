// All weights of a step in the order of the row-tile kernel, through a ring in shared memory, round and round.
#pragma once
#include "precision.cuh"

/** Stages of the ring: one is read while the others are filled. Each holds one group of a panel. */
constexpr int STAGES = 3;
constexpr int STAGE_PARTS = PANEL_OCTETS * OCTET_PARTS;

/** One group of a panel in device memory. */
struct WeightGroup {
  const uint4* parts;
  int octets;
};

/** Which group of weights comes next. Every thread of a block walks alike. */
template <class Precision>
class WeightCursor {
 public:
  __device__ explicit WeightCursor(const Model& model) : model(model) {
    hidden = model.size(PADDED_HIDDEN);
    output = model.size(PADDED_OUTPUT);
    section = -1;
    chunk = panel = 0;
    begin();
  }

  __device__ WeightGroup next() {
    if (left == 0) goOn();
    const WeightGroup group = at;
    at.parts += at.octets * OCTET_PARTS;
    left--;
    return group;
  }

 private:
  static constexpr int PANEL_GROUPS = PANEL / Precision::GROUP;
  static constexpr int UP = -1;

  const Model model;
  int hidden, output;
  WeightGroup at;
  /** Groups of the segment under way. */
  int left;
  /** -1: in, then the blocks, then out; 256 inputs or hidden columns; panel of the product's columns, or UP. */
  int section, chunk, panel;

  /** In a block, UP's panel goes before those of down. */
  __device__ void goOn() {
    const bool isOut = section == model.size(LAYERS);
    panel++;
    if (panel >= (isOut ? outputPanels() : hiddenPanels())) {
      chunk++;
      if (isOut || chunk * PANEL_GROUPS >= inputGroups()) {
        section = isOut ? -1 : section + 1;
        chunk = 0;
      }
      panel = isBlock() ? UP : 0;
    }
    begin();
  }

  __device__ void begin() {
    const Matrix weights = matrix();
    const bool isWhole = panel == UP || section == model.size(LAYERS);
    const int column = panel == UP ? chunk : panel;
    const int first = isWhole ? 0 : chunk * PANEL_GROUPS;
    const int rest = weights.groups - first;
    at = {weights.at(column, first), weights.octetsOf(column)};
    left = isWhole || rest < PANEL_GROUPS ? rest : PANEL_GROUPS;
  }

  __device__ bool isBlock() const { return section >= 0 && section < model.size(LAYERS); }
  __device__ int inputGroups() const { return (isBlock() ? 4 * hidden : output) / Precision::GROUP; }
  __device__ int hiddenPanels() const { return (hidden + PANEL - 1) / PANEL; }
  __device__ int outputPanels() const { return (output + PANEL - 1) / PANEL; }

  __device__ Matrix matrix() const {
    if (section < 0) return model.inMatrix<Precision>();
    if (!isBlock()) return model.outMatrix<Precision>();
    return panel == UP ? model.upMatrix<Precision>(section) : model.downMatrix<Precision>(section);
  }
};

/** The groups one after the other, in shared memory. */
template <class Precision>
class WeightStream {
 public:
  /** @param ring [STAGES * STAGE_PARTS] */
  __device__ WeightStream(const Model& model, uint4* ring) : cursor(model), ring(ring) {
    for (int i = 0; i < STAGES - 1; i++) fill(i);
    stage = STAGES - 1;
  }

  /**
   * The next group, octet by octet. All threads of the block take each one: after the barrier inside everybody's
   * part of it is there, and nobody reads the one before, which the group after next replaces.
   */
  __device__ const uint4* next() {
    waitForCopies<STAGES - 2>();
    __syncthreads();
    const int old = stage;
    stage = stage + 1 == STAGES ? 0 : stage + 1;
    fill(old);
    return ring + stage * STAGE_PARTS;
  }

  /** Nothing is under way any more. */
  __device__ void close() { waitForCopies<0>(); }

 private:
  WeightCursor<Precision> cursor;
  uint4* ring;
  int stage;

  __device__ void fill(int target) {
    uint4* parts = ring + target * STAGE_PARTS + threadIdx.x;
    const WeightGroup group = cursor.next();
#pragma unroll
    for (int octet = 0; octet < PANEL_OCTETS; octet++)
      if (octet < group.octets) copyAsync(parts + octet * OCTET_PARTS, group.parts + octet * OCTET_PARTS + threadIdx.x);
    commitCopies();
  }
};
