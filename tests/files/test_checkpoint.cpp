// What save_checkpoint writes, what load_checkpoint reads or rejects, and which runs may resume from a
// checkpoint.
#include <warp2vec/checkpoint.h>
#include <warp2vec/model.h>
#include <warp2vec/word_vectors.h>

#include "tests/support/checkpoint_samples.h"
#include "tests/support/model_samples.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class CheckpointFile : public testing::Test {
 protected:
  explicit CheckpointFile(const std::string& loss = "ns+hs") : config_(config_of(loss, Sharing::tile, 3)) {
    config_.epochs = 3;
    state_.epoch = 1;
    state_.kept_done = 64;
    state_.summary.epoch_loss = {4.5};
    state_.summary.tokens = 480;
    state_.summary.kept_tokens = 300;
    state_.summary.pairs = 2000;
    state_.summary.seconds = 1.25;
    state_.epoch_trained = {800, 200};
    state_.unjudged = {900, 220};
    state_.judged = true;
  }

  void save(const std::vector<std::string>& notes = {"a", "", "b c"}) {
    const TrainingData data(config_, corpus_.vocabulary, corpus_.tokens);
    save_checkpoint(data, initial_embeddings(corpus_.vocabulary.size(), config_), state_, text_, notes,
                    path_);
  }
  std::string saved_bytes() {
    save();
    return folder_.read("c");
  }
  // The error of load_checkpoint for a file with these bytes.
  std::string refusal(const std::string& bytes) {
    folder_.write("c", bytes);
    std::string message = thrown_message([this] { load_checkpoint(path_); });
    EXPECT_THAT(message, testing::AnyOf(StartsWith(path_ + ": "), "")) << message;
    EXPECT_EQ(message == "", thrown_message([this] { is_unfinished(path_); }) == "") << message;
    return message;
  }

  SyntheticCorpus corpus_ = zipf_corpus(20, 400, 20);
  TextFingerprint text_ = fingerprint_of(corpus_.tokens, 1);
  Config config_;
  TrainingState state_;
  TemporaryFolder folder_;
  std::string path_ = folder_.path("c");
};

TEST_F(CheckpointFile, IsReadBackBitForBit) {
  for (const std::string loss : {"ns", "hs", "ns+hs", "softmax"}) {
    config_.loss = parse_loss(loss);
    save();
    const Checkpoint loaded = load_checkpoint(path_);
    EXPECT_TRUE(equal_bits(loaded.embeddings, initial_embeddings(corpus_.vocabulary.size(), config_)));
    EXPECT_EQ(loaded.vocabulary.total(), 400);
    EXPECT_EQ(loaded.vocabulary.word(WordId{1}), corpus_.vocabulary.word(WordId{1}));
    EXPECT_EQ(to_string(loaded.config.loss), loss);
    EXPECT_EQ(loaded.config.threads, 0);
    EXPECT_THAT(loaded.notes, ElementsAre("a", "", "b c"));
    const TrainingState& state = loaded.state;
    EXPECT_EQ(state.epoch, 1);
    EXPECT_EQ(state.kept_done, 64);
    EXPECT_THAT(state.summary.epoch_loss, ElementsAre(4.5));
    EXPECT_EQ(state.summary.tokens, 480);
    EXPECT_EQ(state.summary.kept_tokens, 300);
    EXPECT_EQ(state.summary.pairs, 2000);
    EXPECT_EQ(state.summary.seconds, 1.25);
    EXPECT_EQ(state.epoch_trained.loss, 800);
    EXPECT_EQ(state.epoch_trained.pairs, 200);
    EXPECT_EQ(state.unjudged.loss, 900);
    EXPECT_EQ(state.unjudged.pairs, 220);
    EXPECT_TRUE(state.judged);
    EXPECT_EQ(thrown_message([&] { require_same_text(loaded.text, text_); }), "");
    EXPECT_TRUE(is_unfinished(path_));
  }
  state_.epoch = 3;
  state_.kept_done = 0;
  state_.summary.tokens = 1200;
  state_.summary.epoch_loss = {4.5, 4, 3};
  save({});
  EXPECT_FALSE(is_unfinished(path_));
  EXPECT_THAT(load_checkpoint(path_).notes, IsEmpty());
}

