// Semantics of the instructions that access memory or other lanes; see the "PTX ISA".
#include "tests/ptx/machine.h"
#include "tests/ptx/numbers.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <string>

namespace warp2vec::ptx {
namespace {

/// Prefix of shared and local addresses in the generic address space ("State Spaces", "Generic Addressing");
/// no host address has it.
constexpr u64 window_of(Space space) { return u64{space == Space::shared ? 0x7EU : 0x7DU} << 56; }
bool is_in(u64 address, Space space) { return address >> 56 == window_of(space) >> 56; }

template <class F>
void each_lane(u32 lanes, F f) {
  for (u32 left = lanes; left != 0; left &= left - 1) f(std::countr_zero(left));
}

/// Address operand `which`, of 32 or 64 bits.
u64 address_of(Warp& w, const Instruction& in, int which, int lane) {
  return w.bits(in.operand[which], lane) + static_cast<u64>(in.number);
}

u8* memory_at(Machine& m, Warp& w, const Instruction& in, int which, u32 bytes, Access access, int lane) {
  u64 address = address_of(w, in, which, lane);
  Space space = in.space;
  if (space == Space::generic) {
    space = Space::global;
    for (const Space other : {Space::shared, Space::local}) {
      if (!is_in(address, other)) continue;
      space = other;
      address -= window_of(other);
    }
  }
  return m.memory(space, address, bytes, access, w, in, lane);
}

// "Data Movement and Conversion Instructions": ld, st. A vector is aligned as a unit.

void load(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  const u32 bytes = u32{in.bytes} * in.elements;
  u64 got[kLanes][4];
  each_lane(lanes, [&](int l) {
    const u8* const p = memory_at(m, w, in, in.elements, bytes, Access::read, l);
    for (std::size_t v = 0; v < in.elements; ++v) {
      u64 element = 0;
      std::memcpy(&element, p + v * in.bytes, in.bytes);
      if (in.is_signed && in.bytes < 8 && (element >> (8 * in.bytes - 1) & 1U) != 0)
        element |= ~u64{0} << (8 * in.bytes);
      got[l][v] = element;
    }
  });
  each_lane(lanes, [&](int l) {
    for (std::size_t v = 0; v < in.elements; ++v) w.set_bits(in.operand[v], l, got[l][v]);
  });
}

void store(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  const u32 bytes = u32{in.bytes} * in.elements;
  each_lane(lanes, [&](int l) {
    u8* const p = memory_at(m, w, in, in.elements, bytes, Access::write, l);
    for (std::size_t v = 0; v < in.elements; ++v) {
      const u64 element = w.bits(in.operand[v], l);
      std::memcpy(p + v * in.bytes, &element, in.bytes);
    }
  });
}

// "Parallel Synchronization and Communication Instructions": red, atom. The order of lanes is unspecified.

template <class T, auto f>
void reduce(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    u8* const p =
        memory_at(m, w, in, in.elements, static_cast<u32>(sizeof(T)) * in.elements, Access::change, l);
    for (std::size_t v = 0; v < in.elements; ++v) {
      T old;
      std::memcpy(&old, p + v * sizeof(T), sizeof old);
      const T now = f(old, w.get<T>(in.operand[v])[l]);
      std::memcpy(p + v * sizeof(T), &now, sizeof now);
    }
  });
}

template <class T, auto f>
void fetch_and_change(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  const int address = in.operands - 1;
  each_lane(lanes, [&](int l) {
    u8* const p = memory_at(m, w, in, address, sizeof(T), Access::change, l);
    T old;
    std::memcpy(&old, p, sizeof old);
    const T now = f(old, w.get<T>(in.operand[1])[l], address > 2 ? w.get<T>(in.operand[2])[l] : T{});
    std::memcpy(p, &now, sizeof now);
    w.get<T>(in.operand[0])[l] = old;
  });
}

