#pragma once
/// A trained model as a whole: its file, and the probabilities of words that it has learned.

#include <warp2vec/config.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/trainer.h>
#include <warp2vec/types.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// Everything that P(word | context) follows from.
struct TrainedModel {
  Config config;  ///< of the training; from a file, config.threads is 0
  Vocabulary vocabulary;
  Embeddings embeddings;
  HuffmanTree tree;  ///< if config.loss.hierarchical_softmax
};

/// Writes the model atomically (a temporary file beside it, fsync, rename, fsync of the folder), in the
/// format of docs/model-format.md. Throws Error naming the file, also for a model that load_model would
/// refuse: matrices of the wrong shape, values that are not finite, words that are empty or have white space
/// or a NUL in them; nothing is left under the final name then.
WARP2VEC_EXPORT void save_model(const TrainedModel& model, const std::string& path);

/// The same for what has been trained on `data`.
WARP2VEC_EXPORT void save_model(const TrainingData& data, const Embeddings& embeddings,
                                const std::string& path);

/// Reads what save_model wrote, bit for bit. Strict: sizes must fit the file to the byte and are checked
/// before any allocation, every section against its CRC-32, and the content against what a training could
/// have made: settings in range, words unique and in the vocabulary's order, the code lengths of a Huffman
/// tree, finite values. Throws Error naming the file, the section or offset, and what was expected.
WARP2VEC_EXPORT TrainedModel load_model(const std::string& path);

/// Whether a model trained with this loss has a P(word | context).
WARP2VEC_EXPORT bool has_probabilities(const Loss& loss);

/// log P(word | context) in nats: how likely `word` is where `context` is near, in the text as it was trained
/// (windowed and subsampled). With x the context's input row, it is
///     sum over the steps of the word's path of log sigmoid(+-x . node), + to the left, - to the right
/// under hierarchical softmax, in O(code length * dim), and
///     x . y_word - log sum over all words v of exp(x . y_v)
/// under the full softmax, in O(vocabulary * dim) (F. Morin and Y. Bengio 2005 for the tree; T. Mikolov et
/// al. 2013 for both in skip-gram). Computed in double: over all words the probabilities sum to 1 up to
/// rounding, 1e-12 in the tests. Both words are of the model's vocabulary. Throws Error if there are no
/// probabilities: negative sampling alone learns scores of pairs that are not normalised.
WARP2VEC_EXPORT double log_probability(const TrainedModel& model, WordId word, WordId context);

/// log_probability of every word, one per word of the vocabulary, in O(vocabulary * dim) and under
/// hierarchical softmax O(vocabulary * code length) more. Bit for bit what log_probability gives, with its
/// errors.
WARP2VEC_EXPORT std::vector<double> log_probabilities(const TrainedModel& model, WordId context);

struct WordProbability {
  WordId word{};
  double log_probability = 0;  ///< nats
};

/// The `top` most probable words (all, if there are fewer; none for `top` < 1), by falling probability, then
/// by WordId. Errors as of log_probability.
WARP2VEC_EXPORT std::vector<WordProbability> top_k(const TrainedModel& model, WordId context,
                                                   std::int64_t top);

}  // namespace warp2vec