// docs/checkpoint-format.md, byte by byte.
TEST_F(CheckpointFile, HasTheDocumentedBytes) {
  const std::string bytes = saved_bytes();
  EXPECT_THAT(bytes, StartsWith(std::string("\x89W2C\r\n\x1a\n\x01\x00\x00\x00\x0B\x00\x00\x00", 16)));
  std::string state;
  for (const std::int64_t number : {64, 480, 300, 2000, 200, 220}) append_number_bytes(state, number);
  for (const double number : {800.0, 900.0, 1.25}) append_number_bytes(state, number);
  append_number_bytes(state, std::int32_t{1});
  state += std::string("\x01\x00\x00\x00", 4);
  EXPECT_EQ(bytes.substr(offset_of(bytes, "state"), 80), state);
  EXPECT_EQ(number_at<double>(bytes, offset_of(bytes, "losses")), 4.5);
  std::string text;
  const auto sentences = static_cast<std::int64_t>(corpus_.tokens.ends.size());
  for (const std::int64_t number : {std::int64_t{400}, std::int64_t{400}, sentences})
    append_number_bytes(text, number);
  std::string content;
  for (const WordId id : corpus_.tokens.ids) append_number_bytes(content, static_cast<std::int32_t>(id));
  for (const std::int64_t end : corpus_.tokens.ends) append_number_bytes(content, end);
  append_number_bytes(text, crc32_of(content));
  append_number_bytes(text, std::uint32_t{8});
  text += "the text";
  EXPECT_EQ(bytes.substr(offset_of(bytes, "text"), text.size()), text);
  EXPECT_EQ(bytes.substr(offset_of(bytes, "notes")), std::string("a\0\0b c\0", 7));
}

TEST_F(CheckpointFile, OtherFilesAreNotCheckpointsAndItIsNoOther) {
  for (const std::string& bytes : {std::string(), std::string("a 1\n"), model_bytes(sample_model("ns"))})
    EXPECT_THAT(
        refusal(bytes),
        HasSubstr("offset 0: expected a checkpoint file of warp2vec (train --checkpoint writes them)"));
  save();
  EXPECT_THAT(thrown_message([this] { load_model(path_); }), HasSubstr("expected a model file of warp2vec"));
  EXPECT_THAT(thrown_message([this] { load_vectors(path_); }),
              HasSubstr("expected word vectors, but this is a checkpoint file"));
}

TEST_F(CheckpointFile, EveryChangedByteAndEveryOtherLengthIsRefused) {
  const std::string whole = saved_bytes();
  ASSERT_EQ(refusal(whole), "");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << at % 8));
    ASSERT_NE(refusal(bytes), "") << at;
    if (at % 7 == 0) {
      ASSERT_NE(refusal(whole.substr(0, at)), "") << at;
    }
  }
  EXPECT_NE(refusal(whole + '\0'), "");
}

