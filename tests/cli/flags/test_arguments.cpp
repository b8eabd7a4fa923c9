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
                          "--max-vocab=10", "--ns_exponent", "1", "--no-shrink-window=true", "--dim=7"));
  EXPECT_THAT(rewritten({"--shrink-windows", "1"}), ElementsAre("--no-shrink-window=false"));
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
  EXPECT_THAT(rewritten({"--sg=1", "--cbow_mean", "1"}), ElementsAre("--model=skipgram", "--cbow-sum=false"));
  EXPECT_THAT(rewritten({"--sg", "0", "--cbow_mean", "0"}), ElementsAre("--model=cbow", "--cbow-sum=true"));
  EXPECT_THAT(rewrite_arguments({"-train", "t", "-cbow", "1"}).notes, IsEmpty());
  EXPECT_THAT(rewrite_arguments({"-train", "t", "--model", "cbow"}).notes, IsEmpty());
  EXPECT_THAT(rewritten({"--cbow", "1", "--sg", "1"}), ElementsAre("--model=cbow", "--model=skipgram"));
  EXPECT_THAT(complaint({"-cbow", "2"}), HasSubstr("-cbow 2: expected 0 or 1"));
}

TEST(CliArguments, EveryArgumentOfGensim) {
  const Rewritten result = rewrite_arguments({"--sentences",
                                              "None",
                                              "--corpus_file",
                                              "c",
                                              "--vector_size",
                                              "7",
                                              "--alpha",
                                              "0.03",
                                              "--window",
                                              "4",
                                              "--min_count",
                                              "0",
                                              "--max_vocab_size",
                                              "None",
                                              "--sample",
                                              "1e-4",
                                              "--seed",
                                              "3",
                                              "--workers",
                                              "2",
                                              "--min_alpha",
                                              "0.001",
                                              "--sg",
                                              "1",
                                              "--hs",
                                              "False",
                                              "--negative",
                                              "6",
                                              "--ns_exponent",
                                              "0.5",
                                              "--cbow_mean",
                                              "True",
                                              "--hashfxn",
                                              "hash",
                                              "--epochs",
                                              "2",
                                              "--null_word",
                                              "0",
                                              "--trim_rule",
                                              "None",
                                              "--sorted_vocab",
                                              "1",
                                              "--batch_words",
                                              "10000",
                                              "--compute_loss",
                                              "True",
                                              "--callbacks",
                                              "()",
                                              "--comment",
                                              "None",
                                              "--max_final_vocab",
                                              "None",
                                              "--shrink_windows",
                                              "True"});
  EXPECT_THAT(result.arguments,
              UnorderedElementsAre("--input=c", "--dim=7", "--lr=0.03", "--window=4", "--min-count=0",
                                   "--sample=1e-4", "--seed=3", "--threads=2", "--min-lr=0.001",
                                   "--model=skipgram", "--negative=6", "--ns_exponent", "0.5",
                                   "--cbow-sum=false", "--epochs", "2", "--no-shrink-window=false"));
  EXPECT_THAT(result.notes, IsEmpty());
  EXPECT_THAT(complaint({"--max-vocab-size", "1000"}), HasSubstr("--max-vocab-size 1000: counts are exact"));
  EXPECT_THAT(complaint({"--sorted_vocab=0"}), HasSubstr("--sorted_vocab 0: words are always in the order"));
  EXPECT_THAT(complaint({"--null_word", "1"}), HasSubstr("--null_word 1: there is no word"));
  EXPECT_THAT(complaint({"--trim_rule", "f"}), HasSubstr("--trim_rule f: there is no Python here"));
  EXPECT_THAT(complaint({"--sg", "yes"}), HasSubstr("--sg yes: expected 0 or 1, or False or True"));
}

TEST(CliArguments, TheLastOfARepeatedFlagCounts) {
  EXPECT_THAT(rewritten({"--negative", "7", "--negative", "9", "--hs", "1", "--hs", "0"}),
              ElementsAre("--negative=9"));
}

