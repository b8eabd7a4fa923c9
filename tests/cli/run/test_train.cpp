// train as a black box: what is trained, what is said, and what is written.
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "tests/cli/two_topics.h"
#include "tests/support/json_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST_F(Cli, TrainsVectorsThatCanBeReadAndMeanSomething) {
  write(text_, sentences(2000));
  const Finished result = train("v.bin", {"--lr", "0.1"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("loss per epoch"));
  EXPECT_THAT(result.err, HasSubstr("try: warp2vec neighbors --vectors " + path("v.bin")));
  const WordVectors vectors = load_vectors(path("v.bin"));
  EXPECT_EQ(vectors.size(), 40);
  EXPECT_EQ(vectors.dim(), 16);
  const Finished neighbors = run({"neighbors", "--vectors", path("v.bin"), "a3", "b3", "--top", "5"});
  ASSERT_EQ(neighbors.status, 0) << neighbors.err;
  std::istringstream lines(neighbors.out);
  std::string line;
  int rows = 0;
  for (char topic = 'a'; std::getline(lines, line);) {
    if (line == "b3") topic = 'b';
    if (!line.starts_with("  ") || line.starts_with("  word")) continue;
    EXPECT_EQ(line[2], topic) << neighbors.out;
    ++rows;
  }
  EXPECT_EQ(rows, 10) << neighbors.out;
}

TEST_F(Cli, OldFlagsGiveTheSameBytesAsNewOnes) {
  ASSERT_EQ(
      train("new.txt", {"--format", "text", "--window", "4", "--loss", "ns+hs", "--negative", "3"}).status,
      0);
  const Finished word2vec = run(
      {"-train",    text_,        "-output", path("w2v.txt"), "-size", "16",      "-iter", "2",   "-threads",
       "1",         "-min-count", "1",       "-sample",       "0",     "-window", "4",     "-hs", "1",
       "-negative", "3"});
  ASSERT_EQ(word2vec.status, 0) << word2vec.err;
  EXPECT_THAT(word2vec.err, HasSubstr("skip-gram is trained"));
  EXPECT_EQ(read_whole_file(path("w2v.txt")), read_whole_file(path("new.txt")));

  ASSERT_EQ(train("new.bin").status, 0);
  const Finished fasttext = run({"skipgram", "-input", text_, "-output", path("ft"), "-dim", "16", "-epoch",
                                 "2", "-thread", "1", "-minCount", "1", "-t", "0"});
  ASSERT_EQ(fasttext.status, 0) << fasttext.err;
  ASSERT_EQ(train("new.vec", {"--lr", "0.05"}).status, 0);
  EXPECT_EQ(read_whole_file(path("ft.vec")), read_whole_file(path("new.vec")));

  const Finished gensim = run({"train", "--corpus_file", text_, "--output", path("g.bin"), "--vector_size",
                               "16", "--epochs", "2", "--workers", "1", "--min_count", "1", "--sample", "0"});
  ASSERT_EQ(gensim.status, 0) << gensim.err;
  EXPECT_EQ(read_whole_file(path("g.bin")), read_whole_file(path("new.bin")));
}

