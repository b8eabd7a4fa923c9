// Programs of word2vec.c and commands of fastText, as their scripts have them; gensim's arguments.
#include <warp2vec/word_classes.h>
#include <warp2vec/word_vectors.h>

#include "tests/cli/two_topics.h"
#include "tests/support/vector_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OldPrograms : public Cli {
 protected:
  // Links with their names.
  OldPrograms() {
    for (const char* name : {"word2vec", "word2phrase", "distance", "word-analogy", "compute-accuracy"})
      std::filesystem::create_symlink(WARP2VEC_PROGRAM, path(name));
    write(path("v.txt"), "5 3\nman 1 0 0\nking 1 1 0\nwoman 0 0 1\nqueen 0 1 1\nthing 0.1 -1 1\n");
  }

  // A command of a shell in the test's folder.
  Finished shell(const std::string& command) const {
    return Subprocess({"/bin/sh", "-c", "cd '" + path() + "' && " + command}, path()).wait();
  }
};

TEST_F(OldPrograms, DemoWord) {
  const Finished trained = shell(
      "./word2vec -train text.txt -output vectors.bin -cbow 1 -size 20 -window 8 -negative 25 -hs 0 -sample "
      "1e-4 -threads 2 -binary 1 -iter 2 -debug 0");
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_EQ(trained.out + trained.err, "");
  const WordVectors vectors = load_vectors(path("vectors.bin"));
  EXPECT_EQ(vectors.size(), 40);
  EXPECT_EQ(vectors.dim(), 20);
  const Finished near = shell("echo a3 | ./distance vectors.bin");
  ASSERT_EQ(near.status, 0) << near.err;
  EXPECT_THAT(near.out, StartsWith("a3\n  word  similarity\n"));
  EXPECT_EQ(std::count(near.out.begin(), near.out.end(), '\n'), 41);
}

TEST_F(OldPrograms, TheDefaultIsCbowAsText) {
  const std::string settings = " -train text.txt -size 8 -threads 1 -min-count 1 -debug 0 -output ";
  ASSERT_EQ(shell("./word2vec" + settings + "link").err, "");
  ASSERT_EQ(run({"word2vec", "-train", text_, "-size", "8", "-threads", "1", "-min-count", "1", "-debug", "0",
                 "-output", path("command")})
                .err,
            "");
  ASSERT_EQ(run({"train", "--input", text_, "--dim", "8", "--threads", "1", "--min-count", "1", "--quiet",
                 "--output", path("own"), "--model", "cbow", "--format", "text"})
                .err,
            "");
  const std::string own = read_whole_file(path("own"));
  EXPECT_THAT(own, StartsWith("40 8\n"));
  EXPECT_EQ(read_whole_file(path("link")), own);
  EXPECT_EQ(read_whole_file(path("command")), own);
}

TEST_F(OldPrograms, DemoPhrases) {
  std::string lines;
  for (int i = 0; i < 10; ++i) lines += "new york is a" + std::to_string(i) + "\n";
  write(path("text8"), lines);
  const Finished joined =
      shell("./word2phrase -train text8 -output text8-phrase0 -threshold 2 -min-count 2 -debug 2");
  ASSERT_EQ(joined.status, 0) << joined.err;
  EXPECT_THAT(read_whole_file(path("text8-phrase0")), StartsWith("new_york "));
}

TEST_F(OldPrograms, DemoClasses) {
  const std::string settings =
      " -train text.txt -cbow 1 -size 20 -window 8 -negative 25 -hs 0 -sample 1e-4 -threads 1 -iter 2 -debug "
      "0 -output ";
  const Finished trained = shell("./word2vec" + settings +
                                 "classes.txt -classes 7 && sort classes.txt -k 2 -n > classes.sorted.txt");
  ASSERT_EQ(trained.status, 0) << trained.err;
  ASSERT_EQ(shell("./word2vec" + settings + "vectors.bin -binary 1").err, "");
  const WordVectors vectors = load_vectors(path("vectors.bin"));
  const std::vector<std::int32_t> classes = word_classes(vectors.vectors, 7);
  std::string expected;
  for (std::size_t w = 0; w < classes.size(); ++w)
    expected += vectors.words[w] + " " + std::to_string(classes[w]) + "\n";
  EXPECT_EQ(read_whole_file(path("classes.txt")), expected);
}

TEST_F(OldPrograms, ComputeAccuracy) {
  write(path("questions"), ": family\nman king woman queen\nman king woman thing\n");
  const Finished all = shell("./compute-accuracy v.txt < questions");
  ASSERT_EQ(all.status, 0) << all.err;
  EXPECT_THAT(all.out, StartsWith("standard input\n"));
  EXPECT_THAT(all.out, HasSubstr("family      50.0%     1 of 2"));
  const Finished some = shell("cat questions | ./compute-accuracy v.txt 4");
  EXPECT_THAT(some.out, HasSubstr("family      100.0%    1 of 1            1 of 2 (50.0%)")) << some.err;
  EXPECT_THAT(shell("echo one two three four | ./compute-accuracy v.txt").err,
              HasSubstr("standard input: none of its 1 questions has all of its words in v.txt"));
  EXPECT_EQ(shell("./compute-accuracy < questions").status, 2);
  EXPECT_EQ(shell("./compute-accuracy v.txt 4 5 < questions").status, 2);
  EXPECT_THAT(shell("./compute-accuracy v.txt few < questions").err, HasSubstr("N: expected a whole number"));
}

