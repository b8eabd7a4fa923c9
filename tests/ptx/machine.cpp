#include "tests/ptx/machine.h"

#include "tests/ptx/numbers.h"

#include <cxxabi.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>

namespace warp2vec::ptx {
namespace {

constexpr std::int32_t kNowhere = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kAlignment = 128;
constexpr u32 kLongAgo = std::numeric_limits<u32>::max();  // interval that belongs to no block

template <class F>
void each_lane(u32 lanes, F f) {
  for (u32 left = lanes; left != 0; left &= left - 1) f(std::countr_zero(left));
}

/// Allocates `bytes` aligned bytes of `value` in `storage`.
u8* allocate(std::vector<u8>& storage, std::size_t bytes, u8 value) {
  storage.assign(bytes + kAlignment, value);
  const auto address = reinterpret_cast<std::uintptr_t>(storage.data());
  return storage.data() + (kAlignment - address % kAlignment) % kAlignment;
}

std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), &std::free);
  return text ? text.get() : name;
}

u32 special_value(const std::string& name, const Grid& grid, const Block& block, u32 thread) {
  if (name == "%tid.x") return thread;
  const u32 lane = thread % kLanes;
  const u32 bit = 1U << lane;
  if (name == "%laneid") return lane;
  if (name == "%lanemask_eq") return bit;
  if (name == "%lanemask_lt") return bit - 1;
  if (name == "%lanemask_le") return bit | (bit - 1);
  if (name == "%lanemask_gt") return ~(bit | (bit - 1));
  if (name == "%lanemask_ge") return ~(bit - 1);
  if (name == "%ntid.x") return grid.threads;
  if (name == "%ctaid.x") return block.index;
  if (name == "%nctaid.x") return grid.blocks;
  return name[1] == 'n' ? 1 : 0;  // the other dimensions
}

}  // namespace

std::uint64_t Warp::bits(const Register& r, int lane) {
  if (r.width == 'h') return get<std::uint16_t>(r)[lane];
  if (r.width == 'w') return get<u32>(r)[lane];
  return get<u64>(r)[lane];
}

void Warp::set_bits(const Register& r, int lane, std::uint64_t value) {
  if (r.width == 'h')
    get<std::uint16_t>(r)[lane] = static_cast<std::uint16_t>(value);
  else if (r.width == 'w')
    get<u32>(r)[lane] = static_cast<u32>(value);
  else
    get<u64>(r)[lane] = value;
}

Machine::Machine(Program& program, const Grid& grid, const Options& options)
    : program_(program),
      grid_(grid),
      options_(options),
      shared_bytes_(program.static_shared_bytes + grid.shared_bytes),
      random_(options.seed),
      ranges_(program.code.size()) {
  if (grid.parameters.size() != program.parameter_bytes) throw Error("size of the parameters");
  if (grid.threads > program.most_threads) throw Error("more threads than the kernel was compiled for");
  if (grid.threads % kLanes != 0) throw Error("whole warps expected");
}

std::uint64_t Machine::run() {
  std::vector<std::unique_ptr<Block>> resident;
  unsigned next = 0;
  while (next < grid_.blocks || !resident.empty()) {
    while (next < grid_.blocks && resident.size() < options_.resident)
      resident.push_back(begin_block(next++));
    std::erase_if(resident, [&](const std::unique_ptr<Block>& block) { return !run_turn(*block); });
  }
  return executed_;
}

std::unique_ptr<Block> Machine::begin_block(unsigned index) {
  auto block = std::make_unique<Block>();
  block->index = index;
  block->interval = ++intervals_;
  block->shared = allocate(block->storage, shared_bytes_, 0xFF);
  block->shadow.resize(shared_bytes_);
  for (unsigned first = 0; first < grid_.threads; first += kLanes) {
    Warp& warp = *block->warps.emplace_back(std::make_unique<Warp>());
    warp.block = block.get();
    warp.index = first / kLanes;
    // Initial register contents: no useful number, and NaN.
    warp.registers = allocate(warp.storage, program_.register_bytes, 0xF7);
    warp.local.assign(std::size_t{kLanes} * program_.local_bytes, 0xF7);
    for (const Constant& constant : program_.constants) {
      if (constant.place.width == 'p')
        *warp.get<u32>(constant.place) = constant.bits != 0 ? 0xFFFFFFFFU : 0;
      else
        for (int l = 0; l < kLanes; ++l) warp.set_bits(constant.place, l, constant.bits);
    }
    for (const auto& [name, offset] : program_.special)
      for (u32 l = 0; l < kLanes; ++l)
        warp.get<u32>({'w', offset})[l] = special_value(name, grid_, *block, first + l);
  }
  return block;
}

