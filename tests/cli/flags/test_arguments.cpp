#include "host/cli/flags/arguments.h"
#include "host/cli/flags/usage_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace warp2vec::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Arguments rewritten(const Arguments& arguments) { return rewrite_arguments(arguments).arguments; }

std::string complaint(const Arguments& arguments) {
  try {
    rewrite_arguments(arguments);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(CliArguments, OwnFlagsKeepTheirMeaning) {
  const Rewritten result = rewrite_arguments({"--input", "-", "a b", "--output=x", "--dim", "50", "--lr",
                                              "-0.5", "--no-shrink-window", "--deterministic", "-h",
                                              "--format", "text", "--max-sentence", "7", "--"});
  EXPECT_THAT(result.arguments,
              ElementsAre("--input=-", "a b", "--output=x", "--dim=50", "--lr=-0.5", "--no-shrink-window",
                          "--deterministic", "-h", "--format", "text", "--max-sentence", "7", "--"));
  EXPECT_THAT(result.notes, IsEmpty());
}

TEST(CliArguments, EveryWord2vecFlag) {
  const Rewritten result = rewrite_arguments(
      {"-train",      "t.txt", "-output",   "o",  "-size",    "200", "-window", "8",  "-sample",     "1e-4",
       "-hs",         "0",     "-negative", "25", "-threads", "20",  "-iter",   "15", "-min-count",  "3",
       "-alpha",      "0.05",  "-classes",  "0",  "-debug",   "0",   "-binary", "1",  "-save-vocab", "s",
       "-read-vocab", "r",     "-cbow",     "0"});
  EXPECT_THAT(result.arguments,
              UnorderedElementsAre("--input=t.txt", "--output=o", "--classes=0", "--dim=200", "--window=8",
                                   "--sample=1e-4", "--negative=25", "--threads=20", "--epochs=15",
                                   "--min-count=3", "--lr=0.05", "--quiet", "--format=binary",
                                   "--save-vocab=s", "--read-vocab=r", "--model=skipgram"));
  EXPECT_THAT(result.notes, IsEmpty());
}

TEST(CliArguments, EveryFastTextFlag) {
  const Rewritten result =
      rewrite_arguments({"-input",    "t", "-output", "o", "-dim",  "9",    "-ws",      "4",
                         "-minCount", "2", "-neg",    "6", "-t",    "1e-4", "-lr",      "0.1",
                         "-epoch",    "3", "-thread", "2", "-loss", "hs",   "-verbose", "2"});
  EXPECT_THAT(result.arguments, UnorderedElementsAre("--input=t", "--output=o", "--dim=9", "--window=4",
                                                     "--min-count=2", "--negative=6", "--sample=1e-4",
                                                     "--lr=0.1", "--epochs=3", "--threads=2", "--loss=hs"));
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("subwords")));
}

TEST(CliArguments, GensimSpellingsWithTwoDashes) {
  EXPECT_THAT(rewritten({"--vector-size", "7", "--workers=3", "--min_count", "1", "--alpha", "0.1", "--iter",
                         "2", "--corpus_file", "c", "--max_final_vocab", "10", "--ns_exponent", "1",
                         "--shrink_windows", "0", "--size", "7"}),
              ElementsAre("--dim=7", "--threads=3", "--min-count=1", "--lr=0.1", "--epochs=2", "--input=c",
                          "--max-vocab=10", "--ns_exponent", "1", "--no-shrink-window", "--dim=7"));
  EXPECT_THAT(rewritten({"--shrink-windows", "1"}), IsEmpty());
}

TEST(CliArguments, HsAndNegativeNameTheLoss) {
  EXPECT_THAT(rewritten({"-hs", "1", "-cbow", "0"}),
              ElementsAre("--model=skipgram", "--loss=ns+hs", "--format=text"));
  EXPECT_THAT(rewritten({"--hs", "1", "--negative", "7"}), ElementsAre("--loss=ns+hs", "--negative=7"));
  EXPECT_THAT(rewritten({"--hs", "1", "--negative", "0"}), ElementsAre("--loss=hs"));
  EXPECT_THAT(rewritten({"--hs", "0"}), IsEmpty());
  EXPECT_THAT(rewritten({"--loss", "hs", "--negative", "0"}), ElementsAre("--loss=hs"));
  EXPECT_THAT(complaint({"-hs", "0", "-negative", "0"}), HasSubstr("leaves nothing to train"));
  EXPECT_THAT(complaint({"-negative", "0"}), HasSubstr("leaves nothing to train"));
  EXPECT_THAT(complaint({"--loss", "hs", "-hs", "1"}), HasSubstr("--loss and -hs"));
  EXPECT_THAT(complaint({"-hs", "2"}), HasSubstr("-hs 2: expected 0 or 1"));
}

