// libcuda.so.1 for tests: counts every call, can fail each of them, knows every handle that is not given back,
// and runs the kernels on the host. Functions that begin with stub_ are for the tests.
#include "stub-driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_HANDLES 4096
#define MOST_CALLS 65536

enum Kind { FREE, CONTEXT, MEMORY, PINNED, MODULE, STREAM, GRAPH, EXECUTABLE, EVENT };

typedef struct {
  enum Kind kind;
  void* handle;
  size_t bytes;
} Held;

typedef struct {
  char name[64];
  int shared_bytes;
} Kernel;

typedef struct {
  const Kernel* kernel;
  Arguments arguments;
} Node;

typedef struct {
  int count;
  Node nodes[8192];
} Graph;

typedef struct {
  Graph* capturing;
} Stream;

typedef struct {
  Kernel kernels[32];
  int count;
  char* ptx;
} Module;

static Held held[MOST_HANDLES];
static const char* calls[MOST_CALLS];
static char last_launch[256];
static int call_count, fail_at, fail_status, sticky, is_idle;
static int device_count = 1, driver_version = 12080, capability_major = 9;
static __thread void* current;

void stub_reset(void) { call_count = fail_at = fail_status = sticky = is_idle = 0; }
/** Kernels compute nothing from now on. */
void stub_idle(void) { is_idle = 1; }
/** The nth call from now on fails; 0: none. A status that loses the device makes all later ones fail too. */
void stub_fail(int nth, int status) {
  fail_at = nth == 0 ? 0 : call_count + nth;
  fail_status = status;
}
void stub_machine(int devices, int version, int major) {
  device_count = devices;
  driver_version = version;
  capability_major = major;
}
int stub_call_count(void) { return call_count; }
const char* stub_call(int i) { return i < call_count ? calls[i] : ""; }
const char* stub_last_launch(void) { return last_launch; }
/** Handles that nobody has given back. */
int stub_held(void) {
  int count = 0;
  for (int i = 0; i < MOST_HANDLES; i++) count += held[i].kind != FREE;
  return count;
}

static int loses_device(int status) { return status >= 700 && status < 720; }

/** Every function begins with this: counts the call, and says whether it fails. */
static CUresult begin(const char* name) {
  if (call_count < MOST_CALLS) calls[call_count] = name;
  call_count += 1;
  if (sticky) return sticky;
  if (call_count != fail_at) return SUCCESS;
  if (loses_device(fail_status)) sticky = fail_status;
  return fail_status;
}

static Held* find(enum Kind kind, const void* handle) {
  for (int i = 0; i < MOST_HANDLES; i++)
    if (held[i].kind == kind && held[i].handle == handle) return &held[i];
  return NULL;
}

static CUresult hold(enum Kind kind, void* handle, size_t bytes) {
  for (int i = 0; i < MOST_HANDLES; i++)
    if (held[i].kind == FREE) {
      held[i] = (Held){kind, handle, bytes};
      return SUCCESS;
    }
  abort();
}

/** A driver that reports an older fault with a release has released nevertheless. */
static CUresult release(const char* name, enum Kind kind, void* handle) {
  CUresult status = begin(name);
  Held* one = find(kind, handle);
  if (one == NULL) return status != SUCCESS ? status : INVALID_HANDLE;
  if (kind == MODULE) free(((Module*)handle)->ptx);
  one->kind = FREE;
  free(handle);
  return status;
}

static CUresult make(const char* name, enum Kind kind, void** out, size_t bytes) {
  CUresult status = begin(name);
  if (status != SUCCESS) return status;
  if (current == NULL) return INVALID_CONTEXT;
  if (bytes > ((size_t)1 << 34)) return OUT_OF_MEMORY;
  *out = calloc(1, bytes > 0 ? bytes : 1);
  // whoever reads what was never written gets no number
  if (kind == MEMORY || kind == PINNED) memset(*out, 0xff, bytes);
  return hold(kind, *out, bytes);
}

/** Whether all of it lies in one piece of memory that is held. */
static int lies_in(enum Kind kind, const void* address, size_t bytes) {
  for (int i = 0; i < MOST_HANDLES; i++) {
    const char* start = held[i].handle;
    if (held[i].kind == kind && (const char*)address >= start && (const char*)address + bytes <= start + held[i].bytes)
      return 1;
  }
  return 0;
}

