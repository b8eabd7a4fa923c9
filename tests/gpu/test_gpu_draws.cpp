// A GPU's draws are bit for bit those of a CPU.
#include <warp2vec/detail/samplers.h>

#include "kernels/cuda/stream.h"
#include "tests/gpu/device_values.h"
#include "tests/gpu/gpu_test.h"
#include "tests/gpu/philox_kernel.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace warp2vec {
namespace {

class SanitizedDraws : public GpuTest {};

TEST_F(SanitizedDraws, EqualTheHostsBits) {
  std::vector<std::int64_t> positions;
  for (const std::int64_t from : {std::int64_t{0}, (std::int64_t{1} << 32) - 1000, std::int64_t{1} << 41})
    for (std::int64_t i = 0; i < 3001; ++i) positions.push_back(from + i);
  const auto count = static_cast<std::int64_t>(positions.size());
  std::vector<std::int64_t> counts;
  for (std::int64_t w = 1; w <= 5000; ++w) counts.push_back(100000 / w);
  const AliasTable table(counts, 0.75);
  const AliasView host_view = table.view();

  const DeviceArray<std::int64_t> device_positions = to_device(positions);
  const DeviceArray<AliasColumn> columns =
      to_device(std::vector<AliasColumn>(host_view.columns, host_view.columns + host_view.size));
  const DeviceArray<DrawnExample> out(count);
  const CudaStream stream;
  for (const auto& [seed, epoch] : {std::pair{std::uint64_t{1}, 0U}, {0xFEDCBA9876543210U, 3000000000U}}) {
    draw_examples({seed, epoch}, {columns.data(), host_view.size}, device_positions.data(), count, out.data(),
                  stream.get());
    stream.synchronize();
    const std::vector<DrawnExample> drawn = to_host(out.data(), count);
    const Draws draws{seed, epoch};
    for (std::int64_t i = 0; i < count; ++i) {
      const auto p = static_cast<std::size_t>(i);
      ASSERT_EQ(drawn[p], draw_example(draws, host_view, positions[p], static_cast<std::int32_t>(i % 16)))
          << "position " << positions[p] << ", seed " << seed;
    }
  }
}

}  // namespace
}  // namespace warp2vec
