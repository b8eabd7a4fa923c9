#pragma once
/// Files of named sections with checksums: models, checkpoints, encoded corpora and indexes of vectors; see
/// docs/model-format.md. A header lists the sections, which follow it.

#include "host/io/file_kind.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Distinguishes the kinds of these files.
struct FileKind {
  std::string_view magic;  ///< 8 bytes at the beginning of the file
  std::uint32_t version;
  std::uint32_t most_sections;
  const char* name;
  const char* origin;  ///< the flag that writes such files
};

inline constexpr FileKind kModelFile{kModelMagic, 1, 7, "model", "train --save-model"};
inline constexpr FileKind kCheckpointFile{kCheckpointMagic, 1, 11, "checkpoint", "train --checkpoint"};
inline constexpr FileKind kCorpusFile{kCorpusMagic, 1, 5, "corpus", "encode"};
inline constexpr FileKind kIndexFile{kIndexMagic, 1, 3, "search index", "index"};

/// Whether a file with this content is intended to be of this kind.
inline bool is_of_kind(const FileKind& kind, std::string_view bytes) { return bytes.starts_with(kind.magic); }

/// A section as listed in the header. Offset and size refer to its content, in bytes.
struct Section {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the content
};

inline constexpr std::size_t kPreambleBytes = 24;  ///< of the header, before the list of sections
inline constexpr std::size_t kEntryBytes = 32;     ///< of the header, per section
inline constexpr std::size_t kCrcBytes = 4;        ///< the header's own checksum at its end

constexpr std::size_t header_bytes(std::size_t sections) {
  return kPreambleBytes + sections * kEntryBytes + kCrcBytes;
}

/// Sections begin at multiples of 64 bytes, preceded by zeros, so that the matrices can be mapped.
constexpr std::uint64_t aligned_section(std::uint64_t offset) { return (offset + 63) / 64 * 64; }

/// Sets the offset of each section, from the names and sizes.
void place_sections(std::vector<Section>& sections);

/// Size of a file with these sections, in bytes.
inline std::uint64_t file_bytes(const std::vector<Section>& sections) {
  return sections.back().offset + sections.back().bytes;
}

/// The header with its checksum.
std::string encode_header(const FileKind& kind, const std::vector<Section>& sections);

/// Checks the form and checksum of the header, and the size of the file. `path` is for messages; `beginning`
/// is the file's, at least header_bytes(kind.most_sections) of its `bytes` bytes if it has as many. Returns
/// the sections as listed in the header, without checking them against each other. Throws Error naming the
/// offset.
std::vector<Section> decode_header(const FileKind& kind, const std::string& path, std::string_view beginning,
                                   std::uint64_t bytes);

/// Receives the content of a section piece by piece.
using Sink = std::function<void(std::string_view)>;

/// Writes a file atomically, with checksums. `emit` passes a section's content to the sink; it is called
/// twice for each section and must produce the same content both times. Throws Error naming the file.
void write_sections(const FileKind& kind, std::vector<Section> sections, const std::string& path,
                    const std::function<void(const Section&, const Sink&)>& emit);

}  // namespace warp2vec
