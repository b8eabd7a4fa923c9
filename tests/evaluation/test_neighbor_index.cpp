#include <warp2vec/neighbor_index.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "tests/support/model_samples.h"
#include "tests/support/random_matrix.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::HasSubstr;

KeyedVectors random_space(std::int64_t rows, std::int32_t dim = 8, std::uint64_t seed = 1) {
  return KeyedVectors({decimal_ids(rows), random_matrix(rows, dim, seed)});
}

std::vector<std::int64_t> every(std::int64_t step, std::int64_t size) {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < size; row += step) rows.push_back(row);
  return rows;
}

double recall(const KeyedVectors& space, const NeighborIndex& index, int threads = 1,
              std::int64_t restrict_vocab = 0) {
  const std::vector<std::int64_t> rows = every(space.size() / 200, space.size());
  const auto exact = space.top_k(rows, 10, {.restrict_vocab = restrict_vocab});
  const auto near =
      space.top_k(rows, 10, {.restrict_vocab = restrict_vocab, .threads = threads, .index = &index});
  double found = 0;
  double all = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(near[i].size(), 10);
    EXPECT_EQ(std::count_if(near[i].begin(), near[i].end(), [&](auto& r) { return r.row == rows[i]; }), 0);
    all += 10;
    for (const NearestRow& row : exact[i])
      found += static_cast<double>(std::count(near[i].begin(), near[i].end(), row));
  }
  return found / all;
}

// Random vectors of many dimensions are the hardest: a recall of 1 would mean that all were compared.
TEST(NeighborIndex, FindsNearlyAllOfTheNearest) {
  const KeyedVectors space = random_space(10000, 64);
  const NeighborIndex index = NeighborIndex::build(space);
  const double found = recall(space, index);
  EXPECT_GT(found, 0.6);
  EXPECT_LT(found, 0.999);
}

TEST(NeighborIndex, IsBuiltAndSearchedOnSeveralThreads) {
  const KeyedVectors space = random_space(10000);
  const NeighborIndex index = NeighborIndex::build(space, 4);
  EXPECT_GT(recall(space, index, 4), 0.9);
}

TEST(SearchesOfAnIndex, AreThoseOfOneThreadInMany) {
  const KeyedVectors space = random_space(300);
  const NeighborIndex index = NeighborIndex::build(space);
  const auto found = [&] {
    std::vector<std::vector<std::int64_t>> rows;
    for (std::int64_t row = 0; row < space.size(); ++row)
      rows.push_back(index.candidates(space.vector(row), 5));
    return rows;
  };
  const auto expected = found();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { EXPECT_EQ(found(), expected); });
}

TEST(NeighborIndex, LeavesOutTheWordsThatWereAskedForAndMoreWordsThanCandidatesAreFound) {
  const KeyedVectors space = random_space(10000);
  const NeighborIndex index = NeighborIndex::build(space);
  const SearchOptions options{.index = &index};
  const auto nearest = space.most_similar({"3", "7"}, {"11"}, 300, options);
  ASSERT_EQ(nearest.size(), 300);
  for (const Neighbor& neighbor : nearest)
    EXPECT_THAT(neighbor.word, testing::AllOf(testing::Ne("3"), testing::Ne("7"), testing::Ne("11")));
  EXPECT_EQ(nearest.front().word, space.most_similar({"3", "7"}, {"11"}, 1).front().word);
}

TEST(NeighborIndex, FewVectorsAndTheFirstWordsAreSearchedExactly) {
  const auto recall_of = [](std::int64_t rows, std::int64_t restrict_vocab) {
    const KeyedVectors space = random_space(rows, 32);
    const NeighborIndex index = NeighborIndex::build(space);
    return recall(space, index, 1, restrict_vocab);
  };
  EXPECT_EQ(recall_of(2000, 0), 1);
  EXPECT_EQ(recall_of(kLeastIndexed, kLeastIndexed - 1), 1);
}

