// The commands that look at vectors and models, as black boxes.
#include <warp2vec/model.h>
#include <warp2vec/vocabulary.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/terminal/gpu.h"
#include "tests/cli/two_topics.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

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

TEST_F(Cli, AnIndexFindsTheNeighborsOfManyVectors) {
  std::string text = "10000 3\n";
  for (int i = 0; i < 10000; ++i)
    text += "w" + std::to_string(i) + " " + std::to_string(std::cos(i * 0.0005)) + " " +
            std::to_string(std::sin(i * 0.0005)) + " 0.1\n";
  write(path("v.txt"), text);
  const std::string vectors = path("v.txt");
  const std::string index = path("v.index");
  const Finished built = run({"index", vectors, "--output", index, "--verify", "100", "--threads", "2"});
  EXPECT_EQ(built.status, 0) << built.err;
  EXPECT_THAT(built.out, HasSubstr(" of 100 words\nindex "));
  for (const std::vector<std::string>& question : std::vector<std::vector<std::string>>{
           {"neighbors", vectors, "w500", "w9000"}, {"analogy", vectors, "w10", "w20", "w30"}})
    EXPECT_EQ(run(question + Arguments{"--top", "2", "--index", index}).out,
              run(question + Arguments{"--top", "2"}).out);
  write(path("words"), "w500 w600\nnobody\n");
  EXPECT_EQ(run({"nn", vectors, "2", "--index", index}, path("words")).out,
            run({"nn", vectors, "2"}, path("words")).out);

  const Finished other = run({"neighbors", vectors, "w1", "--limit", "9999", "--index", index});
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, HasSubstr("the index of 10000 vectors of 3 values, but there are 9999 of 3"));
  EXPECT_THAT(run({"neighbors", vectors, "w1", "--index", vectors}).err,
              HasSubstr("expected a search index file of warp2vec (index writes them)"));
  EXPECT_THAT(run({"info", "--vectors", index}).err,
              HasSubstr("expected word vectors, but this is a search index"));
  EXPECT_EQ(run({"index", vectors, "--output", vectors}).status, 2);
  EXPECT_THAT(run({"index", vectors}).err, HasSubstr("index needs --output FILE"));
}

TEST_F(Cli, NamesOfOutputsSayTheirFormat) {
  write(path("v"), "3 2\nman 1 0\nking 1 1\nman 7 7\n");
  const auto export_to = [this](const std::string& name, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"export", "--vectors", path("v"), "--output", path(name)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments);
  };
  const Finished text = export_to("v.txt");
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.err,
              HasSubstr("warning: " + path("v") + ": 1 vector was left out, whose word came before"));
  EXPECT_EQ(read_whole_file(path("v.txt")), "2 2\nman 1 0\nking 1 1\n");
  export_to("v.glove.txt", {"--format", "glove", "--limit", "1"});
  EXPECT_EQ(read_whole_file(path("v.glove.txt")), "man 1 0\n");
  export_to("v.vec.gz");
  EXPECT_EQ(read_whole_file(path("v.vec.gz")).substr(0, 2), "\x1f\x8b");
  export_to("v.npy", {"--dtype", "float16"});
  EXPECT_THAT(read_whole_file(path("v.npy")), HasSubstr("'<f2'"));
  EXPECT_EQ(export_to("v.safetensors").status, 0);
  EXPECT_EQ(export_to("v.bin", {"--format", "text"}).status, 0);  // as word2vec.c's -binary 0
  for (const char* name : {"v.txt", "v.glove.txt", "v.vec.gz", "v.npy", "v.safetensors", "v.bin"})
    EXPECT_EQ(load_vectors(path(name)).vectors.row(0)[0], 1) << name;
  for (const auto& [name, format] :
       {std::pair("w.npy", "text"), std::pair("w.txt", "npy"), std::pair("w.txt.xz", "binary"),
        std::pair("w.safetensors", "glove"), std::pair("w.bin", "npy"), std::pair("w.npy.gz", "npy"),
        std::pair("w.gz", "tensorboard")}) {
    const Finished refused = export_to(name, {"--format", format});
    EXPECT_EQ(refused.status, 2) << name;
    EXPECT_THAT(refused.err, HasSubstr("--output " + path(name) + " and --format " + format));
  }
  EXPECT_THAT(export_to("w", {"--dtype", "float16"}).err, HasSubstr("--dtype float16 needs --format npy"));
  EXPECT_THAT(export_to("w", {"--limit", "0"}).err, HasSubstr("--limit 0 is out of range"));
}

