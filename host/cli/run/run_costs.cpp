#include "host/cli/run/run_costs.h"

#include "host/cli/terminal/text.h"
#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/model_layout.h"

#include <cmath>

namespace warp2vec::cli {

bool is_text(VectorFormat format) {
  return format != VectorFormat::binary && format != VectorFormat::npy && format != VectorFormat::safetensors;
}

std::int64_t output_bytes(const CorpusSize& size, std::int32_t dim, VectorFormat format) {
  constexpr std::int64_t kTextBytesPerNumber = 12;
  constexpr std::int64_t kBytesPerCount = 8;
  constexpr std::int64_t kSafetensorsHeader = 300;
  const std::int64_t numbers = size.words * dim;
  const auto header =
      static_cast<std::int64_t>((std::to_string(size.words) + " " + std::to_string(dim) + "\n").size());
  switch (format) {
    case VectorFormat::binary:
      return header + size.word_bytes + size.words * 2 + numbers * 4;
    case VectorFormat::npy:
      return 128 + numbers * 4 + size.word_bytes + size.words * (1 + kBytesPerCount);
    case VectorFormat::safetensors:
      return kSafetensorsHeader + numbers * 4 + size.word_bytes + size.words * (1 + kBytesPerCount);
    case VectorFormat::text:
      return header + size.word_bytes + size.words + numbers * kTextBytesPerNumber;
    case VectorFormat::glove:
    case VectorFormat::tensorboard:
      break;
  }
  return size.word_bytes + size.words + numbers * kTextBytesPerNumber;
}

std::int64_t model_bytes(const CorpusSize& size, const Config& config) {
  // Each word ends with a newline.
  const auto word_bytes = static_cast<std::uint64_t>(size.word_bytes + size.words);
  return static_cast<std::int64_t>(file_bytes(model_sections({config, size.words}, word_bytes)));
}

std::int64_t corpus_bytes(const CorpusSize& size) {
  const auto word_bytes = size.word_bytes + size.words * static_cast<std::int64_t>(1 + sizeof(std::int64_t));
  return size.tokens * static_cast<std::int64_t>(sizeof(WordId)) + word_bytes;
}

std::int64_t checkpoint_bytes(const CorpusSize& size, const Config& config) {
  return model_bytes(size, config) + static_cast<std::int64_t>(header_bytes(kCheckpointSections.size()));
}

std::int64_t checkpoint_memory(const CorpusSize& size, const Config& config) {
  const Loss& loss = config.loss;
  return Matrix::bytes(size.words, config.dim) * (loss.negative_sampling || loss.softmax ? 2 : 1) +
         (loss.hierarchical_softmax ? Matrix::bytes(size.words - 1, config.dim) : 0);
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
