#pragma once
/// The layout of a model file: a header that names the sections, then the sections; see docs/model-format.md.

#include <warp2vec/config.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

inline constexpr std::uint32_t kModelVersion = 1;

/// Whether a file with this content is meant to be a model file.
bool is_model(std::string_view bytes);

/// A section as the header names it. Offset and size are those of its content, in bytes.
struct ModelSection {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the content
};

inline constexpr std::size_t kModelPreambleBytes = 24;  ///< of the header, before its list of sections
inline constexpr std::size_t kModelEntryBytes = 32;     ///< of the header for each section
inline constexpr std::size_t kModelCrcBytes = 4;        ///< the header's own checksum, at its end

constexpr std::size_t model_header_bytes(std::size_t sections) {
  return kModelPreambleBytes + sections * kModelEntryBytes + kModelCrcBytes;
}

/// Sections begin at multiples of 64 bytes, and zeros stand before them: so the matrices can be mapped.
constexpr std::uint64_t aligned_in_model(std::uint64_t offset) { return (offset + 63) / 64 * 64; }

/// The sections of a model with these settings in their order, at their places; `word_bytes` is the size of
/// the section of words. Checksums are 0.
std::vector<ModelSection> model_sections(const ModelSettings& settings, std::uint64_t word_bytes);

/// Bytes of a model file with these sections.
inline std::uint64_t model_file_bytes(const std::vector<ModelSection>& sections) {
  return sections.back().offset + sections.back().bytes;
}

/// The header with its checksum.
std::string encode_model_header(const std::vector<ModelSection>& sections);

/// Checks the header's form and checksum, and the file's size against it. `path` is for messages. The
/// sections are as the header says: whether they fit one another is not looked at. Throws Error naming the
/// offset.
std::vector<ModelSection> decode_model_header(const std::string& path, std::string_view file);

}  // namespace warp2vec
