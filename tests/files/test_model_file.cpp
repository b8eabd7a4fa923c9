// What save_model writes, and load_model reads or rejects.

#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/model_samples.h"
#include "tests/support/synthetic.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"
#include "tests/support/training_outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

const std::vector<std::string> kLosses = {"ns", "hs", "ns+hs", "softmax"};

std::vector<std::uint8_t> lengths_of(const HuffmanTree& tree) {
  return {tree.view().code_lengths, tree.view().code_lengths + tree.view().words};
}

class ModelFile : public testing::Test {
 protected:
  // The error of load_model for a file with these bytes.
  std::string refusal(const std::string& bytes) {
    folder_.write("model", bytes);
    std::string message = thrown_message([this] { load_model(path_); });
    EXPECT_THAT(message, testing::AnyOf(testing::StartsWith(path_ + ": "), "")) << message;
    return message;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("model");
};

TEST_F(ModelFile, IsReadBackBitForBit) {
  for (const std::string& loss : kLosses) {
    for (const std::int32_t dim : {1, 3, 16, 33}) {
      const TrainedModel saved = sample_model(loss, 50, dim);
      save_model(saved, path_);
      const TrainedModel loaded = load_model(path_);
      EXPECT_TRUE(equal_bits(loaded.embeddings, saved.embeddings)) << loss << " " << dim;
      EXPECT_EQ(lengths_of(loaded.tree), lengths_of(saved.tree));
      EXPECT_EQ(loaded.tree.mean_code_length(), saved.tree.mean_code_length());
      ASSERT_EQ(loaded.vocabulary.size(), saved.vocabulary.size());
      for (std::int32_t w = 0; w < saved.vocabulary.size(); ++w) {
        EXPECT_EQ(loaded.vocabulary.word(WordId{w}), saved.vocabulary.word(WordId{w}));
        EXPECT_EQ(loaded.vocabulary.count(WordId{w}), saved.vocabulary.count(WordId{w}));
        EXPECT_EQ(loaded.vocabulary.find(saved.vocabulary.word(WordId{w})), WordId{w});
      }
      save_model(loaded, folder_.path("again"));
      EXPECT_EQ(folder_.read("again"), folder_.read("model"));
    }
  }
}

TEST_F(ModelFile, KeepsEverySetting) {
  TrainedModel model = sample_model("ns");
  Config& c = model.config;
  c.window = 11;
  c.shrink_window = false;
  c.min_count = std::int64_t{1} << 40;
  c.max_vocab = (std::int64_t{1} << 41) + 1;
  c.sharing = Sharing::window;
  c.negative = 17;
  c.ns_exponent = -0.1;
  c.tile_centres = 96;
  c.tile_negatives = 48;
  c.sample = 1e-5;
  c.lr = 0.3;
  c.epochs = 12345;
  c.max_sentence = std::int64_t{1} << 42;
  c.threads = 3;
  c.seed = ~std::uint64_t{0};
  c.deterministic = true;
  save_model(model, path_);
  const Config loaded = load_model(path_).config;
  EXPECT_EQ(loaded.dim, c.dim);
  EXPECT_EQ(loaded.window, c.window);
  EXPECT_EQ(loaded.shrink_window, c.shrink_window);
  EXPECT_EQ(loaded.min_count, c.min_count);
  EXPECT_EQ(loaded.max_vocab, c.max_vocab);
  EXPECT_EQ(to_string(loaded.loss), to_string(c.loss));
  EXPECT_EQ(loaded.sharing, c.sharing);
  EXPECT_EQ(loaded.negative, c.negative);
  EXPECT_EQ(loaded.ns_exponent, c.ns_exponent);
  EXPECT_EQ(loaded.tile_centres, c.tile_centres);
  EXPECT_EQ(loaded.tile_negatives, c.tile_negatives);
  EXPECT_EQ(loaded.table_type, c.table_type);
  EXPECT_EQ(loaded.sample, c.sample);
  EXPECT_EQ(loaded.lr, c.lr);
  EXPECT_EQ(loaded.epochs, c.epochs);
  EXPECT_EQ(loaded.max_sentence, c.max_sentence);
  EXPECT_EQ(loaded.threads, 0);
  EXPECT_EQ(loaded.seed, c.seed);
  EXPECT_EQ(loaded.deterministic, c.deterministic);
  c.sharing = Sharing::tile;
  c.table_type = TableType::bf16;
  save_model(model, path_);
  EXPECT_EQ(load_model(path_).config.table_type, TableType::bf16);
  c.table_type = TableType::float32;
  c.model = Architecture::cbow;
  for (const bool sum : {false, true})
    for (const CbowGradient gradient : {CbowGradient::exact, CbowGradient::full}) {
      c.cbow_sum = sum;
      c.cbow_gradient = gradient;
      save_model(model, path_);
      const Config cbow = load_model(path_).config;
      EXPECT_EQ(cbow.model, Architecture::cbow);
      EXPECT_EQ(cbow.cbow_sum, sum);
      EXPECT_EQ(cbow.cbow_gradient, gradient);
    }
  EXPECT_EQ(load_model(path_).config.min_lr, 0);
  c.min_lr = c.lr / 2;
  save_model(model, path_);
  EXPECT_EQ(load_model(path_).config.min_lr, c.min_lr);
}

TEST_F(ModelFile, WhatWasTrainedIsSavedWithoutACopy) {
  const SyntheticCorpus corpus = zipf_corpus(30, 400, 20);
  const Config config = config_of("ns+hs", Sharing::tile, 8);
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const Outcome trained = run(corpus, config, make_cpu_backend);
  save_model(data, trained.embeddings, path_);
  const TrainedModel loaded = load_model(path_);
  EXPECT_TRUE(equal_bits(loaded.embeddings, trained.embeddings));
  EXPECT_EQ(lengths_of(loaded.tree), lengths_of(data.tree));
  EXPECT_EQ(loaded.config.epochs, config.epochs);
}

// docs/model-format.md, byte by byte.
TEST_F(ModelFile, HasTheDocumentedBytes) {
  TrainedModel model;
  model.config.loss = parse_loss("hs");
  model.config.dim = 2;
  model.config.min_count = 3;
  model.config.seed = 4;
  model.config.sharing = Sharing::tile;
  model.config.tile_centres = 64;
  model.vocabulary = Vocabulary({{"the", 9}, {"of", 9}, {"a", 8}}, 1, 0);
  model.tree = HuffmanTree(model.vocabulary.counts());
  model.embeddings.input = Matrix(3, 2);
  model.embeddings.nodes = Matrix(2, 2);
  for (std::int64_t r = 0; r < 3; ++r) model.embeddings.input.row(r)[1] = 1;
  model.embeddings.nodes.row(1)[0] = -2;

  std::string expected("\x89W2V\r\n\x1a\n\x01\x00\x00\x00\x06\x00\x00\x00", 16);
  append_number_bytes(expected, std::uint64_t{656});
  const auto entry = [&expected](std::string name, std::uint64_t offset, std::uint64_t bytes) {
    name.resize(8);
    expected += name;
    append_number_bytes(expected, offset);
    append_number_bytes(expected, bytes);
    append_number_bytes(expected, std::uint64_t{0});  // sealed() puts the checksum here
  };
  entry("settings", 256, 96);
  entry("words", 384, 9);
  entry("counts", 448, 24);
  entry("lengths", 512, 3);
  entry("input", 576, 24);
  entry("nodes", 640, 16);
  expected.resize(256);
  append_number_bytes(expected, std::int64_t{3});      // words
  append_number_bytes(expected, std::int32_t{2});      // dim
  append_number_bytes(expected, std::int32_t{5});      // window
  append_number_bytes(expected, std::int64_t{3});      // min_count
  append_number_bytes(expected, std::int64_t{0});      // max_vocab
  append_number_bytes(expected, std::int64_t{1000});   // max_sentence
  append_number_bytes(expected, std::uint64_t{4});     // seed
  append_number_bytes(expected, 0.75);                 // ns_exponent
  append_number_bytes(expected, 1e-3);                 // sample
  append_number_bytes(expected, 0.025);                // lr
  append_number_bytes(expected, std::int32_t{5});      // negative
  append_number_bytes(expected, std::int32_t{64});     // tile_centres
  append_number_bytes(expected, std::int32_t{0});      // tile_negatives
  append_number_bytes(expected, std::int32_t{5});      // epochs
  expected += std::string("\x02\x02\x00\x01\x00", 5);  // hs, tile, float, shrink_window, not deterministic
  expected.resize(384);
  expected += "the\nof\na\n";
  expected.resize(448);
  for (const std::int64_t count : {9, 9, 8}) append_number_bytes(expected, count);
  expected.resize(512);
  expected += "\x01\x02\x02";
  expected.resize(576);
  for (const float value : {0.0F, 1.0F, 0.0F, 1.0F, 0.0F, 1.0F}) append_number_bytes(expected, value);
  expected.resize(640);
  for (const float value : {0.0F, 0.0F, -2.0F, 0.0F}) append_number_bytes(expected, value);
  EXPECT_EQ(model_bytes(model), sealed(expected));
}

TEST_F(ModelFile, ChecksumsAreThoseOfGzip) {
  EXPECT_EQ(crc32_of("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32_of("6789", crc32_of("", crc32_of("12345"))), 0xCBF43926U);
}

TEST_F(ModelFile, OtherFilesAreNotModels) {
  for (const std::string bytes : {"", "\x89W2V", "2 1\na 1\nb 2\n"})
    EXPECT_THAT(refusal(bytes), HasSubstr("offset 0: expected a model file"));
  EXPECT_EQ(thrown_message([this] { load_model(folder_.path("none")); }),
            "cannot read " + folder_.path("none") + ": No such file or directory");
  EXPECT_EQ(thrown_message([this] { load_model(folder_.path()); }),
            "cannot read " + folder_.path() + ": it is a folder");
  save_model(sample_model("ns"), path_);
  EXPECT_EQ(
      thrown_message([this] { load_vectors(path_); }),
      path_ +
          ": offset 0: expected word vectors, but this is a model file (train --output writes the vectors)");
}

TEST_F(ModelFile, DamageNamesTheSection) {
  const std::string whole = model_bytes(sample_model("ns+hs"));
  for (const std::string name : {"settings", "words", "counts", "lengths", "input", "output", "nodes"}) {
    std::string bytes = whole;
    bytes[offset_of(bytes, name) + 1] ^= 1;
    EXPECT_THAT(refusal(bytes), HasSubstr("offset " + std::to_string(offset_of(bytes, name)) + ": section '" +
                                          name + "': its "))
        << name;
    EXPECT_THAT(refusal(bytes), HasSubstr("do not match the checksum in the header"));
  }
  std::string bytes = whole;
  bytes[30] ^= 1;
  EXPECT_THAT(refusal(bytes), HasSubstr("offset 248: the header does not match its checksum"));
  bytes = whole;
  bytes[offset_of(bytes, "words") - 1] = 'x';
  EXPECT_THAT(refusal(bytes), HasSubstr("expected zeros before the section 'words'"));
}

// A header with a valid checksum and wrong content.
TEST_F(ModelFile, LyingHeadersAreRefusedBeforeAnythingIsAllocated) {
  const std::string whole = model_bytes(sample_model("ns+hs"));
  ASSERT_EQ(refusal(sealed(whole)), "");
  const auto with = [&whole](std::size_t at, auto value) {
    std::string bytes = whole;
    put_number(bytes, at, value);
    return sealed(bytes);
  };
  const std::uint64_t huge = std::uint64_t{1} << 63;
  EXPECT_THAT(refusal(with(8, std::uint32_t{2})), HasSubstr("offset 8: expected version 1"));
  for (const std::uint32_t sections : {0U, 8U, ~0U})
    EXPECT_THAT(refusal(with(12, sections)), HasSubstr("offset 12: expected 1 to 7 sections"));
  EXPECT_THAT(refusal(with(16, huge)),
              HasSubstr("offset 16: the header says that the file has 9223372036854775808"));
  EXPECT_THAT(refusal(whole + '\0'), HasSubstr("offset 16: the header says"));
  EXPECT_THAT(refusal(sealed(whole).substr(0, 24)), HasSubstr("offset 16: the header says"));
  for (const std::string name : {"settings", "words", "counts", "lengths", "input", "output", "nodes"}) {
    const std::size_t entry = entry_of(whole, name);
    EXPECT_THAT(refusal(with(entry, std::uint64_t{0x41})), HasSubstr("expected the section '" + name + "'"));
    EXPECT_THAT(refusal(with(entry + 28, 1)), HasSubstr("expected zeros after the name"));
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{64}, huge, ~std::uint64_t{0}}) {
      EXPECT_NE(refusal(with(entry + 8, value)), "") << name;
      EXPECT_NE(refusal(with(entry + 16, value)), "") << name;
    }
  }
  std::string one = whole;  // only the settings
  put_number(one, 12, std::uint32_t{1});
  EXPECT_NE(refusal(sealed(one)), "");
  std::string longer = whole + std::string(64, '\0');
  put_number(longer, 16, std::uint64_t{longer.size()});
  EXPECT_THAT(refusal(sealed(longer)), HasSubstr("expected the end of the file"));
}

TEST_F(ModelFile, LyingSettingsAreRefused) {
  const std::string whole = model_bytes(sample_model("ns+hs"));
  const std::size_t settings = offset_of(whole, "settings");
  const auto with = [&](std::size_t at, auto value) {
    std::string bytes = whole;
    put_number(bytes, settings + at, value);
    return refusal(sealed(bytes));
  };
  for (const std::int64_t words : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-5}, kMaxVocabulary + 1})
    EXPECT_THAT(with(0, words), HasSubstr("the number of words is " + std::to_string(words)));
  EXPECT_THAT(with(0, kMaxVocabulary), HasSubstr("the header says that 2147483647 words take"));
  EXPECT_THAT(with(0, std::int64_t{4}), HasSubstr("expected the section 'counts' of 32 bytes"));
  EXPECT_THAT(with(8, 4097), HasSubstr("section 'settings': --dim 4097 is out of range"));
  EXPECT_THAT(with(8, 4096), HasSubstr("expected the section 'input' of 81920 bytes"));
  EXPECT_THAT(with(12, 0), HasSubstr("--window 0 is out of range"));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(with(48, nan), HasSubstr("--ns-exponent"));
  EXPECT_THAT(with(56, nan), HasSubstr("--sample"));
  EXPECT_THAT(with(64, nan), HasSubstr("--lr"));
  EXPECT_THAT(with(88, std::uint8_t{0}), HasSubstr("--loss needs at least one"));
  EXPECT_THAT(with(88, std::uint8_t{1}), HasSubstr("expected the 5 sections of a model with --loss ns"));
  EXPECT_THAT(with(88, std::uint8_t{7}), HasSubstr("--loss softmax cannot be combined"));
  EXPECT_THAT(with(88, std::uint8_t{8}), HasSubstr("the loss is 8: expected 0 to 7"));
  EXPECT_THAT(with(89, std::uint8_t{4}), HasSubstr("the sharing is 4: expected 0 to 3"));
  EXPECT_THAT(with(90, std::uint8_t{2}), HasSubstr("the table type is 2: expected 0 to 1"));
  EXPECT_THAT(with(91, std::uint8_t{2}), HasSubstr("shrink_window is 2"));
  EXPECT_THAT(with(92, std::uint8_t{2}), HasSubstr("deterministic is 2"));
  EXPECT_THAT(with(93, std::uint8_t{2}), HasSubstr("the model is 2: expected 0 to 1"));
  EXPECT_THAT(with(94, std::uint8_t{2}), HasSubstr("cbow_sum is 2"));
  EXPECT_THAT(with(94, std::uint8_t{1}), HasSubstr("--cbow-sum is for --model cbow"));
  EXPECT_THAT(with(95, std::uint8_t{2}), HasSubstr("the CBOW gradient is 2: expected 0 to 1"));
  EXPECT_THAT(with(95, std::uint8_t{1}), HasSubstr("is for --model cbow"));
}

