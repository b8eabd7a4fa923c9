#include <warp2vec/embeddings.h>

#include "host/cpu/simd/rows.h"

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
  PrivateRows rows(shared.view(), {2, 100});
  float* const copy = rows.visit(1);
  EXPECT_NE(copy, shared.row(1));
  EXPECT_EQ(copy[16], 1);
  EXPECT_EQ(rows.visit(2), shared.row(2));
  copy[16] = 5;
  EXPECT_EQ(shared.row(1)[16], 1);  // only when it is merged
}

TEST(PrivateRows, AVisitCountsAsOftenAsTheRowIsTrained) {
  Matrix shared = ones(17);
  PrivateRows rows(shared.view(), {2, 4});
  rows.visit(1, 3)[16] = 5;
  EXPECT_EQ(shared.row(1)[16], 1);
  rows.visit(1);
  EXPECT_EQ(shared.row(1)[16], 5);
}

TEST(ScaledRows, TellsWhetherRowsAreEqual) {
  Matrix matrix = ones(17);
  ScaledRows rows;
  EXPECT_TRUE(rows.all_distinct());
  for (const std::int64_t r : {0, 1, 3}) rows.add(matrix.row(r), r, 1);
  EXPECT_TRUE(rows.all_distinct());
  rows.add(matrix.row(1), 1, 1);
  EXPECT_FALSE(rows.all_distinct());
}

TEST(PrivateRows, MergesWhatEachOwnerHasChanged) {
  Matrix shared = ones(17);
  PrivateRows a(shared.view(), {2, 100});
  PrivateRows b(shared.view(), {2, 100});
  a.visit(1)[16] += 2;
  b.visit(1)[16] += 3;
  b.visit(0)[0] -= 1;
  a.merge();
  b.merge();
  EXPECT_EQ(shared.row(1)[16], 6);
  EXPECT_EQ(shared.row(0)[0], 0);
  EXPECT_EQ(b.visit(1)[16], 6);
  EXPECT_EQ(a.visit(1)[16], 3);  // as of its own last merge
  a.merge();
  EXPECT_EQ(a.visit(1)[16], 6);
  EXPECT_EQ(a.visit(0)[0], 0);
  EXPECT_EQ(shared.row(1)[16], 6);  // nothing is added twice
}

TEST(PrivateRows, MergesARowAfterSomeVisits) {
  Matrix shared = ones(1);
  PrivateRows rows(shared.view(), {2, 3});
  float* const row = rows.visit(0);
  row[0] = 7;
  EXPECT_EQ(rows.visit(0), row);
  EXPECT_EQ(shared.row(0)[0], 1);
  rows.visit(1)[0] = 5;  // only its own visits count
  EXPECT_EQ(rows.visit(0), row);
  EXPECT_EQ(shared.row(0)[0], 7);
  EXPECT_EQ(shared.row(1)[0], 1);
  row[0] = 8;
  rows.visit(0);
  EXPECT_EQ(shared.row(0)[0], 7);
}

TEST(PrivateRows, ThereMayBeNone) {
  Matrix shared = ones(3);
  PrivateRows rows(shared.view(), {});
  rows.merge();
  EXPECT_EQ(rows.visit(0), shared.row(0));
}

}  // namespace
}  // namespace warp2vec
