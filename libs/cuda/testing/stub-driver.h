// What the two halves of the driver for tests share: handles of this process, and kernels run on the host.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef int CUresult;

/** Of cuda.h, as far as they are given here. */
enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_CONTEXT = 201,
  INVALID_PTX = 218,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  ILLEGAL_ADDRESS = 700,
  CAPTURE_UNSUPPORTED = 900,
};

/** The only argument of every kernel: see ARGUMENT_BYTES of kernel-interface.ts. */
typedef struct {
  const uint32_t* model;
  uint32_t* call;
  uint32_t step;
  uint32_t block;
} Arguments;

/** Runs a kernel of kernel-interface.ts by its name. Returns ILLEGAL_ADDRESS for another. */
CUresult run_kernel(const char* name, const Arguments* arguments);
