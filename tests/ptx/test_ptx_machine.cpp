// The machine itself: the semantics of instructions according to the "PTX ISA", and the errors that it
// reports.
#include "tests/ptx/machine.h"
#include "tests/ptx/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cfenv>
#include <cmath>
#include <cstring>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace warp2vec::ptx {
namespace {

using ::testing::HasSubstr;

/// Runs `body` with the address of `input` in %rd0, that of `outputs` zeros in %rd1, the lane in %r0, and 512
/// bytes of shared memory at `s`. Returns the output.
std::vector<u32> run_body(const std::string& body, const std::vector<u32>& input = {},
                          std::size_t outputs = 32, unsigned threads = 32, unsigned blocks = 1,
                          const Options& options = {}) {
  const std::string module =
      ".version 8.0\n.target sm_80\n.address_size 64\n.extern .shared .align 16 .b8 s[];\n"
      ".func (.param .b32 result) twice(.param .b32 value)\n{\n.reg .b32 %r<3>;\n"
      "ld.param.u32 %r1, [value];\nadd.s32 %r2, %r1, %r1;\nst.param.b32 [result], %r2;\nret;\n}\n"
      ".visible .entry k(.param .u64 k_0, .param .u64 k_1)\n{\n.local .align 8 .b8 depot[8];\n"
      ".reg .pred %p<9>;\n.reg .b16 %rs<9>;\n.reg .b32 %r<40>;\n.reg .f32 %f<20>;\n.reg .b64 %rd<10>;\n"
      "ld.param.u64 %rd0, [k_0];\nld.param.u64 %rd1, [k_1];\nmov.u32 %r0, %laneid;\n" +
      body + "\nret;\n}\n";
  Program program = load_program(module, "k");
  std::vector<u32> output(outputs);
  const auto range = [](const std::vector<u32>& v) {
    const auto begin = reinterpret_cast<std::uint64_t>(v.data());
    return Range{begin, begin + v.size() * sizeof(u32)};
  };
  const Range in = range(input);
  const Range out = range(output);
  Grid grid{blocks, threads, 512, std::vector<unsigned char>(16), [=](std::uint64_t address) {
              if (address >= in.begin && address < in.end) return in;
              return address >= out.begin && address < out.end ? out : Range{};
            }};
  std::memcpy(grid.parameters.data(), &in.begin, 8);
  std::memcpy(grid.parameters.data() + 8, &out.begin, 8);
  run_grid(program, grid, options);
  return output;
}

/// Stores the result of lane l at 4 l.
const char* const kStore =
    "mul.wide.u32 %rd2, %r0, 4;\nadd.s64 %rd3, %rd1, %rd2;\nst.global.u32 [%rd3], %r1;\n";

// The layouts are compared with a second description by NVIDIA, that of CUTLASS: in
// cute/atom/mma_traits_sm80.hpp, SM80_16x8x16_F32BF16BF16F32_TN has A as (T32, V8) -> m + 16 k with strides
// ((32, 1), (16, 8, 128)), B -> n + 8 k with ((16, 1), (8, 64)), C -> m + 16 n with ((32, 1), (16, 8)).
TEST(PtxMachine, MultipliesMatricesLaidOutAsInCutlass) {
  float a[16][16];
  float b[16][8];
  float c[16][8];
  for (int m = 0; m < 16; ++m)
    for (int k = 0; k < 16; ++k) a[m][k] = static_cast<float>((7 * m + 3 * k + m * k) % 23 - 11);
  for (int k = 0; k < 16; ++k)
    for (int n = 0; n < 8; ++n) b[k][n] = static_cast<float>((5 * k + 11 * n + k * n) % 19 - 9);
  for (int m = 0; m < 16; ++m)
    for (int n = 0; n < 8; ++n) c[m][n] = static_cast<float>(100 * m + n);
  std::vector<u32> input(320);  // ten registers per lane
  const auto c_place = [](std::size_t lane, int v) {
    return 32 * static_cast<int>(lane % 4) + static_cast<int>(lane / 4) + 16 * (v % 2) + 8 * (v / 2);
  };
  for (std::size_t l = 0; l < 32; ++l) {
    const int t0 = static_cast<int>(l % 4);
    const int t1 = static_cast<int>(l / 4);
    const auto put = [&](int v, float value, std::size_t first) {
      input[l * 10 + first + static_cast<std::size_t>(v) / 2] |= u32{bf16_of(value)} << (v % 2 * 16);
    };
    for (int v = 0; v < 8; ++v) {
      const int at = 32 * t0 + t1 + 16 * (v % 2) + 8 * (v / 2 % 2) + 128 * (v / 4);
      put(v, a[at % 16][at / 16], 0);
    }
    for (int v = 0; v < 4; ++v) {
      const int at = 16 * t0 + t1 + 8 * (v % 2) + 64 * (v / 2);
      put(v, b[at / 8][at % 8], 4);
      input[l * 10 + 6 + static_cast<std::size_t>(v)] =
          std::bit_cast<u32>(c[c_place(l, v) % 16][c_place(l, v) / 16]);
    }
  }
  std::string body =
      "mul.wide.u32 %rd2, %r0, 40;\nadd.s64 %rd3, %rd0, %rd2;\nmul.wide.u32 %rd4, %r0, 16;\nadd.s64 %rd5, "
      "%rd1, %rd4;\n";
  for (int k = 0; k < 6; ++k)
    body += "ld.global.u32 %r" + std::to_string(k + 1) + ", [%rd3+" + std::to_string(4 * k) + "];\n";
  for (int k = 0; k < 4; ++k)
    body += "ld.global.f32 %f" + std::to_string(k) + ", [%rd3+" + std::to_string(24 + 4 * k) + "];\n";
  body +=
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f4,%f5,%f6,%f7}, {%r1,%r2,%r3,%r4}, {%r5,%r6}, "
      "{%f0,%f1,%f2,%f3};\nst.global.v4.f32 [%rd5], {%f4,%f5,%f6,%f7};\n";
  for (const Sums sums : {Sums::in_order, Sums::truncated}) {
    Options options;
    options.sums = sums;
    const std::vector<u32> output = run_body(body, input, 128, 32, 1, options);
    for (std::size_t l = 0; l < 32; ++l) {
      for (int v = 0; v < 4; ++v) {
        const int m = c_place(l, v) % 16;
        const int n = c_place(l, v) / 16;
        float d = c[m][n];
        for (int k = 0; k < 16; ++k) d += a[m][k] * b[k][n];
        EXPECT_EQ(std::bit_cast<float>(output[l * 4 + static_cast<std::size_t>(v)]), d) << l << " " << v;
      }
    }
  }
}

