#include <warp2vec/detail/random.h>

#include "host/evaluation/nearest_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// Every third row repeats the one before it: ties. Every seventh is zero, every eleventh so long or short
// that floats cannot multiply it.
KeyedVectors space_with_ties(std::int64_t rows, std::int32_t dim) {
  const Draws draws{17, 0};
  WordVectors vectors;
  vectors.vectors = Matrix(rows, dim);
  for (std::int64_t r = 0; r < rows; ++r) {
    vectors.words.push_back("w" + std::to_string(r));
    const std::int64_t source = r % 3 == 2 ? r - 1 : r;
    const float scale = source % 7 == 3 ? 0.0F : source % 11 == 4 ? (r % 2 == 0 ? 1e37F : 1e-37F) : 3.0F;
    for (std::int32_t d = 0; d < dim; ++d)
      vectors.vectors.row(r)[d] =
          scale * (to_unit(draws.u32(Stream::keep, static_cast<std::uint64_t>(source * dim + d))) - 0.5F);
  }
  return KeyedVectors(std::move(vectors));
}

float query_value(std::int64_t query, std::size_t d) {
  return to_unit(Draws{18, 0}.u32(Stream::keep, static_cast<std::uint64_t>(query) * 64 + d)) - 0.5F;
}

// All rows, sorted by their cosines in double.
std::vector<NearestRow> sorted_rows(const KeyedVectors& space, std::int64_t query, std::int64_t top,
                                    std::int64_t limit) {
  std::vector<NearestRow> rows;
  for (std::int64_t row = 0; row < limit; ++row) {
    double product = 0;
    double of_row = 0;
    double of_query = 0;
    for (std::size_t d = 0; d < static_cast<std::size_t>(space.dim()); ++d) {
      const double x = space.vector(row)[d];
      const double q = query_value(query, d);
      product += x * q;
      of_row += x * x;
      of_query += q * q;
    }
    rows.push_back({row, of_row == 0 ? 0 : product / std::sqrt(of_row * of_query)});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const NearestRow& a, const NearestRow& b) {
    return a.similarity > b.similarity + 1e-14;
  });
  rows.resize(static_cast<std::size_t>(std::min(top, limit)));
  return rows;
}

void write_query(std::int64_t query, std::span<float> values) {
  for (std::size_t d = 0; d < values.size(); ++d) values[d] = query_value(query, d);
}

TEST(NearestRows, EqualASortOfAllRowsForAnySizesAndThreads) {
  for (const std::int64_t rows : {1, 5, 8, 65, 139})
    for (const std::int32_t dim : {1, 3, 16, 33})
      for (const std::int64_t queries : {0, 1, 9, 150})
        for (const std::int64_t top : {0, 1, 8, 1000}) {
          SCOPED_TRACE(std::to_string(rows) + " rows, dim " + std::to_string(dim) + ", top " +
                       std::to_string(top));
          const KeyedVectors space = space_with_ties(rows, dim);
          const std::int64_t limit = std::max<std::int64_t>(1, rows - 2);
          const auto nearest = nearest_rows(space, queries, write_query, top, limit, 3);
          EXPECT_EQ(nearest, nearest_rows(space, queries, write_query, top, limit, 1));
          ASSERT_EQ(std::ssize(nearest), queries);
          for (std::int64_t q = 0; q < queries; q += 37) {
            const std::vector<NearestRow> expected = sorted_rows(space, q, top, limit);
            const std::vector<NearestRow>& found = nearest[static_cast<std::size_t>(q)];
            ASSERT_EQ(found.size(), expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
              ASSERT_EQ(found[i].row, expected[i].row) << "query " << q << ", place " << i;
              ASSERT_NEAR(found[i].similarity, expected[i].similarity, 1e-12);
            }
          }
        }
}

// Enough rows for several parts, whose candidates are ranked together.
TEST(NearestRows, OfPartsAreThoseOfTheWhole) {
  const KeyedVectors space = space_with_ties(20000, 5);
  for (const std::int64_t queries : {2, 9}) {
    const auto whole = nearest_rows(space, queries, write_query, 50, space.size(), 1);
    EXPECT_EQ(whole, nearest_rows(space, queries, write_query, 50, space.size(), 3));
    EXPECT_EQ(whole, nearest_rows(space, queries, write_query, 50, space.size(), 16));
  }
  // Few queries are answered one by one.
  const auto many = nearest_rows(space, 9, write_query, 50, space.size(), 1);
  const auto few = nearest_rows(space, 2, write_query, 50, space.size(), 1);
  EXPECT_EQ(few[0], many[0]);
  EXPECT_EQ(few[1], many[1]);
}

// Floats cannot tell these rows apart, of which the last is the nearest.
TEST(NearestRows, AreThoseOfDoubles) {
  constexpr std::int64_t kRows = 3000;
  WordVectors vectors;
  vectors.vectors = Matrix(kRows, 2);
  for (std::int64_t r = 0; r < kRows; ++r) {
    vectors.words.push_back(std::to_string(r));
    vectors.vectors.row(r)[0] = 1;
    vectors.vectors.row(r)[1] = 1e-4F * static_cast<float>(kRows - r) / kRows;
  }
  const KeyedVectors space(std::move(vectors));
  for (const std::int64_t queries : {1, 9}) {
    const auto nearest = nearest_rows(
        space, queries, [](std::int64_t, std::span<float> values) { values[0] = 1; }, 3, kRows, 2);
    ASSERT_EQ(nearest[0].size(), 3U);
    for (std::int64_t i = 0; i < 3; ++i)
      EXPECT_EQ(nearest[0][static_cast<std::size_t>(i)].row, kRows - 1 - i);
  }
}

}  // namespace
}  // namespace warp2vec
