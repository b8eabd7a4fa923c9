// Training on ids, from outside.
#include <warp2vec/word_vectors.h>

#include "tests/cli/program_test.h"
#include "tests/support/npy.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Rows = std::map<std::string, std::vector<float>>;

Rows rows_of(const WordVectors& vectors) {
  Rows rows;
  for (std::int64_t r = 0; r < vectors.size(); ++r)
    rows[vectors.words[static_cast<std::size_t>(r)]] = {vectors.vectors.row(r),
                                                        vectors.vectors.row(r) + vectors.dim()};
  return rows;
}

class CliIds : public ProgramTest {
 protected:
  CliIds() {
    std::string text;
    for (std::int64_t i = 0; i < 6000; ++i) {
      const std::int64_t id = i * i % 97 + i % 7 + 2;
      text += std::to_string(id) + (i % 10 == 9 ? "\n" : " ");
      separated_.push_back(id);
      if (i % 10 == 9) separated_.push_back(-1);
    }
    folder_.write("text", text + "110\n");
    separated_.push_back(110);
    folder_.write("a.npy", npy(separated_));
  }

  Finished train(const Arguments& more, const std::string& output = "v") const {
    return run(
        Arguments{"train", "--output", path(output), "--dim", "8", "--deterministic", "--sample", "0"} +
        more);
  }
  WordVectors trained(const Arguments& more) const {
    std::filesystem::remove(path("v"));
    const Finished done = train(more);
    EXPECT_EQ(done.status, 0) << done.err;
    return load_vectors(path("v"));
  }
  void expect_refused(const Finished& done, int status, const std::string& message) const {
    EXPECT_EQ(done.status, status) << done.err;
    EXPECT_THAT(done.err, HasSubstr(message));
    EXPECT_FALSE(std::filesystem::exists(path("v")));
  }

  std::vector<std::int64_t> separated_;
};

TEST_F(CliIds, VectorsAreThoseOfTheTextInTheOrderOfIds) {
  const Rows words = rows_of(trained({"--input", path("text")}));
  const std::vector<Arguments> inputs{{"--input", path("text"), "--ids"}, {"--input", path("a.npy")}};
  for (const Arguments& input : inputs) {
    const WordVectors ids = trained(input);
    ASSERT_EQ(ids.size(), 111);
    const Rows rows = rows_of(ids);
    for (std::size_t id = 0; id < 111; ++id) EXPECT_EQ(ids.words[id], std::to_string(id));
    for (const auto& [word, vector] : words) EXPECT_TRUE(rows.contains(word)) << word;
    for (const auto& [word, vector] : rows) {
      const auto known = words.find(word);
      EXPECT_EQ(vector, known == words.end() ? std::vector<float>(8, 0.0F) : known->second) << word;
    }
  }
}

TEST_F(CliIds, IdsWithoutVectorsAreListed) {
  const std::string listed = "ids: 120 rows, that of id i is row i; ";
  const Finished done = train(
      {"--input", path("a.npy"), "--num-ids", "120", "--metrics", path("m"), "--save-vocab", path("vocab")});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr(listed));
  const std::size_t begin = done.err.find(listed) + listed.size();
  const std::string line = done.err.substr(begin, done.err.find('\n', begin) - begin);
  EXPECT_THAT(line, HasSubstr(" are zero, of ids that are not in the vocabulary: 0 1 "));
  EXPECT_THAT(line, testing::EndsWith(" ..."));
  std::string last;
  std::istringstream lines(folder_.read("m"));
  for (std::string one; std::getline(lines, one);) last = one;
  const nlohmann::json counts = nlohmann::json::parse(last)["counts"];
  EXPECT_EQ(counts["num_ids"], 120);
  EXPECT_EQ(counts["ids_without_vector"].get<std::int64_t>() + counts["vocabulary"].get<std::int64_t>(), 120);
  EXPECT_THAT(folder_.read("vocab"), Not(HasSubstr("\n110 ")));
}

