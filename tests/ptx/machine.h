#pragma once
/// Runs PTX on the CPU, warp by warp, with the lanes in lockstep and the lowest program counter first. Errors
/// that a GPU would ignore or show only sporadically are always reported here: accesses that are out of
/// bounds, misaligned, or read uninitialised shared memory; two accesses to a byte, one of them a write, that
/// no barrier orders; plain loads of data that other blocks modify, which may come from a stale cache;
/// asynchronous copies that are read before they are waited for; divergence at an instruction of the whole
/// warp; and barriers that some warps never reach.

#include "tests/ptx/program.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace warp2vec::ptx {

/// How mma sums, which is unspecified: fused in the order of k, like the plain loops of tests/plain_warp, or
/// in two halves whose addends are truncated to the precision of the largest one, as observed on tensor
/// cores.
enum class Sums { in_order, truncated };

struct Options {
  Sums sums = Sums::in_order;
  bool unwritten_is_error = true;  ///< reading uninitialised shared memory is an error
  bool shuffled = false;           ///< warps take short random turns; otherwise each runs up to a barrier
  unsigned resident = 1;   ///< number of blocks that run interleaved; the others wait for one of them to end
  std::uint64_t seed = 1;  ///< of the shuffled order
  std::uint64_t most_instructions = ~std::uint64_t{0};  ///< maximum per launch, counted by warp
  /// Called for every instruction that a warp has executed, if set.
  std::function<void(const Program&, const Warp&, const Instruction&)> observe;
};

/// Addresses that a kernel may access.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Grid {
  unsigned blocks;
  unsigned threads;
  std::uint32_t shared_bytes;
  std::vector<unsigned char> parameters;  ///< in the layout of the program
  /// The allocation that contains an address of global memory, or an empty range.
  std::function<Range(std::uint64_t address)> allocation;
};

/// Runs all blocks. Returns the number of instructions executed, counted by warp. Throws Error.
std::uint64_t run_grid(Program& program, const Grid& grid, const Options& options);

// The rest of this file is for instruction handlers.

struct Copy {
  std::uint32_t to;  // offset in shared memory
  const unsigned char* from;
  std::uint8_t bytes;
  std::int32_t instruction;
};

/// The last accesses to a byte, and the barrier intervals in which they occurred.
struct Shadow {
  std::uint32_t write_interval = 0;
  std::uint32_t write_sync = 0;
  std::uint32_t read_interval = 0;
  std::uint32_t read_sync = 0;
  std::int32_t write_instruction = -1;
  std::int32_t read_instruction = -1;
  std::uint32_t read_warps = 0;
  std::uint8_t write_warp = 0;
  std::uint8_t write_lane = 0;
  std::uint8_t read_lane = 0;  // may also be kSeveralLanes
  std::uint8_t copies = 0;     // pending to this byte
  // For global memory: block indices.
  std::int32_t cached_by = kNobody;
  std::int32_t changed_by = kNobody;

  static constexpr std::uint8_t kSeveralLanes = 255;
  static constexpr std::int32_t kNobody = -1;
  static constexpr std::int32_t kSeveral = -2;
};

struct Block {
  unsigned index = 0;
  std::uint32_t interval = 0;  // between barriers; unique to each block
  std::vector<unsigned char> storage;
  unsigned char* shared = nullptr;
  std::vector<Shadow> shadow;  // of shared memory
  std::vector<std::unique_ptr<Warp>> warps;
};

struct Warp {
  Block* block = nullptr;
  unsigned index = 0;
  std::vector<unsigned char> storage;
  unsigned char* registers = nullptr;
  std::vector<unsigned char> local;  // memory, lane by lane
  std::int32_t at[kLanes] = {};      // the next instruction of each lane
  std::uint32_t alive = 0xFFFFFFFFU;
  std::uint32_t waiting = 0;  // lanes at an instruction that other lanes must reach, too
  bool at_barrier = false;
  std::uint32_t syncs = 1;  // number of warp or block barriers passed
  std::vector<Copy> begun[kLanes];
  std::deque<std::vector<Copy>> groups[kLanes];

  template <class T>
  T* get(const Register& r) {
    return reinterpret_cast<T*>(registers + r.offset);
  }
  std::uint64_t bits(const Register& r, int lane);
  void set_bits(const Register& r, int lane, std::uint64_t value);
};

enum class Access { read, write, change };  // change: an atomic read and write

class Machine {
 public:
  Machine(Program& program, const Grid& grid, const Options& options);
  std::uint64_t run();

  const Options& options() const { return options_; }
  /// Returns the accessed bytes if the access is valid.
  unsigned char* memory(Space space, std::uint64_t address, std::uint32_t bytes, Access access, Warp& warp,
                        const Instruction& in, int lane);
  void begin_copy(Warp& warp, const Instruction& in, int lane, std::uint64_t to, std::uint64_t from);
  void finish_copies(Warp& warp, int lane, const std::vector<Copy>& copies);
  [[noreturn]] void fail(const std::string& what, const Warp& warp, const Instruction& in,
                         int lane = -1) const;

 private:
  static constexpr std::uint64_t kPage = 4096;
  using Page = std::vector<Shadow>;

  std::unique_ptr<Block> begin_block(unsigned index);
  bool run_turn(Block& block);
  void run_warp(Warp& warp, std::uint64_t budget);
  bool select(Warp& warp);
  bool gather(Warp& warp, const Instruction& in, std::uint32_t required);
  std::uint32_t members_of(Warp& warp, const Instruction& in) const;
  void leave(Warp& warp, std::uint32_t lanes, std::int32_t at);
  Shadow* shadow_of_global(std::uint64_t address);
  void note(Shadow& s, Access access, Warp& warp, const Instruction& in, int lane);
  void note_block(Shadow& s, Access access, const Warp& warp, const Instruction& in, int lane);
  [[noreturn]] void race(const char* kind, std::int32_t other, const Warp& warp, const Instruction& in,
                         int lane);

  Program& program_;
  const Grid& grid_;
  const Options& options_;
  std::uint32_t shared_bytes_;
  std::mt19937_64 random_;
  std::uint64_t executed_ = 0;
  std::uint32_t intervals_ = 0;
  std::vector<Range> ranges_;  // last range accessed by each instruction
  std::unordered_map<std::uint64_t, Page> pages_;
  std::uint64_t last_page_ = ~std::uint64_t{0};
  Page* last_ = nullptr;
  // For the current warp.
  std::uint32_t active_ = 0;
  std::int32_t at_ = 0;
  std::int32_t others_at_ = 0;  // lowest instruction of the runnable lanes that are elsewhere
};

}  // namespace warp2vec::ptx
