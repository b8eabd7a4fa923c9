#include "host/files/corpora/corpus_layout.h"

#include <warp2vec/error.h>
#include <warp2vec/types.h>

#include "host/bytes/crc32.h"
#include "host/bytes/little_endian.h"
#include "host/bytes/utf8.h"
#include "host/files/vector_source.h"

#include <algorithm>

namespace warp2vec {
namespace {

std::string bytes_at(const InputFile& file, std::uint64_t offset, std::uint64_t bytes) {
  std::string content(bytes, '\0');
  content.resize(file.read_at(static_cast<std::int64_t>(offset), content.data(), content.size()));
  return content;
}

}  // namespace

std::string encode_corpus_settings(const CorpusSettings& settings, std::int64_t words) {
  std::string bytes;
  for (const std::int64_t number : {words, settings.min_count, settings.max_vocab})
    append_number_bytes(bytes, number);
  return bytes;
}

CorpusFile::CorpusFile(const InputFile& file)
    : file_(file),
      bytes_(static_cast<std::uint64_t>(file.size())),
      sections_(decode_header(kCorpusFile, file.name(),
                              bytes_at(file, 0, header_bytes(kCorpusFile.most_sections)), bytes_)) {
  require_layout();
  const std::string settings = content("settings");
  words_ = number_at<std::int64_t>(settings, 0);
  settings_.min_count = number_at<std::int64_t>(settings, 8);
  settings_.max_vocab = number_at<std::int64_t>(settings, 16);
  if (words_ < 1 || words_ > kMaxVocabulary)
    fail("settings", "the number of words is " + std::to_string(words_) + ": expected 1 to " +
                         std::to_string(kMaxVocabulary));
  if (settings_.min_count < 1 || settings_.max_vocab < 0)
    fail("settings", "expected a min_count of at least 1 and a max_vocab of at least 0, found " +
                         std::to_string(settings_.min_count) + " and " + std::to_string(settings_.max_vocab));
  require_sizes();
}

const Section& CorpusFile::section(std::string_view name) const {
  return *std::find_if(sections_.begin(), sections_.end(),
                       [name](const Section& section) { return section.name == name; });
}

std::string CorpusFile::content(std::string_view name) const {
  const Section& from = section(name);
  std::string bytes = bytes_at(file_, from.offset, from.bytes);
  if (bytes.size() != from.bytes || crc32_of(bytes) != from.crc)
    fail(name, "its " + std::to_string(from.bytes) +
                   " bytes do not match the checksum in the header: the file is damaged");
  return bytes;
}

void CorpusFile::fail(std::string_view name, const std::string& what) const {
  VectorSource{file_.name(), {}}.fail(section(name).offset, "section " + in_quotes(name) + ": " + what);
}

// The sections must be those of a corpus, one after the other, with only zeros between them and nothing after
// them.
void CorpusFile::require_layout() const {
  const VectorSource source{file_.name(), {}};
  std::uint64_t end = header_bytes(sections_.size());
  for (std::size_t i = 0; i < kCorpusSections.size(); ++i) {
    const std::uint64_t offset = aligned_section(end);
    if (i == sections_.size() || sections_[i].name != kCorpusSections.at(i) ||
        sections_[i].offset != offset || offset > bytes_ || sections_[i].bytes > bytes_ - offset)
      throw Error(file_.name() + ": expected the section " + in_quotes(kCorpusSections.at(i)) +
                  " inside the file at offset " + std::to_string(offset));
    if (bytes_at(file_, end, offset - end).find_first_not_of('\0') != std::string::npos)
      source.fail(end, "expected zeros before the section " + in_quotes(sections_[i].name));
    end = offset + sections_[i].bytes;
  }
  if (end != bytes_) source.fail(end, "expected the end of the file");
  if (section("settings").bytes != kCorpusSettingsBytes)
    fail("settings", "expected " + std::to_string(kCorpusSettingsBytes) + " bytes");
}

void CorpusFile::require_sizes() const {
  const auto words = static_cast<std::uint64_t>(words_);
  // A word takes at least one letter and a newline.
  if (section("words").bytes < 2 * words)
    fail("words", "it is too short for " + std::to_string(words_) + " words");
  if (section("counts").bytes != words * sizeof(std::int64_t))
    fail("counts", "expected " + std::to_string(words * sizeof(std::int64_t)) + " bytes");
  const std::uint64_t token_bytes = section("tokens").bytes;
  if (token_bytes == 0 || token_bytes % sizeof(WordId) != 0)
    fail("tokens", "expected one token or more of 4 bytes, found " + std::to_string(token_bytes) + " bytes");
}

}  // namespace warp2vec
