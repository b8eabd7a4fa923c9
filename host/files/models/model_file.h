#pragma once
/// Reading the sections of a model, or of a checkpoint, which has more of them.

#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/vocabulary.h>

#include "host/files/models/model_layout.h"
#include "host/files/section_file.h"
#include "host/files/vector_source.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// A file whose sections are complete, in the right places and match their checksums. Their content is
/// checked when it is requested. All functions throw Error naming the file, the section or offset, and what
/// was expected.
class ModelFile {
 public:
  /// `path` is for messages. `more`: names of the sections that follow those of a model, of any size.
  ModelFile(const FileKind& kind, const std::string& path, std::string_view file,
            std::span<const std::string_view> more = {});

  const ModelSettings& settings() const { return settings_; }
  /// `name` must be that of a section in the file.
  const Section& section(std::string_view name) const;
  std::string_view content(const Section& section) const {
    return source_.bytes.substr(section.offset, section.bytes);
  }

  /// Words and counts, which must be in the order of a vocabulary: ids are rows of the matrices.
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