TEST_F(ModelFile, LyingSectionsAreRefused) {
  const std::string whole = model_bytes(sample_model("ns+hs", {9, 9, 9, 2, 1}, 2));
  const auto with = [&](const std::string& section, std::size_t at, auto value) {
    std::string bytes = whole;
    put_number(bytes, offset_of(bytes, section) + at, value);
    return refusal(sealed(bytes));
  };
  constexpr std::size_t kWord = 7;  // "wört0\n"
  EXPECT_THAT(with("words", 3, ' '), HasSubstr("section 'words': word 1 is empty or contains white space"));
  EXPECT_THAT(with("words", 3, '\0'), HasSubstr("word 1 is empty or contains white space or a NUL"));
  EXPECT_THAT(with("words", 4 * kWord + 4, '\n'), HasSubstr("expected 5 words, found more"));
  EXPECT_THAT(with("words", 0, '\n'), HasSubstr("word 1 is empty"));
  EXPECT_THAT(with("words", kWord - 1, 'x'), HasSubstr("expected 5 words, found 4"));
  EXPECT_THAT(with("words", 5 * kWord - 1, 'x'), HasSubstr("expected a newline after word 5"));
  EXPECT_THAT(with("words", kWord - 2, '1'), HasSubstr("the word \"wört1\" appears twice"));
  EXPECT_THAT(with("words", 5 * kWord - 2, '3'), HasSubstr("the word \"wört3\" appears twice"));
  EXPECT_THAT(with("counts", 32, std::int64_t{0}), HasSubstr("section 'counts': the count of word 5 is 0"));
  EXPECT_THAT(with("counts", 32, std::int64_t{-1}), HasSubstr("the count of word 5 is -1"));
  EXPECT_THAT(with("counts", 32, std::int64_t{3}), HasSubstr("word 5, 'wört4', is not in order"));
  std::string large = whole;
  for (std::size_t i = 0; i < 3; ++i)
    put_number(large, offset_of(large, "counts") + 8 * i, std::int64_t{1} << 62);
  EXPECT_THAT(refusal(sealed(large)), HasSubstr("add up to more than"));
  for (const std::uint8_t length : {0, 1, 4, 65, 255})
    EXPECT_THAT(with("lengths", 2, length), HasSubstr("section 'lengths': code lengths on level"));
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    for (const std::string section : {"input", "output", "nodes"})
      EXPECT_THAT(with(section, 12, bad),
                  HasSubstr("offset " + std::to_string(offset_of(whole, section) + 12) + ": value 2 of"));
  }
}