constexpr auto kAdd = [](auto a, auto b, auto... /*unused*/) { return a + b; };
constexpr auto kAddPair = [](u32 a, u32 b) {
  const auto half = [](u32 x, int i) { return static_cast<u16>(x >> (16 * i)); };
  return u32{bf16_sum(half(a, 0), half(b, 0))} | u32{bf16_sum(half(a, 1), half(b, 1))} << 16;
};
constexpr auto kCompareAndSwap = [](u32 old, u32 expected, u32 value) {
  return old == expected ? value : old;
};

// "Data Movement and Conversion Instructions: Non-bulk copy": cp.async, in per-thread groups.

void copy(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) { m.begin_copy(w, in, l, address_of(w, in, 0, l), w.bits(in.operand[1], l)); });
}
void commit_group(Machine&, Warp& w, const Instruction&, u32 lanes) {
  each_lane(lanes, [&](int l) {
    w.groups[l].push_back(std::move(w.begun[l]));
    w.begun[l].clear();
  });
}
void wait_group(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    while (w.groups[l].size() > static_cast<std::size_t>(in.number)) {
      m.finish_copies(w, l, w.groups[l].front());
      w.groups[l].pop_front();
    }
  });
}

// "Warp-level matrix load instruction: ldmatrix". Lane 8 i + r has the address of row r of matrix i, eight
// 16-bit values. Lane l gets values 2 (l % 4) and 2 (l % 4) + 1 of row l / 4; transposed, of column l / 4.
template <bool kTransposed>
void load_matrices(Machine& m, Warp& w, const Instruction& in, u32) {
  u16 values[4][8][8];
  for (int l = 0; l < kLanes; ++l)
    std::memcpy(values[l / 8][l % 8], memory_at(m, w, in, 4, 16, Access::read, l), 16);
  for (int i = 0; i < 4; ++i) {
    for (int l = 0; l < kLanes; ++l) {
      const int row = l / 4;
      const int first = l % 4 * 2;
      const u32 low = kTransposed ? values[i][first][row] : values[i][row][first];
      const u32 high = kTransposed ? values[i][first + 1][row] : values[i][row][first + 1];
      w.get<u32>(in.operand[i])[l] = low | high << 16;
    }
  }
}

/// The sum of c and n products, each truncated to the precision of the largest; the sum is truncated to
/// float.
float truncated_sum(float c, const float* products, int n) {
  constexpr int kNone = -1000;
  const auto exponent = [](float v) {
    int e = kNone;
    if (v != 0) std::frexp(v, &e);
    return e;
  };
  int largest = exponent(c);
  for (int i = 0; i < n; ++i) largest = std::max(largest, exponent(products[i]));
  if (largest == kNone) return c;
  const double unit = std::ldexp(1.0, largest - 25);
  double sum = std::trunc(static_cast<double>(c) / unit);
  for (int i = 0; i < n; ++i) sum += std::trunc(static_cast<double>(products[i]) / unit);
  sum *= unit;
  const auto f = static_cast<float>(sum);
  return std::fabs(static_cast<double>(f)) > std::fabs(sum) ? std::nextafter(f, 0.0F) : f;
}

