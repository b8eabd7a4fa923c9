#include "host/files/models/model_parts.h"

#include <warp2vec/error.h>

#include "host/bytes/little_endian.h"
#include "host/files/models/model_layout.h"
#include "host/training/checks.h"
#include "host/training/matrix_rows.h"
#include "host/vocabulary/words.h"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

std::string_view word_of(const Vocabulary& vocabulary, std::int64_t row) {
  return vocabulary.word(static_cast<WordId>(row));
}

class Check {
 public:
  Check(const ModelParts& parts, const std::string& path) : parts_(parts), path_(path) {}

  void all() const {
    const std::int64_t words = parts_.vocabulary.size();
    try {
      parts_.config.validate();
      if (words < 2) throw Error("expected at least two words, the vocabulary has " + std::to_string(words));
      require_shapes(parts_.embeddings, parts_.config, words);
      require_tree(parts_.tree, parts_.config, words);
    } catch (const Error& error) {
      refuse(error.what());
    }
    require_words(parts_.vocabulary, path_);
    require_finite("input", parts_.embeddings.input);
    require_finite("output", parts_.embeddings.output);
    require_finite("node", parts_.embeddings.nodes);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error("cannot write " + path_ + ": " + why);
  }

  void require_finite(const std::string& name, const Matrix& matrix) const {
    for (std::int64_t r = 0; r < matrix.rows(); ++r)
      if (!all_finite(row_values(matrix, r)))
        refuse("row " + std::to_string(r) + " of the " + name + " matrix has a value that is not finite");
  }

  const ModelParts& parts_;
  const std::string& path_;
};

void emit_lengths(const HuffmanTree& tree, const Sink& sink) {
  const HuffmanView view = tree.view();
  sink({reinterpret_cast<const char*>(view.code_lengths), static_cast<std::size_t>(view.words)});
}

void emit_matrix(const Matrix& matrix, const Sink& sink) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r) sink(bytes_of(row_values(matrix, r)));
}

}  // namespace

void require_loadable(const ModelParts& parts, const std::string& path) { Check(parts, path).all(); }

void emit_words(const Vocabulary& vocabulary, const Sink& sink) {
  for (std::int64_t r = 0; r < vocabulary.size(); ++r) {
    sink(word_of(vocabulary, r));
    sink("\n");
  }
}

void emit_counts(const Vocabulary& vocabulary, const Sink& sink) {
  const std::span<const std::int64_t> counts = vocabulary.counts();
  sink({reinterpret_cast<const char*>(counts.data()), counts.size_bytes()});
}

std::uint64_t word_section_bytes(const Vocabulary& vocabulary) {
  std::uint64_t bytes = 0;
  emit_words(vocabulary, [&bytes](std::string_view piece) { bytes += piece.size(); });
  return bytes;
}

Vocabulary decode_vocabulary(std::string_view words, std::string_view counts, std::int64_t size,
                             const std::function<void(bool in_words, const std::string& what)>& fail) {
  const auto expected = static_cast<std::size_t>(size);
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  entries.reserve(expected);
  std::string_view rest = words;
  while (!rest.empty()) {
    const std::string number = std::to_string(entries.size() + 1);
    if (entries.size() == expected) fail(true, "expected " + std::to_string(size) + " words, found more");
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) fail(true, "expected a newline after word " + number);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!is_word(word)) fail(true, no_word(std::ssize(entries) + 1, word));
    const auto count = number_at<std::int64_t>(counts, entries.size() * sizeof(std::int64_t));
    if (count < 1)
      fail(false, "the count of word " + number + " is " + std::to_string(count) + ": expected at least 1");
    if (!entries.empty() && count > entries.back().second)
      fail(false,
           "word " + number + ", " + in_quotes(word) + ", is not in order: expected decreasing counts");
    entries.emplace_back(word, count);
  }
  if (entries.size() != expected)
    fail(true, "expected " + std::to_string(size) + " words, found " + std::to_string(entries.size()));
  try {
    return {entries, 1, 0};
  } catch (const Error& error) {
    fail(true, error.what());
    throw;
  }
}

void emit_section(const Section& section, const ModelParts& parts, const Sink& sink) {
  if (section.name == "settings") return sink(encode_model_settings({parts.config, parts.vocabulary.size()}));
  if (section.name == "words") return emit_words(parts.vocabulary, sink);
  if (section.name == "counts") return emit_counts(parts.vocabulary, sink);
  if (section.name == "lengths") return emit_lengths(parts.tree, sink);
  if (section.name == "input") return emit_matrix(parts.embeddings.input, sink);
  if (section.name == "output") return emit_matrix(parts.embeddings.output, sink);
  emit_matrix(parts.embeddings.nodes, sink);
}

}  // namespace warp2vec