TEST_F(OldPrograms, WordAnalogyReadsLines) {
  const Finished solved = shell("printf 'man king woman\\nking - man + woman\\n' | ./word-analogy v.txt");
  ASSERT_EQ(solved.status, 0) << solved.err;
  EXPECT_THAT(solved.out, StartsWith("man is to king as woman is to\n  word   similarity\n  queen  "));
  EXPECT_THAT(solved.out, HasSubstr("\n\nking - man + woman\n  word   similarity\n  queen  "));
}

TEST_F(OldPrograms, QuestionsAreAnsweredThoughOthersCannotBe) {
  const Finished asked = shell("printf 'man\\n\\nemperor\\nman woman' | ./distance v.txt --top 1");
  EXPECT_EQ(asked.status, 1);
  EXPECT_EQ(asked.err, "warp2vec: not among the words of v.txt: emperor\n");
  EXPECT_THAT(asked.out, StartsWith("man\n  word  similarity\n  king  0.7071\n\nman woman\n"));
  const Finished ended = shell("printf 'king\\nEXIT\\nemperor' | ./distance v.txt");
  EXPECT_EQ(ended.status, 0) << ended.err;
  EXPECT_EQ(shell("echo EXIT | ./word-analogy v.txt").status, 0);
  write(path("exit"), "EXIT\n");
  EXPECT_EQ(run({"neighbors", path("v.txt")}, path("exit")).status, 1);  // there it is a word
  const Finished two = shell("echo man king | ./word-analogy v.txt");
  EXPECT_EQ(two.status, 1);
  EXPECT_THAT(two.err, HasSubstr("an analogy needs three words A B C, got 2"));
}

TEST_F(OldPrograms, TheFileMayBeTheFirstWord) {
  const std::string vectors = path("v.txt");
  EXPECT_EQ(run({"neighbors", vectors, "king", "--top", "1"}).out,
            run({"neighbors", "--vectors", vectors, "king", "--top", "1"}).out);
  const Finished sum = run({"analogy", vectors, "king", "-", "man", "+", "woman", "--top", "1"});
  EXPECT_THAT(sum.out, StartsWith("king - man + woman\n  word   similarity\n  queen  ")) << sum.err;
  for (const Arguments& words : {Arguments{"king", "-"}, Arguments{"-", "king"},
                                 Arguments{"king", "man", "+"}, Arguments{"king", "-", "+"}}) {
    const Finished refused = run(Arguments{"analogy", vectors} + words);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("expected words with + or - between them"));
  }
  EXPECT_EQ(run({"neighbors"}).status, 2);
}

TEST_F(OldPrograms, AnswersDoNotDependOnThreads) {
  ASSERT_EQ(train("v.bin").status, 0);
  const Arguments asked{"neighbors", path("v.bin"), "a1", "b2"};
  EXPECT_EQ(run(asked + Arguments{"--threads", "3"}).out, run(asked + Arguments{"--threads", "1"}).out);
}

TEST_F(OldPrograms, ClassesAreRefusedWhereTheyMeanNothing) {
  EXPECT_THAT(train("c.txt", {"--classes", "-1"}).err, HasSubstr("--classes -1 is out of range"));
  EXPECT_THAT(train("c.npy", {"--classes", "5", "--format", "npy"}).err, HasSubstr("leave out --format"));
  EXPECT_FALSE(exists("c.txt"));
}

TEST_F(OldPrograms, FastTextTrainsWithItsDefaultsAndWritesAVec) {
  std::filesystem::create_symlink(WARP2VEC_PROGRAM, path("fasttext"));
  const Finished trained = shell("./fasttext cbow -input text.txt -output model -thread 1 -dim 8");
  ASSERT_EQ(trained.status, 0) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("without fastText's subwords (as with its -maxn 0)"));
  EXPECT_THAT(trained.err, HasSubstr("model.vec is written, but not model.bin"));
  EXPECT_FALSE(exists("model.bin"));
  ASSERT_EQ(run({"train", "--input", text_, "--dim", "8", "--threads", "1", "--quiet", "--model", "cbow",
                 "--output", path("own.vec"), "--lr", "0.05", "--sample", "1e-4"})
                .err,
            "");
  EXPECT_EQ(read_whole_file(path("model.vec")), read_whole_file(path("own.vec")));
  // --config and later flags win over these defaults.
  write(path("run.ini"), "sample = 0\nalpha = 0.1\n");
  const Finished other = shell(
      "./fasttext skipgram -input text.txt -output m -thread 1 -maxn 0 --metrics m.jsonl --config run.ini");
  ASSERT_EQ(other.status, 0) << other.err;
  EXPECT_THAT(other.err, Not(HasSubstr("subwords")));
  const std::string metrics = read_whole_file(path("m.jsonl"));
  EXPECT_THAT(metrics, HasSubstr("\"sample\":0.0"));
  EXPECT_THAT(metrics, HasSubstr("\"lr\":0.1,"));
  EXPECT_THAT(metrics, HasSubstr("\"model\":\"skipgram\""));
  EXPECT_THAT(shell("./fasttext skipgram --resume x").err, HasSubstr("expected warp2vec train --resume"));
  EXPECT_THAT(shell("./fasttext predict model.bin text.txt").err, HasSubstr("predict is not available"));
}

