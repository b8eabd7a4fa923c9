#include "host/files/models/model_layout.h"

#include <warp2vec/error.h>
#include <warp2vec/types.h>

#include "host/bytes/little_endian.h"

#include <array>
#include <utility>

namespace warp2vec {

namespace {

// Enumerators are stored as their index in these lists.
constexpr std::array kSharings{Sharing::pair, Sharing::window, Sharing::tile, Sharing::automatic};
constexpr std::array kTableTypes{TableType::float32, TableType::bf16};
constexpr std::array kArchitectures{Architecture::skip_gram, Architecture::cbow};
constexpr std::array kCbowGradients{CbowGradient::full, CbowGradient::exact};

template <class List, class Choice>
std::uint8_t index_in(const List& list, Choice choice) {
  std::uint8_t index = 0;
  while (list.at(index) != choice) ++index;
  return index;
}

// Reads numbers one after the other.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  template <class Number>
  void take(Number& value) {
    value = number_at<Number>(bytes_, at_);
    at_ += sizeof value;
  }

  // A byte below `limit`.
  std::uint8_t take_below(std::uint8_t limit, const char* what) {
    std::uint8_t value = 0;
    take(value);
    if (value >= limit)
      throw Error(std::string(what) + " is " + std::to_string(value) + ": expected 0 to " +
                  std::to_string(limit - 1));
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

// Visits the plain numbers, in file order. Naming all settings makes this fail to compile when one is added,
// until the file has a place for it.
template <class Settings, class Visit>
void for_each_number(Settings& settings, const Visit& visit) {
  auto& [dim, window, shrink_window, min_count, max_vocab, model, cbow_sum, cbow_gradient, loss, sharing,
         negative, ns_exponent, tile_centres, tile_negatives, table_type, sample, lr, min_lr, epochs,
         max_sentence, threads, seed, deterministic] = settings.config;
  visit(settings.words);
  visit(dim);
  visit(window);
  visit(min_count);
  visit(max_vocab);
  visit(max_sentence);
  visit(seed);
  visit(ns_exponent);
  visit(sample);
  visit(lr);
  visit(negative);
  visit(tile_centres);
  visit(tile_negatives);
  visit(epochs);
}

}  // namespace

std::string encode_model_settings(const ModelSettings& settings) {
  const Config& c = settings.config;
  std::string bytes;
  for_each_number(settings, [&bytes](auto number) { append_number_bytes(bytes, number); });
  const auto append_byte = [&bytes](int value) {
    append_number_bytes(bytes, static_cast<std::uint8_t>(value));
  };
  append_byte((c.loss.negative_sampling ? 1 : 0) + (c.loss.hierarchical_softmax ? 2 : 0) +
              (c.loss.softmax ? 4 : 0));
  append_byte(index_in(kSharings, c.sharing));
  append_byte(index_in(kTableTypes, c.table_type));
  append_byte(c.shrink_window ? 1 : 0);
  append_byte(c.deterministic ? 1 : 0);
  append_byte(index_in(kArchitectures, c.model));
  append_byte(c.cbow_sum ? 1 : 0);
  append_byte(index_in(kCbowGradients, c.cbow_gradient));
  if (c.min_lr != 0) append_number_bytes(bytes, c.min_lr);
  return bytes;
}

ModelSettings decode_model_settings(std::string_view bytes) {
  ModelSettings settings;
  Config& c = settings.config;
  Decoder decoder(bytes);
  for_each_number(settings, [&decoder](auto& number) { decoder.take(number); });
  const std::uint8_t loss = decoder.take_below(8, "the loss");
  c.loss = {(loss & 1U) != 0, (loss & 2U) != 0, (loss & 4U) != 0};
  c.sharing = kSharings.at(decoder.take_below(kSharings.size(), "the sharing"));
  c.table_type = kTableTypes.at(decoder.take_below(kTableTypes.size(), "the table type"));
  c.shrink_window = decoder.take_below(2, "shrink_window") == 1;
  c.deterministic = decoder.take_below(2, "deterministic") == 1;
  c.model = kArchitectures.at(decoder.take_below(kArchitectures.size(), "the model"));
  c.cbow_sum = decoder.take_below(2, "cbow_sum") == 1;
  c.cbow_gradient = kCbowGradients.at(decoder.take_below(kCbowGradients.size(), "the CBOW gradient"));
  if (bytes.size() == kMaxModelSettingsBytes) decoder.take(c.min_lr);
  if (settings.words < 2 || settings.words > kMaxVocabulary)
    throw Error("the number of words is " + std::to_string(settings.words) + ": expected 2 to " +
                std::to_string(kMaxVocabulary));
  c.validate();
  return settings;
}

std::vector<Section> model_sections(const ModelSettings& settings, std::uint64_t word_bytes,
                                    const std::vector<Section>& more) {
  const Loss& loss = settings.config.loss;
  const auto words = static_cast<std::uint64_t>(settings.words);
  const std::uint64_t row_bytes = static_cast<std::uint64_t>(settings.config.dim) * sizeof(float);
  std::vector<Section> sections;
  const auto add = [&sections](const char* name, std::uint64_t bytes) {
    sections.push_back({name, 0, bytes, 0});
  };
  add("settings", settings.config.min_lr == 0 ? kMinModelSettingsBytes : kMaxModelSettingsBytes);
  add("words", word_bytes);
  add("counts", words * sizeof(std::int64_t));
  if (loss.hierarchical_softmax) add("lengths", words);
  add("input", words * row_bytes);
  if (loss.negative_sampling || loss.softmax) add("output", words * row_bytes);
  if (loss.hierarchical_softmax) add("nodes", (words - 1) * row_bytes);
  sections.insert(sections.end(), more.begin(), more.end());
  place_sections(sections);
  return sections;
}

}  // namespace warp2vec
