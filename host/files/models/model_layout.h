#pragma once
/// The settings and the sections of a model file; see docs/model-format.md.

#include <warp2vec/config.h>

#include "host/files/section_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

struct ModelSettings {
  Config config;           ///< without `threads`, which depends on the machine
  std::int64_t words = 0;  ///< vocabulary size, 2 to kMaxVocabulary
};

/// Without and with min_lr, which is there if it is not 0.
inline constexpr std::size_t kMinModelSettingsBytes = 96;
inline constexpr std::size_t kMaxModelSettingsBytes = kMinModelSettingsBytes + sizeof(double);

std::string encode_model_settings(const ModelSettings& settings);

/// `bytes`: as many as encode_model_settings() returns, with min_lr or without. Throws Error for a value out
/// of range.
ModelSettings decode_model_settings(std::string_view bytes);

/// The sections of a model with these settings in their order, at their places, and `more` behind them;
/// `word_bytes` is the size of the section of words. Checksums are 0.
std::vector<Section> model_sections(const ModelSettings& settings, std::uint64_t word_bytes,
                                    const std::vector<Section>& more = {});

}  // namespace warp2vec
