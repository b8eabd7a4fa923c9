// Checks whether a run can be resumed with given settings and text.

#include <warp2vec/checkpoint.h>
#include <warp2vec/error.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <type_traits>

namespace warp2vec {
namespace {

template <class Value>
std::string text_of(const Value& value) {
  if constexpr (std::is_same_v<Value, bool>) {
    return value ? "on" : "off";
  } else if constexpr (std::is_arithmetic_v<Value>) {
    // The shortest digits that are this number.
    std::array<char, 32> digits{};
    return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
  } else {
    return to_string(value);
  }
}

// "--dim 200 (the checkpoint has 100), ..."
class Differences {
 public:
  template <class Value>
  void compare(const char* flag, const Value& before, const Value& wanted) {
    if (text_of(before) != text_of(wanted)) add(flag, wanted, "the checkpoint has " + text_of(before));
  }
  template <class Value>
  void add(const char* flag, const Value& wanted, const std::string& why) {
    text_ += (text_.empty() ? "" : ", ") + std::string(flag) + " " + text_of(wanted) + " (" + why + ")";
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string words_of(const TextFingerprint::File& file) {
  return std::to_string(file.tokens) + " words, " + std::to_string(file.ids) +
         " of them in the vocabulary, in " + std::to_string(file.sentences) + " sentences";
}

}  // namespace

void require_same_settings(const Config& checkpoint, const Config& wanted) {
  // Naming all settings makes this fail to compile when one is added, until it is considered here.
  const auto& [dim, window, shrink_window, min_count, max_vocab, model, cbow_sum, cbow_gradient, loss,
               sharing, negative, ns_exponent, tile_centres, tile_negatives, table_type, sample, lr, min_lr,
               epochs, max_sentence, threads, seed, deterministic] = checkpoint;
  Differences found;
  found.compare("--dim", dim, wanted.dim);
  found.compare("--window", window, wanted.window);
  found.compare("--no-shrink-window", !shrink_window, !wanted.shrink_window);
  found.compare("--min-count", min_count, wanted.min_count);
  found.compare("--max-vocab", max_vocab, wanted.max_vocab);
  found.compare("--model", model, wanted.model);
  found.compare("--cbow-sum", cbow_sum, wanted.cbow_sum);
  found.compare("--cbow-gradient", cbow_gradient, wanted.cbow_gradient);
  found.compare("--loss", loss, wanted.loss);
  if (wanted.sharing != Sharing::automatic) found.compare("--sharing", sharing, wanted.sharing);
  found.compare("--negative", negative, wanted.negative);
  found.compare("--ns-exponent", ns_exponent, wanted.ns_exponent);
  found.compare("tile_centres", tile_centres, wanted.tile_centres);
  found.compare("tile_negatives", tile_negatives, wanted.tile_negatives);
  found.compare("--sample", sample, wanted.sample);
  found.compare("--lr", lr, wanted.lr);
  found.compare("--min-lr", min_lr, wanted.min_lr);
  if (wanted.epochs < epochs)
    found.add("--epochs", wanted.epochs,
              "the checkpoint has " + text_of(epochs) + ", expected at least as many");
  found.compare("--max-sentence", max_sentence, wanted.max_sentence);
  found.compare("--seed", seed, wanted.seed);
  found.compare("--deterministic", deterministic, wanted.deterministic);
  // May differ: table_type and threads.
  static_cast<void>(table_type);
  static_cast<void>(threads);
  if (!found.text().empty()) throw Error("the run cannot be resumed with other settings: " + found.text());
}

void require_same_text(const TextFingerprint& checkpoint, const TextFingerprint& found) {
  const std::size_t both = std::min(checkpoint.files.size(), found.files.size());
  for (std::size_t i = 0; i < both; ++i) {
    const TextFingerprint::File& before = checkpoint.files[i];
    const TextFingerprint::File& now = found.files[i];
    const bool counts =
        before.tokens == now.tokens && before.ids == now.ids && before.sentences == now.sentences;
    if (counts && before.crc == now.crc) continue;
    throw Error("the text is not that of the checkpoint: " + now.name +
                (now.name == before.name ? "" : ", which was " + before.name + " there,") + " has " +
                words_of(now) +
                (counts ? " as there, but not the same ones" : ", expected " + words_of(before)));
  }
  if (checkpoint.files.size() == found.files.size()) return;
  const bool fewer = found.files.size() < checkpoint.files.size();
  throw Error("the text is not that of the checkpoint: it has " + std::to_string(found.files.size()) +
              " files, expected " + std::to_string(checkpoint.files.size()) + "; " +
              (fewer ? checkpoint.files[both].name + " is missing" : found.files[both].name + " is new"));
}

}  // namespace warp2vec