CUresult cuInit(unsigned flags) {
  CUresult status = begin("cuInit");
  return status != SUCCESS ? status : device_count == 0 ? NO_DEVICE : flags == 0 ? SUCCESS : INVALID_VALUE;
}

CUresult cuDriverGetVersion(int* version) {
  *version = driver_version;
  return begin("cuDriverGetVersion");
}

static const struct {
  int status;
  const char *name, *text;
} WORDS[] = {
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
};

static CUresult word_of(int status, const char** out, int is_name) {
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
    if (WORDS[i].status == status) {
      *out = is_name ? WORDS[i].name : WORDS[i].text;
      return SUCCESS;
    }
  *out = NULL;
  return INVALID_VALUE;
}
CUresult cuGetErrorName(int status, const char** out) { return word_of(status, out, 1); }
CUresult cuGetErrorString(int status, const char** out) { return word_of(status, out, 0); }

CUresult cuDeviceGetCount(int* count) {
  *count = device_count;
  return begin("cuDeviceGetCount");
}

CUresult cuDeviceGet(int* device, int ordinal) {
  CUresult status = begin("cuDeviceGet");
  *device = ordinal;
  return status != SUCCESS ? status : ordinal < device_count ? SUCCESS : INVALID_DEVICE;
}

CUresult cuDeviceGetName(char* name, int length, int device) {
  snprintf(name, (size_t)length, "Stub GPU %d", device);
  return begin("cuDeviceGetName");
}

/** Of a block: a GeForce's before capability 9. */
static int shared_bytes(void) { return (capability_major < 9 ? 99 : 227) * 1024; }

CUresult cuDeviceGetAttribute(int* value, int attribute, int device) {
  CUresult status = begin("cuDeviceGetAttribute");
  *value = attribute == 75 ? capability_major : attribute == 16 ? 12 : attribute == 97 ? shared_bytes() : 0;
  return status != SUCCESS ? status : device < device_count ? SUCCESS : INVALID_DEVICE;
}

CUresult cuDevicePrimaryCtxRetain(void** context, int device) {
  CUresult status = begin("cuDevicePrimaryCtxRetain");
  if (status != SUCCESS) return status;
  *context = calloc(1, sizeof device);
  return hold(CONTEXT, *context, sizeof device);
}

/** With its last context goes all that was made in it, and what was wrong with it. */
CUresult cuDevicePrimaryCtxRelease_v2(int device) {
  CUresult status = begin("cuDevicePrimaryCtxRelease_v2");
  (void)device;
  int contexts = 0;
  for (int i = 0; i < MOST_HANDLES; i++) contexts += held[i].kind == CONTEXT;
  if (contexts == 0) return INVALID_CONTEXT;
  for (int i = 0; i < MOST_HANDLES; i++)
    if (held[i].kind == CONTEXT || (contexts == 1 && held[i].kind != FREE && sticky)) {
      if (held[i].kind == MODULE) free(((Module*)held[i].handle)->ptx);
      free(held[i].handle);
      held[i].kind = FREE;
      if (contexts > 1) break;
    }
  if (contexts == 1) sticky = 0;
  return status;
}

CUresult cuCtxSetCurrent(void* context) {
  CUresult status = begin("cuCtxSetCurrent");
  if (status != SUCCESS) return status;
  if (context != NULL && find(CONTEXT, context) == NULL) return INVALID_CONTEXT;
  current = context;
  return SUCCESS;
}

CUresult cuMemAlloc_v2(void** memory, size_t bytes) { return make("cuMemAlloc_v2", MEMORY, memory, bytes); }
CUresult cuMemFree_v2(void* memory) { return release("cuMemFree_v2", MEMORY, memory); }
CUresult cuMemHostAlloc(void** memory, size_t bytes, unsigned flags) {
  (void)flags;
  return make("cuMemHostAlloc", PINNED, memory, bytes);
}
CUresult cuMemFreeHost(void* memory) { return release("cuMemFreeHost", PINNED, memory); }

static Stream* stream_of(void* handle) {
  Held* one = find(STREAM, handle);
  return one ? one->handle : NULL;
}