TEST(CliArguments, NegativeNumbersReachTheFlagThatRefusesThem) {
  EXPECT_THAT(rewritten({"--negative", "-5"}), ElementsAre("--negative=-5"));
  EXPECT_THAT(rewritten({"--size", "-100"}), ElementsAre("--dim=-100"));
}

TEST(CliArguments, Word2vecVectorsAreTextUnlessSaidOtherwise) {
  EXPECT_THAT(rewritten({"-train", "t", "-cbow", "0"}),
              ElementsAre("--input=t", "--model=skipgram", "--format=text"));
  EXPECT_THAT(rewritten({"-train", "t", "-binary", "0"}), ElementsAre("--input=t", "--format=text"));
  EXPECT_THAT(rewritten({"-train", "t", "--format", "npy"}), ElementsAre("--input=t", "--format", "npy"));
  EXPECT_THAT(rewritten({"-input", "t"}), ElementsAre("--input=t"));
}

TEST(CliArguments, SaysThatSkipGramIsTrained) {
  EXPECT_THAT(rewrite_arguments({"-train", "t"}).notes, ElementsAre(HasSubstr("skip-gram is trained")));
  EXPECT_THAT(rewrite_arguments({"-train", "t", "-cbow", "0"}).notes, IsEmpty());
}

TEST(CliArguments, OtherToolsNamesOfTheModel) {
  EXPECT_THAT(rewritten({"-cbow", "1"}), ElementsAre("--model=cbow", "--format=text"));
  EXPECT_THAT(rewritten({"--cbow", "1"}), ElementsAre("--model=cbow"));
  EXPECT_THAT(rewritten({"--sg", "0"}), ElementsAre("--model=cbow"));
  EXPECT_THAT(rewritten({"--sg=1", "--cbow_mean", "1"}), ElementsAre("--model=skipgram"));
  EXPECT_THAT(rewritten({"--sg", "0", "--cbow_mean", "0"}), ElementsAre("--model=cbow", "--cbow-sum"));
  EXPECT_THAT(rewrite_arguments({"-train", "t", "-cbow", "1"}).notes, IsEmpty());
  EXPECT_THAT(rewrite_arguments({"-train", "t", "--model", "cbow"}).notes, IsEmpty());
  EXPECT_THAT(complaint({"--cbow", "1", "--sg", "0"}), HasSubstr("--sg: the model is given twice"));
  EXPECT_THAT(complaint({"--model=cbow", "-cbow", "1"}), HasSubstr("-cbow: the model is given twice"));
  EXPECT_THAT(complaint({"-cbow", "2"}), HasSubstr("-cbow 2: expected 0 or 1"));
}

TEST(CliArguments, OfWord2vecItselfTrainCbowAndWriteText) {
  EXPECT_THAT(rewrite_arguments({"-train", "t"}, true).arguments,
              ElementsAre("--input=t", "--format=text", "--model=cbow"));
  EXPECT_THAT(rewrite_arguments({"-train", "t"}, true).notes, IsEmpty());
  EXPECT_THAT(rewrite_arguments({"-train", "t", "-cbow", "0", "-binary", "1"}, true).arguments,
              ElementsAre("--input=t", "--model=skipgram", "--format=binary"));
}

TEST(CliArguments, ClassesOfWords) {
  EXPECT_THAT(rewritten({"-train", "t", "-classes", "500", "-cbow", "1"}),
              ElementsAre("--input=t", "--classes=500", "--model=cbow", "--format=text"));
}

TEST(CliArguments, RefusesUnknownSingleDashFlagsAndNamesTheNearest) {
  EXPECT_THAT(complaint({"-sizes", "5"}), HasSubstr("unknown flag -sizes; did you mean -size?"));
  EXPECT_THAT(complaint({"-epochs", "5"}), HasSubstr("-epochs; did you mean --epochs?"));
  EXPECT_THAT(complaint({"-qqqqqqqqqqqq"}), HasSubstr("unknown flag -qqqqqqqqqqqq (warp2vec"));
}

TEST(CliArguments, RefusesMissingValues) {
  EXPECT_THAT(complaint({"-train"}), HasSubstr("-train needs a value"));
  EXPECT_THAT(complaint({"-train", "-output", "o"}), HasSubstr("-train needs a value"));
  EXPECT_THAT(complaint({"--dim="}), HasSubstr("--dim needs a value"));
  EXPECT_THAT(complaint({"-train", ""}), HasSubstr("-train needs a value"));
}

}  // namespace
}  // namespace warp2vec::cli
