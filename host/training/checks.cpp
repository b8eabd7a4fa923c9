#include "host/training/checks.h"

#include <warp2vec/error.h>

#include <string>

namespace warp2vec {
namespace {

void require_shape(const std::string& name, const Matrix& matrix, std::int64_t rows, std::int32_t dim) {
  const std::int32_t cols = rows > 0 ? dim : 0;
  if (matrix.rows() == rows && (rows == 0 || matrix.cols() == cols)) return;
  throw Error("the " + name + " matrix has " + std::to_string(matrix.rows()) + " x " +
              std::to_string(matrix.cols()) + " values, expected " + std::to_string(rows) + " x " +
              std::to_string(cols));
}

}  // namespace

void require_shapes(const Embeddings& embeddings, const Config& config, std::int64_t words) {
  const Loss& loss = config.loss;
  require_shape("input", embeddings.input, words, config.dim);
  require_shape("output", embeddings.output, loss.negative_sampling || loss.softmax ? words : 0, config.dim);
  require_shape("node", embeddings.nodes, loss.hierarchical_softmax ? words - 1 : 0, config.dim);
}

void require_tree(const HuffmanTree& tree, const Config& config, std::int64_t words) {
  const std::int64_t leaves = tree.view().words;
  if (config.loss.hierarchical_softmax && leaves != words)
    throw Error("the Huffman tree has " + std::to_string(leaves) + " words, the vocabulary " +
                std::to_string(words));
}

void require_own(const TrainingData& data, const TrainingData& of_backend) {
  if (&data != &of_backend)
    throw Error("a backend trains the data that it was made for, and was given other data");
}

void require_trainable(const Batch& batch, bool uploaded) {
  if (!uploaded) throw Error("a backend trains after upload()");
  if (batch.epoch == nullptr || batch.first < 0 || batch.first >= batch.last ||
      batch.last > batch.epoch->size())
    throw Error("cannot train the kept tokens [" + std::to_string(batch.first) + ", " +
                std::to_string(batch.last) + ") of an epoch with " +
                std::to_string(batch.epoch == nullptr ? 0 : batch.epoch->size()));
}

}  // namespace warp2vec
