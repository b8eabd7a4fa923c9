// Semantics of the instructions that access only registers, from these sections of the "PTX ISA": "Integer
// Arithmetic Instructions", "Floating-Point Instructions", "Comparison and Selection Instructions", "Logic
// and Shift Instructions"; and mov, prmt and cvt from "Data Movement and Conversion Instructions". Every
// opcode is written out with its types.
#include "tests/ptx/machine.h"
#include "tests/ptx/numbers.h"
#include "tests/ptx/program.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace warp2vec::ptx {
namespace {

using u128 = unsigned __int128;

using Table = std::unordered_map<std::string, Operation>;

template <class T>
constexpr char width_of() {
  if (std::is_same_v<T, bool>) return 'p';
  return sizeof(T) == 2 ? 'h' : sizeof(T) == 4 ? 'w' : 'd';
}

template <class T>
T value(Warp& w, const Register& r, int lane) {
  if constexpr (std::is_same_v<T, bool>)
    return (*w.get<u32>(r) >> lane & 1U) != 0;
  else
    return w.get<T>(r)[lane];
}

/// Computes `f` in every lane. kAnywhere: it may also be computed for inactive lanes, which is faster.
template <auto f, bool kAnywhere, class D, class... S>
struct EachLane {
  template <std::size_t... I>
  static void each(Warp& w, const Instruction& in, u32 lanes, std::index_sequence<I...>) {
    if constexpr (std::is_same_v<D, bool>) {
      u32 bits = 0;
      for (int l = 0; l < kLanes; ++l) bits |= static_cast<u32>(f(value<S>(w, in.operand[I + 1], l)...)) << l;
      u32* const d = w.get<u32>(in.operand[0]);
      *d = (*d & ~lanes) | (bits & lanes);
    } else {
      D result[kLanes];
      for (int l = 0; l < kLanes; ++l)
        if (kAnywhere || (lanes >> l & 1U) != 0) result[l] = f(value<S>(w, in.operand[I + 1], l)...);
      D* const d = w.get<D>(in.operand[0]);
      if (lanes == 0xFFFFFFFFU) {
        std::memcpy(d, result, sizeof result);
      } else {
        for (int l = 0; l < kLanes; ++l)
          if ((lanes >> l & 1U) != 0) d[l] = result[l];
      }
    }
  }
  static void run(Machine&, Warp& w, const Instruction& in, u32 lanes) {
    each(w, in, lanes, std::index_sequence_for<S...>{});
  }
};

template <class D, class... S, class F, bool kAnywhere = true>
void put(Table& t, const std::string& name, F, std::bool_constant<kAnywhere> = {}) {
  constexpr F f{};
  std::string widths{width_of<D>()};
  ((widths += width_of<S>()), ...);
  t[name] = {&EachLane<f, kAnywhere, D, S...>::run, widths};
}
constexpr std::false_type kActiveLanesOnly{};

template <class T>
void add_bits(Table& t, const std::string& b) {
  put<T, T, T>(t, "and." + b, [](T a, T c) -> T { return a & c; });
  put<T, T, T>(t, "or." + b, [](T a, T c) -> T { return a | c; });
  put<T, T, T>(t, "xor." + b, [](T a, T c) -> T { return a ^ c; });
  put<T, T>(t, "not." + b, [](T a) -> T { return static_cast<T>(~a); });
  // Amounts beyond the width are clamped.
  put<T, T, u32>(t, "shl." + b,
                 [](T a, u32 n) -> T { return n < sizeof(T) * 8 ? static_cast<T>(a << n) : T{0}; });
}

template <class T>
void add_moves(Table& t, const std::string& type) {
  put<T, T>(t, "mov." + type, [](T a) { return a; });
  put<T, T, T, bool>(t, "selp." + type, [](T a, T b, bool p) { return p ? a : b; });
}

/// As unsigned, so that arithmetic cannot overflow.
template <class T>
u64 bits(T a) {
  return u64{static_cast<std::make_unsigned_t<T>>(a)};
}

template <class T>
void add_integers(Table& t, const std::string& type) {
  put<T, T, T>(t, "add." + type, [](T a, T b) { return static_cast<T>(bits(a) + bits(b)); });
  put<T, T, T>(t, "sub." + type, [](T a, T b) { return static_cast<T>(bits(a) - bits(b)); });
  put<T, T, T>(t, "mul.lo." + type, [](T a, T b) { return static_cast<T>(bits(a) * bits(b)); });
  put<T, T, T, T>(t, "mad.lo." + type,
                  [](T a, T b, T c) { return static_cast<T>(bits(a) * bits(b) + bits(c)); });
  put<T, T, T>(t, "min." + type, [](T a, T b) { return a < b ? a : b; });
  put<T, T, T>(t, "max." + type, [](T a, T b) { return a < b ? b : a; });
  put<T, T>(t, "neg." + type, [](T a) { return static_cast<T>(u64{0} - bits(a)); });
  // Division by zero is unspecified, so it is an error here.
  put<T, T, T>(
      t, "div." + type,
      [](T a, T b) {
        if (b == 0) throw Error("division by zero");
        return std::is_signed_v<T> && b == static_cast<T>(-1) ? static_cast<T>(u64{0} - bits(a))
                                                              : static_cast<T>(a / b);
      },
      kActiveLanesOnly);
  put<T, T, T>(
      t, "rem." + type,
      [](T a, T b) {
        if (b == 0) throw Error("remainder by zero");
        return std::is_signed_v<T> && b == static_cast<T>(-1) ? T{0} : static_cast<T>(a % b);
      },
      kActiveLanesOnly);
  put<T, T, u32>(t, "shr." + type, [](T a, u32 n) {
    constexpr u32 kBits = sizeof(T) * 8;
    if (n < kBits) return static_cast<T>(a >> n);
    return std::is_signed_v<T> && a < 0 ? static_cast<T>(-1) : T{0};
  });
}

template <class T>
void add_comparisons(Table& t, const std::string& type) {
  put<bool, T, T>(t, "setp.eq." + type, [](T a, T b) { return a == b; });
  put<bool, T, T>(t, "setp.lt." + type, [](T a, T b) { return a < b; });
  put<bool, T, T>(t, "setp.le." + type, [](T a, T b) { return a <= b; });
  put<bool, T, T>(t, "setp.gt." + type, [](T a, T b) { return a > b; });
  put<bool, T, T>(t, "setp.ge." + type, [](T a, T b) { return a >= b; });
  // False if either operand is NaN, like all of the above.
  put<bool, T, T>(t, "setp.ne." + type, [](T a, T b) { return a < b || a > b; });
}

template <class T>
void add_floats(Table& t, const std::string& type) {
  add_comparisons<T>(t, type);
  // "u": true if either operand is NaN.
  put<bool, T, T>(t, "setp.equ." + type, [](T a, T b) { return !(a < b || a > b); });
  put<bool, T, T>(t, "setp.neu." + type, [](T a, T b) { return !(a == b); });
  put<bool, T, T>(t, "setp.ltu." + type, [](T a, T b) { return !(a >= b); });
  put<bool, T, T>(t, "setp.leu." + type, [](T a, T b) { return !(a > b); });
  put<bool, T, T>(t, "setp.gtu." + type, [](T a, T b) { return !(a <= b); });
  put<bool, T, T>(t, "setp.geu." + type, [](T a, T b) { return !(a < b); });
  put<bool, T, T>(t, "setp.nan." + type, [](T a, T b) { return std::isnan(a) || std::isnan(b); });
  put<T, T, T>(t, "add.rn." + type, [](T a, T b) { return a + b; });
  put<T, T, T>(t, "sub.rn." + type, [](T a, T b) { return a - b; });
  put<T, T, T>(t, "mul.rn." + type, [](T a, T b) { return a * b; });
  put<T, T, T>(t, "div.rn." + type, [](T a, T b) { return a / b; });
  put<T, T>(t, "rcp.rn." + type, [](T a) { return T{1} / a; });
  put<T, T>(t, "sqrt.rn." + type, [](T a) { return std::sqrt(a); });
  put<T, T, T, T>(t, "fma.rn." + type, [](T a, T b, T c) { return std::fma(a, b, c); });
  put<T, T>(t, "neg." + type, [](T a) { return -a; });
  put<T, T>(t, "abs." + type, [](T a) { return std::fabs(a); });
  // Of a number and a NaN, the number; -0 is less than +0.
  put<T, T, T>(t, "max." + type,
               [](T a, T b) { return a == b ? (std::signbit(a) ? b : a) : std::fmax(a, b); });
  put<T, T, T>(t, "min." + type,
               [](T a, T b) { return a == b ? (std::signbit(a) ? a : b) : std::fmin(a, b); });
}

template <class D, class S>
void add_conversion(Table& t, const std::string& types) {
  put<D, S>(t, "cvt." + types, [](S a) { return static_cast<D>(a); });
}

/// Rounds towards zero and clamps; NaN becomes 0, or the minimum for 64 bits.
template <class D>
void add_truncation(Table& t, const std::string& types) {
  using Limits = std::numeric_limits<D>;
  constexpr float kEnd = -static_cast<float>(Limits::min());
  put<D, float>(
      t, "cvt.rzi." + types,
      [](float a) {
        if (std::isnan(a)) return sizeof(D) == 4 ? D{0} : Limits::min();
        return a >= kEnd ? Limits::max() : a < -kEnd ? Limits::min() : static_cast<D>(a);
      },
      kActiveLanesOnly);
}

Table table() {
  Table t;
  add_moves<bool>(t, "pred");
  for (const char* b : {"b16", "u16", "s16"}) add_moves<u16>(t, b);
  for (const char* b : {"b32", "u32", "s32", "f32"}) add_moves<u32>(t, b);
  for (const char* b : {"b64", "u64", "s64", "f64"}) add_moves<u64>(t, b);
  put<bool, bool, bool>(t, "and.pred", [](bool a, bool b) { return a && b; });
  put<bool, bool, bool>(t, "or.pred", [](bool a, bool b) { return a || b; });
  put<bool, bool, bool>(t, "xor.pred", [](bool a, bool b) { return a != b; });
  put<bool, bool>(t, "not.pred", [](bool a) { return !a; });
  add_bits<u16>(t, "b16");
  add_bits<u32>(t, "b32");
  add_bits<u64>(t, "b64");
  add_integers<u16>(t, "u16");
  add_integers<s16>(t, "s16");
  add_integers<u32>(t, "u32");
  add_integers<s32>(t, "s32");
  add_integers<u64>(t, "u64");
  add_integers<s64>(t, "s64");
  for (const char* b : {"u16", "b16"}) add_comparisons<u16>(t, b);
  for (const char* b : {"u32", "b32"}) add_comparisons<u32>(t, b);
  for (const char* b : {"u64", "b64"}) add_comparisons<u64>(t, b);
  add_comparisons<s16>(t, "s16");
  add_comparisons<s32>(t, "s32");
  add_comparisons<s64>(t, "s64");
  add_floats<float>(t, "f32");
  add_floats<double>(t, "f64");
  put<u32, u32, u32>(t, "mul.hi.u32", [](u32 a, u32 b) { return static_cast<u32>(u64{a} * b >> 32); });
  put<s32, s32, s32>(t, "mul.hi.s32", [](s32 a, s32 b) { return static_cast<s32>(s64{a} * b >> 32); });
  put<u64, u64, u64>(t, "mul.hi.u64", [](u64 a, u64 b) { return static_cast<u64>(u128{a} * b >> 64); });
  put<u32, u16, u16>(t, "mul.wide.u16", [](u16 a, u16 b) { return u32{a} * b; });
  put<u64, u32, u32>(t, "mul.wide.u32", [](u32 a, u32 b) { return u64{a} * b; });
  put<s64, s32, s32>(t, "mul.wide.s32", [](s32 a, s32 b) { return s64{a} * b; });
  put<u64, u32, u32, u64>(t, "mad.wide.u32", [](u32 a, u32 b, u64 c) { return u64{a} * b + c; });
  put<u64, s32, s32, u64>(t, "mad.wide.s32",
                          [](s32 a, s32 b, u64 c) { return static_cast<u64>(s64{a} * b) + c; });
  put<u32, u32>(t, "popc.b32", [](u32 a) { return static_cast<u32>(std::popcount(a)); });
  put<u32, u64>(t, "popc.b64", [](u64 a) { return static_cast<u32>(std::popcount(a)); });
  put<u32, u32>(t, "clz.b32", [](u32 a) { return static_cast<u32>(std::countl_zero(a)); });
  put<u32, u64>(t, "clz.b64", [](u64 a) { return static_cast<u32>(std::countl_zero(a)); });
  // By how much the highest set bit must be shifted to the left to become the top bit.
  put<u32, u32>(t, "bfind.shiftamt.u32",
                [](u32 a) { return a != 0 ? static_cast<u32>(std::countl_zero(a)) : ~u32{0}; });
  put<u32, u32>(t, "brev.b32", [](u32 a) {
    u32 reversed = 0;
    for (int i = 0; i < 32; ++i) reversed |= (a >> i & 1U) << (31 - i);
    return reversed;
  });
  // Bits [b, b + c) of a; zeros beyond the highest. Of b and c the lowest byte counts.
  put<u32, u32, u32, u32>(t, "bfe.u32", [](u32 a, u32 b, u32 c) {
    const u32 first = b & 0xFFU;
    const u32 shifted = first < 32 ? a >> first : 0;
    const u32 length = c & 0xFFU;
    return length < 32 ? shifted & ((1U << length) - 1U) : shifted;
  });
  // The lowest d bits of a in the place of those of b from bit c on. Of c and d the lowest byte counts.
  put<u32, u32, u32, u32, u32>(t, "bfi.b32", [](u32 a, u32 b, u32 c, u32 d) {
    const u32 first = c & 0xFFU;
    const u32 length = d & 0xFFU;
    const u32 ones = length < 32 ? (1U << length) - 1U : ~0U;
    return first < 32 ? (b & ~(ones << first)) | (a & ones) << first : b;
  });
  // Each of the four digits of c selects a byte of (b, a), or eight copies of its sign bit.
  put<u32, u32, u32, u32>(t, "prmt.b32", [](u32 a, u32 b, u32 c) {
    u32 picked = 0;
    for (u32 i = 0; i < 4; ++i) {
      const u32 digit = c >> (4 * i) & 15U;
      u32 byte = static_cast<u32>((u64{b} << 32 | a) >> (8 * (digit & 7U))) & 0xFFU;
      if (digit >= 8) byte = (byte & 0x80U) != 0 ? 0xFFU : 0;
      picked |= byte << (8 * i);
    }
    return picked;
  });

  add_conversion<u32, u64>(t, "u32.u64");
  add_conversion<u32, u16>(t, "u32.u16");
  add_conversion<s32, s16>(t, "s32.s16");
  add_conversion<u16, u32>(t, "u16.u32");
  add_conversion<u16, u64>(t, "u16.u64");
  add_conversion<u64, u32>(t, "u64.u32");
  add_conversion<u64, u16>(t, "u64.u16");
  add_conversion<s64, s32>(t, "s64.s32");
  add_conversion<s64, s16>(t, "s64.s16");
  add_conversion<float, s32>(t, "rn.f32.s32");
  add_conversion<float, u32>(t, "rn.f32.u32");
  add_conversion<float, s64>(t, "rn.f32.s64");
  add_conversion<float, u64>(t, "rn.f32.u64");
  add_conversion<double, s32>(t, "rn.f64.s32");
  add_conversion<double, u32>(t, "rn.f64.u32");
  add_conversion<double, s64>(t, "rn.f64.s64");
  add_conversion<double, u64>(t, "rn.f64.u64");
  add_conversion<float, double>(t, "rn.f32.f64");
  add_conversion<double, float>(t, "f64.f32");
  add_truncation<s32>(t, "s32.f32");
  add_truncation<s64>(t, "s64.f32");
  put<float, float>(t, "cvt.rpi.f32.f32", [](float a) { return std::ceil(a); });
  put<u32, float>(t, "cvt.rzi.u32.f32", [](float a) {
    return a >= 0x1p32F ? std::numeric_limits<u32>::max() : a > 0 ? static_cast<u32>(a) : 0U;
  });
  put<float, float>(t, "cvt.sat.f32.f32", [](float a) { return a > 0 ? (a < 1 ? a : 1.0F) : 0.0F; });
  // The first source goes to the upper half.
  put<u32, float, float>(t, "cvt.rn.bf16x2.f32",
                         [](float a, float b) { return u32{bf16_of(a)} << 16 | bf16_of(b); });
  put<u16, float>(t, "cvt.rn.bf16.f32", [](float a) { return bf16_of(a); });

  put<float, float>(
      t, "ex2.approx.ftz.f32", [](float a) { return exp2_ftz(a); }, kActiveLanesOnly);
  // Rounded to nearest, which is within the instruction's error bound.
  put<float, float>(t, "rcp.approx.ftz.f32", [](float a) { return flushed(1.0F / flushed(a)); });
  put<float, float, float, float>(t, "fma.rm.f32",
                                  [](float a, float b, float c) { return fma_cut(a, b, c, true); });
  put<float, float, float, float>(t, "fma.rz.f32",
                                  [](float a, float b, float c) { return fma_cut(a, b, c, false); });
  put<float, float, float>(t, "add.rz.f32", [](float a, float b) { return fma_cut(a, 1.0F, b, false); });
  put<float, float, float>(t, "add.rm.f32", [](float a, float b) { return fma_cut(a, 1.0F, b, true); });
  return t;
}

}  // namespace

const std::unordered_map<std::string, Operation>& arithmetic() {
  static const Table kTable = table();
  return kTable;
}

}  // namespace warp2vec::ptx
