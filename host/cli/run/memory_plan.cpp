#include "host/cli/run/memory_plan.h"

#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>

#include "host/cli/terminal/text.h"
#include "host/files/model_layout.h"

#include <bit>
#include <cmath>

namespace warp2vec::cli {

CorpusSize size_of(const Vocabulary& vocabulary) {
  CorpusSize size{vocabulary.size(), 0, vocabulary.total()};
  for (std::int64_t w = 0; w < size.words; ++w)
    size.word_bytes += static_cast<std::int64_t>(vocabulary.word(static_cast<WordId>(w)).size());
  return size;
}

std::vector<MemoryItem> memory_plan(const CorpusSize& size, const Config& config) {
  const Loss& loss = config.loss;
  const std::int64_t words = size.words;
  const std::int64_t matrix = Matrix::bytes(words, config.dim);
  const std::int64_t table = config.table_type == TableType::bf16 ? matrix / 2 : matrix;
  // Per word: the offset of its bytes, its count, and at least two slots of the hash table.
  const auto slots = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(words) * 2));
  std::vector<MemoryItem> items;
  const auto on_both = [&items](const char* name, std::int64_t bytes) {
    items.push_back({name, bytes, bytes});
  };
  items.push_back({"input vectors", matrix, table});
  if (loss.negative_sampling || loss.softmax) items.push_back({"output vectors", matrix, table});
  if (loss.hierarchical_softmax) on_both("tree node vectors", Matrix::bytes(words - 1, config.dim));
  if (loss.negative_sampling) on_both("alias table", words * static_cast<std::int64_t>(sizeof(AliasColumn)));
  if (loss.hierarchical_softmax)
    on_both("Huffman tree", words + (kMaxCodeLength + 1) * static_cast<std::int64_t>(sizeof(HuffmanLevel)));
  on_both("keep thresholds", words * 4);
  on_both("token ids", size.tokens * static_cast<std::int64_t>(sizeof(WordId)));
  items.push_back({"vocabulary", size.word_bytes + (words + 1) * 8 + words * 8 + slots * 4, 0});
  return items;
}

std::int64_t host_bytes(const std::vector<MemoryItem>& items) {
  std::int64_t sum = 0;
  for (const MemoryItem& item : items) sum += item.bytes;
  return sum;
}

std::int64_t device_bytes(const std::vector<MemoryItem>& items) {
  std::int64_t sum = 0;
  for (const MemoryItem& item : items) sum += item.device_bytes;
  return sum;
}

bool is_text(VectorFormat format) { return format != VectorFormat::binary && format != VectorFormat::npy; }

std::int64_t output_bytes(const CorpusSize& size, std::int32_t dim, VectorFormat format) {
  constexpr std::int64_t kTextBytesPerNumber = 12;
  const std::int64_t numbers = size.words * dim;
  const auto header =
      static_cast<std::int64_t>((std::to_string(size.words) + " " + std::to_string(dim) + "\n").size());
  switch (format) {
    case VectorFormat::binary:
      return header + size.word_bytes + size.words * 2 + numbers * 4;
    case VectorFormat::npy:
      return 128 + numbers * 4 + size.word_bytes + size.words;
    case VectorFormat::text:
      return header + size.word_bytes + size.words + numbers * kTextBytesPerNumber;
    case VectorFormat::glove:
    case VectorFormat::tensorboard:
      break;
  }
  return size.word_bytes + size.words + numbers * kTextBytesPerNumber;
}

std::int64_t model_bytes(const CorpusSize& size, const Config& config) {
  // A newline ends each word.
  const auto word_bytes = static_cast<std::uint64_t>(size.word_bytes + size.words);
  return static_cast<std::int64_t>(model_file_bytes(model_sections({config, size.words}, word_bytes)));
}

std::vector<StepCost> step_costs(std::int64_t words, std::int32_t dim, std::int64_t positives,
                                 std::int64_t negative, double path_length) {
  const std::string v = with_commas(words);
  const std::string d = std::to_string(dim);
  const std::string p = std::to_string(positives);
  // Below 2^31 * 2^12 * 2^11 within the ranges of the flags.
  return {
      {"full softmax, skip-gram", d + " + " + v + "*" + d + "*" + p, dim + words * dim * positives},
      {"full softmax, CBOW", d + "*" + p + " + " + v + "*" + d, dim * positives + words * dim},
      {"negative sampling", d + " + " + d + "*" + std::to_string(positives + negative),
       dim + dim * (positives + negative)},
      {"hierarchical softmax", d + " + " + d + "*" + p + "*" + format_significant(path_length, 4),
       dim + std::llround(static_cast<double>(dim * positives) * path_length)},
  };
}

std::string to_string(const StepCost& cost) { return cost.expression + " = " + with_commas(cost.weights); }

}  // namespace warp2vec::cli