TEST(CliArguments, NamesOfKoanGloveAndWord2vecPlusPlus) {
  EXPECT_THAT(rewritten({"--file",
                         "t",
                         "--context-size",
                         "3",
                         "--negatives",
                         "7",
                         "--learning-rate",
                         "0.1",
                         "--min-learning-rate",
                         "0",
                         "--cbow",
                         "true",
                         "--downsample-threshold",
                         "0",
                         "--embedding-path",
                         "o",
                         "--pretrained-path",
                         "p",
                         "--continue-vocab",
                         "old",
                         "--discard",
                         "true",
                         "--shuffle-sentences",
                         "false",
                         "--buffer-size",
                         "500000",
                         "--partitioned",
                         "true"}),
              ElementsAre("--input=t", "--window=3", "--lr=0.1", "--min-lr=0", "--model=cbow", "--sample=0",
                          "--output=o", "--init=p", "--init-vocab=old", "--negative=7"));
  EXPECT_THAT(complaint({"--discard", "false"}), HasSubstr("--discard false: rare words are dropped"));
  EXPECT_THAT(rewritten({"-vector-size", "50", "-window-size", "15", "-vocab-file", "v", "-symmetric", "1"}),
              ElementsAre("--dim=50", "--window=15", "--read-vocab=v"));
  EXPECT_THAT(complaint({"-symmetric", "0"}), HasSubstr("-symmetric 0: contexts are on both sides"));
  EXPECT_THAT(rewritten({"--train-file", "t", "--model-file", "m", "--with-skip-gram", "--min-word-freq", "2",
                         "--with-hs"}),
              ElementsAre("--input=t", "--output=m", "--model=skipgram", "--min-count=2", "--loss=hs"));
}

TEST(CliArguments, TheSizeOfAVocabularyIsKoansLimitButAFlagOfPlan) {
  EXPECT_THAT(rewritten({"--vocab-size", "1000"}), ElementsAre("--max-vocab=1000"));
  EXPECT_THAT(rewritten({"--vocab_size=1000"}), ElementsAre("--max-vocab=1000"));
  const auto plan = [](const Arguments& arguments) {
    return rewrite_arguments(arguments, Dialect::plan).arguments;
  };
  EXPECT_THAT(plan({"--vocab-size", "1000"}), ElementsAre("--vocab-size", "1000"));
  EXPECT_THAT(plan({"-V", "1000", "--vector-size", "7"}), ElementsAre("--max-vocab=1000", "--dim=7"));
}

TEST(CliArguments, LettersOfKoanAndWord2vecPlusPlusThatMeanOneThing) {
  EXPECT_THAT(
      rewritten({"-f", "t",  "-c", "3",  "-n", "7",  "-k", "2",  "-b", "true", "-V", "2000000", "-p",
                 "o",  "-r", "p",  "-w", "4",  "-a", "1",  "-g", "-B", "9",    "-L", "false",   "-P"}),
      ElementsAre("--input=t", "--window=3", "--min-count=2", "--model=cbow", "--max-vocab=2000000",
                  "--output=o", "--init=p", "--window=4", "--lr=1", "--model=skipgram", "--quiet",
                  "--negative=7"));
  for (const std::string letter : {"d", "e", "i", "l", "m", "o", "s", "v", "x"})
    EXPECT_THAT(complaint({"-" + letter, "0"}),
                AllOf(HasSubstr("-" + letter + " is koan's --"), HasSubstr(": give the long name")));
  EXPECT_THAT(complaint({"--Z", "0"}), IsEmpty());  // the parser of flags knows what it has
}

