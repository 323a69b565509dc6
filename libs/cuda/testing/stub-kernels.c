// The kernels of kernel-interface.ts on the host, one number after the other: what they must compute, not how.
#include "stub-driver.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum ModelWord {
  HIDDEN, PADDED_HIDDEN, OUTPUT, PADDED_OUTPUT, LAYERS, TIMESTEPS, TIMES, IN_KERNEL, BLOCKS, BLOCK_STRIDE,
  GAMMA, BETA, UP_KERNEL, UP_BIAS, DOWN_KERNEL, DOWN_BIAS, OUT_KERNEL, OUT_BIAS,
};
enum CallWord {
  ROWS, LANES, STEPS, LANE_TABLE, CONDITIONS, TIMESTEP_TABLE, COEFFICIENTS, NOISE, NOISE_ROWS, NOISE_INDEX,
  SCALE, KEEP, FIXED_Y, FIXED_Z0, FIXED_INDEX, LEVELS, CHUNK_WEIGHTS, CHUNK_Y, CHUNK_INDEX, PULL, X, X0, H, U,
};
enum LaneKind { ALONE, CONDITIONAL, UNCONDITIONAL };

typedef struct {
  const uint32_t* model;
  uint32_t* call;
  int is_bf16;
  float *h, *u; // [R,Hp], [R,4Hp]
} Run;

static int model_of(const Run* run, int word) { return (int)run->model[word]; }
static int call_of(const Run* run, int word) { return (int)run->call[word]; }
static const float* weights_at(const Run* run, int offset) { return (const float*)(run->model + offset); }
static float* table(const Run* run, int word) { return (float*)(run->call + run->call[word]); }
static const int* integers(const Run* run, int word) { return (const int*)table(run, word); }
static const int* lane_of(const Run* run, int lane) { return integers(run, LANE_TABLE) + 3 * lane; }