CUresult cuMemcpyHtoDAsync_v2(void* to, const void* from, size_t bytes, void* handle) {
  CUresult status = begin("cuMemcpyHtoDAsync_v2");
  Stream* stream = stream_of(handle);
  if (status != SUCCESS || stream == NULL) return status != SUCCESS ? status : INVALID_HANDLE;
  if (stream->capturing) return CAPTURE_UNSUPPORTED;
  if (!lies_in(MEMORY, to, bytes)) return INVALID_VALUE;
  memcpy(to, from, bytes);
  return SUCCESS;
}

CUresult cuMemcpyDtoHAsync_v2(void* to, const void* from, size_t bytes, void* handle) {
  CUresult status = begin("cuMemcpyDtoHAsync_v2");
  Stream* stream = stream_of(handle);
  if (status != SUCCESS || stream == NULL) return status != SUCCESS ? status : INVALID_HANDLE;
  if (stream->capturing) return CAPTURE_UNSUPPORTED;
  if (!lies_in(MEMORY, from, bytes) || !lies_in(PINNED, to, bytes)) return INVALID_VALUE;
  memcpy(to, from, bytes);
  return SUCCESS;
}

CUresult cuModuleLoadDataEx(void** module, const char* ptx, unsigned count, const int* options, void** values) {
  void* made = NULL;
  CUresult status = begin("cuModuleLoadDataEx");
  if (status != SUCCESS) return status;
  if (current == NULL) return INVALID_CONTEXT;
  if (strstr(ptx, ".version") == NULL) {
    if (count == 2 && options[0] == 5 && options[1] == 6)
      snprintf(values[0], (size_t)values[1], "ptxas fatal   : Missing .version directive at start of file");
    return INVALID_PTX;
  }
  made = calloc(1, sizeof(Module));
  ((Module*)made)->ptx = strdup(ptx);
  *module = made;
  return hold(MODULE, made, sizeof(Module));
}
CUresult cuModuleUnload(void* module) { return release("cuModuleUnload", MODULE, module); }

/** Of an entry point that stands in the PTX. */
CUresult cuModuleGetFunction(Kernel** kernel, void* handle, const char* name) {
  CUresult status = begin("cuModuleGetFunction");
  if (status != SUCCESS) return status;
  if (find(MODULE, handle) == NULL) return INVALID_HANDLE;
  Module* module = handle;
  char entry[96];
  snprintf(entry, sizeof entry, ".entry %s(", name);
  if (strstr(module->ptx, entry) == NULL) return NOT_FOUND;
  for (int i = 0; i < module->count; i++)
    if (strcmp(module->kernels[i].name, name) == 0) {
      *kernel = &module->kernels[i];
      return SUCCESS;
    }
  *kernel = &module->kernels[module->count++];
  snprintf((*kernel)->name, sizeof(*kernel)->name, "%s", name);
  (*kernel)->shared_bytes = 48 * 1024;
  return SUCCESS;
}

CUresult cuFuncSetAttribute(Kernel* kernel, int attribute, int value) {
  CUresult status = begin("cuFuncSetAttribute");
  if (status != SUCCESS) return status;
  if (attribute != 8 || value < 0 || value > shared_bytes()) return INVALID_VALUE;
  if (value > kernel->shared_bytes) kernel->shared_bytes = value;
  return SUCCESS;
}

static CUresult run(const Node* node) {
  if (!lies_in(MEMORY, node->arguments.model, 256) || !lies_in(MEMORY, node->arguments.call, 256)) {
    sticky = ILLEGAL_ADDRESS;
    return sticky;
  }
  return is_idle ? SUCCESS : run_kernel(node->kernel->name, &node->arguments);
}