TEST(CliArguments, FastTextVerbsTakeEveryFlagThatMeansNoSubwords) {
  const auto verb = [](const Arguments& arguments) {
    return rewrite_arguments(arguments, Dialect::fasttext);
  };
  const Rewritten result = verb({"-input",
                                 "t",
                                 "-output",
                                 "m",
                                 "-lr",
                                 "0.1",
                                 "-lrUpdateRate",
                                 "100",
                                 "-dim",
                                 "9",
                                 "-ws",
                                 "4",
                                 "-epoch",
                                 "3",
                                 "-neg",
                                 "6",
                                 "-loss",
                                 "ns",
                                 "-thread",
                                 "2",
                                 "-t",
                                 "1e-3",
                                 "-minn",
                                 "0",
                                 "-maxn",
                                 "0",
                                 "-bucket",
                                 "0",
                                 "-wordNgrams",
                                 "1",
                                 "-label",
                                 "__label__",
                                 "-saveOutput",
                                 "-seed",
                                 "4",
                                 "-verbose",
                                 "1",
                                 "-minCount",
                                 "2",
                                 "-minCountLabel",
                                 "0",
                                 "-pretrainedVectors",
                                 "p.vec"});
  EXPECT_THAT(result.arguments,
              UnorderedElementsAre("--input=t", "--output=m.vec", "--lr=0.1", "--dim=9", "--window=4",
                                   "--epochs=3", "--negative=6", "--loss=ns", "--threads=2", "--sample=1e-3",
                                   "--seed=4", "--min-count=2", "--init=p.vec"));
  EXPECT_TRUE(result.fasttext_defaults);
  EXPECT_THAT(result.notes, ElementsAre(HasSubstr("-saveOutput writes nothing"),
                                        HasSubstr("m.vec is written, but not m.bin")));
  // Its own defaults mean subwords.
  EXPECT_THAT(verb({"-input", "t"}).notes, ElementsAre(HasSubstr("without fastText's subwords")));
  EXPECT_THAT(verb({"-minn", "3", "-maxn", "0"}).arguments, IsEmpty());
  EXPECT_THAT(verb({"--output", "m"}).arguments, ElementsAre("--output=m"));
  EXPECT_THAT(verb({"-output", "-"}).arguments, ElementsAre("--output=-"));
  const auto refusal = [&](const Arguments& arguments) {
    try {
      verb(arguments);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal({"-maxn", "6"}), "-maxn 6: subwords are not trained, expected -maxn 0");
  EXPECT_EQ(refusal({"-minn", "3"}), "-minn 3: subwords are not trained, expected -maxn 0");
  EXPECT_THAT(refusal({"-wordNgrams", "2"}), HasSubstr("-wordNgrams 2: it is for classifiers"));
  EXPECT_THAT(refusal({"-autotune-validation", "f"}), HasSubstr("-autotune-validation f: it is for class"));
  EXPECT_EQ(refusal({"-qnorm"}), "-qnorm: vectors are not quantised");
}

TEST(CliArguments, OfWord2vecItselfTrainCbowAndWriteText) {
  EXPECT_THAT(rewrite_arguments({"-train", "t"}, Dialect::word2vec_c).arguments,
              ElementsAre("--input=t", "--format=text", "--model=cbow"));
  EXPECT_THAT(rewrite_arguments({"-train", "t"}, Dialect::word2vec_c).notes, IsEmpty());
  EXPECT_THAT(rewrite_arguments({"-train", "t", "-cbow", "0", "-binary", "1"}, Dialect::word2vec_c).arguments,
              ElementsAre("--input=t", "--model=skipgram", "--format=binary"));
}

TEST(CliArguments, ClassesOfWords) {
  EXPECT_THAT(rewritten({"-train", "t", "-classes", "500", "-cbow", "1"}),
              ElementsAre("--input=t", "--classes=500", "--model=cbow", "--format=text"));
}

TEST(CliArguments, RefusesUnknownSingleDashFlagsAndNamesTheNearest) {
  EXPECT_THAT(complaint({"-sizes", "5"}), HasSubstr("unknown flag -sizes; did you mean -size?"));
  EXPECT_THAT(complaint({"-epochs", "5"}), HasSubstr("-epochs; did you mean --epochs?"));
  EXPECT_THAT(complaint({"-Z", "5"}), HasSubstr("unknown flag -Z"));
  EXPECT_THAT(complaint({"-accuracy", "questions"}), HasSubstr("'warp2vec eval --analogies' evaluates"));
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
