// Texts that ranks divide: the same vocabulary and the same ids as one process finds.
#include <warp2vec/corpus.h>

#include "host/distributed/thread_ranks.h"
#include "host/text/chunk_workers.h"
#include "host/text/read_ids.h"
#include "host/text/text_files.h"
#include "tests/support/compressed.h"
#include "tests/support/npy.h"
#include "tests/support/same_text.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// Few frequent and many rare words, some of them long or no UTF-8; lines of any length, some empty.
std::string some_text(unsigned seed, int words) {
  std::mt19937 random(seed);
  std::string text;
  for (int i = 0; i < words; ++i) {
    const unsigned rank = 1 + random() % 4;
    std::string word = "w" + std::to_string(random() % (rank * rank * rank * rank));
    if (random() % 50 == 0) word += std::string(20, 'x');
    if (random() % 97 == 0) word += "\xFF";
    text += word + " \n \t  "[random() % 6];
    if (random() % 30 == 0) text += "\n\n";
  }
  return text;
}

class TextOfRanks : public testing::Test {
 protected:
  // Counts and encodes with several ranks and settings, and compares with one process.
  static void expect_as_of_one(const std::vector<std::string>& inputs, const CountMemory& memory = {},
                               const IdInput& ids_of_input = {}) {
    for (const auto& [min_count, max_vocab] :
         {std::pair(1, 0), std::pair(3, 0), std::pair(1, 7), std::pair(2, 100)}) {
      const Corpus corpus(inputs, {}, "", ids_of_input);
      const CorpusCounts one = count_words(corpus, min_count, max_vocab, 1);
      const TokenStream ids = encode(corpus, one.vocabulary, 1);
      for (const int size : {1, 2, 3, 8})
        ThreadRanks(size).run([&, minimum = min_count, most = max_vocab](Ranks& ranks) {
          const Corpus own(inputs, {}, "", ids_of_input);
          constexpr std::size_t kChunkBytes = 100;
          const CorpusCounts counts =
              count_words_in_chunks(own, minimum, most, 2, {}, kChunkBytes, memory, &ranks);
          expect_same(counts, one);
          EXPECT_GE(counts.max_sentences, std::ssize(ids.ends));
          expect_same(
              encode_in_chunks(own, counts.vocabulary, 2, {}, kChunkBytes, counts.max_sentences, &ranks),
              ids);
        });
    }
  }

  TemporaryFolder folder_;
};

TEST_F(TextOfRanks, IsThatOfOneProcess) {
  const std::string a = folder_.write("a.txt", some_text(1, 3000));
  const std::string b = folder_.write("b.txt", "\xEF\xBB\xBF" + some_text(2, 100) + "the end");
  const std::string empty = folder_.write("empty.txt", "");
  const std::string zipped = folder_.write("c.txt.gz", gzip(some_text(3, 2000)));
  expect_as_of_one({a});
  expect_as_of_one({empty, a, b, zipped, a, empty});
  expect_as_of_one({zipped});
}

TEST_F(TextOfRanks, OfOneLineOrFewerWordsThanRanks) {
  std::string line = some_text(4, 1000);
  std::replace(line.begin(), line.end(), '\n', ' ');
  expect_as_of_one({folder_.write("line.txt", line)});
  expect_as_of_one({folder_.write("words.txt", "one two\none two one\n")});
  const std::string word(200, 'x');
  expect_as_of_one({folder_.write("word.txt", word + "\nx\n" + word + " " + word)});
}

TEST_F(TextOfRanks, FitsIntoLittleMemory) {
  expect_as_of_one({folder_.write("a.txt", some_text(5, 5000))}, {4000, 0, folder_.path()});
}

// Low ids are frequent, and some negative; ids are new everywhere, so that those of a share are not known
// before.
template <class Integer>
std::vector<Integer> some_ids(unsigned seed, std::size_t number) {
  std::mt19937 random(seed);
  std::vector<Integer> ids(number);
  for (std::size_t i = 0; i < number; ++i)
    ids[i] = static_cast<Integer>(random() % 9 == 0 ? -1 - static_cast<int>(random() % 3)
                                                    : static_cast<int>(random() % (1 + random() % (2 + i))));
  return ids;
}

