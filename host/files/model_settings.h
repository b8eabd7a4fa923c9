#pragma once
/// The settings section of a model file, see docs/model-format.md.

#include <warp2vec/config.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec {

struct ModelSettings {
  Config config;           ///< all but `threads`, which is the machine's
  std::int64_t words = 0;  ///< of the vocabulary, 2 to kMaxVocabulary
};

inline constexpr std::size_t kModelSettingsBytes = 96;

/// kModelSettingsBytes bytes.
std::string encode_model_settings(const ModelSettings& settings);

/// `bytes` are kModelSettingsBytes. Throws Error for a value out of its range.
ModelSettings decode_model_settings(std::string_view bytes);

}  // namespace warp2vec
