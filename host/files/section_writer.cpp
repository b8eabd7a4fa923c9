#include "host/files/section_writer.h"

#include "host/bytes/crc32.h"

namespace warp2vec {

SectionWriter::SectionWriter(const FileKind& kind, std::size_t sections, const std::string& path)
    : kind_(kind), file_(path), written_(header_bytes(sections)) {
  file_.write(std::string(written_, '\0'));
  // Fails now, rather than after everything is written, where it is not possible.
  file_.rewrite_beginning(std::string(written_, '\0'));
}

void SectionWriter::begin(const std::string& name) {
  const std::uint64_t offset = aligned_section(written_);
  file_.write(std::string(offset - written_, '\0'));
  written_ = offset;
  sections_.push_back({name, offset, 0, 0});
}

void SectionWriter::write(std::string_view bytes) {
  Section& section = sections_.back();
  file_.write(bytes);
  section.crc = crc32_of(bytes, section.crc);
  section.bytes += bytes.size();
  written_ += bytes.size();
}

void SectionWriter::commit() {
  file_.rewrite_beginning(encode_header(kind_, sections_));
  file_.commit();
}

}  // namespace warp2vec
