#include <warp2vec/config.h>
#include <warp2vec/detail/random.h>
#include <warp2vec/embeddings.h>

#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;

TEST(Matrix, IsZeroAlignedAndPadded) {
  for (const std::int32_t cols : {1, 15, 16, 17, 100, 128}) {
    const Matrix m(3, cols);
    EXPECT_EQ(m.rows(), 3);
    EXPECT_EQ(m.cols(), cols);
    EXPECT_EQ(m.stride(), (cols + 15) / 16 * 16);
    for (std::int64_t r = 0; r < 3; ++r) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(m.row(r)) % 64, 0U);
      for (std::int64_t c = 0; c < m.stride(); ++c) EXPECT_EQ(m.row(r)[c], 0.0F);
    }
    EXPECT_EQ(Matrix::bytes(3, cols), 3 * m.stride() * 4);
  }
}

TEST(Matrix, LargeOnesAreZeroAndAlignedToo) {
  for (const std::int64_t rows :
       {32767, 32768, 32769, 100003}) {  // 2 MiB and sizes that are not multiples of it
    const Matrix m(rows, 16);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(m.row(0)) % 64, 0U);
    EXPECT_TRUE(std::all_of(m.row(0), m.row(rows), [](float v) { return v == 0; }));
  }
}

TEST(Matrix, RowsAreWhereTheViewSaysTheyAre) {
  Matrix m(4, 17);
  m.row(3)[16] = 1.5F;
  EXPECT_EQ(m.view().row(3)[16], 1.5F);
  EXPECT_EQ(m.view().row(static_cast<WordId>(3)), m.row(3));
  EXPECT_EQ(std::as_const(m).view().row(3), m.row(3));
  EXPECT_EQ(m.row(3) - m.row(0), 3 * 32);
}

TEST(Matrix, EmptyOnesNeedNoMemory) {
  EXPECT_EQ(Matrix().rows(), 0);
  EXPECT_EQ(Matrix(0, 5).cols(), 5);
  EXPECT_EQ(Matrix(5, 0).rows(), 5);
  EXPECT_EQ(Matrix(5, 0).stride(), 0);
}

TEST(Matrix, ShapesThatCannotBeAreErrors) {
  EXPECT_EQ(thrown_message([] { Matrix(-1, 5); }), "a matrix of -1 x 5 values cannot exist");
  EXPECT_EQ(thrown_message([] { Matrix(5, -1); }), "a matrix of 5 x -1 values cannot exist");
  const auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(thrown_message([] { Matrix(most, 100); }),
            "not enough memory for a matrix of 9223372036854775807 x 100 values (2^63 bytes or more)");
  EXPECT_THAT(thrown_message([] { Matrix(most / 64 + 1, 16); }), HasSubstr("not enough memory"));
}

TEST(Matrix, MemoryThatCannotBeHadIsAnError) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer ends the program where malloc would fail";
#endif
  const std::int64_t rows = std::int64_t{1} << 34;  // 2^48 bytes, larger than any address space
  EXPECT_EQ(thrown_message([=] { Matrix(rows, 4096); }),
            "not enough memory for a matrix of 17179869184 x 4096 values (281474976710656 bytes)");
}