TEST_F(Cli, ConfigFileAndFlagsGiveTheSameBytes) {
  ASSERT_EQ(train("flags.bin", {"--window", "3"}).status, 0);
  write(path("run.ini"),
        "input = " + text_ + "\ndim = 99\nepochs = 2\nthreads = 1\nmin-count = 1\nsample = 0\nwindow = 3\n");
  const Finished result =
      run({"train", "--config", path("run.ini"), "--output", path("config.bin"), "--dim", "16"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(read_whole_file(path("config.bin")), read_whole_file(path("flags.bin")));
}

TEST_F(Cli, StandardInputIsTheSameAsAFile) {
  ASSERT_EQ(train("file.bin").status, 0);
  const Finished result = run({"train", "--input", "-", "--output", path("stdin.bin"), "--dim", "16",
                               "--epochs", "2", "--threads", "1", "--min-count", "1", "--sample", "0"},
                              text_);
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(read_whole_file(path("stdin.bin")), read_whole_file(path("file.bin")));
}

TEST_F(Cli, DeterministicVectorsDoNotDependOnThreads) {
  write(text_, sentences(4000));
  std::string first;
  for (const char* threads : {"1", "2", "3"}) {
    const Finished result =
        run({"train", "--input", text_, "--output", path("d.bin"), "--dim", "16", "--epochs", "1",
             "--min-count", "1", "--deterministic", "--threads", threads});
    ASSERT_EQ(result.status, 0) << result.err;
    const std::string bytes = read_whole_file(path("d.bin"));
    if (first.empty()) first = bytes;
    EXPECT_EQ(bytes, first) << threads << " threads";
  }
}

TEST_F(Cli, EveryObjectiveSharingDeviceAndFormatRuns) {
  for (const char* loss : {"ns", "hs", "ns+hs", "softmax"})
    EXPECT_EQ(train("v.bin", {"--loss", loss}).status, 0) << loss;
  for (const char* sharing : {"pair", "window", "tile"})
    EXPECT_EQ(train("v.bin", {"--sharing", sharing}).status, 0) << sharing;
  EXPECT_EQ(train("v.bin", {"--device", "reference"}).status, 0);
  for (const char* format : {"binary", "text", "glove", "npy"}) {
    ASSERT_EQ(train("v", {"--format", format}).status, 0) << format;
    EXPECT_EQ(load_vectors(path("v")).size(), 40) << format;
  }
  EXPECT_EQ(train("p", {"--format", "tensorboard"}).status, 0);
  EXPECT_TRUE(exists("p.vectors.tsv"));
  EXPECT_TRUE(exists("p.metadata.tsv"));
}

TEST_F(Cli, TheFirstLinesSayWhyPairsAreTrainedOneByOne) {
  EXPECT_THAT(train("v.bin").err, HasSubstr("the vocabulary has fewer than 10,000 words"));
  std::string text;
  for (int w = 0; w < 10000; ++w) text += "w" + std::to_string(w) + (w % 10 < 9 ? " " : "\n");
  write(text_, text);
  EXPECT_THAT(train("v.bin").err, HasSubstr("fewer than 1,500,000 words are to be trained"));
  EXPECT_THAT(train("v.bin", {"--epochs", "150"}).err, Not(HasSubstr("pair by pair")));
  const auto high = [&](const char* loss) {
    return train("v.bin", {"--loss", loss, "--lr", "0.2", "--window", "20"}).err;
  };
  for (const char* loss : {"ns", "ns+hs"})
    EXPECT_THAT(high(loss), HasSubstr("since --lr, --window and --negative together are high")) << loss;
  EXPECT_THAT(high("hs"), Not(HasSubstr("pair by pair"))) << "on a CPU it always is";
}

TEST_F(Cli, DivergedTrainingSavesNothing) {
  const Finished result = train("v.bin", {"--sharing", "pair", "--lr", "10", "--save-model", path("m.w2v"),
                                          "--metrics", path("run.jsonl")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("error: training diverged"));
  EXPECT_THAT(result.err, HasSubstr("try a lower --lr (the default is 0.025)\n"));
  for (const char* file : {"v.bin", "v.bin.partial", "m.w2v", "m.w2v.partial"}) EXPECT_FALSE(exists(file));
  const json summary = json_lines(path("run.jsonl")).back();
  EXPECT_EQ(summary["state"], "failed");
  EXPECT_THAT(result.err, HasSubstr(summary["message"].get<std::string>()));
}

TEST_F(Cli, TrainingWithoutAPairIsAnError) {
  const auto expect_failure = [&](const Finished& result, const std::string& message) {
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_THAT(result.err, Not(HasSubstr("loss per epoch")));
    EXPECT_FALSE(exists("v.bin"));
    const json summary = json_lines(path("run.jsonl")).back();
    EXPECT_EQ(summary["state"], "failed");
    EXPECT_THAT(summary["message"].get<std::string>(), HasSubstr(message));
  };
  expect_failure(run({"train", "--input", text_, "--output", path("v.bin"), "--sample", "1e-12", "--metrics",
                      path("run.jsonl")}),
                 "--sample 1e-12 keeps 0 of 25000 words");
  std::string text = sentences(500);
  std::replace(text.begin(), text.end(), ' ', '\n');
  write(text_, text);
  expect_failure(train("v.bin", {"--metrics", path("run.jsonl")}),
                 "no line of the text has two words of the vocabulary");
}

TEST_F(Cli, TrainingWithFewPairsIsAWarning) {
  EXPECT_THAT(train("v.bin").err, Not(HasSubstr("warning")));
  write(text_, sentences(20));
  const Finished result = train("v.bin");
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("warp2vec: warning: only "));
  EXPECT_THAT(result.err, HasSubstr("more text or more --epochs help\n"));
  EXPECT_TRUE(exists("v.bin"));
}

TEST_F(Cli, QuietPrintsNothingButErrors) {
  const Finished result = train("v.bin", {"--quiet"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(result.out, "");
}

TEST_F(Cli, OtherToolsTrainTheSameCbow) {
  ASSERT_EQ(train("new.bin", {"--model", "cbow", "--lr", "0.05"}).status, 0);
  const std::string expected = read_whole_file(path("new.bin"));
  const auto expect = [&](const char* output, const std::vector<std::string>& arguments) {
    const Finished finished = run(arguments);
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(read_whole_file(path(output)), expected) << output;
  };
  expect("w2v.bin", {"-train", text_, "-output", path("w2v.bin"), "-size", "16", "-iter", "2", "-threads",
                     "1", "-min-count", "1", "-sample", "0", "-cbow", "1", "-binary", "1"});
  expect("ft.bin", {"cbow", "-input", text_, "--output", path("ft.bin"), "-dim", "16", "-epoch", "2",
                    "-thread", "1", "-minCount", "1", "-t", "0"});
  expect("g.bin", {"train", "--corpus_file", text_, "--output", path("g.bin"), "--vector_size", "16",
                   "--epochs", "2", "--workers", "1", "--min_count", "1", "--sample", "0", "--sg", "0"});
  ASSERT_EQ(train("skip.bin", {"--lr", "0.05"}).status, 0);
  EXPECT_NE(read_whole_file(path("skip.bin")), expected);
  ASSERT_EQ(train("sum.bin", {"--model", "cbow", "--cbow-sum"}).status, 0);
  EXPECT_NE(read_whole_file(path("sum.bin")), expected);
}

TEST_F(Cli, ACbowModelPredictsFromSeveralWordsAndIsTrainedFurtherAsOne) {
  const std::string model = path("m.w2v");
  ASSERT_EQ(train("v.bin", {"--model", "cbow", "--loss", "hs", "--save-model", model}).status, 0);
  EXPECT_THAT(run({"info", "--model", model}).out, HasSubstr("trained as      cbow\n"));
  EXPECT_EQ(run({"info", model}).out, run({"info", "--model", model}).out);
  const Finished asked = run({"probability", "--model", model, "a3 a5 a3", "a7"});
  ASSERT_EQ(asked.status, 0) << asked.err;
  EXPECT_THAT(asked.out, StartsWith("P(word | a3 a5 a3)\n"));
  const TrainedModel trained = load_model(model);
  const auto find = [&](const char* word) { return *trained.vocabulary.find(word); };
  const std::vector<WordId> contexts{find("a3"), find("a5"), find("a3")};
  std::ostringstream log_p;
  log_p << std::fixed << std::setprecision(4) << log_probability(trained, find("a7"), contexts);
  EXPECT_THAT(asked.out, HasSubstr("a7    " + log_p.str()));
  ASSERT_EQ(train("skip.bin", {"--loss", "hs", "--save-model", path("skip.w2v")}).status, 0);
  EXPECT_THAT(run({"probability", "--model", path("skip.w2v"), "a3 a5", "a7"}).err,
              HasSubstr("a skip-gram model predicts words from one context word, not from 2"));
  ASSERT_EQ(train("more.bin", {"--init", model, "--save-model", path("more.w2v")}).status, 0);
  EXPECT_EQ(load_model(path("more.w2v")).config.model, Architecture::cbow);
  EXPECT_EQ(load_model(path("more.w2v")).config.lr, 0.05);
}

TEST_F(Cli, OutputsAreCheckedBeforeTheTextIsRead) {
  // The text does not exist either; the output is reported.
  for (const char* flag : {"--output", "--save-vocab", "--save-model", "--metrics"}) {
    Arguments arguments{"train", "--input", path("none.txt"), flag, path("none/file")};
    if (std::string(flag) != "--output") arguments.insert(arguments.end(), {"--output", path("v.bin")});
    const Finished result = run(arguments);
    EXPECT_EQ(result.status, 1) << flag;
    EXPECT_THAT(result.err, HasSubstr(path("none/file"))) << flag;
  }
}

TEST_F(Cli, AFullDiskIsAnError) {
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(path(""));  // where files are rescued
  Finished result =
      run({"train", "--input", text_, "--output", "/dev/full", "--epochs", "1", "--metrics", path("m")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("/dev/full: No space left on device; the vectors are in "));
  EXPECT_EQ(load_vectors(path("full.rescued")).size(), 40);
  EXPECT_THAT(read_whole_file(path("m")), HasSubstr("\"state\":\"failed\""));
  result = train("v.bin", {"--save-model", "/dev/full", "--metrics", path("m")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot write /dev/full: No space left on device; the vectors are in " +
                                    path("v.bin")));
  EXPECT_THAT(read_whole_file(path("m")), HasSubstr("\"state\":\"failed\""));
  EXPECT_EQ(load_vectors(path("v.bin")).size(), 40);
  result = train("v.bin", {"--metrics", "/dev/full"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("--metrics /dev/full is incomplete: No space left on device"));
  EXPECT_TRUE(exists("v.bin"));
  std::filesystem::current_path(before);
}

TEST_F(Cli, DryRunPrintsThePlanAndWritesNothing) {
  const Finished result = train("v.bin", {"--dry-run", "--save-vocab", path("vocab"), "--save-model",
                                          path("model"), "--metrics", path("m")});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Vocabulary 40 words, 5,000 tokens"));
  EXPECT_THAT(result.out, HasSubstr("negative sampling         16 + 16*11 = 192"));
  EXPECT_FALSE(exists("v.bin"));
  EXPECT_FALSE(exists("vocab"));
  EXPECT_FALSE(exists("model"));
  EXPECT_FALSE(exists("m"));
  const Finished plan = run({"plan", "--input", text_, "--dim", "16", "--min-count", "1"});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("16 + 16*11 = 192"));
}

TEST_F(Cli, PlanFromASizeAlone) {
  const Finished result =
      run({"plan", "--vocab-size", "3000000", "--dim", "100", "--positives", "8", "--negative", "20"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("100 + 3,000,000*100*8 = 2,400,000,100"));
  EXPECT_THAT(result.out, HasSubstr("100*8 + 3,000,000*100 = 300,000,800"));
  EXPECT_THAT(result.out, HasSubstr("100 + 100*28 = 2,900"));
}

TEST_F(Cli, VocabularyIsWrittenReadAndFiltered) {
  write(text_, "c b a b c c\nd d d d\n");
  Finished result = run({"vocab", "--input", text_, "--output", path("vocab"), "--min-count", "2"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(read_whole_file(path("vocab")), "d 4\nc 3\nb 2\n");
  EXPECT_THAT(result.out, HasSubstr("words in the text    10\n"));
  EXPECT_THAT(result.out, HasSubstr("different words      4\n"));

  result = run({"train", "--input", text_, "--output", path("v.txt"), "--read-vocab", path("vocab"),
                "--save-vocab", path("again"), "--min-count", "3", "--format", "text", "--dim", "2",
                "--sample", "0"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 more dropped"));
  EXPECT_EQ(read_whole_file(path("again")), "d 4\nc 3\n");
  EXPECT_THAT(read_whole_file(path("v.txt")), StartsWith("2 2\nd "));

  result = run({"train", "--input", text_, "--output", path("v.txt"), "--read-vocab", path("vocab")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("--min-count 5"));
}

TEST_F(Cli, LongSentencesAndBadUtf8AreMentionedOnce) {
  write(text_, "a b a b a b a b\nb a \xff\xfe \xff\n");
  Finished result = train("v.bin", {"--max-sentence", "5"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(
      result.err,
      HasSubstr(
          "1 sentence has more than --max-sentence 5 words after subsampling and is split for training"));
  EXPECT_THAT(result.err, HasSubstr("2 words of the text are not valid UTF-8"));
  result = train("v.bin", {"--max-sentence", "8"});
  EXPECT_THAT(result.err, Not(HasSubstr("split for training")));
  result = train("v.bin", {"--max-sentence", "0"});
  EXPECT_THAT(result.err, Not(HasSubstr("split for training")));
  // About 0.4 of the eight words are kept.
  result =
      run({"train", "--input", text_, "--output", path("v.bin"), "--min-count", "1", "--max-sentence", "5"});
  EXPECT_THAT(result.err, Not(HasSubstr("split for training")));
}

TEST_F(Cli, InputsAsPatternsAndLists) {
  folder_.write("news/b.txt", sentences(200));
  folder_.write("news/a.txt", "a1 a2 a3\n");
  folder_.write("news/c.md", "other words\n");
  const Arguments count{"vocab", "--min-count", "1", "--output", "-"};
  const std::string expected = run(count + Arguments{"--input", path("news/a.txt"), path("news/b.txt")}).out;
  ASSERT_NE(expected, "");
  EXPECT_EQ(run(count + Arguments{"--input", path("news/*.txt")}).out, expected);
  EXPECT_EQ(run(count + Arguments{"--input", path("news/[ab].t?t")}).out, expected);
  folder_.write("list", path("news/a.txt") + "\r\n\n" + path("news/b.txt") + "\n");
  EXPECT_EQ(run(count + Arguments{"--input-list", path("list")}).out, expected);
  folder_.write("half", path("news/b.txt") + "\n");
  EXPECT_EQ(run(count + Arguments{"--input", path("news/a.txt"), "--input-list", path("half")}).out,
            expected);
  const Finished none = run(count + Arguments{"--input", path("news/*.csv")});
  EXPECT_EQ(none.status, 2);
  EXPECT_THAT(none.err, HasSubstr("--input " + path("news/*.csv") + ": no file matches"));
  folder_.write("empty", "\n");
  EXPECT_THAT(run(count + Arguments{"--input-list", path("empty")}).err, HasSubstr("a path in each line"));
  // A file of that name is no pattern.
  folder_.write("news/[x]", "x y\n");
  EXPECT_EQ(run(count + Arguments{"--input", path("news/[x]")}).out, "x 1\ny 1\n");
}

TEST_F(Cli, UnicodeSpacesAreCountedOrSplitAt) {
  std::string text = sentences(300);
  const std::string plain = text;
  for (std::size_t at = 0; (at = text.find(" a1 ", at)) != std::string::npos; ++at)
    text.replace(at, 4, "\u00A0a1\u3000");
  write(text_, text);
  const Finished joined = train("joined.bin");
  EXPECT_THAT(joined.err, HasSubstr(" words of the text contain white space outside ASCII"));
  EXPECT_THAT(joined.err, HasSubstr("--unicode-spaces separates words there"));
  const Finished split = train("split.bin", {"--unicode-spaces", "--checkpoint", path("run.ckpt")});
  ASSERT_EQ(split.status, 0) << split.err;
  EXPECT_THAT(split.err, Not(HasSubstr("outside ASCII")));
  EXPECT_EQ(run({"train", "--resume", path("run.ckpt")}).status, 0);  // which knows how the text was read
  ASSERT_EQ(run({"encode", "--input", text_, "--unicode-spaces", "--min-count", "1", "--output", path("ids")})
                .status,
            0);
  EXPECT_THAT(run({"train", "--input", path("ids"), "--output", path("v"), "--unicode-spaces"}).err,
              HasSubstr("--unicode-spaces: " + path("ids") + " was encoded"));
  write(text_, plain);
  ASSERT_EQ(train("plain.bin").status, 0);
  EXPECT_EQ(read_whole_file(path("split.bin")), read_whole_file(path("plain.bin")));
}

TEST_F(Cli, JsonLinesAreReadWithANote) {
  write(path("lines.jsonl"), "{\"text\": \"a b\"}\n{\"text\": \"b a\"}\n");
  const Finished read = run({"vocab", "--input", path("lines.jsonl"), "--output", "-", "--min-count", "1"});
  EXPECT_EQ(read.status, 0);
  EXPECT_THAT(read.err, HasSubstr("note: JSON Lines, whose keys, quotes and brackets are read as words: " +
                                  path("lines.jsonl")));
}

}  // namespace
}  // namespace warp2vec::cli