TEST_F(CliIds, RunsAreResumedInTheirOrder) {
  std::vector<Rows> resumed;
  for (const bool from_array : {false, true}) {
    const Arguments begin{"--input",  path("text"), "--ids",        "--num-ids", "130",
                          "--epochs", "1",          "--checkpoint", path("c")};
    EXPECT_EQ(train(begin).status, 0);
    Arguments resume{"train", "--resume", path("c"), "--epochs", "2"};
    if (from_array) resume.insert(resume.end(), {"--input", path("a.npy")});
    const Finished done = run(resume);
    EXPECT_EQ(done.status, 0) << done.err;
    const WordVectors vectors = load_vectors(path("v"));
    ASSERT_EQ(vectors.size(), 130);
    for (std::size_t id = 0; id < 130; ++id) EXPECT_EQ(vectors.words[id], std::to_string(id));
    resumed.push_back(rows_of(vectors));
    std::filesystem::remove(path("c"));
  }
  EXPECT_EQ(resumed.front(), resumed.back());
}

TEST_F(CliIds, OtherCommandsReadThemToo) {
  const Finished vocab = run({"vocab", "--input", path("a.npy"), "--output", path("from-array")});
  EXPECT_EQ(vocab.status, 0) << vocab.err;
  EXPECT_EQ(run({"vocab", "--input", path("text"), "--output", path("from-text")}).status, 0);
  EXPECT_EQ(run({"vocab", "--input", path("text"), "--ids", "--output", path("from-ids")}).status, 0);
  EXPECT_EQ(folder_.read("from-array"), folder_.read("from-text"));
  EXPECT_EQ(folder_.read("from-ids"), folder_.read("from-text"));
  EXPECT_EQ(run({"encode", "--input", path("a.npy"), "--output", path("ids")}).status, 0);
  const Rows rows = rows_of(trained({"--input", path("text"), "--ids", "--num-ids", "111"}));
  EXPECT_EQ(rows_of(trained({"--input", path("ids"), "--ids", "--num-ids", "111"})), rows);
  EXPECT_EQ(
      rows_of(trained({"--input", path("a.npy"), "--read-vocab", path("from-text"), "--num-ids", "111"})),
      rows);
  const Finished plan = run({"plan", "--input", path("a.npy"), "--num-ids", "1000"});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("6,000 tokens per epoch"));
  const Finished dry = train({"--input", path("text"), "--ids", "--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.err;
}

TEST_F(CliIds, MistakesAreRefused) {
  folder_.write("words", "1 2\n3 four 5\n");
  expect_refused(train({"--input", path("words"), "--ids"}), 1, path("words") + ":2: expected an id, 0 to ");
  expect_refused(train({"--input", path("words"), "--num-ids", "5"}), 2, "--num-ids is for --ids");
  expect_refused(train({"--input", path("text"), "--ids", "--num-ids", "-1"}), 2,
                 "--num-ids -1 is out of range");
  expect_refused(train({"--input", path("text"), "--ids", "--num-ids", "100"}), 1,
                 "expected an id, 0 to 99, found");
  expect_refused(train({"--input", path("text"), path("a.npy")}), 1, "a.npy: an array of ids beside text");
  folder_.write("vocab", "1 10\nfour 7\n");
  expect_refused(train({"--input", path("a.npy"), "--read-vocab", path("vocab")}), 1,
                 "--ids: the vocabulary has the word 'four'");
  expect_refused(run({"phrases", "--input", path("a.npy"), "--output", path("v")}), 1,
                 "phrases are made of words, but the input holds ids");
  expect_refused(train({"--input", path("a.npy")}, "a.npy"), 2, "are the same file");
}

TEST_F(CliIds, MoreIdsThanFitIntoMemoryAreRefused) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer needs terabytes of addresses";
#endif
  const Arguments training{"train",     "--input",  path("a.npy"), "--num-ids",
                           "100000000", "--output", path("v")};
  expect_refused(Subprocess(under("ulimit -v 400000", training), path()).wait(), 1,
                 "--num-ids 100000000 takes about 6.40 GB of memory, whatever --dim is; ");
}

}  // namespace
}  // namespace warp2vec::cli