/// Runs each warp up to its next barrier, its end, or the end of its turn. Returns false if the block has
/// ended.
bool Machine::run_turn(Block& block) {
  std::vector<Warp*> order;
  for (const auto& warp : block.warps)
    if (warp->alive != 0) order.push_back(warp.get());
  if (options_.shuffled) std::shuffle(order.begin(), order.end(), random_);
  for (Warp* const warp : order) {
    constexpr u64 kShortTurn = 40;
    constexpr u64 kLongTurn = 100'000;  // finite, since a warp may wait for a value from another block
    u64 turn = ~u64{0};
    if (options_.shuffled)
      turn = 1 + random_() % kShortTurn;
    else if (options_.resident > 1)
      turn = kLongTurn;
    if (!warp->at_barrier) run_warp(*warp, turn);
  }
  const auto count = [&](auto f) { return std::count_if(block.warps.begin(), block.warps.end(), f); };
  const auto alive = count([](const auto& warp) { return warp->alive != 0; });
  const auto waiting = count([](const auto& warp) { return warp->at_barrier; });
  if (waiting > 0 && waiting == alive) {
    if (alive != static_cast<std::ptrdiff_t>(block.warps.size()))
      throw Error("warps wait at a barrier that others never reach; block " + std::to_string(block.index) +
                  ", in " + demangled(program_.name));
    block.interval = ++intervals_;
    for (const auto& warp : block.warps) {
      warp->at_barrier = false;
      ++warp->syncs;
    }
  }
  return alive > 0;
}

// "Independent Thread Scheduling" does not specify which lanes run first: here, those at the lowest
// instruction, so that diverged lanes reconverge.
bool Machine::select(Warp& warp) {
  const u32 runnable = warp.alive & ~warp.waiting;
  active_ = 0;
  at_ = others_at_ = kNowhere;
  each_lane(runnable, [&](int l) { at_ = std::min(at_, warp.at[l]); });
  each_lane(runnable, [&](int l) {
    if (warp.at[l] == at_)
      active_ |= 1U << l;
    else
      others_at_ = std::min(others_at_, warp.at[l]);
  });
  return runnable != 0;
}

void Machine::leave(Warp& warp, std::uint32_t lanes, std::int32_t at) {
  each_lane(lanes, [&](int l) { warp.at[l] = at; });
}

/// Returns whether all lanes of `required` are here; otherwise the active lanes wait, and others are
/// selected.
bool Machine::gather(Warp& warp, const Instruction& in, std::uint32_t required) {
  if (active_ == required) return true;
  if ((active_ & ~required) != 0) fail("a lane that is not in the mask", warp, in);
  if (in.flow != Flow::together) fail("lanes of the warp are elsewhere", warp, in);
  warp.waiting |= active_;
  leave(warp, active_, at_);
  u32 here = 0;
  each_lane(warp.waiting & required, [&](int l) { here |= warp.at[l] == at_ ? 1U << l : 0U; });
  if (here == required) warp.waiting &= ~here;
  if (!select(warp)) fail("lanes wait for each other", warp, in);
  return active_ == required;
}

std::uint32_t Machine::members_of(Warp& warp, const Instruction& in) const {
  if (in.members_register < 0) return in.members & warp.alive;
  const u32* const members = warp.get<u32>({'w', static_cast<u32>(in.members_register)});
  const u32 first = members[std::countr_zero(active_)];
  each_lane(active_, [&](int l) {
    if (members[l] != first) fail("lanes with different masks", warp, in, l);
  });
  return first & warp.alive;
}