TEST_F(OldPrograms, FastTextsQuestions) {
  std::filesystem::create_symlink(WARP2VEC_PROGRAM, path("fasttext"));
  write(path("model.vec"), read_whole_file(path("v.txt")));
  const Finished near = shell("echo man woman | ./fasttext nn model.bin 1");
  ASSERT_EQ(near.status, 0) << near.err;
  EXPECT_EQ(near.out, "king 0.707107\nqueen 0.707107\n");
  EXPECT_EQ(near.err, "note: model.vec is read in place of model.bin, which does not exist\n");
  EXPECT_THAT(shell("echo king man woman | ./fasttext analogies model.vec 1").out, StartsWith("queen 0.9"));
  EXPECT_THAT(shell("echo king man | ./fasttext analogies model.vec").err, HasSubstr("three words A B C"));
  const Finished printed = shell("printf 'thing\nnone' | ./fasttext print-word-vectors model.vec");
  EXPECT_EQ(printed.status, 0);
  EXPECT_EQ(printed.out, "thing 0.1 -1 1\nnone 0 0 0\n");
  EXPECT_EQ(printed.err, "note: not in the model, so their vectors are zero: 1 word\n");
  // fastText's own model, which has subwords
  write(path("own.bin"), fasttext_model());
  EXPECT_EQ(shell("printf 'ab\n\xc3\xa9\n</s>' | ./fasttext print-word-vectors own.bin").out,
            "ab 64 60\n\xc3\xa9 30.75 26\n</s> 1 2\n");
  const Finished composed = shell("echo ab | ./fasttext nn own.bin 1");
  EXPECT_THAT(composed.out, StartsWith("\xc3\xa9 0.99")) << composed.err;
  EXPECT_EQ(run({"neighbors", path("own.bin"), "ab", "--top", "1"}).status, 0);
  // only the first vectors
  EXPECT_THAT(shell("echo woman | ./fasttext print-word-vectors model.vec --limit 2").err, HasSubstr("zero"));
  EXPECT_EQ(shell("echo man | ./fasttext nn model.vec --limit 2").out, "king 0.707107\n");
  EXPECT_EQ(shell("./fasttext nn").status, 2);
  EXPECT_THAT(shell("./fasttext nn model.vec 0").err, HasSubstr("K 0 is out of range"));
  EXPECT_EQ(shell("echo man | ./fasttext nn none.bin").status, 1);
}

TEST_F(OldPrograms, GensimsArgumentsInAFileAndOnTheCommandLine) {
  const Arguments common{"train", "--input", text_, "--quiet", "--threads", "1"};
  ASSERT_EQ(run(common + Arguments{"--output", path("own"), "--dim", "8", "--model", "cbow", "--cbow-sum",
                                   "--min-count", "1", "--no-shrink-window", "--loss", "ns+hs"})
                .err,
            "");
  const std::string own = read_whole_file(path("own"));
  ASSERT_EQ(run(common + Arguments{"--output", path("line"), "--vector_size", "8", "--sg", "0", "--cbow_mean",
                                   "0", "--min_count", "0", "--shrink_windows", "False", "--hs", "1"})
                .err,
            "");
  EXPECT_EQ(read_whole_file(path("line")), own);
  write(path("run.ini"),
        "vector_size = 9\nvector_size = 8\nsg = 0\ncbow_mean = 0\nmin_count = 0\nshrink_windows = False\n"
        "hs = 1\nsorted_vocab = 1\n");
  ASSERT_EQ(run(common + Arguments{"--output", path("file"), "--config", path("run.ini")}).err, "");
  EXPECT_EQ(read_whole_file(path("file")), own);
  write(path("bad.ini"), "sorted_vocab = 0\n");
  EXPECT_THAT(run(common + Arguments{"--output", path("file"), "--config", path("bad.ini")}).err,
              HasSubstr("--config: --sorted_vocab 0: words are always"));
  EXPECT_THAT(run(common + Arguments{"--output", path("x"), "--min-count", "-1"}).err,
              HasSubstr("--min-count -1 is out of range"));
}

TEST_F(OldPrograms, AreListedApart) {
  const std::string help = run({"--help"}).out;
  EXPECT_THAT(help, HasSubstr("\n  compute-accuracy    eval"));
  EXPECT_THAT(help.substr(0, help.find("word2vec.c")), Not(HasSubstr("compute-accuracy")));
  EXPECT_THAT(shell("./distance --help").out, HasSubstr("warp2vec distance [FILE] [WORD...]"));
}

}  // namespace
}  // namespace warp2vec::cli