TEST_F(Cli, AllTextIsCompressedIfItsNameSaysSo) {
  const Arguments small{"--min-count", "1", "--quiet"};
  ASSERT_EQ(run(Arguments{"vocab", "--input", text_, "--output", path("vocab")} + small).err, "");
  ASSERT_EQ(run(Arguments{"vocab", "--input", text_, "--output", path("vocab.gz")} + small).err, "");
  ASSERT_EQ(run(Arguments{"phrases", "--input", text_, "--output", path("joined.zst"), "--save-phrases",
                          path("phrases.bz2")} +
                small)
                .err,
            "");
  ASSERT_EQ(run(Arguments{"train", "--input", text_, "--output", path("classes.xz"), "--classes", "3",
                          "--read-vocab", path("vocab.gz"), "--save-vocab", path("again.gz")} +
                small)
                .err,
            "");
  for (const auto& [name, magic] : {std::pair("vocab.gz", "\x1f\x8b"), std::pair("again.gz", "\x1f\x8b"),
                                    std::pair("joined.zst", "\x28\xb5"), std::pair("phrases.bz2", "BZ"),
                                    std::pair("classes.xz", "\xfd\x37")})
    EXPECT_EQ(read_whole_file(path(name)).substr(0, 2), magic) << name;
  EXPECT_EQ(read_vocabulary(path("again.gz"), 1, 0).size(), read_vocabulary(path("vocab"), 1, 0).size());
  // Other files never are.
  for (const char* flag : {"--save-model", "--checkpoint", "--metrics"}) {
    const Finished refused = train("v", {flag, path("x.zst")});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr(std::string(flag) + " " + path("x.zst") + ": this file is not compr"));
  }
  EXPECT_EQ(run({"encode", "--input", text_, "--output", path("x.xz")}).status, 2);
  EXPECT_EQ(run({"index", path("v"), "--output", path("x.gz")}).status, 2);
}