static float from_bf16(uint32_t half) {
  uint32_t bits = half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/** A matrix of weight-matrix.ts, unpacked: the inputs of a column side by side. For `free`. */
static float* matrix(const Run* run, int offset, int inputs, int outputs) {
  const uint32_t* words = run->model + offset;
  float* columns = malloc((size_t)inputs * outputs * sizeof(float));
  int step_inputs = run->is_bf16 ? 16 : 8, groups = inputs / (2 * step_inputs);
  for (int j = 0; j < outputs; j++) {
    int panel = j - j % 256, octets = (outputs - panel < 256 ? outputs - panel : 256) / 64;
    size_t start = (size_t)panel / 64 * groups * 1024 + (j - panel) / 8 * 128 + (j - panel) % 8 * 16;
    for (int i = 0; i < inputs; i++) {
      int step = i / step_inputs, k = i % step_inputs;
      int thread = run->is_bf16 ? k % 8 / 2 : k / 2, word = run->is_bf16 ? k / 8 : k % 2;
      uint32_t bits = words[start + (size_t)(step / 2) * octets * 1024 + thread * 4 + step % 2 * 2 + word];
      float value;
      memcpy(&value, &bits, sizeof value);
      columns[(size_t)j * inputs + i] = run->is_bf16 ? from_bf16(bits >> 16 * (k % 2)) : value;
    }
  }
  return columns;
}

/** bias + the sum of left[i] column[i]. */
static double product(const float* left, int count, const float* column, double bias) {
  float sum = 0;
  for (int i = 0; i < count; i++) sum += left[i] * column[i];
  return bias + sum;
}

static float silu(double value) { return (float)(value / (1 + exp(-value))); }

static void run_in(const Run* run, int step) {
  int B = call_of(run, ROWS), H = model_of(run, HIDDEN), Hp = model_of(run, PADDED_HIDDEN), D = model_of(run, OUTPUT);
  int Dp = model_of(run, PADDED_OUTPUT);
  float* m = matrix(run, model_of(run, IN_KERNEL), Dp, Hp);
  for (int lane = 0; lane < call_of(run, LANES); lane++) {
    int row = lane_of(run, lane)[0], t = integers(run, TIMESTEP_TABLE)[step * B + row];
    const float* condition = table(run, CONDITIONS) + (size_t)lane_of(run, lane)[1] * H;
    const float* time = weights_at(run, model_of(run, TIMES)) + (size_t)t * Hp;
    for (int j = 0; j < Hp; j++) {
      double sum = (j < H ? condition[j] : 0) + (double)time[j];
      run->h[lane * Hp + j] = silu(product(table(run, X) + (size_t)row * D, D, m + (size_t)j * Dp, sum));
    }
  }
  free(m);
}

static void run_up(const Run* run, int block) {
  int H = model_of(run, HIDDEN), Hp = model_of(run, PADDED_HIDDEN);
  int base = model_of(run, BLOCKS) + block * model_of(run, BLOCK_STRIDE);
  const float* gamma = weights_at(run, base + model_of(run, GAMMA));
  const float* beta = weights_at(run, base + model_of(run, BETA));
  const float* bias = weights_at(run, base + model_of(run, UP_BIAS));
  float* m = matrix(run, base + model_of(run, UP_KERNEL), Hp, 4 * Hp);
  float* norm = malloc((size_t)Hp * sizeof(float));
  for (int lane = 0; lane < call_of(run, LANES); lane++) {
    const float* h = run->h + lane * Hp;
    double mean = 0, variance = 0;
    for (int i = 0; i < H; i++) mean += h[i] / (double)H;
    for (int i = 0; i < H; i++) variance += (h[i] - mean) * (h[i] - mean) / H;
    for (int i = 0; i < Hp; i++) norm[i] = (float)((h[i] - mean) / sqrt(variance + 1e-5) * gamma[i] + beta[i]);
    for (int j = 0; j < 4 * Hp; j++) run->u[lane * 4 * Hp + j] = silu(product(norm, Hp, m + j * Hp, bias[j]));
  }
  free(norm);
  free(m);
}

static void run_down(const Run* run, int block) {
  int Hp = model_of(run, PADDED_HIDDEN), base = model_of(run, BLOCKS) + block * model_of(run, BLOCK_STRIDE);
  const float* bias = weights_at(run, base + model_of(run, DOWN_BIAS));
  float* m = matrix(run, base + model_of(run, DOWN_KERNEL), 4 * Hp, Hp);
  for (int lane = 0; lane < call_of(run, LANES); lane++)
    for (int j = 0; j < Hp; j++)
      run->h[lane * Hp + j] += (float)product(run->u + lane * 4 * Hp, 4 * Hp, m + j * 4 * Hp, bias[j]);
  free(m);
}

/** x' of one element from F, and x0 where the last step is. */
static void write_step(const Run* run, int step, int row, int j, double F) {
  int B = call_of(run, ROWS), D = model_of(run, OUTPUT), M = call_of(run, NOISE_ROWS);
  const float* c = table(run, COEFFICIENTS) + (size_t)(step * B + row) * 8;
  float* x = table(run, X) + (size_t)row * D + j;
  double x0 = fmin(fmax(c[0] * (double)*x + c[1] * F, c[6]), c[7]);
  double next = c[2] * x0 + c[3] * F + c[4] * (double)*x;
  if (c[5] != 0) next += c[5] * (double)table(run, NOISE)[((size_t)step * M + integers(run, NOISE_INDEX)[row]) * D + j];
  int chunk = call_of(run, CHUNK_INDEX) ? integers(run, CHUNK_INDEX)[row] : 0;
  if (chunk > 0) {
    double pull = table(run, PULL)[step * B + row];
    next += pull * table(run, CHUNK_WEIGHTS)[(size_t)chunk * D + j] * (table(run, CHUNK_Y)[(size_t)chunk * D + j] - x0);
  }
  int fixed = call_of(run, FIXED_INDEX) ? integers(run, FIXED_INDEX)[row] : 0;
  if (fixed > 0) {
    const float* level = table(run, LEVELS) + (size_t)(step * B + row) * 2;
    size_t at = (size_t)fixed * D + j;
    next = next * table(run, KEEP)[at] + level[0] * (double)table(run, FIXED_Y)[at] +
           level[1] * (double)table(run, FIXED_Z0)[at];
  }
  *x = (float)next;
  if (call_of(run, X0) && step == call_of(run, STEPS) - 1) table(run, X0)[(size_t)row * D + j] = (float)x0;
}

static void run_out(const Run* run, int step) {
  int Hp = model_of(run, PADDED_HIDDEN), D = model_of(run, OUTPUT);
  const float* bias = weights_at(run, model_of(run, OUT_BIAS));
  float* m = matrix(run, model_of(run, OUT_KERNEL), Hp, model_of(run, PADDED_OUTPUT));
  for (int lane = 0; lane < call_of(run, LANES); lane++) {
    const int* columns = lane_of(run, lane);
    if (columns[2] == UNCONDITIONAL) continue;
    for (int j = 0; j < D; j++) {
      double F = product(run->h + lane * Hp, Hp, m + j * Hp, bias[j]);
      if (columns[2] == CONDITIONAL) {
        double other = product(run->h + (lane + 1) * Hp, Hp, m + j * Hp, bias[j]);
        F = other + table(run, SCALE)[columns[0]] * (F - other);
      }
      write_step(run, step, columns[0], j, F);
    }
  }
  free(m);
}

static void run_rows(Run* run) {
  size_t width = (size_t)call_of(run, LANES) * model_of(run, PADDED_HIDDEN);
  run->h = malloc(width * sizeof(float));
  run->u = malloc(4 * width * sizeof(float));
  for (int step = 0; step < call_of(run, STEPS); step++) {
    run_in(run, step);
    for (int block = 0; block < model_of(run, LAYERS); block++) {
      run_up(run, block);
      run_down(run, block);
    }
    run_out(run, step);
  }
  free(run->h);
  free(run->u);
}

CUresult run_kernel(const char* name, const Arguments* arguments) {
  Run run = {arguments->model, arguments->call, strstr(name, "bf16") != NULL, NULL, NULL};
  run.h = table(&run, H);
  run.u = table(&run, U);
  if (strncmp(name, "stride_rows", 11) == 0) run_rows(&run);
  else if (strncmp(name, "stride_in_", 10) == 0) run_in(&run, (int)arguments->step);
  else if (strncmp(name, "stride_up_", 10) == 0) run_up(&run, (int)arguments->block);
  else if (strncmp(name, "stride_down_", 12) == 0) run_down(&run, (int)arguments->block);
  else if (strncmp(name, "stride_out_", 11) == 0) run_out(&run, (int)arguments->step);
  else return ILLEGAL_ADDRESS;
  return SUCCESS;
}
