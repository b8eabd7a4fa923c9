#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/word_vectors_of.h"

#include <gtest/gtest.h>

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

TEST_F(EvaluateAnalogies, AnySeparatorAndSection) {
  const AnalogyResult result = evaluate(
      ":first\nman\tking\twoman\tqueen\nman,king,woman,queen\n\"man\";\"king\";\"woman\";\"queen\"\n"
      ":second:\n man boy woman girl\n");
  ASSERT_EQ(result.sections.size(), 2U);
  expect_counts(result.sections[0], "first", 3, 3, 3);
  expect_counts(result.sections[1], "second:", 1, 1, 1);
}

TEST_F(EvaluateAnalogies, OtherLinesAreErrorsThatNameFileAndLine) {
  for (const std::string bad : {"man king woman", "man king woman queen stone", "man"}) {
    const std::string message = complaint(": s\nman king woman queen\n" + bad + "\n");
    EXPECT_NE(message.find(folder_.path("questions.txt") + ", line 3: expected ': section' or four words"),
              std::string::npos)
        << message;
  }
  EXPECT_NE(complaint("").find("found none"), std::string::npos);
  EXPECT_NE(complaint(": s\n").find("found none"), std::string::npos);
  EXPECT_THROW(evaluate_analogies(KeyedVectors(family()), folder_.path("missing"), {}), Error);
}

}  // namespace
}  // namespace warp2vec
