#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/files/model_layout.h"
#include "host/files/vector_source.h"
#include "host/io/byte_class.h"
#include "host/io/crc32.h"
#include "host/io/input_file.h"
#include "host/io/little_endian.h"
#include "host/io/utf8.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// A model file whose layout and checksums have been verified.
class ModelFile {
 public:
  ModelFile(const std::string& path, std::string_view file)
      : source_{path, file}, sections_(decode_model_header(path, file)) {
    const ModelSection& first = sections_.front();
    require(first, {"settings", aligned_in_model(model_header_bytes(sections_.size())), kModelSettingsBytes});
    require_checksum(first);
    try {
      settings_ = decode_model_settings(content(first));
    } catch (const Error& error) {
      fail(first, error.what());
    }
    require_layout();
    for (const ModelSection& section : sections_) require_checksum(section);
  }

  const ModelSettings& settings() const { return settings_; }

  const ModelSection& section(std::string_view name) const {
    return *std::find_if(sections_.begin(), sections_.end(),
                         [name](const ModelSection& section) { return section.name == name; });
  }
  bool has(std::string_view name) const {
    return std::any_of(sections_.begin(), sections_.end(),
                       [name](const ModelSection& section) { return section.name == name; });
  }
  std::string_view content(const ModelSection& section) const {
    return source_.bytes.substr(section.offset, section.bytes);
  }

  Matrix matrix(std::string_view name) const {
    if (!has(name)) return {};
    const ModelSection& from = section(name);
    const std::size_t row_bytes = static_cast<std::size_t>(settings_.config.dim) * sizeof(float);
    Matrix values(static_cast<std::int64_t>(from.bytes / row_bytes), settings_.config.dim);
    for (std::int64_t r = 0; r < values.rows(); ++r)
      source_.copy_values(from.offset + static_cast<std::size_t>(r) * row_bytes, values.row(r),
                          values.cols());
    return values;
  }

  [[noreturn]] void fail(const ModelSection& section, const std::string& what) const {
    source_.fail(section.offset, "section " + in_quotes(section.name) + ": " + what);
  }

 private:
  // Checks everything but the checksum.
  void require(const ModelSection& found, const ModelSection& expected) const {
    const auto describe = [](const ModelSection& section) {
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
  void require_layout() const {
    // A word takes at least a letter and a newline.
    const std::uint64_t word_bytes = sections_.size() > 1 ? sections_[1].bytes : 0;
    const auto words = static_cast<std::uint64_t>(settings_.words);
    if (word_bytes < 2 * words || word_bytes > source_.bytes.size())
      throw Error(source_.path + ": the header says that " + std::to_string(words) + " words take " +
                  std::to_string(word_bytes) + " bytes of the file's " +
                  std::to_string(source_.bytes.size()));
    const std::vector<ModelSection> expected = model_sections(settings_, word_bytes);
    if (sections_.size() != expected.size())
      throw Error(source_.path + ": expected the " + std::to_string(expected.size()) +
                  " sections of a model with --loss " + to_string(settings_.config.loss) + ", found " +
                  std::to_string(sections_.size()));
    std::size_t end = model_header_bytes(sections_.size());
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      require(sections_[i], expected[i]);
      const std::string_view gap = source_.bytes.substr(end, sections_[i].offset - end);
      if (gap.find_first_not_of('\0') != std::string_view::npos)
        source_.fail(end, "expected zeros before the section " + in_quotes(sections_[i].name));
      end = sections_[i].offset + sections_[i].bytes;
    }
    if (end != source_.bytes.size()) source_.fail(end, "expected the end of the file");
  }

  void require_checksum(const ModelSection& section) const {
    if (crc32_of(content(section)) != section.crc)
      fail(section, "its " + std::to_string(section.bytes) +
                        " bytes do not match the checksum in the header: the file is damaged");
  }

  VectorSource source_;
  std::vector<ModelSection> sections_;
  ModelSettings settings_;
};

// Words and counts, which must be in vocabulary order: ids are rows of the matrices.
Vocabulary read_words(const ModelFile& file) {
  const ModelSection& words = file.section("words");
  const ModelSection& counts = file.section("counts");
  const auto size = static_cast<std::size_t>(file.settings().words);
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  entries.reserve(size);
  std::string_view rest = file.content(words);
  while (!rest.empty()) {
    const std::string number = std::to_string(entries.size() + 1);
    if (entries.size() == size) file.fail(words, "expected " + std::to_string(size) + " words, found more");
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) file.fail(words, "expected a newline after word " + number);
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (word.empty() || !std::all_of(word.begin(), word.end(), is_word_byte))
      file.fail(words, "word " + number + " is empty or contains white space or a NUL: " + in_quotes(word));
    const auto count = number_at<std::int64_t>(file.content(counts), entries.size() * sizeof(std::int64_t));
    if (count < 1)
      file.fail(counts,
                "the count of word " + number + " is " + std::to_string(count) + ": expected at least 1");
    if (!entries.empty() && count > entries.back().second)
      file.fail(counts,
                "word " + number + ", " + in_quotes(word) + ", is not in order: expected decreasing counts");
    entries.emplace_back(word, count);
  }
  if (entries.size() != size)
    file.fail(words, "expected " + std::to_string(size) + " words, found " + std::to_string(entries.size()));
  try {
    return {entries, 1, 0};
  } catch (const Error& error) {
    file.fail(words, error.what());
  }
}

HuffmanTree read_tree(const ModelFile& file, const Vocabulary& vocabulary) {
  if (!file.has("lengths")) return {};
  const ModelSection& lengths = file.section("lengths");
  const std::string_view bytes = file.content(lengths);
  try {
    return {vocabulary.counts(), {bytes.begin(), bytes.end()}};
  } catch (const Error& error) {
    file.fail(lengths, error.what());
  }
}

}  // namespace

TrainedModel load_model(const std::string& path) {
  const FileMapping mapping(path);
  const ModelFile file(path, mapping.text());
  TrainedModel model;
  model.config = file.settings().config;
  model.vocabulary = read_words(file);
  model.tree = read_tree(file, model.vocabulary);
  model.embeddings.input = file.matrix("input");
  model.embeddings.output = file.matrix("output");
  model.embeddings.nodes = file.matrix("nodes");
  return model;
}

}  // namespace warp2vec
