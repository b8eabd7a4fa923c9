#pragma once
/// Warm start: training that begins with the values of an earlier run, of the same words or of others.

#include <warp2vec/config.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <optional>
#include <string>

namespace warp2vec {

/// Values to start from: those of a model, or word vectors alone.
struct InitialValues {
  std::string path;                   ///< for messages
  std::optional<Loss> loss;           ///< of the model; none for vectors alone
  std::optional<Architecture> model;  ///< the same
  Vocabulary vocabulary;      ///< row i of a matrix of words is word i's; vectors alone: all counts are 1
  Embeddings embeddings;      ///< vectors alone: only `input`
  HuffmanTree tree;           ///< that `embeddings.nodes` belong to
  std::int64_t repeated = 0;  ///< as WordVectors::repeated
};

/// Reads a model (save_model()) or vectors in any format of load_vectors(); which, the content says. `limit`:
/// only the first vectors of the file, so many; 0 = all. Throws Error like load_model() and load_vectors(),
/// and for a limit of a model, whose outputs belong to all of its words.
WARP2VEC_EXPORT InitialValues load_initial_values(const std::string& path, std::int64_t limit = 0);

/// Which words are trained after a warm start.
enum class InitVocab {
  old_words,  ///< those of the initial values
  new_words,  ///< those of the text
  all_words   ///< both
};

/// "old", "new" or "union", the names of koan (Bloomberg's word2vec). Throws Error for anything else.
WARP2VEC_EXPORT InitVocab parse_init_vocab(const std::string& text);
WARP2VEC_EXPORT std::string to_string(InitVocab words);

/// The vocabulary to train. `text` has all words of the text: `min_count` and `max_vocab` select among them
/// as in Vocabulary's constructor, but words of the initial values stay in any case under old_words and
/// all_words. Counts are those in the text, and 1 for a word that it does not contain: counts determine what
/// is subsampled and drawn as a negative now. The exception is old_words of a model, which keeps the model's
/// counts, and so its Huffman tree. Words with equal counts are in the order of `text`, before all others.
/// Words of the initial values with white space or a NUL, which no text can contain, are left out.
WARP2VEC_EXPORT Vocabulary warm_vocabulary(const InitialValues& from, InitVocab words, const Vocabulary& text,
                                           std::int64_t min_count, std::int64_t max_vocab);

/// What training starts with, and what it comes from.
struct WarmStart {
  Embeddings embeddings;
  std::int64_t kept = 0;      ///< words that have their earlier rows
  std::int64_t added = 0;     ///< words that are new, with rows as in initial_embeddings()
  std::int64_t lost = 0;      ///< words of the initial values that are not trained
  bool outputs_kept = false;  ///< whether `output` has earlier rows, too; else it is zero
  bool nodes_kept = false;    ///< whether `nodes` are the earlier ones; else they are zero
};

/// Throws Error, naming both values, unless a run with `config` can start from these values: the dimension
/// must be the same, and the loss that of the model (vectors alone can start with any loss).
WARP2VEC_EXPORT void require_fitting(const InitialValues& from, const Config& config);

/// The parameters at the start of a run with this vocabulary and these settings. Words of the initial values
/// keep their rows. The inner nodes of the Huffman tree belong to no word but to a set of words, which
/// changes with any count: they are kept if the tree is the same, of the same words in the same order, and
/// zero otherwise, as for an untrained run. Throws Error like require_fitting(), and if no word keeps its
/// row.
WARP2VEC_EXPORT WarmStart warm_start(const InitialValues& from, const Vocabulary& vocabulary,
                                     const Config& config);

}  // namespace warp2vec
