#include <warp2vec/detail/random.h>
#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/evaluation/nearest_to_offsets.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/word_vectors_of.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>

namespace warp2vec {
namespace {

// king - man + woman = queen, and so on; rows are ordered by frequency.
WordVectors family() {
  return word_vectors_of({{"man", {1, 0, 1, 0, 0}},
                          {"woman", {1, 0, -1, 0, 0}},
                          {"king", {0, 1, 1, 0, 0}},
                          {"queen", {0, 1, -1, 0, 0}},
                          {"King", {0, 1, 1, 0.1F, 0}},
                          {"boy", {0, 0, 1, 1, 0}},
                          {"girl", {0, 0, -1, 1, 0}},
                          {"stone", {0, 0, 0, 0, 1}},
                          {"Queen", {0, 1, -1, 0.01F, 0}}});
}

class EvaluateAnalogies : public testing::Test {
 protected:
  AnalogyResult evaluate(const std::string& content, const EvaluateOptions& options = {}) {
    return evaluate_analogies(KeyedVectors(family()), folder_.write("questions.txt", content), options);
  }
  std::string complaint(const std::string& content) {
    return thrown_message([&] { evaluate(content); });
  }

  TemporaryFolder folder_;
};

void expect_counts(const AnalogySection& section, const std::string& name, std::int64_t correct,
                   std::int64_t found, std::int64_t total) {
  EXPECT_EQ(section.name, name);
  EXPECT_EQ(section.correct, correct) << name;
  EXPECT_EQ(section.found, found) << name;
  EXPECT_EQ(section.total, total) << name;
}

TEST_F(EvaluateAnalogies, CountsBySectionAndKind) {
  const AnalogyResult result = evaluate(
      "\xEF\xBB\xBF: royal family\r\nman king woman queen\r\nman king woman stone\r\nman king woman "
      "lady\r\n\n"
      ": gram1-age\nman boy woman girl\nKING boy QUEEN girl\n:  : grammar \nman  stone\twoman x\n: empty\n");
  EXPECT_EQ(result.file, folder_.path("questions.txt"));
  ASSERT_EQ(result.sections.size(), 4U);
  expect_counts(result.sections[0], "royal family", 1, 2, 3);
  expect_counts(result.sections[1], "gram1-age", 2, 2, 2);
  expect_counts(result.sections[2], "grammar", 0, 0, 1);
  expect_counts(result.sections[3], "empty", 0, 0, 0);
  expect_counts(result.semantic, "semantic", 1, 2, 3);
  expect_counts(result.syntactic, "syntactic", 2, 2, 3);
  expect_counts(result.all, "all", 3, 4, 6);
}

TEST_F(EvaluateAnalogies, CaseVariantsOfTheQuestionAreNoAnswers) {
  // The nearest other row is "King"; the first that is not a form of the three words is "boy".
  EXPECT_EQ(evaluate(": s\nman man king boy\n").all.correct, 1);
  EvaluateOptions options;
  options.case_sensitive = true;
  EXPECT_EQ(evaluate(": s\nman man king boy\n", options).all.correct, 0);
  EXPECT_EQ(evaluate(": s\nman man king King\n", options).all.correct, 1);
  EXPECT_EQ(evaluate(": s\nMan man king King\n", options).all.found, 0);
}

TEST_F(EvaluateAnalogies, OnlyTheRestrictedVocabularyIsAskedAndAnswers) {
  EvaluateOptions options;
  options.restrict_vocab = 4;
  const std::string content = ": s\nman king woman queen\nman boy woman girl\n";
  EXPECT_EQ(evaluate(content, options).all.found, 1);
  EXPECT_EQ(evaluate(content, options).all.correct, 1);
  options.restrict_vocab = 3;
  EXPECT_EQ(evaluate(content, options).all.found, 0);
  options.restrict_vocab = 0;
  EXPECT_EQ(evaluate(content, options).all.correct, 2);
  options.restrict_vocab = 1000000;
  EXPECT_EQ(evaluate(content, options).all.correct, 2);
}

TEST_F(EvaluateAnalogies, QuestionsBeforeAHeadingFormASectionWithoutAName) {
  const AnalogyResult result = evaluate("man king woman queen\n: s\nman boy woman girl\n");
  ASSERT_EQ(result.sections.size(), 2U);
  expect_counts(result.sections[0], "", 1, 1, 1);
  expect_counts(result.semantic, "semantic", 2, 2, 2);
}

TEST_F(EvaluateAnalogies, OtherLinesAreErrorsThatNameFileAndLine) {
  for (const std::string bad : {"man king woman", "man king woman queen stone", ":section", "man"}) {
    const std::string message = complaint(": s\nman king woman queen\n" + bad + "\n");
    EXPECT_NE(message.find(folder_.path("questions.txt") + ", line 3: expected ': section' or four words"),
              std::string::npos)
        << message;
  }
  EXPECT_NE(complaint("").find("found none"), std::string::npos);
  EXPECT_NE(complaint(": s\n").find("found none"), std::string::npos);
  EXPECT_THROW(evaluate_analogies(KeyedVectors(family()), folder_.path("missing"), {}), Error);
}

// Every third row repeats the one before it: ties.
KeyedVectors random_space(std::int64_t rows, std::int32_t dim) {
  const Draws draws{17, 0};
  WordVectors vectors;
  vectors.vectors = Matrix(rows, dim);
  for (std::int64_t r = 0; r < rows; ++r) {
    vectors.words.push_back("w" + std::to_string(r));
    const std::int64_t source = r % 3 == 2 ? r - 1 : r;
    for (std::int32_t d = 0; d < dim; ++d)
      vectors.vectors.row(r)[d] =
          to_unit(draws.u32(Stream::keep, static_cast<std::uint64_t>(source * dim + d))) - 0.5F;
  }
  return KeyedVectors(std::move(vectors));
}

std::vector<Offset> random_offsets(std::size_t n, std::uint32_t rows) {
  std::vector<Offset> offsets;
  for (std::size_t i = 0; i < n; ++i) {
    const U32x4 r = Draws{18, 0}.block(Stream::negative, i);
    offsets.push_back({to_below(r.w[0], rows), to_below(r.w[1], rows), to_below(r.w[2], rows)});
  }
  return offsets;
}

// All rows, sorted by their scores.
NearestRows sorted_rows(const KeyedVectors& space, std::int64_t limit, const Offset& offset) {
  std::vector<float> scores(static_cast<std::size_t>(limit));
  for (std::int64_t row = 0; row < limit; ++row)
    for (std::size_t d = 0; d < static_cast<std::size_t>(space.dim()); ++d)
      scores[static_cast<std::size_t>(row)] +=
          space.unit(row)[d] * (space.unit(offset.b)[d] - space.unit(offset.a)[d] + space.unit(offset.c)[d]);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  NearestRows nearest;
  nearest.fill(-1);
  std::copy_n(order.begin(), std::min(order.size(), nearest.size()), nearest.begin());
  return nearest;
}

TEST(NearestToOffsets, EqualsASortOfAllRowsForAnySizesAndThreads) {
  for (const std::int64_t rows : {1, 5, 8, 65, 139})
    for (const std::int32_t dim : {1, 3, 16, 33})
      for (const std::size_t questions : {std::size_t{0}, std::size_t{1}, std::size_t{9}, std::size_t{300}}) {
        SCOPED_TRACE(std::to_string(rows) + " rows, dim " + std::to_string(dim));
        const KeyedVectors space = random_space(rows, dim);
        const std::vector<Offset> offsets = random_offsets(questions, static_cast<std::uint32_t>(rows));
        const std::int64_t limit = std::max<std::int64_t>(1, rows - 2);
        const std::vector<NearestRows> nearest = nearest_to_offsets(space, limit, offsets, 3);
        EXPECT_EQ(nearest, nearest_to_offsets(space, limit, offsets, 1));
        ASSERT_EQ(nearest.size(), questions);
        for (std::size_t i = 0; i < questions; i += 5)
          ASSERT_EQ(nearest[i], sorted_rows(space, limit, offsets[i])) << "question " << i;
      }
}

}  // namespace
}  // namespace warp2vec