// "Matrix Fragments for mma.m16n8k16 with floating point type": D = A B + C. With g = lane / 4 and t = lane %
// 4, and two neighbours along k per register:
//   A (16 x 16): rows g, g + 8, g, g + 8; columns 2 t, 2 t, 2 t + 8, 2 t + 8
//   B (16 x 8):  column g; rows 2 t, 2 t + 8
//   C, D (16 x 8), one float each: row g, columns 2 t and 2 t + 1; row g + 8, the same
void multiply(Machine& m, Warp& w, const Instruction& in, u32) {
  float a[16][16];
  float b[16][8];
  for (int l = 0; l < kLanes; ++l) {
    const int g = l / 4;
    const int t = l % 4;
    const auto half = [&](int which, int i) {
      return float_of_bf16(w.get<u32>(in.operand[which])[l] >> (16 * i) & 0xFFFFU);
    };
    for (int i = 0; i < 2; ++i) {
      a[g][2 * t + i] = half(4, i);
      a[g + 8][2 * t + i] = half(5, i);
      a[g][2 * t + 8 + i] = half(6, i);
      a[g + 8][2 * t + 8 + i] = half(7, i);
      b[2 * t + i][g] = half(8, i);
      b[2 * t + 8 + i][g] = half(9, i);
    }
  }
  float d[4][kLanes];
  for (int l = 0; l < kLanes; ++l) {
    for (int i = 0; i < 4; ++i) {
      const int row = l / 4 + 8 * (i / 2);
      const int column = l % 4 * 2 + i % 2;
      float sum = w.get<float>(in.operand[10 + i])[l];
      float products[16];  // exact
      for (int k = 0; k < 16; ++k) products[k] = a[row][k] * b[k][column];
      if (m.options().sums == Sums::truncated)
        sum = truncated_sum(truncated_sum(sum, products, 8), products + 8, 8);
      else
        for (const float product : products) sum += product;
      d[i][l] = sum;
    }
  }
  for (int i = 0; i < 4; ++i) std::memcpy(w.get<float>(in.operand[i]), d[i], sizeof d[i]);
}

// "Data Movement and Conversion Instructions: shfl.sync".

enum class Shuffle { bfly, up, down, idx };

template <Shuffle kMode>
void shuffle(Machine& m, Warp& w, const Instruction& in, u32 lanes) {
  u32 result[kLanes];
  u32 inside = 0;
  each_lane(lanes, [&](int l) {
    const s32 b = static_cast<s32>(w.get<u32>(in.operand[3])[l] & 31U);
    const u32 c = w.get<u32>(in.operand[4])[l];
    const u32 segment = c >> 8 & 31U;
    const s32 least = static_cast<s32>(static_cast<u32>(l) & segment);
    const s32 most = least | static_cast<s32>(c & 31U & ~segment);
    s32 from = 0;
    switch (kMode) {
      case Shuffle::bfly:
        from = l ^ b;
        break;
      case Shuffle::up:
        from = l - b;
        break;
      case Shuffle::down:
        from = l + b;
        break;
      case Shuffle::idx:
        from = least | static_cast<s32>(static_cast<u32>(b) & ~segment);
        break;
    }
    const bool ok = kMode == Shuffle::up ? from >= most : from <= most;
    if (!ok) from = l;
    if ((lanes >> from & 1U) == 0) m.fail("shuffle from a lane that takes no part", w, in, l);
    result[l] = w.get<u32>(in.operand[2])[from];
    if (ok) inside |= 1U << l;
  });
  each_lane(lanes, [&](int l) { w.get<u32>(in.operand[0])[l] = result[l]; });
  u32* const p = w.get<u32>(in.operand[1]);
  *p = (*p & ~lanes) | inside;
}

// "Parallel Synchronization and Communication Instructions: vote.sync".

template <class F>
void vote(Warp& w, const Instruction& in, u32 lanes, F f) {
  const bool yes = f(*w.get<u32>(in.operand[1]) & lanes);
  u32* const p = w.get<u32>(in.operand[0]);
  *p = (*p & ~lanes) | (yes ? lanes : 0);
}

// "Data Movement and Conversion Instructions": cvta, mov of halves.

template <Space kSpace>
void to_generic(Machine&, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    const u64 window = kSpace == Space::global ? 0 : window_of(kSpace);
    w.set_bits(in.operand[0], l, w.bits(in.operand[1], l) + window);
  });
}
/// For an address in another space the result is undefined: using it is an error.
template <Space kSpace>
void from_generic(Machine&, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    const u64 address = w.bits(in.operand[1], l);
    const u64 window = kSpace == Space::global ? 0 : window_of(kSpace);
    w.set_bits(in.operand[0], l, kSpace == Space::global || is_in(address, kSpace) ? address - window : 0);
  });
}

