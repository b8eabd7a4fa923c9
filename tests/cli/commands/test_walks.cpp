// Walks on graphs: written, and trained on, from outside.
#include "tests/cli/program_test.h"
#include "tests/support/compressed.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class CliWalks : public ProgramTest {
 protected:
  CliWalks() {
    std::string edges = "# a wheel\n";
    std::string weighted;
    for (int i = 1; i <= 12; ++i) {
      const std::string rim = "n" + std::to_string(i) + " n" + std::to_string(i % 12 + 1);
      const std::string spoke = "n" + std::to_string(i) + ",hub";
      edges += rim + "\n" + spoke + "\n";
      weighted += rim + " 3\n" + spoke + ",0.5\n";
    }
    folder_.write("edges", edges);
    folder_.write("weighted", weighted);
  }

  std::string walks(const Arguments& more, const std::string& edges = "edges",
                    const std::string& out = "out") const {
    std::filesystem::remove(path(out));
    const Finished done = run(Arguments{"walks", "--input", path(edges), "--output", path(out)} + more);
    EXPECT_EQ(done.status, 0) << done.err;
    return folder_.read(out);
  }
  Finished train(const Arguments& more) const {
    return run(Arguments{"train", "--output", path("v"), "--dim", "8", "--deterministic", "--epochs", "2"} +
               more);
  }
  std::string vectors(const Arguments& more) const {
    std::filesystem::remove(path("v"));
    const Finished done = train(more);
    EXPECT_EQ(done.status, 0) << done.err;
    return folder_.read("v");
  }
  void expect_refused(const Arguments& command, int status, const std::string& message) const {
    const Finished done = run(command);
    EXPECT_EQ(done.status, status) << done.err;
    EXPECT_THAT(done.err, HasSubstr(message));
    EXPECT_THAT(folder_.names(), Not(Contains("no")));
  }

  const Arguments kNode2vec{"--p", "0.5", "--q", "2", "--walk-length", "12", "--num-walks", "9"};
};

TEST_F(CliWalks, AreWrittenToStandardOutput) {
  const Finished done = run({"walks", "--input", path("edges"), "--output", "-"});
  EXPECT_EQ(done.out, walks({}));
  EXPECT_THAT(done.err, HasSubstr("walks written        130\n"));
}

TEST_F(CliWalks, AreNamesOfNodesAWalkALine) {
  const std::string text = walks({"--walk-length", "7", "--num-walks", "3"});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 39);
  EXPECT_EQ(std::count(text.begin(), text.end(), ' '), 39 * 6);
  EXPECT_THAT(text, HasSubstr(" hub "));
  EXPECT_EQ(walks({"--walk-length", "7", "--num-walks", "3", "--threads", "1"}), text);
  EXPECT_NE(walks({"--walk-length", "7", "--num-walks", "3", "--seed", "2"}), text);
  EXPECT_NE(walks({"--walk-length", "7", "--num-walks", "3", "--q", "5"}), text);
  EXPECT_NE(walks({"--walk-length", "7", "--num-walks", "3", "--p", "5"}), text);
  EXPECT_NE(walks({"--walk-length", "7", "--num-walks", "3", "--weighted"}, "weighted"),
            walks({"--walk-length", "7", "--num-walks", "3"}, "weighted"));
  folder_.write("path", "a b\nb c\n");
  std::vector<std::string> lines;
  std::istringstream written(walks({"--directed", "--num-walks", "1"}, "path"));
  for (std::string line; std::getline(written, line);) lines.push_back(line);
  EXPECT_THAT(lines, UnorderedElementsAre("a b c", "b c", "c"));
  folder_.write("list.gz", gzip("a b\nlonely\n"));
  EXPECT_THAT(walks({"--adjacency", "--num-walks", "2", "--walk-length", "2"}, "list.gz"),
              HasSubstr("lonely\n"));
}

TEST_F(CliWalks, SayWhatTheyAre) {
  const Finished done = run({"walks", "--input", path("weighted"), "--output", path("out")});
  EXPECT_THAT(done.err, AllOf(HasSubstr("graph: 13 nodes"), HasSubstr("which only --weighted reads")));
  EXPECT_THAT(done.out, AllOf(HasSubstr("walks written        130\n"), HasSubstr("10,400\n")));
  const Finished quiet = run({"walks", "--input", path("weighted"), "--output", path("out"), "--quiet"});
  EXPECT_EQ(quiet.out + quiet.err, "");
  EXPECT_EQ(run({"walks", "--input", "-", "--output", path("piped")}, path("edges")).status, 0);
  EXPECT_EQ(folder_.read("piped"), walks({}));
  walks({}, "edges", "out.gz");
  EXPECT_THAT(folder_.read("out.gz"), StartsWith("\x1f\x8b"));
}