TEST_F(ModelFile, WhatCouldNotBeReadBackIsNotWritten) {
  const auto complaint = [this](const auto& spoil) {
    TrainedModel model = sample_model("ns+hs");
    spoil(model);
    const std::string message = thrown_message([&] { save_model(model, path_); });
    EXPECT_THAT(folder_.names(), IsEmpty());
    const std::string cannot = "cannot write " + path_ + ": ";
    EXPECT_THAT(message, testing::StartsWith(cannot));
    return message.substr(std::min(message.size(), cannot.size()));
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(complaint([=](TrainedModel& m) { m.embeddings.input.row(4)[2] = nan; }),
            "row 4 of the input matrix has a value that is not finite");
  EXPECT_EQ(complaint([=](TrainedModel& m) { m.embeddings.output.row(0)[0] = nan; }),
            "row 0 of the output matrix has a value that is not finite");
  EXPECT_EQ(complaint([=](TrainedModel& m) { m.embeddings.nodes.row(3)[0] = nan; }),
            "row 3 of the node matrix has a value that is not finite");
  EXPECT_EQ(complaint([](TrainedModel& m) { m.embeddings.input = Matrix(5, 4); }),
            "the input matrix has 5 x 4 values, expected 5 x 3");
  EXPECT_EQ(complaint([](TrainedModel& m) { m.embeddings.output = {}; }),
            "the output matrix has 0 x 0 values, expected 5 x 3");
  EXPECT_EQ(complaint([](TrainedModel& m) { m.config.loss = parse_loss("ns"); }),
            "the node matrix has 4 x 3 values, expected 0 x 0");
  EXPECT_EQ(complaint([](TrainedModel& m) { m.tree = {}; }),
            "the Huffman tree has 0 words, the vocabulary 5");
  EXPECT_THAT(complaint([](TrainedModel& m) { m.config.window = 0; }), HasSubstr("--window 0"));
  EXPECT_EQ(complaint([](TrainedModel& m) { m.vocabulary = {}; }),
            "expected at least two words, the vocabulary has 0");
  EXPECT_EQ(complaint([](TrainedModel& m) {
              m.vocabulary = Vocabulary({{"a", 5}, {"b", 4}, {"c\nd", 3}, {"e", 2}, {"f", 1}}, 1, 0);
            }),
            "word 3 is empty or contains white space or a NUL: 'c\nd'");
}

TEST_F(ModelFile, AFullDiskLeavesNothing) {
  EXPECT_EQ(thrown_message([] { save_model(sample_model("ns"), "/dev/full"); }),
            "cannot write /dev/full: No space left on device");
  const TrainedModel large = sample_model("ns", 6000, 50);
  if (::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "mounting a small tmpfs needs root: " << std::generic_category().message(errno);
  EXPECT_THAT(thrown_message([&] { save_model(large, path_); }),
              MatchesRegex("cannot write .*/model: No space left on device"));
  EXPECT_THAT(folder_.names(), IsEmpty());
  ::umount(folder_.path().c_str());
}

TEST_F(ModelFile, AModelInItsPlaceStaysIfWritingFails) {
  save_model(sample_model("hs"), path_);
  const std::string before = folder_.read("model");
  TrainedModel bad = sample_model("hs");
  bad.embeddings.nodes.row(0)[0] = std::numeric_limits<float>::infinity();
  EXPECT_NE(thrown_message([&] { save_model(bad, path_); }), "");
  EXPECT_EQ(folder_.read("model"), before);
  EXPECT_THAT(folder_.names(), ElementsAre("model"));
}

}  // namespace
}  // namespace warp2vec
