#pragma once
/// Every setting of a training run: its default, unit and valid range.

#include <warp2vec/detail/update_rule.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>

#include <cstdint>
#include <string>

namespace warp2vec {

/// What predicts a centre (T. Mikolov et al. 2013, "Efficient estimation of word representations").
enum class Architecture {
  skip_gram,  ///< each word of its window alone: one prediction per pair
  cbow,       ///< the mean of its window's words, or their sum: one prediction per centre
};

/// CBOW: what each of a window's n words gets of dL/dh, the gradient on the mean h of their vectors.
enum class CbowGradient {
  full,   ///< dL/dh, as in word2vec.c and gensim
  exact,  ///< dL/dh / n, the gradient of the loss (O. Irsoy, A. Benton, K. Stratos 2021): as good at about
          ///< four times the learning rate
};

/// How pairs share their K negatives, and with that which pairs form a minibatch, whose gradients are
/// computed from the same row values. Hierarchical softmax has no negatives; its minibatches are one pair,
/// one centre, or several consecutive centres (see Config::path_tile_centres()). Under CBOW a prediction
/// takes the place of a pair, so there is no `window`.
enum class Sharing {
  automatic,  ///< tile, or pair where that is better; see choose_sharing()
  pair,       ///< K fresh negatives for each (context, centre) pair, as in word2vec.c
  window,     ///< K negatives for all pairs of a centre's window
  tile,  ///< M negatives for N consecutive centres, weighted so that the expected gradient is that of `pair`
};

/// The objectives. Hierarchical softmax and negative sampling may be combined; softmax may not.
struct Loss {
  bool negative_sampling = true;
  bool hierarchical_softmax = false;
  bool softmax = false;
};

/// How a GPU stores the input and output matrices during training.
enum class TableType {
  float32,
  bf16,  ///< half the memory and traffic, with 8 significant bits; updates are rounded stochastically, so
         ///< that small ones are not lost
};

/// Each field has the name of its command-line flag.
struct WARP2VEC_EXPORT Config {
  std::int32_t dim = 100;      ///< values per vector, 1 to 4096
  std::int32_t window = 5;     ///< largest distance between centre and context in kept words, 1 to 1000
  bool shrink_window = true;   ///< draw each centre's window uniformly from 1..window, as word2vec.c does
  std::int64_t min_count = 5;  ///< rarer words are dropped, >= 1
  std::int64_t max_vocab = 0;  ///< keep only this many most frequent words; 0 = no limit
  Architecture model = Architecture::skip_gram;
  bool cbow_sum = false;  ///< CBOW: h is the sum of the window's vectors instead of their mean
  CbowGradient cbow_gradient = CbowGradient::full;  ///< CBOW; both are the same for a sum
  Loss loss;
  Sharing sharing = Sharing::automatic;
  std::int32_t negative = 5;  ///< negatives per prediction (K), 1 to 1000; ignored without negative sampling
  double ns_exponent = 0.75;  ///< negatives are drawn with P(w) ~ count(w)^ns_exponent, -10 to 10
  std::int32_t tile_centres = 0;  ///< consecutive centres per tile (N), 1 to 1024; 0 = automatic, see
                                  ///< centres_per_tile()
  std::int32_t tile_negatives =
      0;  ///< negatives per tile (M), 1 to 1024; 0 = automatic, see negatives_per_tile()
  TableType table_type = TableType::float32;  ///< bf16: negative sampling by tiles on a GPU only
  double sample = 1e-3;  ///< subsampling threshold s of keep_probability, 0 to 1; 0 = off
  double lr = 0.025;  ///< initial learning rate, above 0 to 10; falls linearly to `min_lr`; see default_lr()
  double min_lr = 0;  ///< where the learning rate falls to, 0 to `lr`; it is never below 1e-4 of `lr`
  std::int32_t epochs = 5;  ///< passes over the corpus, 1 to 1,000,000
  std::int64_t max_sentence =
      1000;                    ///< longer sentences are split after this many kept words, >= 0; 0 = never
  std::int32_t threads = 0;    ///< CPU threads, 0 to 1024; 0 = all
  std::uint64_t seed = 1;      ///< the key of every random draw
  bool deterministic = false;  ///< bit-identical vectors for any number of threads: only one trains

  /// Throws Error naming the flag, its value and its valid range.
  void validate() const;
  /// Throws Error for settings that only a GPU supports.
  void require_cpu() const;

