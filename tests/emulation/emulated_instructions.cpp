// The functions of kernels/device/ptx.h on a machine without a GPU, after NVIDIA's "PTX ISA".
#include "kernels/device/ptx.h"
#include "tests/emulation/cuda_emulation.h"
#include "tests/emulation/pending_copies.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

namespace warp2vec {
namespace {

constexpr unsigned kAll = 0xFFFFFFFFU;

constexpr char kMma[] = "is at mma.sync";
constexpr char kLoad[] = "is at ldmatrix";

using AllLanes = std::array<std::uint64_t, 32>;

std::uint64_t two(std::uint32_t low, std::uint32_t high) { return low | std::uint64_t{high} << 32; }

// Value i in [0, 4) of two registers.
float value_of(std::uint64_t registers, unsigned i) {
  return to_float({static_cast<std::uint16_t>(registers >> (16 * i))});
}

void check_aligned(const void* address, const char* what, std::uintptr_t bytes = 16) {
  if (reinterpret_cast<std::uintptr_t>(address) % bytes != 0)
    throw std::logic_error(std::string(what) + " an address that is not a multiple of " +
                           std::to_string(bytes));
}

// The bits of row `row` and column `column` of matrix number `matrix`.
std::uint16_t stored(const AllLanes& rows, unsigned matrix, unsigned row, unsigned column) {
  const auto* const values = reinterpret_cast<const std::uint16_t*>(rows[matrix * 8 + row]);
  std::uint16_t bits = 0;
  std::memcpy(&bits, values + column, sizeof bits);
  return bits;
}

AllLanes all_rows(const Bf16* row) {
  check_aligned(row, "reads a matrix at");
  return emulation::exchange_all(kLoad, kAll, reinterpret_cast<std::uintptr_t>(row));
}

}  // namespace

void mma_16x8x16(float* c, const std::uint32_t* a, const std::uint32_t* b) {
  const unsigned group = emulation::lane() / 4;
  const unsigned in_group = emulation::lane() % 4;
  // Registers 0 and 2 of a are in row `group`, columns 2 * in_group and 8 further; 1 and 3 are eight rows
  // below.
  const AllLanes upper = emulation::exchange_all(kMma, kAll, two(a[0], a[2]));
  const AllLanes lower = emulation::exchange_all(kMma, kAll, two(a[1], a[3]));
  const AllLanes columns = emulation::exchange_all(kMma, kAll, two(b[0], b[1]));
  for (unsigned i = 0; i < 4; ++i) {
    const AllLanes& rows = i < 2 ? upper : lower;
    const unsigned column = 2 * in_group + i % 2;
    for (unsigned k = 0; k < 16; ++k) {
      const unsigned lane = k % 8 / 2;
      const unsigned place = k / 8 * 2 + k % 2;
      c[i] += value_of(rows[group * 4 + lane], place) * value_of(columns[column * 4 + lane], place);
    }
  }
}

void load_matrices(std::uint32_t* out, const Bf16* row) {
  const AllLanes rows = all_rows(row);
  const unsigned r = emulation::lane() / 4;
  const unsigned c = emulation::lane() % 4 * 2;
  for (unsigned m = 0; m < 4; ++m)
    out[m] = stored(rows, m, r, c) | std::uint32_t{stored(rows, m, r, c + 1)} << 16;
}

void load_matrices_transposed(std::uint32_t* out, const Bf16* row) {
  const AllLanes rows = all_rows(row);
  const unsigned r = emulation::lane() / 4;
  const unsigned c = emulation::lane() % 4 * 2;
  for (unsigned m = 0; m < 4; ++m)
    out[m] = stored(rows, m, c, r) | std::uint32_t{stored(rows, m, c + 1, r)} << 16;
}

std::uint32_t pack_bf16(float low, float high) {
  return nearest_bf16(low).bits | std::uint32_t{nearest_bf16(high).bits} << 16;
}

void add_4(float* to, const float* values) {
  check_aligned(to, "adds four values at");
  for (int i = 0; i < 4; ++i) atomicAdd(to + i, values[i]);
}

void add_4(Bf16* to, const std::uint32_t* values) {
  check_aligned(to, "adds four values at", 8);
  for (unsigned i = 0; i < 4; ++i) {
    const Bf16 value{static_cast<std::uint16_t>(values[i / 2] >> (i % 2 * 16))};
    emulation::update(&to[i].bits, [value](std::uint16_t old) {
      return nearest_bf16(to_float({old}) + to_float(value)).bits;
    });
  }
}

void start_copy_16(void* shared, const void* global) { emulation::pending_copies().begin(shared, global); }
void commit_copy_group() { emulation::pending_copies().end_group(); }
void wait_for_copies(int groups) { emulation::pending_copies().wait(static_cast<std::size_t>(groups)); }

}  // namespace warp2vec
