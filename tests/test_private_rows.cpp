#include <warp2vec/embeddings.h>

#include "private_rows.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace warp2vec {
namespace {

// A matrix of 4 rows whose values are all 1.
Matrix ones(std::int32_t dim) {
  Matrix matrix(4, dim);
  for (std::int64_t r = 0; r < 4; ++r)
    for (std::int32_t d = 0; d < dim; ++d) matrix.row(r)[d] = 1;
  return matrix;
}

TEST(PrivateRows, OnlyTheFirstAreCopies) {
  Matrix shared = ones(17);
  PrivateRows rows(shared.view(), 2);
  EXPECT_NE(rows.row(1), shared.row(1));
  EXPECT_EQ(rows.row(1)[16], 1);
  EXPECT_EQ(rows.row(2), shared.row(2));
  rows.row(1)[16] = 5;
  EXPECT_EQ(shared.row(1)[16], 1);  // not before merge()
}

TEST(PrivateRows, MergesWhatEachOwnerHasChanged) {
  Matrix shared = ones(17);
  PrivateRows a(shared.view(), 2);
  PrivateRows b(shared.view(), 2);
  float* const row = a.row(1);
  a.row(1)[16] += 2;
  b.row(1)[16] += 3;
  b.row(0)[0] -= 1;
  a.merge();
  b.merge();
  EXPECT_EQ(shared.row(1)[16], 6);
  EXPECT_EQ(shared.row(0)[0], 0);
  EXPECT_EQ(b.row(1)[16], 6);
  EXPECT_EQ(a.row(1)[16], 3);  // as of its own merge
  a.merge();
  EXPECT_EQ(a.row(1)[16], 6);
  EXPECT_EQ(a.row(0)[0], 0);
  EXPECT_EQ(shared.row(1)[16], 6);  // nothing is added twice
  EXPECT_EQ(a.row(1), row);
}

TEST(PrivateRows, ThereMayBeNone) {
  Matrix shared = ones(3);
  PrivateRows rows(shared.view(), 0);
  rows.merge();
  EXPECT_EQ(rows.row(0), shared.row(0));
}

}  // namespace
}  // namespace warp2vec