  /// Mean number of (context, centre) pairs of a centre inside a long sentence.
  double pairs_per_centre() const;

  /// Mean number of predictions of a centre inside a long sentence: its pairs, or one under CBOW.
  double predictions_per_centre() const;

  /// CBOW: what a window's contexts give to its hidden vector, and get of its gradient.
  CbowRule cbow_rule() const { return {cbow_sum, cbow_gradient == CbowGradient::exact}; }

  /// Mean number of pairs, in the sense of damping, of a context inside a long sentence: pairs_per_centre(),
  /// or under CBOW the sum of CbowRule::pairs() over the windows that it is in.
  double pairs_per_context() const;

  /// tile_centres, or if that is 0: 64, or fewer where a context, which may be paired with all centres of a
  /// tile, would get so many gradients from the same values that every update would be damped.
  std::int32_t centres_per_tile() const;

  /// tile_negatives, or if that is 0 enough for stable updates: a negative interacts with the contexts of all
  /// N * predictions_per_centre() predictions of a tile, with weight K / M each, and lr times the sum of
  /// these weights is kept at or below 1.6: at twice that vectors are worse, at four times they are useless.
  /// At least 32 (the number for the default settings; 24 under CBOW), at most 1024.
  std::int32_t negatives_per_tile() const;

  /// Hierarchical softmax under Sharing::tile: how many neighbouring centres, 1 to kMaxPathCentres, are
  /// trained from the same values. The root is in all of their pairs, and lr times the number of these is
  /// kept at or below 1.25: at twice that vectors are worse, at four times training diverges. 8 with the
  /// default settings.
  std::int32_t path_tile_centres() const;
};

inline constexpr std::int32_t kMaxPathCentres = 8;

/// The learning rate that a model is usually trained with: 0.05 for CBOW, as in word2vec.c, else 0.025.
WARP2VEC_EXPORT double default_lr(Architecture model);

/// "skipgram" or "cbow", fastText's names. Throws Error for anything else.
WARP2VEC_EXPORT Architecture parse_architecture(const std::string& text);
WARP2VEC_EXPORT std::string to_string(Architecture model);

/// "exact" or "full". Throws Error for anything else.
WARP2VEC_EXPORT CbowGradient parse_cbow_gradient(const std::string& text);
WARP2VEC_EXPORT std::string to_string(CbowGradient gradient);

/// "ns", "hs", "ns+hs" or "softmax"; "ns,hs" is the same as "ns+hs". Throws Error for anything else.
WARP2VEC_EXPORT Loss parse_loss(const std::string& text);
WARP2VEC_EXPORT std::string to_string(const Loss& loss);

/// The vocabulary size below which Sharing::automatic means Sharing::pair: 10,000 words, or 20,000 with more
/// than 20 negatives.
WARP2VEC_EXPORT std::int64_t min_words_to_share(const Config& config);

/// The kept tokens of all epochs below which Sharing::automatic means Sharing::pair with negative sampling,
/// which learns more slowly at first where negatives are shared (benchmarks/README.md, "With little to
/// train").
inline constexpr double kMinTokensToShare = 1.5e6;

/// Resolves Sharing::automatic for a vocabulary of `words` words and `kept_tokens` kept tokens in all epochs,
/// see expected_kept_tokens(); any other value is returned unchanged. On a CPU, hierarchical softmax alone is
/// trained pair by pair, which is about as fast there and learns more. See benchmarks/README.md, "When
/// negatives are shared", for the measurements behind the bounds.
WARP2VEC_EXPORT Sharing choose_sharing(const Config& config, std::int64_t words, double kept_tokens,
                                       bool on_gpu = false);

/// "auto", "pair", "window" or "tile". Throws Error for anything else.
WARP2VEC_EXPORT Sharing parse_sharing(const std::string& text);
WARP2VEC_EXPORT std::string to_string(Sharing sharing);

/// "float" or "bf16". Throws Error for anything else.
WARP2VEC_EXPORT TableType parse_table_type(const std::string& text);
WARP2VEC_EXPORT std::string to_string(TableType type);

/// `threads`, or if it is 0 the number of CPUs that the process may use, by its affinity mask and the quota
/// of its control groups; at least 1.
WARP2VEC_EXPORT int thread_count(const Config& config);
/// How many of them train on a CPU: one if the run is `deterministic`.
WARP2VEC_EXPORT int training_threads(const Config& config);

}  // namespace warp2vec