// As above, cute/atom/copy_traits_sm75.hpp. SM75_U32x4_LDSM_N: (T32, (V32, V4)) -> bit with strides (32, (1,
// 1024)); SM75_U16x8_LDSM_T: ((T4, T8), (V16, V2, V4)) with ((256, 16), (1, 128, 1024)).
TEST(PtxMachine, LoadsMatricesLaidOutAsInCutlass) {
  std::vector<u32> input(128);  // the index of each 16-bit value
  for (std::size_t k = 0; k < 128; ++k) input[k] = static_cast<u32>(2 * k | (2 * k + 1) << 16);
  for (const bool transposed : {false, true}) {
    // Lane l stores row l in a permuted place.
    const std::vector<u32> output = run_body(
        std::string(
            "mul.wide.u32 %rd2, %r0, 16;\nadd.s64 %rd3, %rd0, %rd2;\nadd.s64 %rd4, %rd1, %rd2;\n"
            "ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%rd3];\nxor.b32 %r5, %r0, 13;\nshl.b32 %r6, %r5, 4;\n"
            "mov.u32 %r7, s;\nadd.s32 %r8, %r7, %r6;\nst.shared.v4.u32 [%r8], {%r1,%r2,%r3,%r4};\n"
            "bar.warp.sync -1;\nldmatrix.sync.aligned.m8n8.x4") +
            (transposed ? ".trans" : "") +
            ".shared.b16 {%r9,%r10,%r11,%r12}, [%r8];\nst.global.v4.u32 [%rd4], {%r9,%r10,%r11,%r12};\n",
        input, 128);
    for (std::size_t l = 0; l < 32; ++l)
      for (std::size_t r = 0; r < 4; ++r)
        for (std::size_t half = 0; half < 2; ++half) {
          const std::size_t bit = transposed ? 256 * (l % 4) + 16 * (l / 4) + 128 * half + 1024 * r
                                             : 32 * l + 16 * half + 1024 * r;
          EXPECT_EQ(output[4 * l + r] >> (16 * half) & 0xFFFFU, bit / 16)
              << transposed << " " << l << " " << r;
        }
  }
}