TEST_F(CheckpointFile, LyingStatesAreRefused) {
  const std::string whole = saved_bytes();
  const auto with = [&](const char* section, std::size_t at, auto value) {
    std::string bytes = whole;
    put_number(bytes, offset_of(bytes, section) + at, value);
    return refusal(sealed(bytes));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(with("state", 0, std::int64_t{65}), HasSubstr("section 'state': a number of kept words"));
  EXPECT_THAT(with("state", 0, std::int64_t{-64}), HasSubstr("kept words"));
  EXPECT_THAT(with("state", 0, std::int64_t{0}), HasSubstr("trained words"));
  EXPECT_THAT(with("state", 0, std::int64_t{320}), HasSubstr("kept words"));
  for (const std::int64_t tokens : {-480, 0, 399, 400, 800})
    EXPECT_THAT(with("state", 8, tokens), HasSubstr("trained words")) << tokens;
  EXPECT_THAT(with("state", 16, std::int64_t{481}), HasSubstr("kept words"));
  for (const std::size_t at : {24, 32, 40})
    EXPECT_THAT(with("state", at, std::int64_t{-1}), HasSubstr("pairs"));
  for (const std::size_t at : {48, 56}) EXPECT_THAT(with("state", at, nan), HasSubstr("the loss"));
  EXPECT_THAT(with("state", 64, -1.0), HasSubstr("seconds"));
  for (const std::int32_t epoch : {-1, 4})
    EXPECT_THAT(with("state", 72, epoch), HasSubstr("expected 0 to 3 finished epochs"));
  EXPECT_THAT(with("state", 72, std::int32_t{2}), HasSubstr("expected the losses of 2 epochs, found 1"));
  EXPECT_THAT(with("state", 76, std::uint8_t{2}), HasSubstr("expected 0 or 1"));
  EXPECT_THAT(with("state", 77, std::uint8_t{1}), HasSubstr("last bytes are not zero"));
  EXPECT_THAT(with("losses", 0, nan), HasSubstr("section 'losses': the loss of epoch 1 is not finite"));
  EXPECT_THAT(with("text", 0, std::int64_t{399}), HasSubstr("section 'text': the numbers of file 1"));
  EXPECT_THAT(with("text", 8, std::int64_t{1}), HasSubstr("the numbers of file 1"));
  EXPECT_THAT(with("text", 16, std::int64_t{-1}), HasSubstr("the numbers of file 1"));
  EXPECT_THAT(with("text", 28, std::uint32_t{9}), HasSubstr("it ends inside the name of file 1"));
  EXPECT_THAT(with("text", 28, std::uint32_t{1}), HasSubstr("it ends inside the numbers of file 2"));
  EXPECT_THAT(with("notes", 6, 'x'), HasSubstr("section 'notes': expected a NUL byte at its end"));
}

TEST_F(CheckpointFile, NotesHaveNoNul) {
  EXPECT_THAT(thrown_message([this] { save({std::string("a\0b", 3)}); }), HasSubstr("NUL"));
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST(CheckpointSettings, ThatDifferAreNamedWithBothValues) {
  const Config before = config_of("ns", Sharing::tile);
  const auto complaint = [&before](const std::function<void(Config&)>& change) {
    Config wanted = before;
    change(wanted);
    return thrown_message([&] { require_same_settings(before, wanted); });
  };
  EXPECT_EQ(complaint([](Config&) {}), "");
  EXPECT_EQ(complaint([](Config& c) { c.threads = 7; }), "");
  EXPECT_EQ(complaint([](Config& c) { c.table_type = TableType::bf16; }), "");
  EXPECT_EQ(complaint([](Config& c) { c.epochs = 3; }), "");
  EXPECT_EQ(complaint([](Config& c) { c.sharing = Sharing::automatic; }), "");
  const std::string all = "the run cannot be resumed with other settings: ";
  EXPECT_EQ(complaint([](Config& c) { c.dim = 25; }), all + "--dim 25 (the checkpoint has 24)");
  EXPECT_EQ(complaint([](Config& c) {
              c.lr = 0.025;
              c.seed = 9;
            }),
            all + "--lr 0.025 (the checkpoint has 0.05), --seed 9 (the checkpoint has 1)");
  EXPECT_EQ(complaint([](Config& c) { c.epochs = 1; }),
            all + "--epochs 1 (the checkpoint has 2, expected at least as many)");
  EXPECT_EQ(complaint([](Config& c) { c.shrink_window = false; }),
            all + "--no-shrink-window on (the checkpoint has off)");
  EXPECT_EQ(complaint([](Config& c) { c.loss = parse_loss("ns+hs"); }),
            all + "--loss ns+hs (the checkpoint has ns)");
  EXPECT_EQ(complaint([](Config& c) { c.model = Architecture::cbow; }),
            all + "--model cbow (the checkpoint has skipgram)");
  EXPECT_EQ(complaint([](Config& c) { c.sharing = Sharing::pair; }),
            all + "--sharing pair (the checkpoint has tile)");
  EXPECT_EQ(complaint([](Config& c) { c.sample = 0.01000000001; }),
            all + "--sample 0.01000000001 (the checkpoint has 0.01)");
  const std::vector<std::function<void(Config&)>> others{
      [](Config& c) { c.window = 4; },           [](Config& c) { c.min_count = 4; },
      [](Config& c) { c.max_vocab = 4; },        [](Config& c) { c.negative = 4; },
      [](Config& c) { c.ns_exponent = 1; },      [](Config& c) { c.tile_centres = 4; },
      [](Config& c) { c.tile_negatives = 4; },   [](Config& c) { c.max_sentence = 4; },
      [](Config& c) { c.deterministic = true; }, [](Config& c) { c.cbow_sum = true; }};
  for (const auto& change : others) EXPECT_THAT(complaint(change), StartsWith(all));
}

TEST(CheckpointText, ThatDiffersIsNamed) {
  const TextFingerprint before{{{"a", 10, 9, 3, 77}, {"b", 5, 5, 1, 88}}};
  const auto complaint = [&before](const TextFingerprint& found) {
    return thrown_message([&] { require_same_text(before, found); });
  };
  const std::string other = "the text is not that of the checkpoint: ";
  EXPECT_EQ(complaint(before), "");
  EXPECT_EQ(complaint({{{"moved/a", 10, 9, 3, 77}, {"b", 5, 5, 1, 88}}}), "");
  EXPECT_EQ(complaint({{{"a", 10, 9, 3, 77}, {"b", 6, 5, 1, 88}}}),
            other +
                "b has 6 words, 5 of them in the vocabulary, in 1 sentences, expected 5 words, 5 of them in "
                "the vocabulary, in 1 sentences");
  EXPECT_EQ(complaint({{{"c", 10, 9, 3, 78}, {"b", 5, 5, 1, 88}}}),
            other +
                "c, which was a there, has 10 words, 9 of them in the vocabulary, in 3 sentences as there, "
                "but not the same ones");
  EXPECT_EQ(complaint({{{"a", 10, 9, 3, 77}}}), other + "it has 1 files, expected 2; b is missing");
  EXPECT_EQ(complaint({{{"a", 10, 9, 3, 77}, {"b", 5, 5, 1, 88}, {"c", 1, 1, 1, 1}}}),
            other + "it has 3 files, expected 2; c is new");
}

class CheckpointWriting : public CheckpointFile {
 protected:
  CheckpointWriter::Interval every(std::optional<std::int64_t> tokens,
                                   std::optional<std::chrono::milliseconds> time = {}) {
    return {time, tokens};
  }

  const TrainingData data_{config_, corpus_.vocabulary, corpus_.tokens};
  Embeddings embeddings_ = initial_embeddings(corpus_.vocabulary.size(), config_);
};

TEST_F(CheckpointWriting, IsDueByWordsByTimeAndOnRequest) {
  CheckpointWriter words(data_, embeddings_, text_, {}, path_, every(100));
  EXPECT_FALSE(words.due(1000));
  EXPECT_FALSE(words.due(1099));
  EXPECT_TRUE(words.due(1100));
  state_.summary.tokens = 480;
  words.take(embeddings_, state_);
  words.finish();
  EXPECT_FALSE(words.due(579));
  EXPECT_TRUE(words.due(580));
  words.take(embeddings_, state_);
  words.finish();
  words.request();
  EXPECT_TRUE(words.due(481));

  CheckpointWriter always(data_, embeddings_, text_, {}, path_, every({}, std::chrono::milliseconds(0)));
  EXPECT_TRUE(always.due(0));
  CheckpointWriter hourly(data_, embeddings_, text_, {}, path_, every({}, std::chrono::hours(1)));
  EXPECT_FALSE(hourly.due(1 << 30));
}

TEST_F(CheckpointWriting, WritesWhatWasThereAndNotWhatCameAfter) {
  CheckpointWriter writer(data_, embeddings_, text_, {"note"}, path_, every({}));
  const Embeddings before = copy_of(embeddings_);
  writer.take(embeddings_, state_);
  embeddings_.input.row(0)[0] = 77;
  writer.finish();
  const Checkpoint loaded = load_checkpoint(path_);
  EXPECT_TRUE(equal_bits(loaded.embeddings, before));
  EXPECT_THAT(loaded.notes, ElementsAre("note"));
  const std::vector<CheckpointWriter::Result> results = writer.results();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].tokens, 480);
  EXPECT_EQ(results[0].failure, "");
  EXPECT_THAT(writer.results(), IsEmpty());
  writer.take(embeddings_, state_);
  writer.finish();
  EXPECT_EQ(load_checkpoint(path_).embeddings.input.row(0)[0], 77);
  EXPECT_THAT(folder_.names(), ElementsAre("c"));
}

