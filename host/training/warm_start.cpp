#include <warp2vec/warm_start.h>

#include "host/bytes/byte_class.h"
#include "host/training/checks.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::array kInitVocabs{InitVocab::old_words, InitVocab::new_words, InitVocab::all_words};

using Entries = std::vector<std::pair<std::string_view, std::int64_t>>;

void copy_row(const Matrix& from, std::int64_t from_row, Matrix& to, std::int64_t to_row) {
  std::memcpy(to.row(to_row), from.row(from_row), static_cast<std::size_t>(Matrix::bytes(1, from.cols())));
}

void copy_rows(const Matrix& from, Matrix& to) {
  for (std::int64_t r = 0; r < from.rows(); ++r) copy_row(from, r, to, r);
}

// The values must fit each other.
void require_complete(const InitialValues& from) {
  Config config;
  config.dim = from.embeddings.input.cols();
  config.loss = from.loss.value_or(Loss{false, false, false});
  try {
    require_shapes(from.embeddings, config, from.vocabulary.size());
    require_tree(from.tree, config, from.vocabulary.size());
  } catch (const Error& error) {
    throw Error(from.path + ": " + error.what());
  }
}

// Whether the inner nodes of both trees lead to the same words.
bool is_tree_of(const HuffmanTree& tree, const Vocabulary& words, const Vocabulary& others) {
  if (words.size() != others.size()) return false;
  for (std::int64_t w = 0; w < words.size(); ++w)
    if (words.word(static_cast<WordId>(w)) != others.word(static_cast<WordId>(w))) return false;
  const HuffmanTree other(others.counts());
  const auto lengths = [](const HuffmanView& view) {
    return std::span(view.code_lengths, static_cast<std::size_t>(view.words));
  };
  const std::span<const std::uint8_t> before = lengths(tree.view());
  const std::span<const std::uint8_t> now = lengths(other.view());
  return std::equal(before.begin(), before.end(), now.begin(), now.end());
}

}  // namespace

InitVocab parse_init_vocab(const std::string& text) {
  for (const InitVocab words : kInitVocabs)
    if (text == to_string(words)) return words;
  throw Error("--init-vocab " + text + " is not known: expected old, new or union");
}

std::string to_string(InitVocab words) {
  switch (words) {
    case InitVocab::old_words:
      return "old";
    case InitVocab::new_words:
      return "new";
    case InitVocab::all_words:
      break;
  }
  return "union";
}

Vocabulary warm_vocabulary(const InitialValues& from, InitVocab words, const Vocabulary& text,
                           std::int64_t min_count, std::int64_t max_vocab) {
  const Vocabulary& old = from.vocabulary;
  if (words == InitVocab::old_words && from.loss) return old;
  const bool keeps_old = words != InitVocab::new_words;
  Entries entries;
  std::int64_t selected = 0;
  for (std::int64_t w = 0; w < text.size(); ++w) {
    const auto id = static_cast<WordId>(w);
    const bool frequent = text.count(id) >= min_count && (max_vocab == 0 || selected < max_vocab);
    selected += frequent ? 1 : 0;
    const bool wanted = frequent && words != InitVocab::old_words;
    if (wanted || (keeps_old && old.find(text.word(id)))) entries.emplace_back(text.word(id), text.count(id));
  }
  for (std::int64_t w = 0; keeps_old && w < old.size(); ++w) {
    const std::string_view word = old.word(static_cast<WordId>(w));
    if (!text.find(word) && std::all_of(word.begin(), word.end(), is_word_byte))
      entries.emplace_back(word, 1);
  }
  return {entries, 1, 0};
}

void require_fitting(const InitialValues& from, const Config& config) {
  require_complete(from);
  const std::int32_t dim = from.embeddings.input.cols();
  if (config.dim != dim)
    throw Error("--dim " + std::to_string(config.dim) + ", but the vectors of " + from.path + " have " +
                std::to_string(dim) + " values");
  if (from.loss && to_string(*from.loss) != to_string(config.loss))
    throw Error("--loss " + to_string(config.loss) + ", but the model " + from.path +
                " was trained with --loss " + to_string(*from.loss) +
                " (its vectors alone can start a run with any loss)");
}

WarmStart warm_start(const InitialValues& from, const Vocabulary& vocabulary, const Config& config) {
  require_fitting(from, config);
  WarmStart start;
  start.embeddings = initial_embeddings(vocabulary.size(), config);
  Embeddings& to = start.embeddings;
  start.outputs_kept = from.embeddings.output.rows() > 0 && to.output.rows() > 0;
  for (std::int64_t row = 0; row < vocabulary.size(); ++row) {
    const std::optional<WordId> old = from.vocabulary.find(vocabulary.word(static_cast<WordId>(row)));
    start.kept += old ? 1 : 0;
    if (!old) continue;
    copy_row(from.embeddings.input, row_of(*old), to.input, row);
    if (start.outputs_kept) copy_row(from.embeddings.output, row_of(*old), to.output, row);
  }
  if (start.kept == 0)
    throw Error("none of the " + std::to_string(from.vocabulary.size()) + " words of " + from.path +
                " is in the vocabulary to train");
  start.added = vocabulary.size() - start.kept;
  start.lost = from.vocabulary.size() - start.kept;
  start.nodes_kept = from.embeddings.nodes.rows() > 0 && to.nodes.rows() > 0 &&
                     is_tree_of(from.tree, from.vocabulary, vocabulary);
  if (start.nodes_kept) copy_rows(from.embeddings.nodes, to.nodes);
  return start;
}

}  // namespace warp2vec
