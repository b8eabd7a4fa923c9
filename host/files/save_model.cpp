#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/files/model_layout.h"
#include "host/files/vector_source.h"
#include "host/io/atomic_file.h"
#include "host/io/byte_class.h"
#include "host/io/crc32.h"
#include "host/io/utf8.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

// References to the parts of a model.
struct Parts {
  const Config& config;
  const Vocabulary& vocabulary;
  const Embeddings& embeddings;
  const HuffmanTree& tree;
};

using Sink = std::function<void(std::string_view)>;

std::string_view word_of(const Vocabulary& vocabulary, std::int64_t row) {
  return vocabulary.word(static_cast<WordId>(row));
}

// Rejects what load_model would reject.
class Check {
 public:
  Check(const Parts& parts, const std::string& path) : parts_(parts), path_(path) {}

  void all() const {
    try {
      parts_.config.validate();
    } catch (const Error& error) {
      refuse(error.what());
    }
    const std::int64_t words = parts_.vocabulary.size();
    const Loss& loss = parts_.config.loss;
    if (words < 2) refuse("expected at least two words, the vocabulary has " + std::to_string(words));
    for (std::int64_t r = 0; r < words; ++r) check_word(word_of(parts_.vocabulary, r), r);
    check_matrix("input", parts_.embeddings.input, words);
    check_matrix("output", parts_.embeddings.output, loss.negative_sampling || loss.softmax ? words : 0);
    check_matrix("node", parts_.embeddings.nodes, loss.hierarchical_softmax ? words - 1 : 0);
    const std::int64_t leaves = parts_.tree.view().words;
    if (loss.hierarchical_softmax && leaves != words)
      refuse("the Huffman tree has " + std::to_string(leaves) + " words, the vocabulary " +
             std::to_string(words));
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw Error("cannot write " + path_ + ": " + why);
  }

  void check_word(std::string_view word, std::int64_t row) const {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_word_byte)) return;
    refuse("word " + std::to_string(row + 1) +
           " is empty or contains white space or a NUL: " + in_quotes(word));
  }

  void check_matrix(const std::string& name, const Matrix& matrix, std::int64_t rows) const {
    if (matrix.rows() != rows || (rows > 0 && matrix.cols() != parts_.config.dim))
      refuse("the " + name + " matrix has " + std::to_string(matrix.rows()) + " x " +
             std::to_string(matrix.cols()) + " values, expected " + std::to_string(rows) + " x " +
             std::to_string(rows > 0 ? parts_.config.dim : 0));
    for (std::int64_t r = 0; r < rows; ++r)
      if (!all_finite(row_values(matrix, r)))
        refuse("row " + std::to_string(r) + " of the " + name + " matrix has a value that is not finite");
  }

  const Parts& parts_;
  const std::string& path_;
};

void emit_words(const Vocabulary& vocabulary, const Sink& sink) {
  for (std::int64_t r = 0; r < vocabulary.size(); ++r) {
    sink(word_of(vocabulary, r));
    sink("\n");
  }
}

void emit_counts(const Vocabulary& vocabulary, const Sink& sink) {
  const std::span<const std::int64_t> counts = vocabulary.counts();
  sink({reinterpret_cast<const char*>(counts.data()), counts.size_bytes()});
}

void emit_lengths(const HuffmanTree& tree, const Sink& sink) {
  const HuffmanView view = tree.view();
  sink({reinterpret_cast<const char*>(view.code_lengths), static_cast<std::size_t>(view.words)});
}

void emit_matrix(const Matrix& matrix, const Sink& sink) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r) sink(bytes_of(row_values(matrix, r)));
}

// Passes the content of a section to `sink`, in chunks.
void emit(const ModelSection& section, const Parts& parts, const ModelSettings& settings, const Sink& sink) {
  if (section.name == "settings") return sink(encode_model_settings(settings));
  if (section.name == "words") return emit_words(parts.vocabulary, sink);
  if (section.name == "counts") return emit_counts(parts.vocabulary, sink);
  if (section.name == "lengths") return emit_lengths(parts.tree, sink);
  if (section.name == "input") return emit_matrix(parts.embeddings.input, sink);
  if (section.name == "output") return emit_matrix(parts.embeddings.output, sink);
  emit_matrix(parts.embeddings.nodes, sink);
}

void save(const Parts& parts, const std::string& path) {
  Check(parts, path).all();
  const ModelSettings settings{parts.config, parts.vocabulary.size()};
  std::uint64_t word_bytes = 0;
  emit_words(parts.vocabulary, [&word_bytes](std::string_view bytes) { word_bytes += bytes.size(); });
  std::vector<ModelSection> sections = model_sections(settings, word_bytes);
  // The checksums come before the sections.
  for (ModelSection& section : sections)
    emit(section, parts, settings,
         [&section](std::string_view bytes) { section.crc = crc32_of(bytes, section.crc); });

  AtomicFile file(path);
  const std::string header = encode_model_header(sections);
  file.write(header);
  std::uint64_t written = header.size();
  for (const ModelSection& section : sections) {
    file.write(std::string(section.offset - written, '\0'));
    emit(section, parts, settings, [&file](std::string_view bytes) { file.write(bytes); });
    written = section.offset + section.bytes;
  }
  file.commit();
}

}  // namespace

void save_model(const TrainedModel& model, const std::string& path) {
  save({model.config, model.vocabulary, model.embeddings, model.tree}, path);
}

void save_model(const TrainingData& data, const Embeddings& embeddings, const std::string& path) {
  save({data.config, data.vocabulary, embeddings, data.tree}, path);
}

}  // namespace warp2vec