TEST_F(Cli, OutputVectorsAreWrittenOnRequest) {
  write(text_, sentences(500));
  ASSERT_EQ(train("in.txt", {"--save-model", path("m.w2v"), "--deterministic"}).status, 0);
  ASSERT_EQ(train("concat.npy", {"--vectors", "concat", "--deterministic"}).status, 0);
  const WordVectors both = load_vectors(path("concat.npy"));
  EXPECT_EQ(both.dim(), 32);
  EXPECT_EQ(both.counts.size(), both.words.size());
  const TrainedModel model = load_model(path("m.w2v"));
  EXPECT_EQ(both.vectors.row(3)[2], model.embeddings.input.row(3)[2]);
  EXPECT_EQ(both.vectors.row(3)[16 + 2], model.embeddings.output.row(3)[2]);
  EXPECT_EQ(run({"export", "--model", path("m.w2v"), "--vectors", "output", "--limit", "5", "--output",
                 path("out.txt")})
                .status,
            0);
  const WordVectors output = load_vectors(path("out.txt"));
  EXPECT_EQ(output.size(), 5);
  EXPECT_EQ(output.vectors.row(3)[2], model.embeddings.output.row(3)[2]);
  const Finished refused = train("x.txt", {"--vectors", "sum", "--loss", "hs"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--vectors sum needs --loss ns, ns+hs or softmax"));
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
  write(path("other"), "x y 1\na z 2\n");
  const Finished nothing = run({"eval", "--vectors", path("v.txt"), "--pairs", path("other")});
  EXPECT_EQ(nothing.status, 1);
  EXPECT_THAT(nothing.err, HasSubstr(path("other") + ": none of its 2 pairs has all of its words in"));
}

TEST_F(Cli, AnswersAsJson) {
  const std::string vectors = path("v.txt");
  write(vectors, "5 3\nman 1 0 0\nking 1 1 0\nwoman 0 0 1\nqueen 0 1 1\nth\xff 0.1 -1 1\n");
  Finished result = run({"neighbors", vectors, "man", "woman", "--top", "1", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  std::istringstream lines(result.out);
  std::string line;
  std::getline(lines, line);
  json answer = json::parse(line);
  EXPECT_EQ(answer["query"], "man");
  EXPECT_EQ(answer["positive"], json({"man"}));
  EXPECT_EQ(answer["neighbors"].size(), 1U);
  EXPECT_EQ(answer["neighbors"][0]["word"], "king");
  EXPECT_NEAR(answer["neighbors"][0]["similarity"].get<double>(), std::sqrt(0.5), 1e-12);
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line)["query"], "woman");
  EXPECT_FALSE(std::getline(lines, line));

  answer = json::parse(run({"analogy", vectors, "king", "-", "man", "+", "woman", "--json"}).out);
  EXPECT_EQ(answer["negative"], json({"man"}));
  EXPECT_EQ(answer["neighbors"][0]["word"], "queen");

  // Each line has an answer, or says why not.
  result = run({"neighbors", vectors, "--json", "--top", "1"}, folder_.write("lines", "man\nx\nking\n"));
  EXPECT_EQ(result.status, 1);
  lines = std::istringstream(result.out);
  std::vector<json> answers;
  while (std::getline(lines, line)) answers.push_back(json::parse(line));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[1]["query"], "x");
  EXPECT_THAT(answers[1]["error"], HasSubstr("not among the words"));
  EXPECT_EQ(answers[2]["query"], "king");
}

TEST_F(Cli, AVectorIsAQuestion) {
  const std::string vectors = path("v.txt");
  write(vectors, "3 2\nman 1 0\nking 1 1\n[1] 0 1\n");
  const Finished asked = run({"neighbors", vectors, "[0.9, 1]", "--top", "1"});
  EXPECT_EQ(asked.out, "vector of 2 values\n  word  similarity\n  king  0.9986\n") << asked.err;
  EXPECT_EQ(run({"neighbors", vectors, "--top", "1"}, folder_.write("lines", "[0.9, 1]\n")).out, asked.out);
  EXPECT_THAT(run({"neighbors", vectors, "[1]"}).out, StartsWith("[1]\n"));  // a word
  EXPECT_EQ(json::parse(run({"neighbors", vectors, "[0,2]", "--json"}).out)["vector"], json({0, 2}));
  const Finished longer = run({"neighbors", vectors, "[1 2 3]"});
  EXPECT_EQ(longer.status, 1);
  EXPECT_THAT(longer.err, HasSubstr("a vector of 3 values, but those of " + vectors + " have 2"));
  EXPECT_THAT(run({"neighbors", vectors, "[1,x]"}).err, HasSubstr("not among the words"));
}

TEST_F(Cli, ProbabilityAndEvalTakeTheirFileAsFirstWord) {
  ASSERT_EQ(train("v.bin", {"--save-model", path("m.w2v"), "--loss", "hs"}).status, 0);
  const Finished asked = run({"probability", path("m.w2v"), "a3", "--top", "2"});
  EXPECT_EQ(asked.out, run({"probability", "--model", path("m.w2v"), "a3", "--top", "2"}).out) << asked.err;
  const json result = json::parse(run({"probability", path("m.w2v"), "a3", "a4", "--json"}).out);
  EXPECT_EQ(result["context"], json({"a3"}));
  EXPECT_EQ(result["words"][0]["word"], "a4");
  const auto log_probability = result["words"][0]["log_probability"].get<double>();
  EXPECT_NEAR(std::exp(log_probability), result["words"][0]["probability"].get<double>(), 1e-12);
  EXPECT_LT(log_probability, 0);

  write(path("pairs"), "a1 a2 3\na1 b1 1\n");
  EXPECT_EQ(run({"eval", path("v.bin"), "--pairs", path("pairs")}).out,
            run({"eval", "--vectors", path("v.bin"), "--pairs", path("pairs")}).out);
  EXPECT_THAT(run({"eval", path("v.bin"), "more", "--pairs", path("pairs")}).err,
              HasSubstr("unexpected argument 'more'"));
  EXPECT_THAT(run({"eval", path("none"), "--pairs", path("pairs")}).err, HasSubstr("which does not exist"));
}

TEST_F(Cli, InfoAsJson) {
  ASSERT_EQ(train("v.bin", {"--save-model", path("m.w2v"), "--save-vocab", path("words")}).status, 0);
  const Finished result = run({"info", "--vectors", path("v.bin"), "--model", path("m.w2v"), "--vocab",
                               path("words"), "--devices", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const json about = json::parse(result.out);
  EXPECT_EQ(about["vectors"]["words"], 40);
  EXPECT_EQ(about["vectors"]["dim"], 16);
  EXPECT_EQ(about["vectors"]["memory_bytes"], 40 * 16 * 4);
  EXPECT_EQ(about["vectors"]["first_words"].size(), 10U);
  EXPECT_EQ(about["model"]["trained_as"], "skipgram");
  EXPECT_EQ(about["model"]["occurrences"], 5000);
  EXPECT_EQ(about["vocabulary"]["counts"].size(), 2U);
  EXPECT_TRUE(about["devices"].is_array());
  EXPECT_FALSE(about.contains("build"));
  EXPECT_GE(json::parse(run({"info", "--json"}).out)["build"]["threads"], 1);
}

// Typed by a person.
TEST_F(Cli, WithoutWordsATerminalIsPrompted) {
  write(path("v.txt"), "2 2\nman 1 0\nking 1 1\n");
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  ASSERT_EQ(::grantpt(terminal) + ::unlockpt(terminal), 0);
  const std::string name = ::ptsname(terminal);  // NOLINT(concurrency-mt-unsafe): one thread
  Subprocess program(command({"neighbors", path("v.txt")}), path(), name);
  ASSERT_EQ(::write(terminal, "king\n\x04", 6), 6);
  const Finished result = program.wait();
  ::close(terminal);
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "WORD...> WORD...> \n");
  EXPECT_EQ(result.out, "king\n  word  similarity\n  man   0.7071\n");
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

}  // namespace
}  // namespace warp2vec::cli
