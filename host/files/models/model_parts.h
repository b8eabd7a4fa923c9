#pragma once
/// The parts of a model, as sections of a file.

#include <warp2vec/config.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/vocabulary.h>

#include "host/files/section_file.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace warp2vec {

/// A model by reference.
struct ModelParts {
  const Config& config;
  const Vocabulary& vocabulary;
  const Embeddings& embeddings;
  const HuffmanTree& tree;
};

/// Throws Error naming `path` for a model that load_model() would reject.
void require_loadable(const ModelParts& parts, const std::string& path);

/// Size in bytes of the section that contains the words.
std::uint64_t word_section_bytes(const Vocabulary& vocabulary);

/// Pass the content of the sections "words" and "counts" to `sink`.
void emit_words(const Vocabulary& vocabulary, const Sink& sink);
void emit_counts(const Vocabulary& vocabulary, const Sink& sink);

/// The vocabulary of `size` words in these sections; its order must be that of the file, since ids are
/// positions in it. `fail` must throw; it is told whether the mistake is in the words or in the counts.
/// `counts` has 8 * size bytes.
Vocabulary decode_vocabulary(std::string_view words, std::string_view counts, std::int64_t size,
                             const std::function<void(bool in_words, const std::string& what)>& fail);

/// Passes the content of one of model_sections() to `sink`.
void emit_section(const Section& section, const ModelParts& parts, const Sink& sink);

}  // namespace warp2vec