TEST(PtxMachine, ShufflesVotesAndFindsBits) {
  const auto value_of = [](const std::string& instruction, std::size_t lane) {
    return run_body("mul.lo.s32 %r2, %r0, 3;\nsetp.lt.s32 %p1, %r0, 5;\n" + instruction + "\n" +
                    kStore)[lane];
  };
  EXPECT_EQ(value_of("shfl.sync.bfly.b32 %r1|%p2, %r2, 4, 31, -1;", 6), 6U);
  EXPECT_EQ(value_of("shfl.sync.up.b32 %r1, %r2, 2, 0, -1;", 1), 3U);
  EXPECT_EQ(value_of("shfl.sync.up.b32 %r1, %r2, 2, 0, -1;", 9), 21U);
  EXPECT_EQ(value_of("shfl.sync.down.b32 %r1, %r2, 2, 31, -1;", 31), 93U);
  EXPECT_EQ(value_of("shfl.sync.down.b32 %r1, %r2, 2, 31, -1;", 9), 33U);
  EXPECT_EQ(value_of("shfl.sync.idx.b32 %r1, %r2, 1, 0x181F, -1;", 13), 27U);  // in groups of eight lanes
  EXPECT_EQ(value_of("bfind.shiftamt.u32 %r1, %r2;", 9), 27U);
  const std::string number = "mov.b32 %r3, 0x92345678;\n";
  EXPECT_EQ(value_of(number + "bfi.b32 %r1, %r3, 0x1111, 4, 8;", 0), 0x1781U);
  EXPECT_EQ(value_of(number + "bfi.b32 %r1, %r3, 0x1111, 32, 8;", 0), 0x1111U);
  EXPECT_EQ(value_of(number + "bfe.u32 %r1, %r3, 4, 8;", 0), 0x67U);
  EXPECT_EQ(value_of(number + "bfe.u32 %r1, %r3, 28, 8;", 0), 9U);
  EXPECT_EQ(value_of(number + "bfe.u32 %r1, %r3, 32, 8;", 0), 0U);
  EXPECT_EQ(value_of(number + "bfe.u32 %r1, %r3, 0, 32;", 0), 0x92345678U);
  EXPECT_EQ(
      value_of(number + "{\n.reg .b16 half;\ncvt.u16.u32 half, %r3;\nmul.wide.u16 %r1, half, 0x8000;\n}", 0),
      0x5678U << 15);
  EXPECT_EQ(value_of("bfind.shiftamt.u32 %r1, %r2;", 0), 0xFFFFFFFFU);
  EXPECT_EQ(value_of("cvt.rn.f32.s32 %f1, %r2;\nrcp.approx.ftz.f32 %f2, %f1;\nmov.b32 %r1, %f2;", 16),
            std::bit_cast<u32>(1.0F / 48.0F));
  const std::string half = "cvt.rn.f32.s32 %f1, %r0;\nmul.rn.f32 %f2, %f1, 0f3F000000;\n";
  for (const u32 lane : {8U, 9U}) {
    EXPECT_EQ(value_of(half + "cvt.rpi.f32.f32 %f3, %f2;\ncvt.rzi.u32.f32 %r1, %f3;", lane), (lane + 1) / 2);
    EXPECT_EQ(value_of(half + "cvt.rzi.u32.f32 %r1, %f2;", lane), lane / 2);
  }
  EXPECT_EQ(value_of("vote.sync.ballot.b32 %r1, %p1, -1;", 9), 31U);
  EXPECT_EQ(value_of("vote.sync.any.pred %p2, %p1, -1;\nselp.u32 %r1, 1, 2, %p2;", 9), 1U);
  EXPECT_EQ(value_of("vote.sync.all.pred %p2, %p1, -1;\nselp.u32 %r1, 1, 2, %p2;", 9), 2U);
}