void Machine::run_warp(Warp& warp, std::uint64_t turn) {
  select(warp);
  for (; turn != 0; --turn) {
    Instruction& in = program_.code[static_cast<std::size_t>(at_)];
    u32 lanes = active_;
    if (in.guarded) {
      const u32 p = *warp.get<u32>({'p', in.guard});
      lanes &= in.guard_negated ? ~p : p;
    }
    switch (in.flow) {
      case Flow::plain:
        if (lanes != 0) in.run(*this, warp, in, lanes);
        ++at_;
        break;
      case Flow::branch:
        if (lanes == active_) {
          at_ = in.target;
        } else if (lanes == 0) {
          ++at_;
        } else {
          const u32 rest = active_ & ~lanes;
          leave(warp, lanes, in.target);
          leave(warp, rest, at_ + 1);
          select(warp);
        }
        break;
      case Flow::together:
      case Flow::aligned:
        if (lanes != active_) fail("a guard that not all lanes pass", warp, in);
        if (!gather(warp, in, members_of(warp, in))) continue;
        lanes = active_;
        in.run(*this, warp, in, lanes);
        ++at_;
        break;
      case Flow::barrier:
        if (lanes != active_) fail("a guard that not all lanes pass", warp, in);
        gather(warp, in, warp.alive);
        leave(warp, active_, at_ + 1);
        warp.at_barrier = true;
        break;
      case Flow::exit:
        warp.alive &= ~lanes;
        leave(warp, active_ & ~lanes, at_ + 1);
        if (warp.alive != 0 && !select(warp)) fail("lanes wait for one that has ended", warp, in);
        break;
    }
    in.executed |= lanes != 0;
    if (options_.observe) options_.observe(program_, warp, in);
    if (++executed_ > options_.most_instructions) fail("too many instructions", warp, in);
    if (warp.at_barrier || warp.alive == 0) return;
    if (at_ >= others_at_) {
      leave(warp, active_, at_);
      select(warp);
    }
  }
  leave(warp, active_, at_);
}

void Machine::fail(const std::string& what, const Warp& warp, const Instruction& in, int lane) const {
  std::ostringstream out;
  out << what << "; block " << warp.block->index << ", warp " << warp.index;
  if (lane >= 0) out << ", lane " << lane;
  out << ", line " << in.line << ": " << program_.text[static_cast<std::size_t>(in.index)] << "; in "
      << demangled(program_.name);
  throw Error(out.str());
}

std::uint8_t* Machine::memory(Space space, std::uint64_t address, std::uint32_t bytes, Access access,
                              Warp& warp, const Instruction& in, int lane) {
  const auto refuse = [&](const char* what) {
    std::ostringstream out;
    out << what << ": " << bytes << " bytes at 0x" << std::hex << address;
    fail(out.str(), warp, in, lane);
  };
  if ((address & (bytes - 1)) != 0) refuse("misaligned");
  switch (space) {
    case Space::parameter:
      if (address >= kLocalBase) return memory(Space::local, address, bytes, access, warp, in, lane);
      if (access != Access::read || address + bytes > grid_.parameters.size())
        refuse("not in the parameters");
      return const_cast<u8*>(grid_.parameters.data()) + address;
    case Space::local: {
      const u64 offset = address - kLocalBase;
      if (address < kLocalBase || offset + bytes > program_.local_bytes) refuse("not in local memory");
      return warp.local.data() + static_cast<u64>(lane) * program_.local_bytes + offset;
    }
    case Space::shared: {
      const u64 offset = address - kSharedBase;
      if (address < kSharedBase || offset + bytes > shared_bytes_) refuse("not in shared memory");
      for (u64 i = offset; i < offset + bytes; ++i) {
        Shadow& shadow = warp.block->shadow[i];
        if (access != Access::write && shadow.write_interval == 0 && options_.unwritten_is_error)
          refuse("nobody has written this");
        note(shadow, access, warp, in, lane);
      }
      return warp.block->shared + offset;
    }
    default: {
      Range& range = ranges_[static_cast<std::size_t>(in.index)];
      if (address < range.begin || address + bytes > range.end) range = grid_.allocation(address);
      if (address < range.begin || address + bytes > range.end)
        refuse("not in one allocation of global memory");
      Shadow* const shadow = shadow_of_global(address);
      for (u32 i = 0; i < bytes; ++i) {
        note(shadow[i], access, warp, in, lane);
        note_block(shadow[i], access, warp, in, lane);
      }
      return reinterpret_cast<u8*>(address);
    }
  }
}

Shadow* Machine::shadow_of_global(std::uint64_t address) {
  const u64 page = address / kPage;
  if (page != last_page_) {
    last_ = &pages_[page];
    last_->resize(kPage);
    last_page_ = page;
  }
  return last_->data() + address % kPage;  // accesses are aligned, and do not cross pages
}

