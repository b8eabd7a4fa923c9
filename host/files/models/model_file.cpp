#include "host/files/models/model_file.h"

#include <warp2vec/error.h>

#include "host/bytes/crc32.h"
#include "host/bytes/utf8.h"
#include "host/files/models/model_parts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace warp2vec {

ModelFile::ModelFile(const FileKind& kind, const std::string& path, std::string_view file,
                     std::span<const std::string_view> more)
    : kind_(kind), source_{path, file}, sections_(decode_header(kind, path, file, file.size())) {
  const Section& first = sections_.front();
  require(first, {"settings", aligned_section(header_bytes(sections_.size())),
                  first.bytes == kMaxModelSettingsBytes ? kMaxModelSettingsBytes : kMinModelSettingsBytes});
  require_checksum(first);
  try {
    settings_ = decode_model_settings(content(first));
  } catch (const Error& error) {
    fail(first, error.what());
  }
  require_layout(more);
  for (const Section& section : sections_) require_checksum(section);
}

const Section& ModelFile::section(std::string_view name) const {
  return *std::find_if(sections_.begin(), sections_.end(),
                       [name](const Section& section) { return section.name == name; });
}

bool ModelFile::has(std::string_view name) const {
  return std::any_of(sections_.begin(), sections_.end(),
                     [name](const Section& section) { return section.name == name; });
}

Vocabulary ModelFile::vocabulary() const {
  const Section& words = section("words");
  const Section& counts = section("counts");
  return decode_vocabulary(
      content(words), content(counts), settings_.words,
      [&](bool in_words, const std::string& what) { fail(in_words ? words : counts, what); });
}

HuffmanTree ModelFile::tree(const Vocabulary& vocabulary) const {
  if (!has("lengths")) return {};
  const Section& lengths = section("lengths");
  const std::string_view bytes = content(lengths);
  try {
    return {vocabulary.counts(), {bytes.begin(), bytes.end()}};
  } catch (const Error& error) {
    fail(lengths, error.what());
  }
}

Embeddings ModelFile::embeddings() const { return {matrix("input"), matrix("output"), matrix("nodes")}; }

Matrix ModelFile::matrix(std::string_view name) const {
  if (!has(name)) return {};
  const Section& from = section(name);
  const std::size_t row_bytes = static_cast<std::size_t>(settings_.config.dim) * sizeof(float);
  Matrix values(static_cast<std::int64_t>(from.bytes / row_bytes), settings_.config.dim);
  for (std::int64_t r = 0; r < values.rows(); ++r)
    source_.copy_values(from.offset + static_cast<std::size_t>(r) * row_bytes, values.row(r), values.cols());
  return values;
}

void ModelFile::fail(const Section& section, const std::string& what) const {
  source_.fail(section.offset, "section " + in_quotes(section.name) + ": " + what);
}

// Checks everything but the checksum.
void ModelFile::require(const Section& found, const Section& expected) const {
  const auto describe = [](const Section& section) {
    return in_quotes(section.name) + " of " + std::to_string(section.bytes) + " bytes at offset " +
           std::to_string(section.offset);
  };
  const std::size_t file_bytes = source_.bytes.size();
  if (found.name != expected.name || found.offset != expected.offset || found.bytes != expected.bytes)
    throw Error(source_.path + ": expected the section " + describe(expected) + ", but the header says " +
                describe(found));
  if (found.offset > file_bytes || found.bytes > file_bytes - found.offset)
    throw Error(source_.path + ": the section " + describe(found) + " extends beyond the file's " +
                std::to_string(file_bytes) + " bytes");
}

// The sections must be those that the settings require, with only zeros between them and nothing after
// them.
void ModelFile::require_layout(std::span<const std::string_view> more) const {
  // A word takes at least one letter and a newline.
  const std::uint64_t word_bytes = sections_.size() > 1 ? sections_[1].bytes : 0;
  const auto words = static_cast<std::uint64_t>(settings_.words);
  if (word_bytes < 2 * words || word_bytes > source_.bytes.size())
    throw Error(source_.path + ": the header says that " + std::to_string(words) + " words take " +
                std::to_string(word_bytes) + " bytes of the file's " + std::to_string(source_.bytes.size()));
  std::vector<Section> behind;
  for (std::size_t i = 0; i < more.size(); ++i) {
    const bool there = sections_.size() > more.size();
    behind.push_back(
        {std::string(more[i]), 0, there ? sections_[sections_.size() - more.size() + i].bytes : 0, 0});
  }
  const std::vector<Section> expected = model_sections(settings_, word_bytes, behind);
  if (sections_.size() != expected.size())
    throw Error(source_.path + ": expected the " + std::to_string(expected.size()) + " sections of a " +
                kind_.name + " with --loss " + to_string(settings_.config.loss) + ", found " +
                std::to_string(sections_.size()));
  std::size_t end = header_bytes(sections_.size());
  for (std::size_t i = 0; i < sections_.size(); ++i) {
    require(sections_[i], expected[i]);
    const std::string_view gap = source_.bytes.substr(end, sections_[i].offset - end);
    if (gap.find_first_not_of('\0') != std::string_view::npos)
      source_.fail(end, "expected zeros before the section " + in_quotes(sections_[i].name));
    end = sections_[i].offset + sections_[i].bytes;
  }
  if (end != source_.bytes.size()) source_.fail(end, "expected the end of the file");
}

void ModelFile::require_checksum(const Section& section) const {
  if (crc32_of(content(section)) != section.crc)
    fail(section, "its " + std::to_string(section.bytes) +
                      " bytes do not match the checksum in the header: the file is damaged");
}

}  // namespace warp2vec
