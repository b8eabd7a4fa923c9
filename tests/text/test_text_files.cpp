#include <warp2vec/corpus.h>

#include "host/text/text_files.h"
#include "tests/support/compressed.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const Corpus& corpus) {
  std::vector<std::string> all;
  for (const Corpus::File& file : corpus.files()) all.push_back(file.name);
  return all;
}

std::string complaint(const std::vector<std::string>& inputs) {
  return thrown_message([&] { const Corpus corpus(inputs); });
}

std::string content(const Corpus::File& file) {
  std::string text(static_cast<std::size_t>(file.state.size), '\0');
  EXPECT_EQ(file.open()->read_at(0, text.data(), text.size()), text.size());
  return text;
}

// Makes `path` the standard input during its lifetime.
class StandardInputFrom {
 public:
  explicit StandardInputFrom(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
    EXPECT_NE(std::freopen(path.c_str(), "rb", stdin), nullptr);
  }
  ~StandardInputFrom() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }
  StandardInputFrom(const StandardInputFrom&) = delete;
  StandardInputFrom& operator=(const StandardInputFrom&) = delete;

 private:
  int saved_;
};

// Makes `folder` the folder for temporary files during its lifetime.
class TemporaryFilesIn {
 public:
  explicit TemporaryFilesIn(const std::string& folder) {
    ::setenv("TMPDIR", folder.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  ~TemporaryFilesIn() {
    ::unsetenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): one thread
  }
  TemporaryFilesIn(const TemporaryFilesIn&) = delete;
  TemporaryFilesIn& operator=(const TemporaryFilesIn&) = delete;
};

TEST(TextFiles, InputsKeepTheirOrderAndFoldersAreListedByPathWithoutHiddenEntries) {
  const TemporaryFolder folder;
  const std::string late = folder.write("z.txt", "z");
  folder.write("texts/b.txt", "bb");
  folder.write("texts/a/2.txt", "two");
  folder.write("texts/a/10.txt", "ten");
  folder.write("texts/.hidden.txt", "no");
  folder.write("texts/.git/objects", "no");
  folder.write("texts/c", "");
  const Corpus corpus({late, folder.path("texts"), late});
  EXPECT_THAT(names(corpus), ElementsAre(late, folder.path("texts/a/10.txt"), folder.path("texts/a/2.txt"),
                                         folder.path("texts/b.txt"), folder.path("texts/c"), late));
  EXPECT_EQ(corpus.bytes(), 1 + 3 + 3 + 2 + 0 + 1);
}

TEST(TextFiles, WhatTheUserNamesIsTakenEvenIfHidden) {
  const TemporaryFolder folder;
  const std::string hidden = folder.write(".hidden/.text", "a");
  EXPECT_THAT(names(Corpus({hidden})), ElementsAre(hidden));
  folder.write(".hidden/text", "a");
  EXPECT_THAT(names(Corpus({folder.path(".hidden")})), ElementsAre(folder.path(".hidden/text")));
}

TEST(TextFiles, LinksToFilesCountAndBrokenLinksAreNamed) {
  const TemporaryFolder folder;
  const std::string target = folder.write("target", "text");
  folder.write("texts/a", "a");
  std::filesystem::create_symlink(target, folder.path("texts/b"));
  std::filesystem::create_directory_symlink(folder.path("texts"), folder.path("texts/circle"));
  EXPECT_THAT(names(Corpus({folder.path("texts")})),
              ElementsAre(folder.path("texts/a"), folder.path("texts/b")));
  std::filesystem::create_symlink(folder.path("nowhere"), folder.path("texts/c"));
  EXPECT_EQ(complaint({folder.path("texts")}),
            "cannot read " + folder.path("texts/c") + ": No such file or directory");
}

TEST(TextFiles, MissingAndUnreadableInputsAndEmptyFoldersAreNamed) {
  const TemporaryFolder folder;
  const std::string good = folder.write("good", "text");
  EXPECT_EQ(complaint({good, folder.path("missing")}),
            "cannot read " + folder.path("missing") + ": No such file or directory");
  EXPECT_EQ(complaint({good + "/below"}), "cannot read " + good + "/below: Not a directory");
  EXPECT_EQ(complaint({"/proc/self/mem"}), "cannot read /proc/self/mem: Input/output error");
  std::filesystem::create_directories(folder.path("empty/inner"));
  folder.write("empty/.hidden", "text");
  EXPECT_EQ(complaint({folder.path("empty")}),
            "no files in the folder " + folder.path("empty") + " (hidden ones do not count)");
  EXPECT_THAT(complaint({}), HasSubstr("no input"));
}

TEST(TextFiles, WhatAKilledRunLeftIsNoText) {
  const TemporaryFolder folder;
  folder.write("texts/a", "text");
  folder.write("texts/v.txt.tmp-0123456789abcdef", "vectors");
  EXPECT_THAT(names(Corpus({folder.path("texts")})), ElementsAre(folder.path("texts/a")));
}

TEST(TextFiles, TheProgramsOwnFilesAreNoText) {
  const TemporaryFolder folder;
  folder.write("texts/text", "text");
  folder.write("texts/m", "\x89W2V\r\n\x1a\n");
  folder.write("texts/v", "2 1\na 0.5\nb -0.25\n");
  folder.write("texts/x.npy", "\x93NUMPY");
  folder.write("texts/x.npy.vocab", "a\nb\n");
  folder.write("texts/t.metadata.tsv", "a\nb\n");
  folder.write("texts/t.vectors.tsv", "0.5\t0.25\n0.1\t0.2\n");
  folder.write("texts/words.vocab", "a\nb\n");  // of nothing
  const Corpus corpus({folder.path("texts")}, {folder.path("missing")});
  EXPECT_THAT(names(corpus), ElementsAre(folder.path("texts/text"), folder.path("texts/words.vocab")));
  std::vector<std::string> left_out;
  for (const Corpus::NotRead& file : corpus.not_read()) left_out.push_back(file.path + ": " + file.kind);
  const std::string below = folder.path("texts/");
  EXPECT_THAT(left_out, ElementsAre(below + "m: a model", below + "t.metadata.tsv: the words of vectors",
                                    below + "t.vectors.tsv: vectors", below + "v: vectors",
                                    below + "x.npy: vectors", below + "x.npy.vocab: the words of vectors"));
  EXPECT_EQ(complaint({below + "m"}), below + "m: expected text, found a model");
  EXPECT_EQ(complaint({below + "v"}), below + "v: expected text, found vectors");
}

TEST(TextFiles, OutputsInAFolderAreNotRead) {
  const TemporaryFolder folder;
  folder.write("texts/a", "text");
  const std::string output = folder.write("texts/b", "");
  const Corpus corpus({folder.path("texts")}, {folder.path("texts/../texts/b")});
  EXPECT_THAT(names(corpus), ElementsAre(folder.path("texts/a")));
  EXPECT_TRUE(corpus.not_read().empty());
  std::filesystem::remove(folder.path("texts/a"));
  EXPECT_THAT(thrown_message([&] { const Corpus none({folder.path("texts")}, {output}); }),
              HasSubstr("nor do those that warp2vec wrote"));
}

TEST(TextFiles, AFolderThatCannotBeReadIsNamed) {
  const TemporaryFolder folder;
  folder.write("texts/a", "text");
  std::filesystem::create_directories(folder.path("texts/closed"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(folder.path("texts/closed"), std::filesystem::perms::none);
  EXPECT_EXIT(
      {
        // root may read everything
        if (::geteuid() == 0 && ::seteuid(65534) != 0) std::perror("seteuid");
        std::fputs(complaint({folder.path("texts")}).c_str(), stderr);
        std::_Exit(0);  // LeakSanitizer, which fails for another user, is left out
      },
      testing::ExitedWithCode(0), "cannot read the folder .*texts/closed: Permission denied");
  std::filesystem::permissions(folder.path("texts/closed"), std::filesystem::perms::all);
}

TEST(TextFiles, PathsOfAnyLength) {
  const TemporaryFolder folder;
  std::string name;
  for (int i = 0; i < 8; ++i) name += std::string(200, static_cast<char>('a' + i)).append("/");
  const std::string path = folder.write(name + "text", "words");
  EXPECT_EQ(content(Corpus({path}).files()[0]), "words");
}

TEST(TextFiles, CompressionIsToldByTheFirstBytesNotByTheName) {
  const TemporaryFolder folder;
  const std::vector<std::string> inputs = {
      folder.write("plain.gz", "text"),    folder.write("a.txt", gzip("text")),
      folder.write("b.txt", zstd("text")), folder.write("c.txt", bzip2("text")),
      folder.write("d.txt", xz("text")),   folder.write("empty", "")};
  const Corpus corpus(inputs);
  EXPECT_EQ(corpus.files()[0].compression, Compression::none);
  EXPECT_EQ(corpus.files()[1].compression, Compression::gzip);
  EXPECT_EQ(corpus.files()[2].compression, Compression::zstd);
  EXPECT_EQ(corpus.files()[3].compression, Compression::bzip2);
  EXPECT_EQ(corpus.files()[4].compression, Compression::xz);
  EXPECT_EQ(corpus.files()[5].compression, Compression::none);
  EXPECT_EQ(sniff("\x5a\x2a\x4d\x18"), Compression::zstd);  // a skippable frame
  EXPECT_EQ(sniff("BZhang is a name"), Compression::none);
  EXPECT_EQ(sniff("BZh"), Compression::none);
  EXPECT_EQ(sniff("P*M text"), Compression::none);
}

TEST(TextFiles, StandardInputCanBeReadTwiceAndLeavesNoFile) {
  const TemporaryFolder folder;
  const TemporaryFolder spool;
  std::string text(3'000'000, 'x');  // several buffers
  for (std::size_t i = 0; i < text.size(); i += 7) text[i] = static_cast<char>('a' + i % 26);
  const std::string path = folder.write("text", text);
  const TemporaryFilesIn temporary_files(spool.path());
  const StandardInputFrom standard_input(path);
  const Corpus corpus({"-"});
  EXPECT_TRUE(std::filesystem::is_empty(spool.path()));
  ASSERT_THAT(names(corpus), ElementsAre("standard input"));
  EXPECT_EQ(corpus.bytes(), 3'000'000);
  EXPECT_EQ(content(corpus.files()[0]), text);
  EXPECT_EQ(content(corpus.files()[0]), text);
}

TEST(TextFiles, APlaceForStandardInputThatCannotBeWrittenIsNamed) {
  const TemporaryFolder folder;
  const StandardInputFrom standard_input(folder.write("text", "a b c"));
  const TemporaryFilesIn temporary_files(folder.path("missing"));
  EXPECT_THAT(complaint({"-"}), HasSubstr("TMPDIR"));
}

TEST(TextFiles, PipesAreSpooledLikeStandardInput) {
  const TemporaryFolder folder;
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string sent = gzip("words from a pipe");
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << sent; });
  const Corpus corpus({pipe});
  writer.join();
  EXPECT_THAT(names(corpus), ElementsAre(pipe));
  EXPECT_EQ(corpus.files()[0].compression, Compression::gzip);
  EXPECT_EQ(content(corpus.files()[0]), sent);
  EXPECT_EQ(content(corpus.files()[0]), sent);
}

TEST(TextFiles, BinaryDataIsNamed) {
  const TemporaryFolder folder;
  std::string bytes;
  for (int i = 0; i < 4000; ++i) bytes += static_cast<char>(i * 7 % 256);
  EXPECT_THAT(complaint({folder.write("data", bytes)}),
              HasSubstr("/data: this is binary data: expected text"));
  EXPECT_THAT(complaint({folder.write("data.gz", gzip(bytes))}), HasSubstr("this is binary data"));
  folder.write("texts/a", "some text\n");
  folder.write("texts/b", bytes);
  const Corpus corpus({folder.path("texts")});
  EXPECT_THAT(names(corpus), ElementsAre(folder.path("texts/a")));
  ASSERT_EQ(corpus.not_read().size(), 1U);
  EXPECT_EQ(corpus.not_read()[0].kind, "binary data");
  // Escapes of terminals, and a stray NUL in a text, which is an error that names the place.
  EXPECT_EQ(complaint({folder.write("log", std::string(4000, '\x1b'))}), "");
  EXPECT_EQ(complaint({folder.write("nul", std::string(4000, 'a') + std::string(9, '\0'))}), "");
}

TEST(TextFiles, JsonLinesAreTold) {
  const TemporaryFolder folder;
  const std::string lines = folder.write("lines", "{\"text\": \"a b\"}\n{\"text\": \"c\"}\n");
  const Corpus corpus({lines, folder.write("text", "a b\n"), folder.write("packed", gzip("{ \"a\" :1}"))});
  EXPECT_EQ(corpus.files().size(), 3U);
  EXPECT_THAT(corpus.json_lines(), ElementsAre(lines, folder.path("packed")));
}

}  // namespace
}  // namespace warp2vec