class IndexFile : public testing::Test {
 protected:
  std::string saved(const NeighborIndex& index) {
    index.save(path_);
    return folder_.read("index");
  }
  std::string load_error(const KeyedVectors& space) {
    return thrown_message([&] { NeighborIndex::load(path_, space); });
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("index");
};

TEST_F(IndexFile, IsReadAsItWasWrittenAndOneThreadWritesTheSame) {
  const KeyedVectors space = random_space(10000);
  const NeighborIndex index = NeighborIndex::build(space);
  const std::string bytes = saved(index);
  const NeighborIndex again = NeighborIndex::load(path_, space);
  const std::vector<std::int64_t> rows = every(7, 10000);
  EXPECT_EQ(space.top_k(rows, 5, {.index = &again}), space.top_k(rows, 5, {.index = &index}));
  EXPECT_EQ(saved(again), bytes);
  EXPECT_EQ(saved(NeighborIndex::build(space)), bytes);
}

// Nodes are inserted in any order there, and written in that of rows.
TEST_F(IndexFile, OfSeveralThreadsIsReadAsItWasWritten) {
  const KeyedVectors space = random_space(10000);
  const NeighborIndex index = NeighborIndex::build(space, 4);
  saved(index);
  const NeighborIndex again = NeighborIndex::load(path_, space);
  EXPECT_EQ(space.top_k(every(7, 10000), 5, {.index = &again}),
            space.top_k(every(7, 10000), 5, {.index = &index}));
}

TEST_F(IndexFile, OfOtherVectorsIsRefused) {
  const KeyedVectors space = random_space(300);
  const NeighborIndex index = NeighborIndex::build(space);
  saved(index);
  EXPECT_THAT(load_error(random_space(299)),
              HasSubstr("index: the index of 300 vectors of 8 values, but there are 299 of 8"));
  EXPECT_THAT(load_error(random_space(300, 9)), HasSubstr("of 8 values, but there are 300 of 9"));
  Matrix changed = random_matrix(300, 8, 1);
  changed.row(299)[7] += 1;
  EXPECT_THAT(load_error(KeyedVectors({decimal_ids(300), std::move(changed)})),
              HasSubstr("the index of other vectors"));
  const KeyedVectors other = random_space(10000);
  EXPECT_THAT(thrown_message([&] { other.similar_by_row(0, 1, {.index = &index}); }),
              HasSubstr("the index is that of other vectors"));
  EXPECT_EQ(load_error(space), "");
}

TEST_F(IndexFile, DamagedAndOtherFilesAreErrors) {
  const KeyedVectors space = random_space(40, 2);
  const std::string bytes = saved(NeighborIndex::build(space));
  for (std::size_t size = 0; size < bytes.size(); size += size < 200 ? 1 : 13) {
    folder_.write("index", bytes.substr(0, size));
    EXPECT_NE(load_error(space), "") << size;
  }
  for (std::size_t at = 0; at < bytes.size(); at += at < 200 ? 1 : 7) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    folder_.write("index", damaged);
    const bool is_padding = bytes[at] == '\0';  // between sections
    EXPECT_TRUE(!load_error(space).empty() || is_padding) << at;
  }
  folder_.write("index", "2 1\na 1\nb 2\n");
  EXPECT_THAT(load_error(space), HasSubstr("expected a search index file"));
}

// Checksums that fit do not make links safe to follow.
TEST_F(IndexFile, NoLinkLeavesTheGraph) {
  const KeyedVectors space = random_space(60, 2);
  const std::string bytes = saved(NeighborIndex::build(space));
  int refused = 0;
  for (std::size_t at = 124; at + 4 <= bytes.size(); at += 4)
    for (const std::uint32_t value : {60U, 33U, 0xFFFFFFFFU}) {
      std::string damaged = bytes;
      std::copy_n(reinterpret_cast<const char*>(&value), 4, damaged.begin() + static_cast<long>(at));
      folder_.write("index", sealed(damaged));
      if (!load_error(space).empty()) {
        ++refused;
        continue;
      }
      const NeighborIndex index = NeighborIndex::load(path_, space);
      for (std::int64_t row = 0; row < space.size(); ++row)
        for (const std::int64_t found : index.candidates(space.vector(row), 5)) EXPECT_LT(found, 60);
    }
  EXPECT_GT(refused, 100);
}

TEST(NeighborIndex, OddVectorsDoNoHarm) {
  Matrix vectors = random_matrix(10000, 4, 3);
  for (std::int64_t row = 0; row < 10000; row += 3) {
    const float length = row % 2 == 0 ? 0.0F : row % 5 == 0 ? 1e37F : 1e-30F;
    for (int d = 0; d < 4; ++d) vectors.row(row)[d] *= length;
  }
  for (std::int64_t row = 1; row < 10000; row += 3) std::copy_n(vectors.row(1), 4, vectors.row(row));
  const KeyedVectors space({decimal_ids(10000), std::move(vectors)});
  const NeighborIndex index = NeighborIndex::build(space);
  EXPECT_EQ(space.similar_by_row(2, 10, {.index = &index}).size(), 10);
  EXPECT_EQ(space.similar_by_row(1, 10, {.index = &index}).front().similarity, 1);
  EXPECT_THAT(thrown_message([] { NeighborIndex::build(random_space(0)); }),
              HasSubstr("an index of 0 vectors: expected 1 to 2147483647"));
}

}  // namespace
}  // namespace warp2vec
