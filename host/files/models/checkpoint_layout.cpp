#include "host/files/models/checkpoint_layout.h"

#include <warp2vec/error.h>

#include "host/bytes/little_endian.h"
#include "host/training/batch_centres.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace warp2vec {
namespace {

// Visits the numbers in file order.
template <class State, class Visit>
void each_number(State& state, const Visit& visit) {
  visit(state.kept_done);
  visit(state.summary.tokens);
  visit(state.summary.kept_tokens);
  visit(state.summary.pairs);
  visit(state.epoch_trained.pairs);
  visit(state.unjudged.pairs);
  visit(state.epoch_trained.loss);
  visit(state.unjudged.loss);
  visit(state.summary.seconds);
  visit(state.epoch);
}

constexpr std::size_t kStateBytes = 80;
constexpr std::size_t kJudgedAt = 76;

void require_number(bool good, const char* what) {
  if (!good) throw Error(std::string("a number of ") + what + " is not possible");
}

}  // namespace

std::string encode_state(const TrainingState& state) {
  std::string bytes;
  each_number(state, [&bytes](auto number) { append_number_bytes(bytes, number); });
  append_number_bytes(bytes, static_cast<std::uint8_t>(state.judged ? 1 : 0));
  bytes.resize(kStateBytes);
  return bytes;
}

std::string encode_losses(const TrainingState& state) {
  std::string bytes;
  for (const double loss : state.summary.epoch_loss) append_number_bytes(bytes, loss);
  return bytes;
}

std::string encode_text(const TextFingerprint& text) {
  std::string bytes;
  for (const TextFingerprint::File& file : text.files) {
    append_number_bytes(bytes, file.tokens);
    append_number_bytes(bytes, file.ids);
    append_number_bytes(bytes, file.sentences);
    append_number_bytes(bytes, file.crc);
    append_number_bytes(bytes, static_cast<std::uint32_t>(file.name.size()));
    bytes += file.name;
  }
  return bytes;
}

std::string encode_notes(const std::vector<std::string>& notes) {
  std::string bytes;
  for (const std::string& note : notes) {
    if (note.find('\0') != std::string::npos) throw Error("a note of a checkpoint has a NUL byte in it");
    bytes += note;
    bytes += '\0';
  }
  return bytes;
}

TrainingState decode_state(std::string_view bytes) {
  if (bytes.size() != kStateBytes)
    throw Error("expected " + std::to_string(kStateBytes) + " bytes, found " + std::to_string(bytes.size()));
  TrainingState state;
  std::size_t at = 0;
  each_number(state, [&](auto& number) {
    number = number_at<std::remove_reference_t<decltype(number)>>(bytes, at);
    at += sizeof number;
  });
  const char judged = bytes[kJudgedAt];
  if (judged != 0 && judged != 1) throw Error("expected 0 or 1 for whether the loss was judged");
  state.judged = judged == 1;
  if (bytes.substr(kJudgedAt + 1).find_first_not_of('\0') != std::string_view::npos)
    throw Error("its last bytes are not zero");
  return state;
}

std::vector<double> decode_losses(std::string_view bytes) {
  if (bytes.size() % sizeof(double) != 0)
    throw Error("expected 8 bytes for each epoch, found " + std::to_string(bytes.size()));
  std::vector<double> losses;
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(double)) {
    losses.push_back(number_at<double>(bytes, at));
    if (!std::isfinite(losses.back()))
      throw Error("the loss of epoch " + std::to_string(losses.size()) + " is not finite");
  }
  return losses;
}

TextFingerprint decode_text(std::string_view bytes) {
  constexpr std::size_t kNumbers = 32;
  TextFingerprint text;
  std::int64_t ids = 0;
  while (!bytes.empty()) {
    const std::string which = " of file " + std::to_string(text.files.size() + 1);
    if (bytes.size() < kNumbers) throw Error("it ends inside the numbers" + which);
    TextFingerprint::File file;
    file.tokens = number_at<std::int64_t>(bytes, 0);
    file.ids = number_at<std::int64_t>(bytes, 8);
    file.sentences = number_at<std::int64_t>(bytes, 16);
    file.crc = number_at<std::uint32_t>(bytes, 24);
    const auto name_bytes = number_at<std::uint32_t>(bytes, 28);
    if (file.sentences < 0 || file.ids < file.sentences || file.tokens < file.ids ||
        file.ids > std::numeric_limits<std::int64_t>::max() - ids)
      throw Error("the numbers" + which + " are not those of a text");
    ids += file.ids;
    bytes.remove_prefix(kNumbers);
    if (bytes.size() < name_bytes) throw Error("it ends inside the name" + which);
    file.name = bytes.substr(0, name_bytes);
    bytes.remove_prefix(name_bytes);
    text.files.push_back(std::move(file));
  }
  if (ids == 0) throw Error("expected a file with a word of the vocabulary");
  return text;
}

std::vector<std::string> decode_notes(std::string_view bytes) {
  if (!bytes.empty() && bytes.back() != '\0') throw Error("expected a NUL byte at its end");
  std::vector<std::string> notes;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    notes.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  return notes;
}

void require_possible(const TrainingState& state, const Config& config, const TextFingerprint& text) {
  const TrainingSummary& summary = state.summary;
  if (state.epoch < 0 || state.epoch > config.epochs)
    throw Error("expected 0 to " + std::to_string(config.epochs) + " finished epochs, found " +
                std::to_string(state.epoch));
  if (summary.epoch_loss.size() != static_cast<std::size_t>(state.epoch))
    throw Error("expected the losses of " + std::to_string(state.epoch) + " epochs, found " +
                std::to_string(summary.epoch_loss.size()));
  std::int64_t epoch_ids = 0;
  for (const TextFingerprint::File& file : text.files) epoch_ids += file.ids;
  if (epoch_ids < 1) throw Error("expected a text with words");
  // At the beginning of an epoch, none of its words has been trained.
  require_number(summary.tokens >= 0 && summary.tokens / epoch_ids == state.epoch &&
                     (summary.tokens % epoch_ids == 0) == (state.kept_done == 0),
                 "trained words");
  require_number(summary.kept_tokens >= 0 && summary.kept_tokens <= summary.tokens && state.kept_done >= 0 &&
                     state.kept_done <= summary.kept_tokens && state.kept_done % batch_unit(config) == 0 &&
                     (state.epoch < config.epochs || state.kept_done == 0),
                 "kept words");
  require_number(summary.pairs >= 0 && state.epoch_trained.pairs >= 0 && state.unjudged.pairs >= 0, "pairs");
  for (const double loss : {state.epoch_trained.loss, state.unjudged.loss})
    require_number(std::isfinite(loss), "the loss");
  require_number(std::isfinite(summary.seconds) && summary.seconds >= 0, "seconds");
}

}  // namespace warp2vec