TEST_F(CliWalks, TrainingIsThatOfTheWrittenWalks) {
  walks(kNode2vec);
  const std::string own = vectors(Arguments{"--graph", path("edges")} + kNode2vec);
  EXPECT_EQ(own, vectors({"--input", path("out"), "--min-count", "1", "--sample", "0", "--window", "10"}));
  EXPECT_EQ(own, vectors(Arguments{"--graph", path("edges"), "--threads", "3"} + kNode2vec));
  EXPECT_NE(own, vectors(Arguments{"--graph", path("edges"), "--window", "5"} + kNode2vec));
  vectors(Arguments{"--graph", path("edges"), "--max-vocab", "4", "--metrics", path("m")} + kNode2vec);
  std::istringstream lines(folder_.read("m"));
  nlohmann::json summary;
  for (std::string line; std::getline(lines, line);) summary = nlohmann::json::parse(line);
  EXPECT_EQ(summary["counts"]["vocabulary"], 4);
  EXPECT_EQ(summary["input"]["paths"], nlohmann::json{path("edges")});
  EXPECT_EQ(summary["walks"]["q"], 2);
}

TEST_F(CliWalks, NodesMayBeIds) {
  folder_.write("ids", "3 1\n1 0\n0 3\n");
  EXPECT_THAT(vectors({"--graph", path("ids"), "--ids", "--num-ids", "6", "--format", "text"}),
              StartsWith("6 8\n0 "));
  expect_refused({"train", "--graph", path("edges"), "--ids", "--output", path("no")}, 1, "--ids");
}

TEST_F(CliWalks, ARunIsResumed) {
  const Arguments graph = Arguments{"--graph", path("weighted"), "--weighted", "--directed"} + kNode2vec;
  const std::string whole = vectors(graph + Arguments{"--checkpoint", path("c")});
  std::filesystem::remove(path("v"));
  Finished done = run({"train", "--resume", path("c")});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(folder_.read("v"), whole);
  done = run({"train", "--resume", path("c"), "--epochs", "6", "--p", "3"});
  EXPECT_EQ(done.status, 2);
  EXPECT_THAT(done.err, HasSubstr("--p is that of the run which --resume continues"));
  folder_.write("moved", folder_.read("weighted"));
  EXPECT_EQ(run({"train", "--resume", path("c"), "--graph", path("moved")}).status, 0);
  folder_.write("moved", folder_.read("weighted") + "n1 n5 1\n");
  done = run({"train", "--resume", path("c"), "--graph", path("moved")});
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("--resume " + path("c")));
}

TEST_F(CliWalks, TheDryRunCountsThem) {
  const Finished done = run({"train", "--graph", path("edges"), "--dry-run"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("Vocabulary 13 words, 10,400 tokens per epoch"));
}

TEST_F(CliWalks, APlanCountsThem) {
  const Finished done = run({"plan", "--graph", path("edges"), "--num-walks", "20", "--dim", "7"});
  EXPECT_EQ(done.status, 0) << done.err;
  // The mean number of contexts is that of the window of walks.
  EXPECT_THAT(done.out, AllOf(HasSubstr("Vocabulary 13 words, 20,800 tokens per epoch, dim 7"),
                              HasSubstr("11 positives")));
  EXPECT_EQ(run({"plan", "--graph", path("edges"), "--min-count", "1000"}).status, 1);
  expect_refused({"plan", "--vocab-size", "5", "--p", "2"}, 2, "--p is for --graph");
  expect_refused({"plan", "--graph", path("edges"), "--input", path("edges")}, 2, "--graph and --input");
  expect_refused({"plan", "--dim", "7"}, 2, "--graph PATH");
}

TEST_F(CliWalks, MistakesAreRefused) {
  const Arguments walks{"walks", "--output", path("no"), "--input", path("edges")};
  expect_refused({"walks", "--output", path("no")}, 2, "walks needs --input PATH");
  expect_refused({"walks", "--input", path("edges")}, 2, "walks needs --output FILE");
  expect_refused({"walks", "--input", path("edges"), "--output", path("edges")}, 2, "are the same file");
  expect_refused(walks + Arguments{"--p", "0"}, 2, "--p 0 is out of range");
  expect_refused(walks + Arguments{"--q", "x"}, 2, "--q: expected a number");
  expect_refused(walks + Arguments{"--walk-length", "0"}, 2, "--walk-length 0 is out of range");
  expect_refused(walks + Arguments{"--num-walks", "1000001"}, 2, "--num-walks 1000001 is out of range");
  expect_refused(walks + Arguments{"--adjacency", "--weighted"}, 2, "--adjacency and --weighted");
  expect_refused(walks + Arguments{"--weighted"}, 1, path("edges") + ", line 2: expected 'node node weight'");
  expect_refused({"walks", "--output", path("no"), "--input", path("none")}, 1, path("none"));
  const Arguments train{"train", "--output", path("no")};
  expect_refused(train, 2, "or --graph PATH");
  for (const char* flag : {"--directed", "--weighted", "--adjacency"})
    expect_refused(train + Arguments{"--input", path("edges"), flag}, 2,
                   std::string(flag) + " is for --graph");
  for (const char* flag : {"--p", "--q", "--walk-length", "--num-walks"})
    expect_refused(train + Arguments{"--input", path("edges"), flag, "1"}, 2,
                   std::string(flag) + " is for --graph");
  expect_refused(train + Arguments{"--input", path("edges"), "--graph", path("edges")}, 2,
                 "--graph and --input");
  expect_refused({"train", "--graph", path("edges"), "--output", path("edges")}, 2,
                 "--graph are the same file");
}

}  // namespace
}  // namespace warp2vec::cli
