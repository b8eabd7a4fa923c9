#include "tests/emulation/grid.h"

#include "tests/emulation/cuda_emulation.h"
#include "tests/emulation/fiber.h"
#include "tests/emulation/happens_before.h"
#include "tests/emulation/pending_copies.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

uint3 threadIdx;
uint3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace warp2vec {
namespace emulation {
namespace {

constexpr unsigned kLanes = 32;

// Why a thread has paused, identified by address.
constexpr char kReturned[] = "has returned";
constexpr char kFailed[] = "has failed";
constexpr char kSyncThreads[] = "is at __syncthreads";
constexpr char kSyncWarp[] = "is at __syncwarp";
constexpr char kBallot[] = "is at __ballot_sync";
constexpr char kAny[] = "is at __any_sync";
constexpr char kAll[] = "is at __all_sync";

enum Message : std::intptr_t { kGoOn, kGiveUp };

/// Thrown through a thread whose block has failed.
struct GivenUp {};

// State shared by the threads of a warp or block is relaxed or tagged, since to ThreadSanitizer they are
// threads.

/// For barriers. Two generations, since a thread may reach the next one while others still leave this one.
struct Barrier {
  std::array<HappensBefore, 2> generations;
};

using Slots = std::array<std::atomic<std::uint64_t>, kLanes>;

struct Warp {
  std::atomic<unsigned> lanes{0};
  Barrier barrier;
  std::array<Slots, 2> slots;  // two generations, likewise
};

struct BlockSet;

/// One fiber, which is thread number `index` of block after block.
struct Thread {
  Thread(BlockSet& owner, unsigned number);

  BlockSet& set;
  Warp& warp;
  const unsigned index;
  const unsigned lane;
  std::exception_ptr failure;

  // Used only by the thread itself.
  PendingCopies copies;
  unsigned block_barriers = 0;
  unsigned warp_barriers = 0;
  unsigned exchanges = 0;

  Fiber fiber;  // declared last: it uses the others
};

/// The threads of one block and what they share.
struct BlockSet {
  BlockSet();

  std::vector<std::unique_ptr<Warp>> warps;
  std::vector<std::unique_ptr<Thread>> threads;
  Barrier barrier;
  std::unique_ptr<unsigned char, decltype(&std::free)> shared{nullptr, &std::free};

  HappensBefore prepared;  // preparer -> threads, and at the end of the launch the host
  HappensBefore finished;  // threads -> preparer, likewise
  Fiber preparer;          // of shared memory; the host must not synchronise with what the threads did
};

/// Consecutive blocks run on different sets, so that ThreadSanitizer considers them concurrent.
struct Machine {
  std::array<BlockSet, 2> sets;
  std::size_t next_set = 0;
  HappensBefore begin;  // of a launch: host -> preparers

  // Set before each switch.
  std::atomic<const Launch*> launch{nullptr};
  std::atomic<unsigned> block{0};
  std::atomic<Thread*> running{nullptr};

  /// All that was done by threads and preparers -> host.
  void acquire() {
    for (BlockSet& set : sets) {
      set.prepared.acquire();
      set.finished.acquire();
    }
  }
};

// Never destroyed, since fibers never end.
Machine& machine() {
  static Machine& machine = *new Machine;
  return machine;
}

Thread& running() { return *machine().running.load(std::memory_order_relaxed); }

// These globals are hidden from ThreadSanitizer: on a device each thread has its own.
unsigned char* shared_memory = nullptr;

[[gnu::no_sanitize("thread"), gnu::noinline]] void set_thread(unsigned index) { threadIdx = {index, 0, 0}; }

[[gnu::no_sanitize("thread"), gnu::noinline]] void set_block(unsigned index, unsigned char* shared) {
  blockIdx.x = index;
  shared_memory = shared;
}

[[gnu::no_sanitize("thread"), gnu::noinline]] void set_grid(unsigned blocks, unsigned threads) {
  gridDim.x = blocks;
  blockDim.x = threads;
}

unsigned lanes_of_warp() { return running().warp.lanes.load(std::memory_order_relaxed); }

void pause(const char* why) {
  if (running().fiber.pause(reinterpret_cast<std::intptr_t>(why)) == kGiveUp) throw GivenUp{};
}

void wait(Barrier& barrier, unsigned& passed, const char* where) {
  HappensBefore& generation = barrier.generations[passed++ % 2];
  generation.release();
  pause(where);
  generation.acquire();
}

void check_mask(unsigned mask, const char* where) {
  const unsigned whole = 0xFFFFFFFFU >> (kLanes - lanes_of_warp());
  if ((mask & whole) != whole)
    throw std::logic_error(std::string(where) + " with a part of its warp, which is not emulated");
}

const Slots& all_slots(const char* where, unsigned mask, std::uint64_t value) {
  check_mask(mask, where);
  Thread& thread = running();
  Slots& slots = thread.warp.slots[thread.exchanges++ % 2];
  slots[thread.lane].store(value, std::memory_order_relaxed);
  pause(where);
  return slots;
}

unsigned ballot(const char* where, unsigned mask, int predicate) {
  const Slots& slots = all_slots(where, mask, predicate != 0 ? 1 : 0);
  unsigned votes = 0;
  for (unsigned lane = 0; lane < lanes_of_warp(); ++lane)
    votes |= static_cast<unsigned>(slots[lane].load(std::memory_order_relaxed)) << lane;
  return votes;
}

/// The body of each fiber.
[[noreturn]] void run_thread(Thread& thread) {
  for (;;) {
    thread.set.prepared.acquire();
    thread.block_barriers = thread.warp_barriers = thread.exchanges = 0;
    const char* end = kReturned;
    // Must not pause inside a catch block: the list of handled exceptions belongs to the host thread.
    try {
      machine().launch.load(std::memory_order_relaxed)->body();
      thread.copies.check_done();
    } catch (const GivenUp&) {
    } catch (...) {
      thread.failure = std::current_exception();
      end = kFailed;
    }
    thread.copies.forget();
    thread.set.finished.release();
    thread.fiber.pause(reinterpret_cast<std::intptr_t>(end));
  }
}

/// Likewise.
[[noreturn]] void run_preparer(BlockSet& set) {
  for (;;) {
    machine().begin.acquire();
    set.finished.acquire();
    set.shared.reset();
    const std::size_t bytes = machine().launch.load(std::memory_order_relaxed)->shared_bytes;
    if (bytes > 0) {
      void* memory = nullptr;
      // Exactly the requested size, so that AddressSanitizer detects an overrun by one byte.
      if (::posix_memalign(&memory, 128, bytes) != 0) std::abort();
      std::memset(memory, 0xFF, bytes);
      set.shared.reset(static_cast<unsigned char*>(memory));
    }
    set_block(machine().block.load(std::memory_order_relaxed), set.shared.get());
    set.prepared.release();
    set.preparer.pause(0);
  }
}

BlockSet::BlockSet() : preparer([this](Fiber&) { run_preparer(*this); }) {}

Thread::Thread(BlockSet& owner, unsigned number)
    : set(owner),
      warp(*owner.warps[number / kLanes]),
      index(number),
      lane(number % kLanes),
      fiber([this](Fiber&) { run_thread(*this); }) {}

/// One block while it runs.
class Block {
 public:
  Block(const Launch& launch, unsigned index, const Schedule& schedule, BlockSet& set)
      : launch_(launch), index_(index), set_(set), pauses_(launch.threads, kReturned) {
    while (set.threads.size() < launch.threads) {
      const auto number = static_cast<unsigned>(set.threads.size());
      if (number % kLanes == 0) set.warps.push_back(std::make_unique<Warp>());
      set.threads.push_back(std::make_unique<Thread>(set, number));
    }
    std::mt19937_64 random(schedule.seed + index);
    for (unsigned i = 0; i < launch.threads; i += kLanes)
      warps_.push_back(in_order(i, std::min(i + kLanes, launch.threads), schedule.threads, random));
    order_ = in_order(0, static_cast<unsigned>(warps_.size()), schedule.threads, random);
    for (std::size_t w = 0; w < warps_.size(); ++w)
      set.warps[w]->lanes.store(static_cast<unsigned>(warps_[w].size()), std::memory_order_relaxed);
    machine().block.store(index, std::memory_order_relaxed);
    set.preparer.resume(kGoOn);
  }

  void run() {
    try {
      do {
        for (const unsigned warp : order_) run_warp(warps_[warp]);
        for (const std::vector<unsigned>& warp : warps_) check_alike(0, warp.front());
      } while (pauses_[0] != kReturned);
    } catch (...) {
      failure_ = std::current_exception();
    }
    if (failure_) {
      for (unsigned i = 0; i < launch_.threads; ++i)
        while (pauses_[i] != kReturned && pauses_[i] != kFailed) resume(i, kGiveUp);
      machine().acquire();
      std::rethrow_exception(failure_);
    }
  }

 private:
  static std::vector<unsigned> in_order(unsigned begin, unsigned end, ThreadOrder kind,
                                        std::mt19937_64& random) {
    std::vector<unsigned> order;
    for (unsigned i = begin; i < end; ++i) order.push_back(i);
    if (kind == ThreadOrder::reversed) std::reverse(order.begin(), order.end());
    if (kind == ThreadOrder::shuffled) std::shuffle(order.begin(), order.end(), random);
    return order;
  }

  /// Runs it up to its next block barrier, or its end.
  void run_warp(const std::vector<unsigned>& threads) {
    do {
      for (const unsigned i : threads) {
        resume(i, kGoOn);
        if (pauses_[i] == kFailed) fail(i);
      }
      for (const unsigned i : threads) check_alike(threads.front(), i);
    } while (pauses_[threads.front()] != kReturned && pauses_[threads.front()] != kSyncThreads);
  }

  void resume(unsigned index, Message message) {
    Thread& thread = *set_.threads[index];
    set_thread(index);
    machine().running.store(&thread, std::memory_order_relaxed);
    pauses_[index] = reinterpret_cast<const char*>(thread.fiber.resume(message));
  }

  std::string place(unsigned thread) const {
    return launch_.kernel + ", block " + std::to_string(index_) + ", thread " + std::to_string(thread);
  }

  void check_alike(unsigned one, unsigned other) const {
    if (pauses_[one] == pauses_[other]) return;
    throw std::logic_error(place(one) + " " + pauses_[one] + " while thread " + std::to_string(other) + " " +
                           pauses_[other]);
  }

  [[noreturn]] void fail(unsigned index) const {
    machine().acquire();
    try {
      std::rethrow_exception(std::exchange(set_.threads[index]->failure, nullptr));
    } catch (const std::exception& error) {
      throw std::logic_error(place(index) + ": " + error.what());
    }
  }

  const Launch& launch_;
  const unsigned index_;
  BlockSet& set_;
  std::exception_ptr failure_;
  std::vector<const char*> pauses_;           // of each thread; at rest it has returned or failed
  std::vector<std::vector<unsigned>> warps_;  // the threads of each, in execution order
  std::vector<unsigned> order_;               // of warps
};

}  // namespace

void run_grid(const Launch& launch, const Schedule& schedule) {
  Machine& m = machine();
  m.launch.store(&launch, std::memory_order_relaxed);
  m.begin.release();
  set_grid(launch.blocks, launch.threads);
  for (unsigned i = 0; i < launch.blocks; ++i) {
    const unsigned index = schedule.blocks == BlockOrder::reversed ? launch.blocks - 1 - i : i;
    Block(launch, index, schedule, m.sets[m.next_set++ % m.sets.size()]).run();
  }
  m.acquire();
}

unsigned lane() { return running().lane; }

std::uint64_t exchange(const char* where, unsigned mask, std::uint64_t value, unsigned source) {
  const Slots& slots = all_slots(where, mask, value);
  if (source >= lanes_of_warp())
    throw std::logic_error(std::string(where) + " and reads from lane " + std::to_string(source) +
                           ", which its warp does not have");
  return slots[source].load(std::memory_order_relaxed);
}

std::array<std::uint64_t, kLanes> exchange_all(const char* where, unsigned mask, std::uint64_t value) {
  const Slots& slots = all_slots(where, mask, value);
  std::array<std::uint64_t, kLanes> values{};
  for (unsigned lane = 0; lane < lanes_of_warp(); ++lane)
    values[lane] = slots[lane].load(std::memory_order_relaxed);
  return values;
}

PendingCopies& pending_copies() { return running().copies; }

}  // namespace emulation

unsigned char* dynamic_shared() { return emulation::shared_memory; }

}  // namespace warp2vec

using namespace warp2vec::emulation;

void __syncthreads() {
  Thread& thread = running();
  wait(thread.set.barrier, thread.block_barriers, kSyncThreads);
}

void __syncwarp(unsigned mask) {
  check_mask(mask, kSyncWarp);
  Thread& thread = running();
  wait(thread.warp.barrier, thread.warp_barriers, kSyncWarp);
}

unsigned __ballot_sync(unsigned mask, int predicate) { return ballot(kBallot, mask, predicate) & mask; }

int __any_sync(unsigned mask, int predicate) { return ballot(kAny, mask, predicate) != 0 ? 1 : 0; }

int __all_sync(unsigned mask, int predicate) {
  return ballot(kAll, mask, predicate) == 0xFFFFFFFFU >> (kLanes - lanes_of_warp()) ? 1 : 0;
}