// Lane l runs the loop l times, odd lanes through a separate branch, and all reconverge.
TEST(PtxMachine, LanesThatComeApartMeetAgain) {
  const std::vector<u32> output = run_body(
      std::string(
          "mov.u32 %r1, 0;\nmov.u32 %r2, 0;\nand.b32 %r3, %r0, 1;\nsetp.eq.s32 %p1, %r3, 1;\n"
          "$loop:\nsetp.ge.s32 %p2, %r2, %r0;\n@%p2 bra $done;\n@!%p1 bra $even;\nadd.s32 %r1, %r1, 99;\n"
          "$even:\nadd.s32 %r1, %r1, 1;\nadd.s32 %r2, %r2, 1;\nbra.uni $loop;\n$done:\nbar.sync 0;\n") +
      kStore);
  for (u32 l = 0; l < 32; ++l) EXPECT_EQ(output[l], l * (l % 2 == 1 ? 100 : 1));
}

TEST(PtxMachine, CallsFunctionsAndKeepsLocalMemory) {
  const std::vector<u32> output = run_body(
      std::string("add.s32 %r2, %r0, 5;\n{ .param .b32 p;\nst.param.b32 [p+0], %r2;\n.param .b32 q;\n"
                  "call.uni (q), twice, (p);\nld.param.b32 %r3, [q+0];\n}\n"
                  "mov.u64 %rd4, depot;\ncvta.local.u64 %rd5, %rd4;\nst.u32 [%rd5+4], %r3;\nld.local.u32 "
                  "%r1, [%rd4+4];\n") +
      kStore);
  for (u32 l = 0; l < 32; ++l) EXPECT_EQ(output[l], 2 * (l + 5));
}

TEST(PtxMachine, RoundsAsSaid) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> values(-2, 2);
  for (int i = 0; i < 1000; ++i) {
    const float a = values(random);
    const float b = values(random);
    const float c = values(random) * std::ldexp(1.0F, i % 60 - 30);
    for (const auto& [mode, down] : {std::pair{FE_DOWNWARD, true}, {FE_TOWARDZERO, false}}) {
      volatile float x = a;  // forces evaluation while the mode is set
      std::fesetround(mode);
      const volatile float expected = std::fma(x, b, c);
      std::fesetround(FE_TONEAREST);
      EXPECT_EQ(fma_cut(a, b, c, down), expected) << a << " " << b << " " << c;
    }
  }
  EXPECT_EQ(float_of_bf16(bf16_of(1 + 0x1p-8F)), 1.0F);  // ties to even
  EXPECT_EQ(float_of_bf16(bf16_of(1 + 0x1.8p-7F)), 1 + 0x1p-6F);
  EXPECT_EQ(float_of_bf16(bf16_sum(bf16_of(1), bf16_of(0x1.02p-8F))), 1 + 0x1p-7F);
}

