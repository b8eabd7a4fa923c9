#pragma once
/// A complete trained model: its file, and the word probabilities that it has learned.

#include <warp2vec/config.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/trainer.h>
#include <warp2vec/types.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace warp2vec {

/// Everything that determines P(word | context).
struct TrainedModel {
  Config config;  ///< of the training run; config.threads is 0 if read from a file
  Vocabulary vocabulary;
  Embeddings embeddings;
  HuffmanTree tree;  ///< if config.loss.hierarchical_softmax
};

/// Writes the model atomically (a temporary file beside it, fsync, rename, fsync of the folder), in the
/// format of docs/model-format.md. Throws Error naming the file, also for a model that load_model would
/// reject: matrices of the wrong shape, values that are not finite, words that are empty or contain white
/// space or a NUL. On an error nothing is left under the final name.
WARP2VEC_EXPORT void save_model(const TrainedModel& model, const std::string& path);

/// The same for embeddings trained on `data`.
WARP2VEC_EXPORT void save_model(const TrainingData& data, const Embeddings& embeddings,
                                const std::string& path);

/// Whether the file begins as a model does. Throws Error for a file that cannot be read.
WARP2VEC_EXPORT bool is_model(const std::string& path);

/// Reads what save_model wrote, bit for bit. Strict: sizes must match the file to the byte and are checked
/// before any allocation, every section must match its CRC-32, and the content must be one that training can
/// produce: settings in range, unique words in vocabulary order, the code lengths of a Huffman tree, finite
/// values. Throws Error naming the file, the section or offset, and what was expected.
WARP2VEC_EXPORT TrainedModel load_model(const std::string& path);

/// Whether a model trained with this loss has a P(word | context).
WARP2VEC_EXPORT bool has_probabilities(const Loss& loss);

/// log P(word | contexts) in nats: how likely `word` is near a context word, under CBOW in the middle of all
/// of `contexts` (order does not matter, repetitions do), in the text as it was trained (windowed and
/// subsampled). With x the context's input row, under CBOW the mean of their rows (the sum with
/// Config::cbow_sum), it is
///     sum over the nodes of the word's path of log sigmoid(+-x . node), + to the left, - to the right
/// under hierarchical softmax, in O(code length * dim), and
///     x . y_word - log sum over all words v of exp(x . y_v)
/// under the full softmax, in O(vocabulary * dim) (F. Morin and Y. Bengio 2005 for the tree; T. Mikolov et
/// al. 2013 for both). Computed in double: over all words the probabilities sum to 1 up to
/// rounding, 1e-12 in the tests. Throws Error if the model has no probabilities, since negative sampling
/// alone learns pair scores that are not normalised, for no context, for several contexts of a skip-gram
/// model, for an id that is not in the vocabulary, and for matrices or a tree that do not fit it.
WARP2VEC_EXPORT double log_probability(const TrainedModel& model, WordId word,
                                       std::span<const WordId> contexts);
WARP2VEC_EXPORT double log_probability(const TrainedModel& model, WordId word, WordId context);
/// The same of a model whose parts are elsewhere; `tree` is that of the counts, or empty without hierarchical
/// softmax.
WARP2VEC_EXPORT double log_probability(const Config& config, const HuffmanTree& tree,
                                       const Embeddings& embeddings, WordId word,
                                       std::span<const WordId> contexts);

/// log_probability of every word of the vocabulary, bit for bit, in O(vocabulary * dim), under hierarchical
/// softmax plus O(vocabulary * code length). Throws like log_probability.
WARP2VEC_EXPORT std::vector<double> log_probabilities(const TrainedModel& model,
                                                      std::span<const WordId> contexts);
WARP2VEC_EXPORT std::vector<double> log_probabilities(const TrainedModel& model, WordId context);
/// The same of a model whose parts are elsewhere.
WARP2VEC_EXPORT std::vector<double> log_probabilities(const Config& config, const HuffmanTree& tree,
                                                      const Embeddings& embeddings,
                                                      std::span<const WordId> contexts);

/// The sum of log P(word | its context), in nats, over the words of each sentence, under hierarchical
/// softmax: under skip-gram the context is each word of the window in turn, whose logarithms are added, under
/// CBOW all of them; the window is config.window on both sides, and a word without another has none (gensim's
/// score()). Sentence i is ids[ends[i - 1]] up to ids[ends[i]], without that. On config.threads threads.
/// Throws Error if the loss has no hierarchical softmax, for ids that are not in the vocabulary, for matrices
/// or a tree that do not fit it, and for ends that decrease or exceed the ids.
WARP2VEC_EXPORT std::vector<double> score_sentences(const Config& config, const HuffmanTree& tree,
                                                    const Embeddings& embeddings, std::span<const WordId> ids,
                                                    std::span<const std::int64_t> ends);

struct WordProbability {
  WordId word{};
  double log_probability = 0;  ///< nats
};

/// The `top` most probable words (all if there are fewer, none for `top` < 1), by decreasing probability,
/// then by WordId. Throws like log_probability.
WARP2VEC_EXPORT std::vector<WordProbability> top_k(const TrainedModel& model,
                                                   std::span<const WordId> contexts, std::int64_t top);
WARP2VEC_EXPORT std::vector<WordProbability> top_k(const TrainedModel& model, WordId context,
                                                   std::int64_t top);

}  // namespace warp2vec
