#pragma once
/// The parts of a model, as sections of a file.

#include <warp2vec/config.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/vocabulary.h>

#include "host/files/section_file.h"

#include <cstdint>
#include <string>

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

/// Passes the content of one of model_sections() to `sink`.
void emit_section(const Section& section, const ModelParts& parts, const Sink& sink);

}  // namespace warp2vec
