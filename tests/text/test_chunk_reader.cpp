#include "host/text/chunk_reader.h"
#include "tests/support/compressed.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// All chunks of all files, one after the other.
std::string read_all(const std::vector<std::string>& inputs, std::size_t chunk_bytes) {
  const Corpus corpus(inputs);
  ChunkReader reader(corpus, chunk_bytes);
  std::string text;
  for (Chunk chunk; reader.next(chunk);) text += chunk.text;
  return text;
}

std::string complaint_about(const std::string& path) {
  return thrown_message([&] { read_all({path}, 1 << 16); });
}

std::string random_text(std::size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) {
    text += std::string(1 + random() % 12, static_cast<char>('a' + random() % 26));
    text += " \n\t\r\v\f"[random() % 6];
  }
  return text + "end";
}

struct Format {
  const char* name;
  std::string (*compress)(const std::string&);
};

void PrintTo(const Format& format, std::ostream* out) { *out << format.name; }

const Format kPlain{"plain", [](const std::string& text) { return text; }};
const Format kCompressed[] = {{"gzip", gzip}, {"zstd", zstd}, {"bzip2", bzip2}, {"xz", xz}};

// A bomb: the compressed file has a thousandth of its size.
TEST(ChunkReader, AWordLongerThanAnyIsAnError) {
  const TemporaryFolder folder;
  const std::string text = "a b " + std::string((16 << 20) + (1 << 17), 'x');
  for (const auto& [name, content] : {std::pair{"plain", text}, std::pair{"gzip", gzip(text)}})
    EXPECT_THAT(complaint_about(folder.write(name, content)),
                AllOf(StartsWith(folder.path(name) + ": a word after byte "),
                      HasSubstr(" is longer than 16777216 bytes: expected text with white space")));
  EXPECT_EQ(complaint_about(folder.write("long", "a b " + std::string(16 << 20, 'x'))), "");
}

class ChunkReaderOfFormat : public testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Formats, ChunkReaderOfFormat,
                         testing::Values(kPlain, kCompressed[0], kCompressed[1], kCompressed[2],
                                         kCompressed[3]),
                         [](const auto& format) { return format.param.name; });

TEST_P(ChunkReaderOfFormat, ChunksAreTheWholeTextInOrderAndCutNoWord) {
  const TemporaryFolder folder;
  const std::string text = random_text(5000);
  constexpr std::size_t kSlack = 39;  // up to three words at the ends
  const Corpus corpus({folder.write("a", GetParam().compress(text))});
  for (const std::size_t chunk_bytes : {1, 2, 3, 7, 16, 64, 1000, 5000, 100000}) {
    ChunkReader reader(corpus, chunk_bytes);
    std::size_t at = 0;
    std::int64_t index = 0;
    std::int64_t bytes = 0;
    bool ended = false;
    for (Chunk chunk; reader.next(chunk);) {
      EXPECT_FALSE(ended);
      EXPECT_EQ(chunk.index, index++);
      EXPECT_EQ(chunk.file, corpus.files().data());
      EXPECT_EQ(chunk.offset, static_cast<std::int64_t>(at));
      EXPECT_EQ(chunk.text, text.substr(at, chunk.text.size()));
      EXPECT_LE(chunk.text.size(), chunk_bytes + kSlack);
      EXPECT_GE(chunk.corpus_bytes, bytes);
      bytes = chunk.corpus_bytes;
      ended = chunk.ends_file;
      if (!ended) {
        EXPECT_NE(std::isspace(chunk.text.back()), 0);
      }
      at += chunk.text.size();
    }
    EXPECT_TRUE(ended);
    EXPECT_EQ(at, text.size());
    EXPECT_EQ(bytes, corpus.bytes());
    EXPECT_GE(index, static_cast<std::int64_t>(text.size() / (chunk_bytes + kSlack)));
  }
}

TEST_P(ChunkReaderOfFormat, AWordOfAnyLengthStaysWhole) {
  const TemporaryFolder folder;
  const std::string word(3'000'000, 'w');
  const Corpus corpus({folder.write("a", GetParam().compress("a " + word + " b"))});
  for (const std::size_t chunk_bytes : {2, 1000}) {
    ChunkReader reader(corpus, chunk_bytes);
    int seen = 0;
    for (Chunk chunk; reader.next(chunk);)
      if (chunk.text.find(word) != std::string::npos) ++seen;
    EXPECT_EQ(seen, 1);
  }
}

