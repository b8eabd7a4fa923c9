#pragma once
/// Files of named sections with checksums: models and checkpoints; see docs/model-format.md. A header names
/// the sections, which follow.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// What tells one kind of these files from another.
struct FileKind {
  std::string_view magic;  ///< 8 bytes, with which the file begins
  std::uint32_t version;
  std::uint32_t most_sections;
  const char* name;
  const char* origin;  ///< what writes them
};

// Magic bytes as PNG's: no text begins so, and a transfer that changes line ends is noticed.
inline constexpr FileKind kModelFile{"\x89W2V\r\n\x1a\n", 1, 7, "model", "train --save-model"};
inline constexpr FileKind kCheckpointFile{"\x89W2C\r\n\x1a\n", 1, 11, "checkpoint", "train --checkpoint"};

/// Whether a file with this content is meant to be of this kind.
inline bool is_of_kind(const FileKind& kind, std::string_view bytes) { return bytes.starts_with(kind.magic); }

/// A section as the header names it. Offset and size are those of its content, in bytes.
struct Section {
  std::string name;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;  ///< CRC-32 of the content
};

inline constexpr std::size_t kPreambleBytes = 24;  ///< of the header, before its list of sections
inline constexpr std::size_t kEntryBytes = 32;     ///< of the header for each section
inline constexpr std::size_t kCrcBytes = 4;        ///< the header's own checksum, at its end

constexpr std::size_t header_bytes(std::size_t sections) {
  return kPreambleBytes + sections * kEntryBytes + kCrcBytes;
}

/// Sections begin at multiples of 64 bytes, and zeros stand before them: so the matrices can be mapped.
constexpr std::uint64_t aligned_section(std::uint64_t offset) { return (offset + 63) / 64 * 64; }

/// Gives each section, of which name and size are known, its place.
void place_sections(std::vector<Section>& sections);

/// Bytes of a file with these sections.
inline std::uint64_t file_bytes(const std::vector<Section>& sections) {
  return sections.back().offset + sections.back().bytes;
}

/// Checks the header's form and checksum, and the file's size against it. `path` is for messages. The
/// sections are as the header says: whether they fit one another is not looked at. Throws Error naming the
/// offset.
std::vector<Section> decode_header(const FileKind& kind, const std::string& path, std::string_view file);

/// Takes the content of a section, in pieces.
using Sink = std::function<void(std::string_view)>;

/// Writes a file atomically, with checksums. `emit` gives a section's content to the sink, the same each
/// time; it is called twice for each. Throws Error naming the file.
void write_sections(const FileKind& kind, std::vector<Section> sections, const std::string& path,
                    const std::function<void(const Section&, const Sink&)>& emit);

}  // namespace warp2vec