TEST(Matrix, OffsetsPassTwoToThe31) {
  const std::int64_t rows = 3000000;
  const std::int32_t cols = 1000;
  const std::int64_t bytes = Matrix::bytes(rows, cols);
  EXPECT_EQ(bytes, 12096000000);
  // Virtual memory: only the pages that are touched are allocated.
  void* const space = ::mmap(nullptr, static_cast<std::size_t>(bytes), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(space, MAP_FAILED);
  const MatrixView<float> view{static_cast<float*>(space), rows, cols, Matrix::padded(cols)};
  float* const last = view.row(static_cast<WordId>(rows - 1));
  EXPECT_EQ(last - view.data, std::int64_t{2999999} * 1008);
  EXPECT_EQ(last, view.row(rows - 1));
  last[1007] = 2.0F;
  EXPECT_EQ(static_cast<float*>(space)[bytes / 4 - 1], 2.0F);
  ::munmap(space, static_cast<std::size_t>(bytes));
}

TEST(InitialEmbeddings, AreThoseOfWord2vec) {
  Config config;
  config.dim = 20;
  const Embeddings e = initial_embeddings(1000, config);
  ASSERT_EQ(e.input.rows(), 1000);
  ASSERT_EQ(e.output.rows(), 1000);
  const float half = 0.5F / 20;
  double sum = 0;
  double squares = 0;
  for (std::int64_t r = 0; r < 1000; ++r) {
    for (std::int32_t d = 0; d < 20; ++d) {
      const float v = e.input.row(r)[d];
      EXPECT_GE(v, -half);
      EXPECT_LT(v, half);
      EXPECT_EQ(e.output.row(r)[d], 0.0F);
      sum += v;
      squares += double{v} * v;
    }
    for (std::int64_t d = 20; d < e.input.stride(); ++d) EXPECT_EQ(e.input.row(r)[d], 0.0F);
  }
  // Mean and variance of 20,000 uniform draws, within six standard errors.
  const double width = 2.0 * half;
  EXPECT_NEAR(sum / 20000, 0, 6 * width / std::sqrt(12.0 * 20000));
  EXPECT_NEAR(squares / 20000, width * width / 12, 6 * width * width / std::sqrt(180.0 * 20000));
}

TEST(InitialEmbeddings, AreAFunctionOfSeedRowAndColumn) {
  Config config;
  config.dim = 7;
  config.seed = 0x123456789ABCDEF;
  const Embeddings large = initial_embeddings(50, config);
  const Embeddings small = initial_embeddings(5, config);
  const Draws draws{config.seed, 0};
  for (std::int64_t r = 0; r < 50; ++r)
    for (std::int32_t d = 0; d < 7; ++d) {
      const auto element = static_cast<std::uint64_t>(r * 7 + d);
      EXPECT_EQ(large.input.row(r)[d], (to_unit(draws.u32(Stream::initial_weights, element)) - 0.5F) / 7);
      if (r < 5) {
        EXPECT_EQ(large.input.row(r)[d], small.input.row(r)[d]);
      }
    }
  config.seed = 2;
  EXPECT_NE(initial_embeddings(5, config).input.row(0)[0], small.input.row(0)[0]);
}

TEST(InitialEmbeddings, AreTheSameForAnyThreadsAndShapes) {
  const std::int64_t rows = 2500;  // several tasks, the last one partial
  Config config;
  for (const std::int32_t dim : {1, 2, 3, 4, 13, 32, 100}) {
    config.dim = dim;
    for (const int threads : {1, 3}) {
      config.threads = threads;
      const Embeddings e = initial_embeddings(rows, config);
      const Draws draws{config.seed, 0};
      for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int32_t d = 0; d < dim; ++d) {
          const auto element = static_cast<std::uint64_t>(r * dim + d);
          const float unit = to_unit(draws.u32(Stream::initial_weights, element));
          ASSERT_EQ(e.input.row(r)[d], (unit - 0.5F) / static_cast<float>(dim)) << dim << " row " << r;
        }
        for (std::int64_t d = dim; d < e.input.stride(); ++d) ASSERT_EQ(e.input.row(r)[d], 0.0F);
      }
    }
  }
}

TEST(InitialEmbeddings, HaveTheMatricesThatTheLossNeeds) {
  Config config;
  const auto shapes = [&config](Loss loss) {
    config.loss = loss;
    const Embeddings e = initial_embeddings(10, config);
    return std::vector<std::int64_t>{e.input.rows(), e.output.rows(), e.nodes.rows()};
  };
  EXPECT_THAT(shapes({true, false, false}), testing::ElementsAre(10, 10, 0));
  EXPECT_THAT(shapes({false, true, false}), testing::ElementsAre(10, 0, 9));
  EXPECT_THAT(shapes({true, true, false}), testing::ElementsAre(10, 10, 9));
  EXPECT_THAT(shapes({false, false, true}), testing::ElementsAre(10, 10, 0));
}

}  // namespace
}  // namespace warp2vec
