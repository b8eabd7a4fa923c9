#pragma once
/// A kernel as compiled to PTX by nvcc, decoded for machine.h. The language is defined by NVIDIA's "PTX ISA";
/// comments name its sections. Nothing here is specific to this project's kernels.

#include <cstdint>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace warp2vec::ptx {

inline constexpr int kLanes = 32;
/// Start of shared memory in its own state space, so that a null pointer is an error.
inline constexpr std::uint64_t kSharedBase = 1024;
/// Start of local memory: beyond all kernel parameters, since the parameters of the functions that it calls
/// are local.
inline constexpr std::uint64_t kLocalBase = 1U << 20;

/// A program that cannot be run, or a kernel that made an error.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Machine;
struct Warp;
struct Instruction;

/// Executes an instruction for the lanes whose bits are set in `lanes`.
using Handler = void (*)(Machine&, Warp&, const Instruction&, std::uint32_t lanes);

enum class Flow : std::uint8_t {
  plain,
  branch,
  exit,
  barrier,   ///< of the block
  together,  ///< of all lanes in a mask, which wait for each other
  aligned,   ///< likewise, but the lanes must arrive at the same time
};
enum class Space : std::uint8_t { generic, global, shared, local, parameter };

/// An offset into the registers of a warp: 32 values of 16 (h), 32 (w) or 64 (d) bits, or the 32 bits of a
/// predicate (p). Constants and special registers are registers that are set before the first instruction.
struct Register {
  char width;
  std::uint32_t offset;
};

struct Instruction {
  static constexpr int kMostOperands = 16;

  Handler run = nullptr;
  Flow flow = Flow::plain;
  bool guarded = false;
  bool guard_negated = false;
  Space space = Space::generic;
  std::uint8_t bytes = 0;     ///< per element in memory
  std::uint8_t elements = 1;  ///< per vector in memory
  bool is_signed = false;     ///< whether the element in memory is signed
  /// Volatile, relaxed, atomic etc.: may race with others of its kind ("Memory Consistency Model").
  bool strong = false;
  bool past_l1 = false;  ///< reads past the L1 cache, and so sees the updates of other blocks
  std::uint8_t operands = 0;
  Register operand[kMostOperands] = {};
  std::uint32_t guard = 0;
  std::uint32_t members = 0xFFFFFFFFU;  ///< lanes of Flow::together ...
  std::int32_t members_register = -1;   ///< ... or in this register
  std::int64_t number = 0;              ///< added to an address, or a number of copy groups
  std::int32_t target = -1;
  std::int32_t index = 0;  ///< in the program
  std::int32_t line = 0;
  bool executed = false;  ///< since the program was loaded
};

struct Parameter {
  std::uint32_t offset;
  std::uint32_t bytes;
};

struct Constant {
  Register place;
  std::uint64_t bits;
};

struct Program {
  std::string name;  ///< mangled
  std::vector<Instruction> code;
  std::vector<std::string> text;  ///< of each instruction
  std::vector<Parameter> parameters;
  std::uint32_t parameter_bytes = 0;
  std::uint32_t register_bytes = 0;
  std::uint32_t local_bytes = 0;          ///< per thread
  std::uint32_t static_shared_bytes = 0;  ///< placed before the dynamic ones of a launch
  std::uint32_t most_threads = 1024;
  std::vector<Constant> constants;
  std::vector<std::pair<std::string, std::uint32_t>> special;  ///< %tid.x etc., with their offsets
};

/// Loads the entry `name` of a module. Throws Error, with line and instruction, for anything unsupported.
Program load_program(const std::string& module, const std::string& name);

/// The effect of an opcode that only accesses registers, and the widths of its operands.
struct Operation {
  Handler run;
  std::string widths;
};
const std::unordered_map<std::string, Operation>& arithmetic();
/// The handlers of other instructions, by internal names. Throws Error if there is none.
Handler handler_of(const std::string& name);

}  // namespace warp2vec::ptx
