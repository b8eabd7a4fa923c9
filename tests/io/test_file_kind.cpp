// What this program writes is recognised; text is not, even if it looks a little like it.

#include <warp2vec/word_vectors.h>

#include "host/io/file_kind.h"
#include "tests/support/random_matrix.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace warp2vec {
namespace {

WordVectors random_vectors(std::int64_t words, std::int32_t dim) {
  WordVectors vectors;
  for (std::int64_t i = 0; i < words; ++i) vectors.words.push_back("wört" + std::to_string(i));
  vectors.vectors = random_matrix(words, dim, 1, 2);
  return vectors;
}

TEST(FileKind, VectorsOfAllFormatsAndSizes) {
  const TemporaryFolder folder;
  for (const std::int64_t words : {2, 50})
    for (const std::int32_t dim : {1, 4, 100, 5000})
      for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                        VectorFormat::npy, VectorFormat::tensorboard}) {
        SCOPED_TRACE(to_string(format) + " " + std::to_string(words) + " x " + std::to_string(dim));
        save_vectors(random_vectors(words, dim), folder.path("v"), format);
        const std::string bytes = folder.read(format == VectorFormat::tensorboard ? "v.vectors.tsv" : "v");
        EXPECT_EQ(kind_of_product(std::string_view(bytes).substr(0, kKindBytes)), "vectors");
      }
}

TEST(FileKind, FilesWithAMagicNumberAndMetrics) {
  EXPECT_EQ(kind_of_product("\x89W2V\r\n\x1a\n"), "a model");
  EXPECT_EQ(kind_of_product("\x89W2C\r\n\x1a\n"), "a checkpoint");
  EXPECT_EQ(kind_of_product("\x89W2I\r\n\x1a\n"), "an encoded corpus");
  EXPECT_EQ(kind_of_product("{\"loss\":1.5,\"tokens_done\":10,\"type\":\"progress\"}\n{\"ty"), "metrics");
}

TEST(FileKind, TextIsText) {
  const std::string letters(300, 'x');
  for (const std::string& text : std::vector<std::string>{
           "", "\n", " ", "one", "a b c\nd e f\n", "5 3\n", "5 3\nhello world and more\n",
           "2 3\n1 2 3\n4 5 6\n",                     // walks of numbers
           "2 3\n1 1 2 3\n2 4 5 6\n",                 // the same, with as many as vectors would have
           "1 2\n2 3\n3 4\n",                         // edges
           "the 100\nof 90\n",                        // a vocabulary
           "version 1.5\nis better than 1.4\n",       //
           "3 2\n" + letters + " " + letters + "\n",  //
           "4 2\ncaf\xE9 au lait is not UTF-8 here\nand goes on with caf\xE9\n",
           "{\"type\":\"text\",\"text\":\"progress\"}\n", "\xEF\xBB\xBFtext\n", std::string("a\0b\n", 4),
           "pi 3.14\npi and e 3.14 2.71\n"})
    EXPECT_EQ(kind_of_product(text), "") << text;
}

TEST(FileKind, JsonLines) {
  const std::string is_cut = "{\"text\": \"a long one";
  for (const std::string text : {"{\"a\":1}", "{ \"a\" : 1 } \r\n{\"b\":2}\n", "\xEF\xBB\xBF{\"a\":{}}\n"})
    EXPECT_TRUE(is_json_lines(text)) << text;
  EXPECT_TRUE(is_json_lines(is_cut));
  EXPECT_TRUE(is_json_lines("{\"a\":1}\n" + is_cut));
  for (const std::string text : {"", "a {\"b\":1}", "{a: 1}", "{\"a\" 1}", "{", "{\"", "{\"a\":1\n",
                                 "{\"a\":1}\ntext\n", "{}\n", "\n"})
    EXPECT_FALSE(is_json_lines(text)) << text;
}

}  // namespace
}  // namespace warp2vec