struct Mistake {
  const char* name;
  const char* body;
  const char* message;
  unsigned threads = 32;
  unsigned blocks = 1;
};
void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class PtxMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(PtxMistakes, AreReported) {
  const Mistake& mistake = GetParam();
  try {
    run_body(std::string(mistake.body), std::vector<u32>(128), 128, mistake.threads, mistake.blocks);
    FAIL() << "nothing was reported";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(mistake.message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, PtxMistakes,
    ::testing::Values(
        Mistake{"bounds_of_global_memory", "st.global.u32 [%rd1+512], %r0;",
                "not in one allocation of global memory"},
        Mistake{"bounds_of_shared_memory", "mov.u32 %r2, s;\nst.shared.u32 [%r2+512], %r0;",
                "not in shared memory"},
        Mistake{"bounds_of_local_memory", "mov.u64 %rd4, depot;\nst.local.u32 [%rd4+16], %r0;",
                "not in local memory"},
        Mistake{"alignment", "ld.global.v4.u32 {%r1,%r2,%r3,%r4}, [%rd0+8];", "misaligned"},
        Mistake{"unwritten_memory", "mov.u32 %r2, s;\nld.shared.u32 %r1, [%r2+8];",
                "nobody has written this"},
        Mistake{"lanes_that_write_and_read",
                "mov.u32 %r2, s;\nshl.b32 %r3, %r0, 2;\nadd.s32 %r4, %r2, %r3;\nst.shared.u32 [%r4], %r0;\n"
                "ld.shared.u32 %r1, [%r2];",
                "another lane writes here"},
        Mistake{"warps_that_write_and_read",
                "mov.u32 %r2, s;\nmov.u32 %r3, %tid.x;\nsetp.eq.s32 %p1, %r3, 0;\n@%p1 st.shared.u32 [%r2], "
                "%r3;\n"
                "bar.warp.sync -1;\nld.shared.u32 %r1, [%r2];",
                "another warp writes here", 64},
        Mistake{"warps_that_read_and_write",
                "mov.u32 %r3, %tid.x;\nld.global.u32 %r1, [%rd1];\nsetp.eq.s32 %p1, %r3, 32;\n"
                "@%p1 st.global.u32 [%rd1], %r3;",
                "another warp reads here", 64},
        Mistake{"stale_caches", "ld.global.u32 %r1, [%rd1];\nbar.sync 0;\nred.global.add.u32 [%rd1], %r0;",
                "another block", 32, 2},
        Mistake{"copies_that_are_not_waited_for",
                "mov.u32 %r2, s;\ncp.async.cg.shared.global [%r2], [%rd0], 16;\ncp.async.commit_group;\n"
                "ld.shared.u32 %r1, [%r2];",
                "a copy is on its way to here"},
        Mistake{"a_barrier_that_some_lanes_skip",
                "setp.lt.s32 %p1, %r0, 7;\n@%p1 bra $end;\nbar.sync 0;\n$end:\nadd.s32 %r1, %r0, 1;",
                "lanes of the warp are elsewhere"},
        Mistake{"a_barrier_that_some_warps_skip",
                "mov.u32 %r3, %tid.x;\nsetp.lt.s32 %p1, %r3, 32;\n@%p1 bra $end;\nbar.sync "
                "0;\n$end:\nadd.s32 %r1, %r0, 1;",
                "warps wait at a barrier that others never reach", 64},
        Mistake{
            "a_shuffle_that_some_lanes_skip",
            "setp.lt.s32 %p1, %r0, 7;\n@%p1 bra $end;\nshfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;\nbar.sync 0;\n"
            "$end:\nadd.s32 %r1, %r0, 1;",
            "lanes wait for one that has ended"},
        Mistake{"a_shuffle_from_a_lane_outside",
                "setp.lt.s32 %p1, %r0, 16;\n@!%p1 bra $end;\n"
                "shfl.sync.bfly.b32 %r1, %r0, 16, 31, 65535;\n$end:\nadd.s32 %r1, %r0, 1;",
                "shuffle from a lane that takes no part"},
        Mistake{"traps", "trap;", "trap"},
        Mistake{"division_by_zero", "sub.s32 %r2, %r0, %r0;\ndiv.s32 %r1, %r0, %r2;", "division by zero"},
        Mistake{"opcodes_that_are_not_known", "frobnicate.u32 %r1, %r0;", "unknown opcode"}),
    [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace warp2vec::ptx
