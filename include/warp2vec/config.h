#pragma once
/// Every setting of a training run: its default, unit and valid range.

#include <warp2vec/error.h>
#include <warp2vec/export.h>

#include <cstdint>
#include <string>

namespace warp2vec {

/// How the K negatives of a centre's pairs are shared, and with them what is computed from the same row
/// values. Hierarchical softmax, which has no negatives, computes one pair, one centre, or some consecutive
/// centres from the same values (see Config::path_tile_centres()).
enum class Sharing {
  automatic,  ///< tile, or pair where that is better; see choose_sharing()
  pair,       ///< K fresh negatives for each (context, centre) pair: word2vec.c's own rule
  window,     ///< K for all pairs of a centre's window
  tile,  ///< M for the windows of N consecutive centres, weighted so that the expected gradient is that of
         ///< `pair`
};

/// The objectives; hierarchical softmax and negative sampling may be trained together, softmax stands alone.
struct Loss {
  bool negative_sampling = true;
  bool hierarchical_softmax = false;
  bool softmax = false;
};

/// How a GPU holds the input and output matrices while it trains.
enum class TableType {
  float32,
  bf16,  ///< half the memory and traffic, with 8 significant bits; steps are rounded stochastically, so that
         ///< small ones are not lost
};

/// What `Config` calls a thing is what the CLI's flag is called.
struct WARP2VEC_EXPORT Config {
  std::int32_t dim = 100;      ///< values per vector, 1 to 4096
  std::int32_t window = 5;     ///< largest distance between centre and context in kept words, 1 to 1000
  bool shrink_window = true;   ///< draw each centre's window uniformly from 1..window (word2vec.c's habit)
  std::int64_t min_count = 5;  ///< rarer words are left out, >= 1
  std::int64_t max_vocab = 0;  ///< at most this many words, the most frequent; 0 = no limit
  Loss loss;
  Sharing sharing = Sharing::automatic;
  std::int32_t negative = 5;        ///< negatives per pair (K), 1 to 1000; not used without negative sampling
  double ns_exponent = 0.75;        ///< negatives are drawn with P(w) ~ count(w)^ns_exponent, -10 to 10
  std::int32_t tile_centres = 0;    ///< centres per tile (N), 1 to 1024, in the order of the kept words;
                                    ///< 0 = as centres_per_tile() says
  std::int32_t tile_negatives = 0;  ///< negatives per tile (M), 1 to 1024; 0 = as negatives_per_tile() says
  TableType table_type = TableType::float32;  ///< bf16: negative sampling by tiles on a GPU only
  double sample = 1e-3;     ///< subsampling threshold s of keep_probability, 0 to 1; 0 = off
  double lr = 0.025;        ///< learning rate at the start, above 0 to 10; falls linearly to 1e-4 of it
  std::int32_t epochs = 5;  ///< passes over the corpus, 1 to 1,000,000
  std::int64_t max_sentence = 1000;  ///< longer sentences are cut after this many kept words, >= 0; 0 = never
  std::int32_t threads = 0;          ///< CPU threads, 0 to 1024; 0 = all
  std::uint64_t seed = 1;            ///< the key of every random draw
  bool deterministic = false;        ///< bit-equal vectors for any number of threads: one of them trains

  /// Throws Error naming the flag, its value and its valid range.
  void validate() const;
  /// Throws Error for settings that only a GPU has.
  void require_cpu() const;

  /// Mean number of (context, centre) pairs of a centre inside a long sentence.
  double pairs_per_centre() const;

  /// tile_centres, or if that is 0 as many as train well: 64, and fewer where a context, which meets up to
  /// that many centres of a tile, would get so many gradients from the same values that every step is damped.
  std::int32_t centres_per_tile() const;

  /// tile_negatives, or if that is 0 as many as keep a step stable: a negative meets the contexts of all of a
  /// tile's N * pairs_per_centre() pairs with the weight K / M at once, and lr times the sum of these weights
  /// is kept at 1.6 or below: at twice that vectors are worse, at four times they are useless. At least 32
  /// (those of the default settings), at most 1024.
  std::int32_t negatives_per_tile() const;

  /// Hierarchical softmax under Sharing::tile: how many neighbouring centres, 1 to kMostPathCentres, are
  /// trained from the same values. The root meets the contexts of all of their pairs at once, and lr times
  /// the number of these is kept at 1.25 or below: at twice that vectors are worse, at four times training
  /// diverges. 8 with the default settings.
  std::int32_t path_tile_centres() const;
};

inline constexpr std::int32_t kMostPathCentres = 8;

/// "ns", "hs", "ns+hs" or "softmax"; "ns,hs" is the same as "ns+hs". Throws Error for anything else.
WARP2VEC_EXPORT Loss parse_loss(const std::string& text);
WARP2VEC_EXPORT std::string to_string(const Loss& loss);

/// Smaller vocabularies are trained by Sharing::pair unless another rule is asked for: 10,000 words, and
/// 20,000 with more than 20 negatives.
WARP2VEC_EXPORT std::int64_t least_words_to_share(const Config& config);

/// What Sharing::automatic means for a vocabulary of `words` words; any other is returned as it is. On a CPU
/// hierarchical softmax alone is trained pair by pair, which is about as fast there and learns more. See
/// benchmarks/README.md, "When negatives are shared", for what its bounds rest on.
WARP2VEC_EXPORT Sharing choose_sharing(const Config& config, std::int64_t words, bool on_gpu = false);

/// "auto", "pair", "window" or "tile". Throws Error for anything else.
WARP2VEC_EXPORT Sharing parse_sharing(const std::string& text);
WARP2VEC_EXPORT std::string to_string(Sharing sharing);

/// "float" or "bf16". Throws Error for anything else.
WARP2VEC_EXPORT TableType parse_table_type(const std::string& text);
WARP2VEC_EXPORT std::string to_string(TableType type);

/// `threads`, or the number of hardware threads if it is 0; at least 1.
WARP2VEC_EXPORT int thread_count(const Config& config);
/// Those of them that train on a CPU: one if the run is `deterministic`.
WARP2VEC_EXPORT int training_threads(const Config& config);

}  // namespace warp2vec
