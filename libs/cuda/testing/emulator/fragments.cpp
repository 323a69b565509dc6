// The matrix instructions as the PTX manual describes them: which number of a and b each register of each thread
// is, exact products, one sum rounded at the end. Knows nothing of kernels.
#include <algorithm>
#include "device.h"

namespace {

/** Row and column of register `i` of a sum, m16n8. */
int sumRow(int thread, int i) { return thread / 4 + 8 * (i / 2); }
int sumColumn(int thread, int i) { return thread % 4 * 2 + i % 2; }

float halfOf(uint32_t word, int half) { return floatOf(half ? word & 0xffff0000u : word << 16); }

template <int inputs>
void multiply(emulator::Part (&parts)[32], const float (&a)[16][inputs], const float (&b)[inputs][8]) {
  // padding, mostly: weights are finite
  if (std::all_of(&a[0][0], &a[0][0] + 16 * inputs, [](float value) { return value == 0; })) return;
  for (int thread = 0; thread < 32; thread++)
    for (int i = 0; i < 4; i++) {
      double sum = parts[thread].sum[i];
      for (int k = 0; k < inputs; k++)
        sum += static_cast<double>(a[sumRow(thread, i)][k]) * b[k][sumColumn(thread, i)];
      parts[thread].sum[i] = static_cast<float>(sum);
    }
}

} // namespace

void emulator::multiply16x8x16(Part (&parts)[32], int) {
  float a[16][16], b[16][8];
  for (int thread = 0; thread < 32; thread++) {
    const int group = thread / 4, place = thread % 4;
    for (int i = 0; i < 8; i++) {
      const int row = (i < 2 || (i >= 4 && i < 6)) ? group : group + 8;
      const int column = place * 2 + (i & 1) + (i >= 4 ? 8 : 0);
      a[row][column] = halfOf(parts[thread].a[i / 2], i % 2);
    }
    for (int i = 0; i < 4; i++) b[place * 2 + (i & 1) + (i >= 2 ? 8 : 0)][group] = halfOf(parts[thread].b[i / 2], i % 2);
  }
  multiply(parts, a, b);
}

void emulator::multiply16x8x8(Part (&parts)[32], int) {
  float a[16][8], b[8][8];
  for (int thread = 0; thread < 32; thread++) {
    const int group = thread / 4, place = thread % 4;
    for (int i = 0; i < 4; i++) a[i % 2 ? group + 8 : group][i < 2 ? place : place + 4] = floatOf(parts[thread].a[i] & 0xffffe000u);
    for (int i = 0; i < 2; i++) b[i ? place + 4 : place][group] = floatOf(parts[thread].b[i] & 0xffffe000u);
  }
  multiply(parts, a, b);
}

void emulator::exchangeAll(Part (&parts)[32], int mask) {
  float values[32];
  for (int thread = 0; thread < 32; thread++) values[thread] = parts[thread].value;
  for (int thread = 0; thread < 32; thread++) parts[thread].value = values[thread ^ mask];
}
