// Launches kernels on memory that it reads, and writes what becomes of it.
//   emulator ORDER MODEL_WORDS CALL_WORDS LAUNCH... < model and call > call
//   ORDER: forwards or backwards; LAUNCH: name,columns,tiles,threads,sharedBytes,step,block
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include "block.h"
#include "device.h"
#include "memory.cuh"

namespace {

using Kernel = void (*)(Arguments);

[[noreturn]] void fail(const char* message, const char* what) {
  std::fprintf(stderr, "%s: %s\n", message, what);
  std::exit(1);
}

/** Words that end where memory ends: one more, and the program is killed. */
uint32_t* guarded(size_t words) {
  const size_t page = sysconf(_SC_PAGESIZE);
  const size_t bytes = (words * 4 + page - 1) / page * page;
  char* start = static_cast<char*>(mmap(nullptr, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (start == MAP_FAILED || mprotect(start + bytes, page, PROT_NONE) != 0) fail("no memory", "mmap");
  return reinterpret_cast<uint32_t*>(start + bytes - words * 4);
}

void launch(const char* text, bool backwards, const uint32_t* model, uint32_t* call) {
  char name[64];
  unsigned columns, tiles, threads, step, block;
  size_t sharedBytes;
  if (std::sscanf(text, "%63[^,],%u,%u,%u,%zu,%u,%u", name, &columns, &tiles, &threads, &sharedBytes, &step, &block) != 7)
    fail("not a launch", text);
  const Kernel kernel = reinterpret_cast<Kernel>(dlsym(RTLD_DEFAULT, name));
  if (!kernel) fail("no such kernel", name);
  for (unsigned y = 0; y < tiles; y++)
    for (unsigned x = 0; x < columns; x++)
      emulator::runBlock({x, y, threads, sharedBytes, backwards}, [&] { kernel({model, call, step, block}); });
}

} // namespace

int main(int count, char** arguments) {
  if (count < 4) fail("too few arguments", arguments[0]);
  const bool backwards = std::strcmp(arguments[1], "backwards") == 0;
  const size_t modelWords = std::strtoull(arguments[2], nullptr, 10);
  const size_t callWords = std::strtoull(arguments[3], nullptr, 10);
  uint32_t* model = guarded(modelWords);
  uint32_t* call = guarded(callWords);
  if (std::fread(model, 4, modelWords, stdin) != modelWords) fail("too short", "model");
  if (std::fread(call, 4, callWords, stdin) != callWords) fail("too short", "call");
  for (int i = 4; i < count; i++) launch(arguments[i], backwards, model, call);
  return std::fwrite(call, 4, callWords, stdout) == callWords ? 0 : 1;
}