TEST_F(CheckpointWriting, AFailureLeavesTheFileAndIsTold) {
  save();
  const std::string before = folder_.read("c");
  CheckpointWriter writer(data_, embeddings_, text_, {}, path_, every({}));
  embeddings_.output.row(0)[0] = std::numeric_limits<float>::infinity();
  writer.take(embeddings_, state_);
  writer.finish();
  const std::vector<CheckpointWriter::Result> results = writer.results();
  ASSERT_EQ(results.size(), 1U);
  EXPECT_THAT(results[0].failure, AllOf(HasSubstr("cannot write " + path_), HasSubstr("not finite")));
  EXPECT_EQ(folder_.read("c"), before);
}

TEST_F(CheckpointWriting, IsNeverDueWhileItWrites) {
  // Writing to a pipe blocks until it has a reader.
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  CheckpointWriter writer(data_, embeddings_, text_, {}, path_, every(1));
  writer.take(embeddings_, state_);
  EXPECT_FALSE(writer.due(1 << 30));
  const std::string read = folder_.read("c");
  writer.finish();
  EXPECT_THAT(read, StartsWith("\x89W2C"));
  EXPECT_TRUE(writer.due(1 << 30));
}

TEST_F(CheckpointWriting, EmbeddingsOfOtherShapesAreRefused) {
  CheckpointWriter writer(data_, embeddings_, text_, {}, path_, every({}));
  Embeddings other = copy_of(embeddings_);
  other.input = Matrix(embeddings_.input.rows() + 1, config_.dim);
  EXPECT_THAT(thrown_message([&] { writer.take(other, state_); }), HasSubstr("the input matrix has"));
  EXPECT_THAT(thrown_message([&] { CheckpointWriter(data_, other, text_, {}, path_, every({})); }),
              HasSubstr("the input matrix has"));
  writer.finish();
  EXPECT_THAT(folder_.names(), IsEmpty());
}

TEST_F(CheckpointWriting, WhatCouldNotBeReadBackIsNotWritten) {
  const auto complaint = [&](const TrainingState& state, const TextFingerprint& text) {
    return thrown_message([&] { save_checkpoint(data_, embeddings_, state, text, {}, path_); });
  };
  EXPECT_EQ(complaint(state_, text_), "");
  EXPECT_THAT(complaint(state_, {}), HasSubstr("cannot write " + path_ + ": expected a text with words"));
  TrainingState state = state_;
  state.epoch = config_.epochs + 1;
  EXPECT_THAT(complaint(state, text_), HasSubstr("cannot write " + path_ + ": expected 0 to"));
  state = state_;
  ++state.kept_done;
  EXPECT_THAT(complaint(state, text_), HasSubstr("a number of kept words is not possible"));
}

}  // namespace
}  // namespace warp2vec