CUresult cuLaunchKernel(Kernel* kernel, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned ty, unsigned tz,
                        unsigned shared_bytes, void* handle, void** parameters, void** extra) {
  CUresult status = begin("cuLaunchKernel");
  if (status != SUCCESS) return status;
  Stream* stream = stream_of(handle);
  if (stream == NULL) return INVALID_HANDLE;
  if (x == 0 || y == 0 || z != 1 || ty != 1 || tz != 1 || threads == 0 || threads > 1024) return INVALID_VALUE;
  if ((int)shared_bytes > kernel->shared_bytes || parameters != NULL) return INVALID_VALUE;
  if ((size_t)extra[0] != 1 || (size_t)extra[2] != 2 || extra[4] != NULL) return INVALID_VALUE;
  if (*(size_t*)extra[3] != sizeof(Arguments)) return INVALID_VALUE;
  snprintf(last_launch, sizeof last_launch, "%s %u %u %u %u", kernel->name, x, y, threads, shared_bytes);
  Node node = {kernel, *(Arguments*)extra[1]};
  if (stream->capturing == NULL) return run(&node);
  stream->capturing->nodes[stream->capturing->count++] = node;
  return SUCCESS;
}

CUresult cuStreamCreate(void** stream, unsigned flags) {
  (void)flags;
  return make("cuStreamCreate", STREAM, stream, sizeof(Stream));
}
CUresult cuStreamDestroy_v2(void* stream) { return release("cuStreamDestroy_v2", STREAM, stream); }
CUresult cuStreamSynchronize(void* handle) {
  CUresult status = begin("cuStreamSynchronize");
  Stream* stream = stream_of(handle);
  if (status != SUCCESS || stream == NULL) return status != SUCCESS ? status : INVALID_HANDLE;
  return stream->capturing ? CAPTURE_UNSUPPORTED : SUCCESS;
}

CUresult cuStreamBeginCapture_v2(void* handle, int mode) {
  CUresult status = begin("cuStreamBeginCapture_v2");
  Stream* stream = stream_of(handle);
  if (status != SUCCESS || stream == NULL) return status != SUCCESS ? status : INVALID_HANDLE;
  if (stream->capturing || mode != 1) return INVALID_VALUE;
  stream->capturing = calloc(1, sizeof(Graph));
  return SUCCESS;
}

CUresult cuStreamEndCapture(void* handle, void** graph) {
  CUresult status = begin("cuStreamEndCapture");
  Stream* stream = stream_of(handle);
  if (stream == NULL || stream->capturing == NULL) return INVALID_HANDLE;
  Graph* captured = stream->capturing;
  stream->capturing = NULL;
  *graph = NULL;
  if (status != SUCCESS) {
    free(captured);
    return status;
  }
  *graph = captured;
  return hold(GRAPH, captured, sizeof(Graph));
}

CUresult cuGraphInstantiateWithFlags(void** executable, void* graph, unsigned long long flags) {
  (void)flags;
  CUresult status = make("cuGraphInstantiateWithFlags", EXECUTABLE, executable, sizeof(Graph));
  if (status == SUCCESS) memcpy(*executable, graph, sizeof(Graph));
  return status;
}
CUresult cuGraphDestroy(void* graph) { return release("cuGraphDestroy", GRAPH, graph); }
CUresult cuGraphExecDestroy(void* graph) { return release("cuGraphExecDestroy", EXECUTABLE, graph); }

CUresult cuGraphLaunch(void* handle, void* stream) {
  CUresult status = begin("cuGraphLaunch");
  if (status != SUCCESS) return status;
  if (find(EXECUTABLE, handle) == NULL || stream_of(stream) == NULL) return INVALID_HANDLE;
  Graph* graph = handle;
  for (int i = 0; i < graph->count && status == SUCCESS; i++) status = run(&graph->nodes[i]);
  return status;
}

CUresult cuEventCreate(void** event, unsigned flags) {
  (void)flags;
  return make("cuEventCreate", EVENT, event, sizeof(int));
}
CUresult cuEventDestroy_v2(void* event) { return release("cuEventDestroy_v2", EVENT, event); }
CUresult cuEventRecord(void* event, void* stream) {
  CUresult status = begin("cuEventRecord");
  if (status != SUCCESS) return status;
  return find(EVENT, event) && stream_of(stream) ? SUCCESS : INVALID_HANDLE;
}
CUresult cuEventElapsedTime(float* milliseconds, void* start, void* end) {
  CUresult status = begin("cuEventElapsedTime");
  if (status != SUCCESS) return status;
  *milliseconds = 1;
  return find(EVENT, start) && find(EVENT, end) ? SUCCESS : INVALID_HANDLE;
}
