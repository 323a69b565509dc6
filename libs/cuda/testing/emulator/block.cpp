// Threads of one block on one thread of the host: each has a stack and runs until it has to wait for others.
#include <setjmp.h>
#include <ucontext.h>
#include <cstdlib>
#include <deque>
#include <vector>
#include "block.h"
#include "device.h"

Index threadIdx, blockIdx, blockDim;

namespace {

constexpr size_t STACK_BYTES = 128 * 1024;
constexpr int WARP = 32;

struct Copy {
  uint4* shared;
  uint4 value;
};

enum class State { ready, atBlock, ended };

struct Thread {
  int index = 0;
  State state = State::ready;
  std::vector<char> stack;
  ucontext_t start;
  jmp_buf place;
  bool started = false;
  std::deque<std::vector<Copy>> groups;
  std::vector<Copy> open;
  const std::function<void()>* program = nullptr;
};

struct Warp {
  emulator::Part parts[WARP];
  int arrived = 0;
  uint64_t meetings = 0;
};

std::vector<Thread> threads;
std::vector<Warp> warps;
std::vector<uint4> shared;
Thread* current;
jmp_buf scheduler;
/** Arrivals so far: a round without one will never end. */
uint64_t arrivals = 0;

void yield() {
  Thread* self = current;
  if (_setjmp(self->place) == 0) _longjmp(scheduler, 1);
}

void enter() {
  (*current->program)();
  if (!current->open.empty() || !current->groups.empty()) std::abort(); // copies that nobody waited for
  arrivals++;
  current->state = State::ended;
  _longjmp(scheduler, 1);
}

void resume(Thread& thread) {
  current = &thread;
  threadIdx = {static_cast<uint32_t>(thread.index), 0, 0};
  if (_setjmp(scheduler) != 0) return;
  if (thread.started) _longjmp(thread.place, 1);
  thread.started = true;
  setcontext(&thread.start);
}

/** Runs a warp until all of its threads wait for the block or have ended. */
void runWarp(size_t warp, bool backwards) {
  for (bool isReady = true; isReady;) {
    isReady = false;
    const uint64_t before = arrivals;
    for (int i = 0; i < WARP; i++) {
      Thread& thread = threads[warp * WARP + (backwards ? WARP - 1 - i : i)];
      if (thread.state != State::ready) continue;
      resume(thread);
      isReady = isReady || thread.state == State::ready;
    }
    if (arrivals == before) std::abort(); // some wait for their warp, others for the block
  }
}

void begin(Thread& thread, int index, const std::function<void()>& program) {
  thread.index = index;
  thread.program = &program;
  thread.stack.resize(STACK_BYTES);
  getcontext(&thread.start);
  thread.start.uc_stack.ss_sp = thread.stack.data();
  thread.start.uc_stack.ss_size = STACK_BYTES;
  thread.start.uc_link = nullptr;
  makecontext(&thread.start, enter, 0);
}

} // namespace

void emulator::runBlock(const Block& block, const std::function<void()>& program) {
  threads = std::vector<Thread>(block.numThreads);
  warps = std::vector<Warp>(block.numThreads / WARP);
  shared.assign((block.sharedBytes + sizeof(uint4) - 1) / sizeof(uint4), {~0u, ~0u, ~0u, ~0u});
  blockIdx = {block.x, block.y, 0};
  blockDim = {block.numThreads, 1, 1};
  for (size_t i = 0; i < threads.size(); i++) begin(threads[i], i, program);
  for (bool isRunning = true; isRunning;) {
    for (size_t i = 0; i < warps.size(); i++) runWarp(block.backwards ? warps.size() - 1 - i : i, block.backwards);
    isRunning = false;
    for (Thread& thread : threads) {
      if (thread.state != State::atBlock) continue;
      thread.state = State::ready;
      isRunning = true;
    }
  }
}

uint4* emulator::sharedMemory() { return shared.data(); }

void emulator::meetBlock() {
  arrivals++;
  current->state = State::atBlock;
  yield();
}

void emulator::meetWarp(const Part& part, void (*together)(Part (&)[32], int), int argument, float& value) {
  Warp& warp = warps[current->index / WARP];
  const int lane = current->index % WARP;
  arrivals++;
  warp.parts[lane] = part;
  const uint64_t meeting = warp.meetings;
  if (++warp.arrived == WARP) {
    together(warp.parts, argument);
    warp.arrived = 0;
    warp.meetings++;
  }
  while (warp.meetings == meeting) yield();
  value = warp.parts[lane].value;
}

void emulator::startCopy(uint4* target, const uint4* global) { current->open.push_back({target, *global}); }

void emulator::endGroup() {
  current->groups.push_back(std::move(current->open));
  current->open.clear();
}

void emulator::waitForGroups(int pending) {
  while (static_cast<int>(current->groups.size()) > pending) {
    for (const Copy& copy : current->groups.front()) *copy.shared = copy.value;
    current->groups.pop_front();
  }
}