TEST_F(TextOfRanks, OfIdsIsThatOfOneProcess) {
  const std::string few = folder_.write("few.npy", npy<std::int32_t>({1, 2, 3, -1, 2, 2, 3, 1, 1}));
  const std::string flat = folder_.write("flat.npy", npy(some_ids<std::int64_t>(8, 901)));
  const std::string rows = folder_.write("rows.npy", npy(some_ids<std::int32_t>(9, 1000), 25));
  const std::string column = folder_.write("column.npy", npy(some_ids<std::int32_t>(10, 200), 1));
  expect_as_of_one({few});
  expect_as_of_one({rows});
  expect_as_of_one({flat, rows, few, column, few});
  std::string text = "\xEF\xBB\xBF";
  for (const std::int64_t id : some_ids<std::int64_t>(11, 1200))
    text += id < 0 ? "\n" : std::to_string(id) + " ";
  const std::string ids = folder_.write("ids.txt", text);
  const std::string zipped = folder_.write("ids.txt.gz", gzip(text));
  expect_as_of_one({ids}, {}, {true, 0});
  expect_as_of_one({flat, zipped, ids, rows, ids}, {}, {true, 5000});
}

TEST_F(TextOfRanks, OfIdsIsRefusedWithItsPlace) {
  // Ranks that read no bad value wait for those that do in vain: each reads as one of several, without them.
  const auto refused = [](const Corpus& corpus, const std::vector<TextPart>& parts) {
    return thrown_message([&] {
      ChunkReader reader(corpus, parts, 100);
      LineCounter lines;
      IdChunk ids;
      for (Chunk chunk; reader.next(chunk);) {
        ids.read(chunk, IdRange(corpus.num_ids(), corpus.max_tokens()));
        lines.add(chunk, ids);
      }
    });
  };
  std::vector<std::int32_t> values = some_ids<std::int32_t>(12, 2000);
  values[1700] = 5000;
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += i == 1700 ? "1 x2 3\n" : std::to_string(i) + (i % 2 == 0 ? " " : "\n");
  std::string lines;
  while (lines.size() < text.size() * 3 / 2) lines += "1 2\n3 4 5\n\n";
  const std::string before = folder_.write("before.txt", lines);
  for (const auto& [path, message] :
       {std::pair(folder_.write("flat.npy", npy(values)),
                  ": value 1700: expected an id, 0 to 4999, found 5000"),
        std::pair(folder_.write("rows.npy", npy(values, 20)),
                  ": row 85, column 0: expected an id, 0 to 4999, found 5000"),
        std::pair(folder_.write("ids.txt", text), ":851: expected an id, 0 to 4999, found 'x2'")}) {
    const Corpus corpus({path}, {}, "", {true, 5000});
    EXPECT_EQ(thrown_message([&] { count_words(corpus, 1, 0, 1); }), path + message);
    int failed = 0;
    for (const int size : {2, 3, 8})
      for (int rank = 0; rank < size; ++rank) {
        const std::string found = refused(corpus, share_of(corpus, rank, size));
        if (found.empty()) continue;
        EXPECT_EQ(found, path + message);
        EXPECT_EQ(rank, 1700 * size / 2000);
        ++failed;
      }
    EXPECT_EQ(failed, 3);

    // Behind another file, in which shares begin.
    const Corpus two({before, path}, {}, "", {true, 5000});
    for (const int size : {1, 2, 3, 8}) {
      std::vector<std::string> found;
      found.reserve(static_cast<std::size_t>(size));
      for (int rank = 0; rank < size; ++rank) found.push_back(refused(two, share_of(two, rank, size)));
      std::erase(found, "");
      EXPECT_THAT(found, testing::ElementsAre(path + message));
    }
  }
}

TEST_F(TextOfRanks, IsRefusedByAll) {
  const std::string rare = folder_.write("rare.txt", "a a a b c c d");
  const std::string blank = folder_.write("blank.txt", " \n \n");
  const auto refused = [](const std::string& path, Ranks* ranks) {
    return thrown_message([&] { count_words(Corpus({path}), 4, 0, 1, {}, {}, ranks); });
  };
  ThreadRanks(3).run([&](Ranks& ranks) {
    for (const std::string& path : {rare, blank}) EXPECT_EQ(refused(path, &ranks), refused(path, nullptr));
  });
}

TEST_F(TextOfRanks, SharesAreTheTextAndNearlyEqual) {
  const Corpus corpus(
      {folder_.write("a.txt", some_text(6, 3000)), folder_.write("b.txt", some_text(7, 3000))});
  for (const int size : {1, 2, 3, 8}) {
    std::int64_t end = 0;
    std::size_t file = 0;
    for (int rank = 0; rank < size; ++rank) {
      std::int64_t bytes = 0;
      for (const TextPart& part : share_of(corpus, rank, size)) {
        if (end == corpus.files()[file].state.size) {
          ++file;
          end = 0;
        }
        EXPECT_EQ(part.file, &corpus.files()[file]);
        EXPECT_EQ(part.begin, end);
        end = part.end;
        bytes += part.end - part.begin;
      }
      EXPECT_NEAR(bytes, corpus.bytes() / size, 100);
    }
    EXPECT_EQ(file, 1U);
    EXPECT_EQ(end, corpus.files()[1].state.size);
  }
}

}  // namespace
}  // namespace warp2vec
