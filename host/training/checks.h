#pragma once
/// What is given to a backend must fit together: checked at its border, so that nothing behind it need.
/// Exported for the CUDA library, not for users.

#include <warp2vec/embeddings.h>
#include <warp2vec/export.h>
#include <warp2vec/trainer.h>

#include <cstdint>

namespace warp2vec {

/// Throws Error, naming the matrix, its shape and the expected one, unless these are the parameters of
/// `words` words under `config`.
WARP2VEC_EXPORT void require_shapes(const Embeddings& embeddings, const Config& config, std::int64_t words);

/// Throws Error unless the Huffman tree is one of `words` words, if the loss has one.
void require_tree(const HuffmanTree& tree, const Config& config, std::int64_t words);

/// Throws Error unless `data` is that which the backend was made for.
WARP2VEC_EXPORT void require_own(const TrainingData& data, const TrainingData& of_backend);

/// Throws Error unless the batch has kept tokens of an epoch, and upload() came before it.
WARP2VEC_EXPORT void require_trainable(const Batch& batch, bool uploaded);

}  // namespace warp2vec
