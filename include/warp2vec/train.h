#pragma once
/// Training in one call, on what is in memory. It counts, encodes, and trains on a CPU by default; the same
/// steps are functions of their own (corpus.h, sentences.h, id_sequences.h, trainer.h).

#include <warp2vec/config.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/id_sequences.h>
#include <warp2vec/sentences.h>
#include <warp2vec/trainer.h>
#include <warp2vec/word_vectors.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace warp2vec {

/// How train() runs, besides the settings in Config.
struct TrainCall {
  Observer observer;
  /// What trains; make_cpu_backend() if it is empty.
  std::function<std::unique_ptr<Backend>(const TrainingData&)> make_backend;
  bool on_gpu = false;  ///< whether that is a GPU, on which Sharing::automatic means something else
  /// Sentences only. False: they are read twice, once to count the words and once to encode them, 4 bytes
  /// each; both times they must be the same. True: they are read once to count the words and then once for
  /// each epoch, and may be others each time, such as new random walks. Words that were not counted are left
  /// out.
  bool fresh_sentences = false;
  CountMemory memory;  ///< for counting words; sentences only
};

/// Words in the order of decreasing counts.
struct TrainedVectors {
  WordVectors vectors;
  std::vector<std::int64_t> counts;  ///< of the words, in the sentences
  TrainingSummary summary;
};

/// Row i is that of id i. WordVectors{decimal_ids(n), std::move(vectors)} are those of words, for
/// KeyedVectors and save_vectors().
struct TrainedIds {
  Matrix vectors;                     ///< num_ids x dim
  std::vector<std::int64_t> counts;   ///< of the ids that have a vector; else 0
  std::vector<std::int32_t> without;  ///< ids that have none, increasing: their rows are zero
  TrainingSummary summary;
};

/// Trains the vectors of all words that occur `config.min_count` times. With config.deterministic they are
/// byte for byte those of a text with the same words and lines. Throws Error for invalid settings, as
/// count_words(), encode() and train() of trainer.h do, and if the second pass finds another number of words
/// than the first (a generator that can be run only once, for example). If the observer stops the run, the
/// vectors are those so far, and summary.interrupted is set.
WARP2VEC_EXPORT TrainedVectors train(const Sentences& sentences, const Config& config,
                                     const TrainCall& call = {});

/// The same for ids; `num_ids`: see IdInput, and 0 = 1 more than the highest. Ids that do not occur, or fewer
/// than `config.min_count` times, have no vector.
WARP2VEC_EXPORT TrainedIds train(const IdSequences& sequences, const Config& config, std::int64_t num_ids = 0,
                                 const TrainCall& call = {});

}  // namespace warp2vec