template <class Half>
void pack(Machine&, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    w.set_bits(in.operand[0], l, w.bits(in.operand[1], l) | w.bits(in.operand[2], l) << (8 * sizeof(Half)));
  });
}
template <class Half>
void unpack(Machine&, Warp& w, const Instruction& in, u32 lanes) {
  each_lane(lanes, [&](int l) {
    const u64 both = w.bits(in.operand[2], l);
    w.set_bits(in.operand[0], l, both);
    w.set_bits(in.operand[1], l, both >> (8 * sizeof(Half)));
  });
}

using Handlers = std::map<std::string, Handler>;

const Handlers& handlers() {
  static const Handlers kHandlers = {
      {"ld", load},
      {"st", store},
      {"red.add.f32", reduce<float, kAdd>},
      {"red.add.f64", reduce<double, kAdd>},
      {"red.add.u32", reduce<u32, kAdd>},
      {"red.add.bf16x2", reduce<u32, kAddPair>},
      {"atom.add.f32", fetch_and_change<float, kAdd>},
      {"atom.add.f64", fetch_and_change<double, kAdd>},
      {"atom.add.u32", fetch_and_change<u32, kAdd>},
      {"atom.cas.b32", fetch_and_change<u32, kCompareAndSwap>},
      {"cp.async", copy},
      {"commit_group", commit_group},
      {"wait_group", wait_group},
      {"ldmatrix", load_matrices<false>},
      {"ldmatrix.trans", load_matrices<true>},
      {"mma", multiply},
      {"shfl.bfly", shuffle<Shuffle::bfly>},
      {"shfl.up", shuffle<Shuffle::up>},
      {"shfl.down", shuffle<Shuffle::down>},
      {"shfl.idx", shuffle<Shuffle::idx>},
      {"vote.any", [](Machine&, Warp& w, const Instruction& in,
                      u32 lanes) { vote(w, in, lanes, [](u32 votes) { return votes != 0; }); }},
      {"vote.all", [](Machine&, Warp& w, const Instruction& in,
                      u32 lanes) { vote(w, in, lanes, [lanes](u32 votes) { return votes == lanes; }); }},
      {"vote.ballot",
       [](Machine&, Warp& w, const Instruction& in, u32 lanes) {
         const u32 votes = *w.get<u32>(in.operand[1]) & lanes;
         each_lane(lanes, [&](int l) { w.get<u32>(in.operand[0])[l] = votes; });
       }},
      {"warp_sync", [](Machine&, Warp& w, const Instruction&, u32) { ++w.syncs; }},
      {"trap", [](Machine& m, Warp& w, const Instruction& in,
                  u32 lanes) { m.fail("trap", w, in, std::countr_zero(lanes)); }},
      // Timing, and a memory order that always holds here.
      {"nothing", [](Machine&, Warp&, const Instruction&, u32) {}},
      // The address must still be in global memory.
      {"prefetch",
       [](Machine& m, Warp& w, const Instruction& in, u32 lanes) {
         each_lane(lanes, [&](int l) { memory_at(m, w, in, 0, 1, Access::read, l); });
       }},
      {"pack64", pack<u32>},
      {"pack32", pack<u16>},
      {"unpack64", unpack<u32>},
      {"unpack32", unpack<u16>},
      {"cvta.shared", to_generic<Space::shared>},
      {"cvta.local", to_generic<Space::local>},
      {"cvta.global", to_generic<Space::global>},
      {"cvta.to.shared", from_generic<Space::shared>},
      {"cvta.to.local", from_generic<Space::local>},
      {"cvta.to.global", from_generic<Space::global>},
  };
  return kHandlers;
}

}  // namespace

Handler handler_of(const std::string& name) {
  const auto at = handlers().find(name);
  if (at == handlers().end()) throw Error("unknown: " + name);
  return at->second;
}

}  // namespace warp2vec::ptx
