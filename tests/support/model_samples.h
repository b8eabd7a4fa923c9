#pragma once
/// Small models with random values, and their files, byte by byte.

#include <warp2vec/model.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "tests/support/random_matrix.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/zipf_counts.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

/// Words "wort0", "wort1", ... with these decreasing counts.
inline TrainedModel sample_model(const std::string& loss, const std::vector<std::int64_t>& counts,
                                 std::int32_t dim) {
  TrainedModel model;
  model.config.loss = parse_loss(loss);
  model.config.dim = dim;
  model.config.window = 7;
  model.config.seed = 0xFEDCBA9876543210;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < counts.size(); ++i) names.push_back("wört" + std::to_string(i));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  for (std::size_t i = 0; i < counts.size(); ++i) entries.emplace_back(names[i], counts[i]);
  model.vocabulary = Vocabulary(entries, 1, 0);
  const std::int64_t words = model.vocabulary.size();
  const Loss& kind = model.config.loss;
  model.embeddings.input = random_matrix(words, dim, 1, 2);
  if (kind.negative_sampling || kind.softmax) model.embeddings.output = random_matrix(words, dim, 2, 2);
  if (kind.hierarchical_softmax) model.embeddings.nodes = random_matrix(words - 1, dim, 3, 2);
  if (kind.hierarchical_softmax) model.tree = HuffmanTree(model.vocabulary.counts());
  return model;
}

inline TrainedModel sample_model(const std::string& loss, std::int64_t words = 5, std::int32_t dim = 3) {
  return sample_model(loss, zipf_counts(words), dim);
}

inline std::string model_bytes(const TrainedModel& model) {
  const TemporaryFolder folder;
  save_model(model, folder.path("model"));
  return folder.read("model");
}

/// Writes `value` over the bytes at `offset`.
template <class Number>
void put_number(std::string& bytes, std::size_t offset, Number value) {
  std::string raw;
  append_number_bytes(raw, value);
  bytes.replace(offset, raw.size(), raw);
}

/// Offset of a section's entry in the header; 0 if there is none.
inline std::size_t entry_of(const std::string& bytes, std::string name) {
  name.resize(8);
  for (std::size_t i = 0; i < number_at<std::uint32_t>(bytes, 12); ++i) {
    const std::size_t at = 24 + 32 * i;
    if (bytes.compare(at, 8, name) == 0) return at;
  }
  return 0;
}

inline std::size_t offset_of(const std::string& bytes, const std::string& name) {
  return number_at<std::uint64_t>(bytes, entry_of(bytes, name) + 8);
}

/// The same file with recomputed checksums, as far as it still has sections.
inline std::string sealed(std::string bytes) {
  if (bytes.size() < 24) return bytes;
  const std::size_t sections = number_at<std::uint32_t>(bytes, 12);
  if (sections > 16 || bytes.size() < 24 + 32 * sections + 4) return bytes;
  for (std::size_t at = 24; at < 24 + 32 * sections; at += 32) {
    const auto offset = number_at<std::uint64_t>(bytes, at + 8);
    const auto size = number_at<std::uint64_t>(bytes, at + 16);
    if (offset <= bytes.size() && size <= bytes.size() - offset)
      put_number(bytes, at + 24, crc32_of(std::string_view(bytes).substr(offset, size)));
  }
  const std::size_t end = 24 + 32 * sections;
  put_number(bytes, end, crc32_of(std::string_view(bytes).substr(0, end)));
  return bytes;
}

}  // namespace warp2vec
