#pragma once
/// Phrases: adjacent words that occur together more often than by chance, such as "new york", joined into one
/// word ("new_york") before training. After T. Mikolov et al., "Distributed Representations of Words and
/// Phrases and their Compositionality" (2013), section 4, as word2vec.c's word2phrase and gensim's Phrases.
///
/// With c(a) the count of word a, c(a b) that of the pair a b within a sentence, N all words of the text, and
/// m the least count, the score of a pair is
///
///     word2vec    (c(a b) - m) / (c(a) c(b)) N
///     npmi        ln(P(a b) / (P(a) P(b))) / -ln P(a b),  P = c / N, which lies in [-1, 1]
///
/// A pair is a phrase if c(a), c(b) and c(a b) are at least m and the score exceeds the threshold. Sentences
/// are read from left to right, and a word is joined at most once; a further pass over the joined text finds
/// longer phrases. Connectors (of, the, ...) may stand between a and b, and neither begin nor end a phrase:
/// then "a of b" takes the place of "a b".

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/sentences.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

enum class PhraseScore { word2vec, npmi };

struct PhraseSettings {
  std::int64_t min_count = 5;  ///< m, >= 1
  PhraseScore score = PhraseScore::word2vec;
  double threshold = 100;  ///< >= 0 for word2vec; in [-1, 1] for npmi
  std::vector<std::string> connectors;
  char delimiter = '_';  ///< printable ASCII other than a space
  int threads = 0;       ///< 0 = one per CPU that may be used
  /// Of counting the words, and then of counting the pairs: exact whatever the limit.
  CountMemory memory;

  /// Throws Error naming the setting and its range.
  WARP2VEC_EXPORT void validate() const;
};

struct Phrase {
  std::string text;  ///< the joined word
  std::int64_t count = 0;
  double score = 0;
};

/// The phrases of a text. Immutable; may be used by several threads at a time.
class WARP2VEC_EXPORT Phrases {
 public:
  /// Those of `corpus`, which is read twice. The result depends neither on the number of threads nor on the
  /// memory. Throws Error for invalid settings and as count_words() does.
  Phrases(const Corpus& corpus, const PhraseSettings& settings, const ReadProgress& progress = {});
  /// Those of `sentences`, which is read twice, and must be the same both times. Throws Error for invalid
  /// settings and as count_words() does.
  Phrases(const Sentences& sentences, const PhraseSettings& settings);
  ~Phrases();
  Phrases(Phrases&&) noexcept;
  Phrases& operator=(Phrases&&) noexcept;

  /// All phrases, by decreasing score, those with equal scores by their bytes.
  std::span<const Phrase> list() const;

  /// The sentence with its phrases joined.
  std::vector<std::string> join(std::span<const std::string_view> sentence) const;

  struct Found;  // host/phrases/phrase_rule.h
  const Found& found() const { return *found_; }

 private:
  std::unique_ptr<const Found> found_;
};

/// The last pass of join_phrases().
struct JoinedText {
  std::int64_t words = 0;    ///< written, each phrase as one
  std::int64_t phrases = 0;  ///< of these, those that this pass joined
  std::vector<Phrase> list;  ///< as Phrases::list()
};

/// Finds phrases in `corpus` and writes the text with its phrases joined to `path`: completely, or not at
/// all, compressed like save_vectors(). Words are separated by one space, and sentences end with a newline.
/// Repeats that on the result for each of `thresholds` (which replace settings.threshold), at least one; the
/// text between two passes is a scratch file in settings.memory.scratch_folder. Throws Error as Phrases does,
/// and naming the file that cannot be written.
WARP2VEC_EXPORT JoinedText join_phrases(const Corpus& corpus, PhraseSettings settings,
                                        std::span<const double> thresholds, const std::string& path,
                                        const ReadProgress& progress = {});

}  // namespace warp2vec