TEST_P(ChunkReaderOfFormat, AByteOrderMarkIsSkippedAtAFilesStartOnly) {
  const TemporaryFolder folder;
  const std::string mark = "\xEF\xBB\xBF";
  for (const std::size_t chunk_bytes : {1, 2, 4, 100}) {
    const auto text_of = [&](const std::string& text) {
      return read_all({folder.write("a", GetParam().compress(text))}, chunk_bytes);
    };
    EXPECT_EQ(text_of(mark + "a b"), "a b");
    EXPECT_EQ(text_of(mark), "");
    EXPECT_EQ(text_of(mark + mark + "a"), mark + "a");
    EXPECT_EQ(text_of("a " + mark), "a " + mark);
    EXPECT_EQ(text_of("\xEF\xBB"), "\xEF\xBB");
    EXPECT_EQ(text_of("a"), "a");
  }
  const Corpus corpus({folder.write("a", GetParam().compress(mark + "a b"))});
  ChunkReader reader(corpus, 100);
  Chunk chunk;
  ASSERT_TRUE(reader.next(chunk));
  EXPECT_EQ(chunk.offset, 3);
}

TEST_P(ChunkReaderOfFormat, EveryFileEndsWithItsOwnChunkEvenAnEmptyOne) {
  const TemporaryFolder folder;
  const std::string empty = folder.write("empty", GetParam().compress(""));
  const std::string full = folder.write("full", GetParam().compress("a b "));
  const Corpus corpus({empty, full, empty});
  for (const std::size_t chunk_bytes : {1, 2, 4, 100}) {
    ChunkReader reader(corpus, chunk_bytes);
    std::vector<const Corpus::File*> ended;
    std::string text;
    for (Chunk chunk; reader.next(chunk);) {
      text += chunk.text;
      if (chunk.ends_file) ended.push_back(chunk.file);
    }
    EXPECT_EQ(text, "a b ");
    const Corpus::File* const first = corpus.files().data();
    EXPECT_EQ(ended, (std::vector<const Corpus::File*>{first, first + 1, first + 2}));
  }
}

class ChunkReaderOfCompressed : public testing::TestWithParam<Format> {};
INSTANTIATE_TEST_SUITE_P(Formats, ChunkReaderOfCompressed, testing::ValuesIn(kCompressed),
                         [](const auto& format) { return format.param.name; });

