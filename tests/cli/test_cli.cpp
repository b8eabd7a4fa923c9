// The program as a black box: arguments in; files, messages and exit codes out.

#include <warp2vec/detail/random.h>
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/terminal/gpu.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Arguments = std::vector<std::string>;

class Cli : public testing::Test {
 protected:
  Cli() : text_(path("text.txt")) {
    write(text_, sentences(500));
    // Bytes and messages are compared, which must not depend on this machine's GPU.
    ::setenv("CUDA_VISIBLE_DEVICES", "", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }

  std::string path(const std::string& name) const { return folder_.path(name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

  static void write(const std::string& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
  }

  // Two topics of 20 words each; a sentence has 10 words of one topic.
  static std::string sentences(int count) {
    const Draws draws{7, 0};
    std::string text;
    std::uint64_t words = 0;
    for (int s = 0; s < count; ++s) {
      for (int w = 0; w < 10; ++w) {
        const std::uint32_t r = draws.u32(Stream::keep, words++) >> 8;
        text += (s % 2 == 0 ? "a" : "b") + std::to_string(r % 20) + (w < 9 ? " " : "\n");
      }
    }
    return text;
  }

  Finished run(Arguments arguments, const std::string& input = "/dev/null") const {
    arguments.insert(arguments.begin(), WARP2VEC_PROGRAM);
    return Subprocess(arguments, path("."), input).wait();
  }

  // A quick training run; `more` are further flags.
  Finished train(const std::string& output, const Arguments& more = {}) const {
    Arguments arguments{"train", "--input",     text_,      "--output", path(output),
                        "--dim", "16",          "--epochs", "2",        "--threads",
                        "1",     "--min-count", "1",        "--sample", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  }

  TemporaryFolder folder_;
  std::string text_;
};

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
  const Finished fasttext = run({"skipgram", "-input", text_, "-output", path("ft.bin"), "-dim", "16",
                                 "-epoch", "2", "-thread", "1", "-minCount", "1", "-t", "0"});
  ASSERT_EQ(fasttext.status, 0) << fasttext.err;
  EXPECT_EQ(read_whole_file(path("ft.bin")), read_whole_file(path("new.bin")));

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

std::vector<json> json_lines(const std::string& file) {
  std::istringstream lines(read_whole_file(file));
  std::vector<json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
  return objects;
}

TEST_F(Cli, MetricsAreJsonLinesWithASummary) {
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl")});
  ASSERT_EQ(result.status, 0) << result.err;
  const std::vector<json> objects = json_lines(path("run.jsonl"));
  ASSERT_GE(objects.size(), 3U);  // two epochs and the summary
  for (std::size_t i = 0; i + 1 < objects.size(); ++i) {
    EXPECT_EQ(objects[i]["type"], "progress");
    EXPECT_GT(objects[i]["loss"].get<double>(), 0);
  }
  const json& summary = objects.back();
  EXPECT_EQ(summary["type"], "summary");
  EXPECT_EQ(summary["state"], "finished");
  EXPECT_EQ(summary["counts"]["text_tokens"], 5000);
  EXPECT_EQ(summary["counts"]["text_types"], 40);
  EXPECT_EQ(summary["counts"]["vocabulary"], 40);
  EXPECT_EQ(summary["counts"]["trained_tokens"], 10000);
  EXPECT_EQ(summary["counts"]["kept_tokens"], 10000);
  EXPECT_GT(summary["counts"]["pairs"], 10000);
  EXPECT_EQ(summary["epoch_loss"].size(), 2U);
  EXPECT_EQ(summary["settings"]["dim"], 16);
  EXPECT_EQ(summary["device"], json({{"kind", "cpu"}}));
  EXPECT_GE(summary["seconds"]["upload"].get<double>(), 0);
  EXPECT_GE(summary["seconds"]["download"].get<double>(), 0);
  EXPECT_EQ(summary["input"]["bytes"], std::filesystem::file_size(text_));
}

TEST_F(Cli, MetricsOfHierarchicalSoftmaxHaveTheLengthOfPaths) {
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl"), "--loss", "hs"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json nodes = json_lines(path("run.jsonl")).back()["path_nodes_outside_top"];
  EXPECT_GT(nodes["0"].get<double>(), 1);
  EXPECT_LT(nodes["32"].get<double>(), nodes["0"].get<double>());
  EXPECT_EQ(nodes["64"], 0.0);  // of 40 words
}

TEST_F(Cli, AFailedRunSaysSoInItsMetrics) {
  write(text_, "one\n");
  const Finished result = train("v.bin", {"--metrics", path("run.jsonl")});
  EXPECT_EQ(result.status, 1);
  const json summary = json::parse(read_whole_file(path("run.jsonl")));
  EXPECT_EQ(summary["state"], "failed");
  EXPECT_THAT(result.err, HasSubstr(summary["message"].get<std::string>()));
  EXPECT_FALSE(exists("v.bin"));
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
  expect("ft.bin", {"cbow", "-input", text_, "-output", path("ft.bin"), "-dim", "16", "-epoch", "2",
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

TEST_F(Cli, MistakesOnTheCommandLineAreExitCode2) {
  const auto expect = [](const Finished& result, const std::string& message) {
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, StartsWith("warp2vec: error: "));
    EXPECT_THAT(result.err, HasSubstr(message));
  };
  expect(run({}), "a command is needed");
  expect(run({"trian"}), "did you mean train?");
  expect(run({"supervised", "-input", text_}), "supervised is not available");
  expect(train("v.bin", {"--model", "glove"}), "--model glove is not known");
  expect(train("v.bin", {"--cbow-sum"}), "--cbow-sum is for --model cbow");
  expect(train("v.bin", {"--model", "cbow", "--device", "cuda"}),
         "--model cbow is not possible with --device cuda");
  expect(train("v.bin", {"--windows", "5"}), "did you mean --window?");
  expect(train("v.bin", {"--window", "0"}), "--window 0 is out of range: expected 1 to 1000");
  expect(train("v.bin", {"--lr", "1e30"}), "--lr 1e+30 is out of range");
  expect(train("v.bin", {"--lr", "nan"}), "--lr");
  expect(train("v.bin", {"--window", "5abc"}), "--window: expected a whole number, got '5abc'");
  expect(train("v.bin", {"--negative", "-1"}), "--negative -1 is out of range");
  expect(train("v.bin", {"--loss", "cbow"}), "--loss cbow is not known");
  expect(train("v.bin", {"--format", "pickle"}), "pickle");
  for (const char* device : {"cuda", "cuda:1"})
    expect(train("v.bin", {"--device", device}), "--device " + std::string(device) + ": ");
  expect(train("v.bin", {"--device", "cuda", "--deterministic"}),
         "--deterministic is not possible with --device cuda");
  expect(train("v.bin", {"--device", "tpu"}), "--device tpu is not known");
  expect(train("v.bin", {"--save-vocab", path("v.bin")}), "are the same file");
  expect(train("v.bin", {"--save-model", path("v.bin")}), "--save-model and --output are the same file");
  expect(train("v", {"--format", "npy", "--save-model", path("v.vocab")}),
         "--save-model and --output are the same file");
  expect(train("v.bin", {"--save-model", path("m"), "--save-vocab", path("m")}), "are the same file");
  expect(train("v.bin", {"--save-model", path("m"), "--metrics", path("./m")}), "are the same file");
  expect(train("v.bin", {"--save-model", text_}), "--save-model and --input are the same file");
  expect(train("text.txt"), "--output and --input are the same file");
  run({"vocab", "--input", text_, "--output", path("words.tsv"), "--min-count", "1"});
  expect(train("words.tsv", {"--read-vocab", path("words.tsv")}),
         "--output and --read-vocab are the same file");
  expect(train("v.bin", {"--read-vocab", path("words.tsv"), "--save-model", path("words.tsv")}),
         "--save-model and --read-vocab are the same file");
  expect(run({"train", "--input", text_}), "--output");
  expect(run({"train", "--output", path("v.bin")}), "--input");
  expect(run({"neighbors", "x"}), "--vectors");
  expect(run({"analogy", "--vectors", "v", "x", "y"}), "three words");
  expect(run({"probability", "x"}), "probability needs --model FILE");
  expect(run({"probability", "--model", "m"}), "probability needs a context word");
  expect(run({"probability", "--model", "m", "x", "--top", "0"}), "--top 0 is out of range");
  expect(run({"probability", "--model", "m", "x", "y", "--top", "5"}), "give it or a WORD");
  expect(run({"probability", "--modell", "m", "x"}), "did you mean --model?");
  expect(run({"plan"}), "--vocab-size");
  expect(run({"plan", "--vocab-size", "1"}), "--vocab-size 1 is out of range");
  EXPECT_FALSE(exists("v.bin"));
  EXPECT_EQ(read_whole_file(text_), sentences(500));
}

TEST_F(Cli, BadInputIsExitCode1) {
  Finished result = run({"train", "--input", path("none.txt"), "--output", path("v.bin")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("none.txt"));
  write(path("empty.txt"), "");
  result = run({"train", "--input", path("empty.txt"), "--output", path("v.bin")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("warp2vec: error: "));
  EXPECT_FALSE(exists("v.bin"));
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

TEST_F(Cli, LookingAtVectors) {
  write(path("v.txt"), "5 3\nman 1 0 0\nking 1 1 0\n[x] 0 0 1\nqueen 0 1 1\nthing 0.1 -1 1\n");
  const std::string vectors = path("v.txt");
  Finished result = run({"neighbors", "--vectors", vectors, "[x]", "--top", "1"});
  EXPECT_EQ(result.out, "[x]\n  word   similarity\n  queen  0.7071\n") << result.err;
  result = run({"neighbors", "--vectors", vectors, "king", "emperor", "tsar"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("emperor, tsar"));
  result = run({"analogy", "--vectors", vectors, "man", "king", "[x]", "--top", "1"});
  EXPECT_THAT(result.out, StartsWith("man is to king as [x] is to\n  word   similarity\n  queen  "))
      << result.err;
  result = run({"info", "--vectors", vectors});
  EXPECT_THAT(result.out, HasSubstr("first words     man king [x] queen thing\n")) << result.err;
  EXPECT_EQ(run({"info", "--vectors", path("none")}).status, 1);

  EXPECT_EQ(run({"export", "--vectors", vectors, "--output", path("v.npy"), "--format", "npy"}).status, 0);
  const WordVectors exported = load_vectors(path("v.npy"));
  EXPECT_EQ(exported.words[4], "thing");
  EXPECT_EQ(exported.vectors.row(4)[0], 0.1F);
}

TEST_F(Cli, AModelKnowsWhichWordsAreLikely) {
  write(text_, sentences(2000));
  for (const char* loss : {"hs", "ns+hs", "softmax"}) {
    const Finished trained = train("v.bin", {"--save-model", path("m.w2v"), "--loss", loss, "--lr", "0.2"});
    ASSERT_EQ(trained.status, 0) << trained.err;
    EXPECT_THAT(trained.err, HasSubstr("\nmodel: " + path("m.w2v") + "\n"));
    const TrainedModel model = load_model(path("m.w2v"));
    const WordVectors vectors = load_vectors(path("v.bin"));
    for (std::int64_t r = 0; r < 40; ++r)
      for (std::int32_t d = 0; d < 16; ++d)
        ASSERT_EQ(model.embeddings.input.row(r)[d], vectors.vectors.row(r)[d]);
    const Finished ranked = run({"probability", "--model", path("m.w2v"), "a3"});
    ASSERT_EQ(ranked.status, 0) << ranked.err;
    std::istringstream lines(ranked.out);
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "P(word | a3)");
    std::getline(lines, line);
    EXPECT_EQ(line, "  word  log P       P");
    int rows = 0;
    for (; std::getline(lines, line); ++rows)
      EXPECT_THAT(line, StartsWith("  a")) << loss << "\n" << ranked.out;
    EXPECT_EQ(rows, 10);
    EXPECT_EQ(std::count(ranked.out.begin(), ranked.out.end(), '\n'), 12);

    const auto find = [&model](const char* word) { return *model.vocabulary.find(word); };
    const Finished asked = run({"probability", "--model", path("m.w2v"), "a3", "b7", "a5"});
    ASSERT_EQ(asked.status, 0) << asked.err;
    std::ostringstream expected;
    expected << "P(word | a3)\n  word  log P       P\n";
    for (const char* word : {"b7", "a5"}) {
      const double value = log_probability(model, find(word), find("a3"));
      char row[100];
      std::snprintf(row, sizeof row, "  %-4s  %-10.4f  %.4g\n", word, value, std::exp(value));
      expected << row;
    }
    EXPECT_EQ(asked.out, expected.str()) << loss;
  }
  EXPECT_EQ(run({"probability", "--model", path("m.w2v"), "a3", "--top", "2"}).out.find("\n  b"),
            std::string::npos);
}

TEST_F(Cli, QuestionsThatAModelCannotAnswerAreErrors) {
  ASSERT_EQ(train("v.bin", {"--save-model", path("m.w2v")}).status, 0);
  Finished result = run({"probability", "--model", path("m.w2v"), "a3"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr(path("m.w2v") + ": a model with --loss ns has no P(word | context)"));
  result = run({"probability", "--model", path("m.w2v"), "tsar", "a3", "king"});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "warp2vec: error: not among the words of " + path("m.w2v") + ": tsar, king\n");
  result = run({"probability", "--model", path("v.bin"), "a3"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr(path("v.bin") + ": offset 0: expected a model file"));
  EXPECT_EQ(run({"probability", "--model", path("none"), "a3"}).status, 1);
  result = run({"neighbors", "--vectors", path("m.w2v"), "a3"});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.err, HasSubstr("this is a model file"));

  const Finished info = run({"info", "--model", path("m.w2v")});
  EXPECT_EQ(info.status, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("loss            ns\n"));
  EXPECT_THAT(info.out, HasSubstr("occurrences     5,000\n"));
  std::string damaged = read_whole_file(path("m.w2v"));
  damaged.back() ^= 1;
  write(path("m.w2v"), damaged);
  EXPECT_THAT(run({"info", "--model", path("m.w2v")}).err, HasSubstr("section 'output': its"));
}

TEST_F(Cli, EvalReportsCoverageAsTextAndJson) {
  write(path("v.txt"), "4 2\na 1 0\nb 1 0.1\nc 1 0.5\nd 0 1\n");
  write(path("pairs"), "a b 9\na c 5\na d 1\na missing 3\n");
  write(path("questions"), ": gram1\na b c d\na b c missing\n: capitals\na b d c\n");
  const Arguments common{"eval",        "--vectors",   path("v.txt"),    "--pairs",
                         path("pairs"), "--analogies", path("questions")};
  const Finished text = run(common);
  ASSERT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("Spearman's rho 1.0000   pairs 3 of 4 (75.0%)"));
  EXPECT_THAT(text.out, HasSubstr("syntactic"));
  Arguments with_json = common;
  with_json.emplace_back("--json");
  const json result = json::parse(run(with_json).out);
  EXPECT_NEAR(result["pairs"][0]["spearman"].get<double>(), 1, 1e-12);
  EXPECT_EQ(result["pairs"][0]["found"], 3);
  EXPECT_EQ(result["pairs"][0]["coverage"], 0.75);
  EXPECT_EQ(result["analogies"][0]["all"]["total"], 3);
  EXPECT_EQ(result["analogies"][0]["syntactic"]["found"], 1);
  EXPECT_EQ(run({"eval", "--vectors", path("v.txt"), "--pairs", path("none")}).status, 1);
}

TEST_F(Cli, InfoListsDevices) {
  const Finished devices = run({"info", "--devices"});
  EXPECT_EQ(devices.status, 0) << devices.err;
  EXPECT_EQ(devices.out.find("SIMD"), std::string::npos);
  if (cli::find_gpus()) {
    EXPECT_NE(devices.out, "");
  } else {
    EXPECT_EQ(devices.out, "this build has no CUDA support\n");
    EXPECT_THAT(run({"info"}).out, HasSubstr("CUDA            not in this build\n"));
    EXPECT_THAT(train("v.bin", {"--device", "cuda"}).err, HasSubstr("this build has no CUDA support"));
  }
}

TEST_F(Cli, HelpAndVersionGoToStandardOutput) {
  EXPECT_THAT(run({"--version"}).out, StartsWith("warp2vec "));
  EXPECT_THAT(run({"--help"}).out, HasSubstr("Commands:"));
  const Finished help = run({"train", "--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* flag :
       {"--input",  "--output",           "--dim",         "--window",        "--min-count",  "--max-vocab",
        "--loss",   "--negative",         "--ns-exponent", "--sharing",       "--sample",     "--lr",
        "--epochs", "--max-sentence",     "--threads",     "--read-vocab",    "--save-vocab", "--save-model",
        "--format", "--no-shrink-window", "--seed",        "--deterministic", "--device",     "--metrics",
        "--quiet",  "--dry-run",          "--config"})
    EXPECT_THAT(help.out, HasSubstr("  " + std::string(flag))) << flag;
  for (const char* command :
       {"vocab", "neighbors", "analogy", "probability", "eval", "export", "info", "plan"})
    EXPECT_EQ(run({command, "--help"}).status, 0) << command;
  EXPECT_THAT(run({"info"}).out, HasSubstr("SIMD"));
}

}  // namespace
}  // namespace warp2vec
