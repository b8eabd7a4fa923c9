#include "host/files/section_file.h"

#include <warp2vec/error.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "host/bytes/utf8.h"
#include "host/files/vector_source.h"
#include "host/io/atomic_file.h"

#include <utility>

namespace warp2vec {
namespace {

constexpr std::size_t kNameBytes = 8;

}  // namespace

std::string encode_header(const FileKind& kind, const std::vector<Section>& sections) {
  std::string bytes(kind.magic);
  append_number_bytes(bytes, kind.version);
  append_number_bytes(bytes, static_cast<std::uint32_t>(sections.size()));
  append_number_bytes(bytes, file_bytes(sections));
  for (const Section& section : sections) {
    bytes += section.name;
    bytes.append(kNameBytes - section.name.size(), '\0');
    append_number_bytes(bytes, section.offset);
    append_number_bytes(bytes, section.bytes);
    append_number_bytes(bytes, section.crc);
    append_number_bytes(bytes, std::uint32_t{0});
  }
  append_number_bytes(bytes, crc32_of(bytes));
  return bytes;
}

void place_sections(std::vector<Section>& sections) {
  std::uint64_t end = header_bytes(sections.size());
  for (Section& section : sections) {
    section.offset = aligned_section(end);
    end = section.offset + section.bytes;
  }
}

std::vector<Section> decode_header(const FileKind& kind, const std::string& path, std::string_view file,
                                   std::uint64_t bytes) {
  const VectorSource source{path, file};
  if (!is_of_kind(kind, file))
    source.fail(
        0, std::string("expected a ") + kind.name + " file of warp2vec (" + kind.origin + " writes them)");
  if (file.size() < kPreambleBytes) source.fail(file.size(), "the file ends inside its header");
  const auto version = number_at<std::uint32_t>(file, 8);
  if (version != kind.version)
    source.fail(8, "expected version " + std::to_string(kind.version) + " of the " + kind.name +
                       " format, found " + std::to_string(version));
  const auto count = number_at<std::uint32_t>(file, 12);
  if (count < 1 || count > kind.most_sections)
    source.fail(12, "expected 1 to " + std::to_string(kind.most_sections) + " sections, found " +
                        std::to_string(count));
  const auto size = number_at<std::uint64_t>(file, 16);
  if (size != bytes)
    source.fail(16, "the header says that the file has " + std::to_string(size) + " bytes, but it has " +
                        std::to_string(bytes));
  const std::size_t header_end = header_bytes(count);
  if (file.size() < header_end) source.fail(file.size(), "the file ends inside its header");
  const std::size_t crc_at = header_end - kCrcBytes;
  if (crc32_of(file.substr(0, crc_at)) != number_at<std::uint32_t>(file, crc_at))
    source.fail(crc_at, "the header does not match its checksum: the file is damaged");

  std::vector<Section> sections;
  for (std::size_t at = kPreambleBytes; at < crc_at; at += kEntryBytes) {
    const std::string_view name = file.substr(at, kNameBytes);
    Section section;
    section.name = name.substr(0, name.find('\0'));
    section.offset = number_at<std::uint64_t>(file, at + 8);
    section.bytes = number_at<std::uint64_t>(file, at + 16);
    section.crc = number_at<std::uint32_t>(file, at + 24);
    const std::string_view padding = name.substr(section.name.size());
    if (padding.find_first_not_of('\0') != std::string_view::npos ||
        number_at<std::uint32_t>(file, at + 28) != 0)
      source.fail(at, "expected zeros after the name and the checksum of section " + in_quotes(section.name));
    sections.push_back(std::move(section));
  }
  return sections;
}

void write_sections(const FileKind& kind, std::vector<Section> sections, const std::string& path,
                    const std::function<void(const Section&, const Sink&)>& emit) {
  // The header, which is written first, contains the checksums.
  for (Section& section : sections)
    emit(section, [&section](std::string_view piece) { section.crc = crc32_of(piece, section.crc); });

  AtomicFile file(path);
  const std::string header = encode_header(kind, sections);
  file.write(header);
  std::uint64_t written = header.size();
  for (const Section& section : sections) {
    file.write(std::string(section.offset - written, '\0'));
    emit(section, [&file](std::string_view piece) { file.write(piece); });
    written = section.offset + section.bytes;
  }
  file.commit();
}

}  // namespace warp2vec
