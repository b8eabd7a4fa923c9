#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/word_vectors_of.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace warp2vec {
namespace {

// By decreasing similarity to "a": b, c, d.
KeyedVectors fan() {
  return KeyedVectors(word_vectors_of(
      {{"a", {1, 0}}, {"b", {9, 1}}, {"B", {-1, 0}}, {"c", {5, 5}}, {"d", {0, 1}}, {"10,000", {1, 9}}}));
}

class EvaluatePairs : public testing::Test {
 protected:
  PairsResult evaluate(const std::string& content, bool case_sensitive = false) {
    EvaluateOptions options;
    options.case_sensitive = case_sensitive;
    return evaluate_pairs(fan(), folder_.write("pairs.txt", content), options);
  }
  std::string complaint(const std::string& content) {
    return thrown_message([&] { evaluate(content); });
  }

  TemporaryFolder folder_;
};

TEST_F(EvaluatePairs, AnySeparatorHeaderAndComment) {
  for (const char* content : {"a\tb\t3\na\tc\t2\na\td\t1\n", "a,b,3\na, c, 2\na,d,1.0e0",
                              "a;b;+3\r\na;c;2\r\na;d;-1\r\n", "a b 3\n a  c\t2\na d 1\n\n",
                              "\xEF\xBB\xBF# comment, 1\nWord 1,Word 2,Human (mean)\na,b,3\na,c,2\na,d,1",
                              "first\tsecond\n#x\na\tb\t3\na c 2\na,d,1\n"}) {
    SCOPED_TRACE(content);
    const PairsResult result = evaluate(content);
    EXPECT_DOUBLE_EQ(result.spearman, 1);
    EXPECT_EQ(result.found, 3);
    EXPECT_EQ(result.total, 3);
  }
  EXPECT_EQ(evaluate("a b 1\n").file, folder_.path("pairs.txt"));
}

// The layouts of SimLex-999, SimVerb-3500, the rare words of Stanford, and WordSim-353 with single scores.
TEST_F(EvaluatePairs, FilesWithMoreColumns) {
  for (const char* content : {"word1\tword2\tPOS\tSimLex999\tconc(w1)\tAssoc(USF)\na\tb\tA\t3\t2."
                              "7\t9\na\tc\tN\t2\t1\t8\na\td\tV\t1\t1\t0\n",
                              "a\tb\tV\t3\tSYNONYMS\na\tc\tV\t2\tNONE\na\td\tV\t1\tNONE\n",
                              "a\tb\t3\t1\t9\na\tc\t2\t5\t5\na\td\t1\t9\t1\n",
                              "Word 1,Word 2,Human (mean),1,2\na,b,3,1,9\na,c,2,5,5\na,d,1,9,1\n",
                              "\"w1\",\"w2\",\"score\"\n\"a\",\"b\",\"3\"\n\"a\", \"c\",2\r\na,d,\"1\"\n",
                              "a b 3 9\na c 2 9\na d 1 9\n"}) {
    SCOPED_TRACE(content);
    const PairsResult result = evaluate(content);
    EXPECT_DOUBLE_EQ(result.spearman, 1);
    EXPECT_EQ(result.found, 3);
    EXPECT_EQ(result.total, 3);
  }
  EXPECT_EQ(evaluate("\"10,000\",a,5\n\"say \"\"b\"\"\",a,1\n").found, 1);
  EXPECT_EQ(evaluate("a\tb\tA\t3\n").total, 1);
  // three words, or two and a part of speech? And which is the score?
  EXPECT_NE(complaint("a b 3\nice cream dessert 8\n"), "");
  EXPECT_NE(complaint("a\tb\t3\na\tb\tA\t3\n"), "");
  EXPECT_NE(complaint("1\ta\tn\tb\tn\tcontext\t3\n"), "");
}

TEST_F(EvaluatePairs, AWordMayContainAnotherSeparator) {
  EXPECT_EQ(evaluate("10,000 a 5\n").found, 1);
  EXPECT_EQ(evaluate("10,000\ta\t5\n").found, 1);
  EXPECT_EQ(evaluate("ice cream\ta\t5\n").total, 1);
}

TEST_F(EvaluatePairs, MissingWordsAreLeftOutAndCounted) {
  const PairsResult result = evaluate("a b 3\nx y 9\na c 2\na x 0\na d 1\n");
  EXPECT_DOUBLE_EQ(result.spearman, 1);
  EXPECT_EQ(result.found, 3);
  EXPECT_EQ(result.total, 5);
  EXPECT_TRUE(std::isnan(evaluate("x y 9\n").spearman));
}

TEST_F(EvaluatePairs, CaseIsOnlyMindedOnRequest) {
  const std::string content = "A B 3\na C 2\na D 1\n";
  EXPECT_DOUBLE_EQ(evaluate(content).spearman, 1);
  EXPECT_EQ(evaluate(content, true).found, 0);
  EXPECT_DOUBLE_EQ(evaluate("a B 3\na c 2\na d 1\n", true).spearman, -0.5);
}

TEST_F(EvaluatePairs, OtherLinesAreErrorsThatNameFileAndLine) {
  for (const std::string bad : {"a b", "a b c", "a b 3x", "a b nan", "a,,3", "a b inf"}) {
    const std::string message = complaint("# one\na b 1\n" + bad + "\n");
    EXPECT_NE(message.find(folder_.path("pairs.txt") + ", line 3: expected two words and a number"),
              std::string::npos)
        << bad << ": " << message;
    EXPECT_NE(message.find("'" + bad + "'"), std::string::npos) << message;
  }
  EXPECT_NE(complaint("a,,3\n"), "");  // a first line with a number is not a header
  EXPECT_NE(complaint("").find("found none"), std::string::npos);
  EXPECT_NE(complaint("a header\n").find("found none"), std::string::npos);
  EXPECT_THROW(evaluate_pairs(fan(), folder_.path("missing"), {}), Error);
  EXPECT_THROW(evaluate_pairs(fan(), folder_.path(""), {}), Error);  // a folder
}

}  // namespace
}  // namespace warp2vec
