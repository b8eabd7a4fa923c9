#pragma once
/// Reading the sections of a model, or of a checkpoint, which has more of them.

#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/vocabulary.h>

#include "host/files/model_layout.h"
#include "host/files/section_file.h"
#include "host/files/vector_source.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// A file whose sections are where they belong, whole, and as they were written. What they hold is looked at
/// when it is asked for. All functions throw Error naming the file, the section or offset, and what was
/// expected.
class ModelFile {
 public:
  /// `path` is for messages. `more`: the names of the sections behind those of a model, of any size.
  ModelFile(const FileKind& kind, const std::string& path, std::string_view file,
            std::span<const std::string_view> more = {});

  const ModelSettings& settings() const { return settings_; }
  /// `name` is that of a section which the file has.
  const Section& section(std::string_view name) const;
  std::string_view content(const Section& section) const {
    return source_.bytes.substr(section.offset, section.bytes);
  }

  /// Words and counts, which must stand in the vocabulary's order: ids are rows of the matrices.
  Vocabulary vocabulary() const;
  /// Empty without hierarchical softmax.
  HuffmanTree tree(const Vocabulary& vocabulary) const;
  Embeddings embeddings() const;

  [[noreturn]] void fail(const Section& section, const std::string& what) const;

 private:
  bool has(std::string_view name) const;
  Matrix matrix(std::string_view name) const;
  void require(const Section& found, const Section& expected) const;
  void require_layout(std::span<const std::string_view> more) const;
  void require_checksum(const Section& section) const;

  FileKind kind_;
  VectorSource source_;
  std::vector<Section> sections_;
  ModelSettings settings_;
};

}  // namespace warp2vec
