#include "host/files/model_layout.h"

#include "host/files/vector_source.h"
#include "host/io/crc32.h"
#include "host/io/little_endian.h"
#include "host/io/utf8.h"

#include <utility>

namespace warp2vec {
namespace {

// As PNG's: no text begins so, and a transfer that changes line ends is noticed.
constexpr std::string_view kMagic = "\x89W2V\r\n\x1a\n";
constexpr std::size_t kNameBytes = 8;
constexpr std::uint32_t kMostSections = 7;

}  // namespace

bool is_model(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::vector<ModelSection> model_sections(const ModelSettings& settings, std::uint64_t word_bytes) {
  const Loss& loss = settings.config.loss;
  const auto words = static_cast<std::uint64_t>(settings.words);
  const std::uint64_t row_bytes = static_cast<std::uint64_t>(settings.config.dim) * sizeof(float);
  std::vector<ModelSection> sections;
  const auto add = [&sections](const char* name, std::uint64_t bytes) {
    sections.push_back({name, 0, bytes, 0});
  };
  add("settings", kModelSettingsBytes);
  add("words", word_bytes);
  add("counts", words * sizeof(std::int64_t));
  if (loss.hierarchical_softmax) add("lengths", words);
  add("input", words * row_bytes);
  if (loss.negative_sampling || loss.softmax) add("output", words * row_bytes);
  if (loss.hierarchical_softmax) add("nodes", (words - 1) * row_bytes);
  std::uint64_t end = model_header_bytes(sections.size());
  for (ModelSection& section : sections) {
    section.offset = aligned_in_model(end);
    end = section.offset + section.bytes;
  }
  return sections;
}

std::string encode_model_header(const std::vector<ModelSection>& sections) {
  std::string bytes(kMagic);
  append_number_bytes(bytes, kModelVersion);
  append_number_bytes(bytes, static_cast<std::uint32_t>(sections.size()));
  append_number_bytes(bytes, model_file_bytes(sections));
  for (const ModelSection& section : sections) {
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

std::vector<ModelSection> decode_model_header(const std::string& path, std::string_view file) {
  const VectorSource source{path, file};
  if (!is_model(file)) source.fail(0, "expected a model file of warp2vec (train --save-model writes them)");
  if (file.size() < kModelPreambleBytes) source.fail(file.size(), "the file ends inside its header");
  const auto version = number_at<std::uint32_t>(file, 8);
  if (version != kModelVersion)
    source.fail(8, "expected version " + std::to_string(kModelVersion) + " of the model format, found " +
                       std::to_string(version));
  const auto count = number_at<std::uint32_t>(file, 12);
  if (count < 1 || count > kMostSections)
    source.fail(
        12, "expected 1 to " + std::to_string(kMostSections) + " sections, found " + std::to_string(count));
  const auto file_bytes = number_at<std::uint64_t>(file, 16);
  if (file_bytes != file.size())
    source.fail(16, "the header says that the file has " + std::to_string(file_bytes) +
                        " bytes, but it has " + std::to_string(file.size()));
  const std::size_t header_bytes = model_header_bytes(count);
  if (file.size() < header_bytes) source.fail(file.size(), "the file ends inside its header");
  const std::size_t crc_at = header_bytes - kModelCrcBytes;
  if (crc32_of(file.substr(0, crc_at)) != number_at<std::uint32_t>(file, crc_at))
    source.fail(crc_at, "the header does not fit its checksum: the file is damaged");

  std::vector<ModelSection> sections;
  for (std::size_t at = kModelPreambleBytes; at < crc_at; at += kModelEntryBytes) {
    const std::string_view name = file.substr(at, kNameBytes);
    ModelSection section;
    section.name = name.substr(0, name.find('\0'));
    section.offset = number_at<std::uint64_t>(file, at + 8);
    section.bytes = number_at<std::uint64_t>(file, at + 16);
    section.crc = number_at<std::uint32_t>(file, at + 24);
    const std::string_view padding = name.substr(section.name.size());
    if (padding.find_first_not_of('\0') != std::string_view::npos ||
        number_at<std::uint32_t>(file, at + 28) != 0)
      source.fail(at, "expected zeros after the name and the checksum of section " + quoted(section.name));
    sections.push_back(std::move(section));
  }
  return sections;
}

}  // namespace warp2vec
