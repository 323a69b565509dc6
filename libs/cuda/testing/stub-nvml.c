// libnvidia-ml.so.1 for tests: two GPUs, of which the second says neither what it uses of power nor how warm it is.
#include <stdint.h>
#include <stdio.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, NOT_SUPPORTED = 3, DRIVER_NOT_LOADED = 9 };

static int open_count, is_broken;
static int devices[2];

/** From now on nothing can be initialised or listed. */
void stub_break(int broken) { is_broken = broken; }
int stub_open(void) { return open_count; }

int nvmlInit_v2(void) {
  if (is_broken) return DRIVER_NOT_LOADED;
  open_count += 1;
  return SUCCESS;
}
int nvmlShutdown(void) {
  open_count -= 1;
  return SUCCESS;
}
const char* nvmlErrorString(int status) {
  return status == DRIVER_NOT_LOADED ? "Driver Not Loaded" : status == UNINITIALIZED ? "Uninitialized" : "Unknown Error";
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return is_broken ? DRIVER_NOT_LOADED : open_count > 0 ? SUCCESS : UNINITIALIZED;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, int** device) {
  *device = &devices[index];
  return SUCCESS;
}
int nvmlDeviceGetName(const int* device, char* name, unsigned length) {
  snprintf(name, length, "Stub GPU %c", device == devices ? 'A' : 'B');
  return SUCCESS;
}
int nvmlDeviceGetMemoryInfo(const int* device, uint64_t memory[3]) {
  (void)device;
  memory[0] = (uint64_t)141 << 30;
  memory[2] = (uint64_t)5 << 30;
  memory[1] = memory[0] - memory[2];
  return SUCCESS;
}
int nvmlDeviceGetUtilizationRates(const int* device, unsigned percent[2]) {
  (void)device;
  percent[0] = 87;
  percent[1] = 12;
  return SUCCESS;
}
int nvmlDeviceGetPowerUsage(const int* device, unsigned* milliwatts) {
  *milliwatts = 512500;
  return device == devices ? SUCCESS : NOT_SUPPORTED;
}
int nvmlDeviceGetTemperature(const int* device, int sensor, unsigned* degrees) {
  *degrees = 61;
  return device == devices && sensor == 0 ? SUCCESS : NOT_SUPPORTED;
}
