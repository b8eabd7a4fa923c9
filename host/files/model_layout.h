#pragma once
/// The layout of a model file: a header that lists the sections, then the sections; see docs/model-format.md.

#include <warp2vec/config.h>

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

inline constexpr std::size_t kModelSettingsBytes = 96;

/// kModelSettingsBytes bytes.
std::string encode_model_settings(const ModelSettings& settings);

/// `bytes` must have kModelSettingsBytes bytes. Throws Error for a value out of range.
ModelSettings decode_model_settings(std::string_view bytes);

inline constexpr std::uint32_t kModelVersion = 1;

/// Whether the content starts like a model file.
bool is_model(std::string_view bytes);

/// A section as listed in the header. Offset and size are those of its content, in bytes.
struct ModelSection {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the content
};

inline constexpr std::size_t kModelPreambleBytes = 24;  ///< of the header, before the list of sections
inline constexpr std::size_t kModelEntryBytes = 32;     ///< per section in the header
inline constexpr std::size_t kModelCrcBytes = 4;        ///< the header's own checksum, at its end

constexpr std::size_t model_header_bytes(std::size_t sections) {
  return kModelPreambleBytes + sections * kModelEntryBytes + kModelCrcBytes;
}

/// Sections are aligned to 64 bytes, with zeros in between, so that the matrices can be mapped.
constexpr std::uint64_t aligned_in_model(std::uint64_t offset) { return (offset + 63) / 64 * 64; }

/// The sections of a model with these settings, in order, with their offsets; `word_bytes` is the size of the
/// section of words. Checksums are 0.
std::vector<ModelSection> model_sections(const ModelSettings& settings, std::uint64_t word_bytes);

/// Bytes of a model file with these sections.
inline std::uint64_t model_file_bytes(const std::vector<ModelSection>& sections) {
  return sections.back().offset + sections.back().bytes;
}

/// The header with its checksum.
std::string encode_model_header(const std::vector<ModelSection>& sections);

/// Checks the header's format and checksum, and the file's size against it. `path` is for messages. Whether
/// the sections are consistent with each other is not checked. Throws Error naming the offset.
std::vector<ModelSection> decode_model_header(const std::string& path, std::string_view file);

}  // namespace warp2vec