TEST_P(ChunkReaderOfCompressed, SeveralMembersAreOneText) {
  const TemporaryFolder folder;
  const std::string text = random_text(2'000'000);
  std::string members = GetParam().compress("");
  for (std::size_t at = 0; at < text.size(); at += 300'001)
    members += GetParam().compress(text.substr(at, 300'001));
  members += GetParam().compress("");
  EXPECT_EQ(read_all({folder.write("a", members)}, 1 << 16), text);
}

TEST_P(ChunkReaderOfCompressed, TruncatedFilesAreRefusedAtEveryLength) {
  const TemporaryFolder folder;
  const std::string whole = GetParam().compress("it was the best of times, it was the worst of times");
  for (std::size_t bytes = 6; bytes < whole.size(); ++bytes) {
    const std::string path = folder.write("a", whole.substr(0, bytes));
    const std::string expected = path + ": the " + GetParam().name + " data ends too early, at byte " +
                                 std::to_string(bytes) + " (a truncated file?)";
    EXPECT_EQ(complaint_about(path), expected);
    EXPECT_THAT(complaint_about(folder.write("b", whole + whole.substr(0, bytes))),
                HasSubstr("ends too early"));
  }
}

TEST_P(ChunkReaderOfCompressed, LargeTruncatedFilesAreRefused) {
  const TemporaryFolder folder;
  const std::string whole = GetParam().compress(random_text(1'000'000));
  for (const std::size_t missing : {std::size_t{1}, std::size_t{4}, std::size_t{100}, whole.size() / 2})
    EXPECT_THAT(complaint_about(folder.write("a", whole.substr(0, whole.size() - missing))),
                HasSubstr("ends too early"));
}

TEST_P(ChunkReaderOfCompressed, DamageAndWhatFollowsTheEndAreRefused) {
  const TemporaryFolder folder;
  const std::string whole = GetParam().compress(random_text(100'000));
  const std::string path = folder.path("a");
  const std::string expected = path + ": damaged " + GetParam().name + " data";
  // At least as long as a header of any format.
  for (const char* tail : {"garbage more", "\n\n\n\n\n\n\n\n\n\n\n\n"}) {
    folder.write("a", whole + tail);
    EXPECT_THAT(complaint_about(path), StartsWith(expected));
  }
  folder.write("a", whole + std::string(511, '\0'));  // xz allows zeros in groups of four
  EXPECT_THAT(complaint_about(path), StartsWith(expected));
  for (std::size_t at = whole.size() / 3; at < whole.size(); at += whole.size() / 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    folder.write("a", damaged);
    // Damage may also look like a missing end.
    EXPECT_THAT(complaint_about(path), StartsWith(path + ": ")) << "flipped a bit of byte " << at;
  }
}

TEST(ChunkReader, ZerosInFoursMayPadXzStreams) {
  const TemporaryFolder folder;
  const std::string eight(8, '\0');
  EXPECT_EQ(read_all({folder.write("a", xz("a b ") + eight + xz("c d") + eight)}, 100), "a b c d");
}

TEST(ChunkReader, NothingComesAfterAFailure) {
  const TemporaryFolder folder;
  const Corpus corpus({folder.write("a", gzip("a b c").substr(0, 15)), folder.write("b", "text")});
  ChunkReader reader(corpus, 100);
  Chunk chunk;
  EXPECT_THROW(reader.next(chunk), Error);
  EXPECT_EQ(chunk.index, 0);
  EXPECT_FALSE(reader.next(chunk));
}

TEST(ChunkReader, AChunkOutlivesThoseAfterIt) {
  const TemporaryFolder folder;
  for (const std::string& content : {std::string("first second third"), gzip("first second third")}) {
    const Corpus corpus({folder.write("a", content), folder.write("b", "fourth")});
    ChunkReader reader(corpus, 6);
    Chunk first;
    ASSERT_TRUE(reader.next(first));
    for (Chunk other; reader.next(other);) {
    }
    EXPECT_EQ(first.text, "first ");
  }
}

TEST(ChunkReader, ANulByteEndsAChunkSoThatItIsFoundEarly) {
  const TemporaryFolder folder;
  // With so few of them it is not binary data, which is refused before.
  std::string text;
  for (int i = 0; i < 5000; ++i) text += std::string("ab\0", 3) + std::string(17, 'x');
  const Corpus corpus({folder.write("a", text)});
  ChunkReader reader(corpus, 10);
  Chunk chunk;
  ASSERT_TRUE(reader.next(chunk));
  EXPECT_EQ(chunk.text.size(), 3U);
}

TEST(ChunkReader, AFileThatIsCutShortIsAnError) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", random_text(5000));
  const Corpus corpus({path});
  ChunkReader reader(corpus, 1000);
  Chunk chunk;
  ASSERT_TRUE(reader.next(chunk));
  std::filesystem::resize_file(path, 1500);
  EXPECT_THAT(thrown_message([&] {
                while (reader.next(chunk)) {
                }
              }),
              testing::MatchesRegex(path + ": it ends at byte 1500, expected 50.. bytes: .* cut short .*"));
}

TEST(ChunkReader, AFileThatGrowsWhileItIsReadIsAnError) {
  for (const bool compressed : {false, true}) {
    const TemporaryFolder folder;
    const std::string text = random_text(5000);
    const std::string path = folder.write("a", compressed ? gzip(text) : text);
    const Corpus corpus({path});
    ChunkReader reader(corpus, 1000);
    Chunk chunk;
    ASSERT_TRUE(reader.next(chunk));
    std::ofstream(path, std::ios::app | std::ios::binary) << (compressed ? gzip(" more") : " more");
    EXPECT_EQ(thrown_message([&] {
                while (reader.next(chunk)) {
                }
              }),
              path + ": it has changed while it was read, expected the same text in every pass");
  }
}

TEST(ChunkReader, AFileThatChangesBetweenPassesIsAnError) {
  for (const bool replaced : {false, true}) {
    const TemporaryFolder folder;
    const std::string path = folder.write("a", "some text");
    const Corpus corpus({path});
    if (replaced) {
      std::filesystem::rename(folder.write("b", "more text"), path);
    } else {
      std::ofstream(path, std::ios::app) << " and more";
    }
    ChunkReader reader(corpus, 10);
    Chunk chunk;
    EXPECT_EQ(thrown_message([&] { reader.next(chunk); }),
              path + ": it has changed since it was first read, expected the same text in every pass");
  }
}

TEST(ChunkReader, AFileThatVanishedIsNamed) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a", "text");
  const Corpus corpus({path});
  std::filesystem::remove(path);
  ChunkReader reader(corpus, 10);
  Chunk chunk;
  EXPECT_EQ(thrown_message([&] { reader.next(chunk); }),
            "cannot read " + path + ": No such file or directory");
}

}  // namespace
}  // namespace warp2vec
