// The program as a whole: help, and mistakes.
#include "tests/cli/two_topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(Cli, MistakesOnTheCommandLineAreExitCode2) {
  const auto expect = [](const Finished& result, const std::string& message) {
    EXPECT_EQ(result.status, 2) << result.err;
    EXPECT_THAT(result.err, StartsWith("warp2vec: error: "));
    EXPECT_THAT(result.err, HasSubstr(message));
  };
  expect(run({}), "a command is needed");
  expect(run({"trian"}), "did you mean train?");
  expect(run({"info", "a", "b"}), "info describes one FILE at a time, got also 'b'");
  expect(run({"supervised", "-input", text_}), "supervised is not available");
  expect(train("v.bin", {"--model", "glove"}), "--model glove is not known");
  expect(train("v.bin", {"--cbow-sum"}), "--cbow-sum is for --model cbow");
  expect(train("v.bin", {"--windows", "5"}), "did you mean --window?");
  expect(train("v.bin", {"--merge-rows", "5"}),
         "--merge-all-every are for several processes (mpirun) or GPUs");
  expect(train("v.bin", {"--merge-every", "0"}), "--merge-every 0 is out of range: expected 1 or more");
  expect(train("v.bin", {"--window", "0"}), "--window 0 is out of range: expected 1 to 1000");
  expect(train("v.bin", {"--lr", "1e30"}), "--lr 1e+30 is out of range");
  expect(train("v.bin", {"--lr", "nan"}), "--lr");
  expect(train("v.bin", {"--min-lr", "0.03"}), "--min-lr 0.03 is out of range: expected 0 to 0.025");
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
  expect(run({"plan", "--vocab-size", "9", "--multiprocessors", "0"}), "--multiprocessors 0 is out of range");
  expect(run({"plan", "--vocab-size", "9", "--multiprocessors", "2"}), "--multiprocessors needs words");
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

TEST_F(Cli, HelpExplainsACommand) {
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help", "eval"}).out, run({"eval", "--help"}).out);
  EXPECT_THAT(run({"help", "evil"}).err, HasSubstr("unknown command 'evil'; did you mean eval?"));
  EXPECT_EQ(run({"help", "eval", "train"}).status, 2);
  EXPECT_THAT(run({"--help"}).out, HasSubstr("Exit status: 0 on success, 1 after an error, 2 after wrong"));
}

}  // namespace
}  // namespace warp2vec::cli