void Machine::race(const char* kind, std::int32_t other, const Warp& warp, const Instruction& in, int lane) {
  const auto i = static_cast<std::size_t>(other);
  fail(std::string(kind) +
           (other < 0 ? "" : ", see line " + std::to_string(program_.code[i].line) + ": " + program_.text[i]),
       warp, in, lane);
}

// Two accesses to a byte, one of them a write, must be ordered: between warps by a barrier of the block,
// within a warp by bar.warp.sync, unless the same lane made both. The lanes of one instruction may write the
// same byte.
void Machine::note(Shadow& s, Access access, Warp& warp, const Instruction& in, int lane) {
  const bool write = access != Access::read;
  if (s.copies > 0) race("a copy is on its way to here", s.write_instruction, warp, in, lane);
  if (in.strong) {
    if (write && s.write_interval == 0) s.write_interval = kLongAgo;
    return;
  }
  const u32 interval = warp.block->interval;
  const auto number = static_cast<u8>(lane);
  if (s.write_interval == interval) {
    if (s.write_warp != warp.index) race("another warp writes here", s.write_instruction, warp, in, lane);
    if (s.write_lane != number && s.write_sync == warp.syncs && !(write && s.write_instruction == in.index))
      race("another lane writes here", s.write_instruction, warp, in, lane);
  }
  if (write) {
    if (s.read_interval == interval) {
      if ((s.read_warps & ~(1U << warp.index)) != 0)
        race("another warp reads here", s.read_instruction, warp, in, lane);
      if (s.read_lane != number && s.read_sync == warp.syncs)
        race("another lane reads here", s.read_instruction, warp, in, lane);
    }
    s.write_interval = interval;
    s.write_sync = warp.syncs;
    s.write_warp = static_cast<u8>(warp.index);
    s.write_lane = number;
    s.write_instruction = in.index;
  } else {
    const bool again = s.read_interval == interval;
    s.read_warps = (again ? s.read_warps : 0) | 1U << warp.index;
    s.read_lane =
        again && s.read_sync == warp.syncs && s.read_lane != number ? Shadow::kSeveralLanes : number;
    s.read_interval = interval;
    s.read_sync = warp.syncs;
    s.read_instruction = in.index;
  }
}

// The L1 caches of multiprocessors are not coherent: data written by another block must be read past them.
void Machine::note_block(Shadow& s, Access access, const Warp& warp, const Instruction& in, int lane) {
  const auto block = static_cast<std::int32_t>(warp.block->index);
  const auto by_other = [&](std::int32_t who) { return who != Shadow::kNobody && who != block; };
  const auto add = [&](std::int32_t& who) { who = by_other(who) ? Shadow::kSeveral : block; };
  if (access != Access::read) {
    if (by_other(s.cached_by))
      race("another block may have this in its cache", s.read_instruction, warp, in, lane);
    add(s.changed_by);
  } else if (!in.past_l1) {
    if (by_other(s.changed_by))
      race("another block changes this, and the cache may have it from before", -1, warp, in, lane);
    add(s.cached_by);
  }
}

void Machine::begin_copy(Warp& warp, const Instruction& in, int lane, std::uint64_t to, std::uint64_t from) {
  Block& block = *warp.block;
  u8* const place = memory(Space::shared, to, in.bytes, Access::write, warp, in, lane);
  const u8* const source = memory(Space::global, from, in.bytes, Access::read, warp, in, lane);
  std::memset(place, 0xFF, in.bytes);  // NaN until the copy has been waited for
  const auto offset = static_cast<u32>(to - kSharedBase);
  for (u32 i = offset; i < offset + in.bytes; ++i) ++block.shadow[i].copies;
  warp.begun[lane].push_back({offset, source, in.bytes, in.index});
}

void Machine::finish_copies(Warp& warp, int lane, const std::vector<Copy>& copies) {
  Block& block = *warp.block;
  for (const Copy& copy : copies) {
    std::memcpy(block.shared + copy.to, copy.from, copy.bytes);
    for (u32 i = copy.to; i < copy.to + copy.bytes; ++i) {
      Shadow& s = block.shadow[i];
      --s.copies;
      s.write_interval = block.interval;
      s.write_sync = warp.syncs;
      s.write_warp = static_cast<u8>(warp.index);
      s.write_lane = static_cast<u8>(lane);
      s.write_instruction = copy.instruction;
    }
  }
}

std::uint64_t run_grid(Program& program, const Grid& grid, const Options& options) {
  return Machine(program, grid, options).run();
}

}  // namespace warp2vec::ptx
