#pragma once
/// Sentences in memory, or made as they are needed, in place of a Corpus.

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace warp2vec {

/// A range of words: std::vector<std::string>, std::span<const char* const>, ...
template <class R>
concept WordRange =
    std::ranges::input_range<R> && std::convertible_to<std::ranges::range_reference_t<R>, std::string_view>;

/// A range of sentences: std::vector<std::vector<std::string>>, a view that splits lines, ...
template <class R>
concept SentenceRange =
    std::ranges::input_range<const R> && WordRange<std::ranges::range_reference_t<const R>>;

/// Sentences that are read from the first to the last, several times. A range of them converts to this, and
/// so does a function that makes them, such as
///
///     [&](const Sentences::Visit& visit) { for (const auto& line : lines) visit(split(line)); }
///
/// It is called once for each pass, on the thread of the caller, and what it throws is passed on.
class Sentences {
 public:
  /// Takes the words of the next sentence, which need to be valid only during the call.
  using Visit = std::function<void(std::span<const std::string_view>)>;

  template <class Generate>
  requires std::invocable<const Generate&, const Visit&> Sentences(Generate generate)
      : generate_(std::move(generate)) {}

  /// `sentences` is referred to, not copied, and must outlive this.
  template <SentenceRange R>
  Sentences(const R& sentences)
      : generate_([&sentences](const Visit& visit) {
          for (auto&& sentence : sentences) visit_words(sentence, visit);
        }) {}

  void operator()(const Visit& visit) const { generate_(visit); }

  template <WordRange Words>
  static void visit_words(Words&& words, const Visit& visit) {
    using Word = std::ranges::range_reference_t<Words>;
    // Words that the range makes as it goes would be gone.
    using Kept = std::conditional_t<std::is_reference_v<Word> || std::is_trivially_copyable_v<Word>,
                                    std::string_view, std::string>;
    std::vector<Kept> kept;
    for (auto&& word : words) kept.emplace_back(std::forward<decltype(word)>(word));
    if constexpr (std::is_same_v<Kept, std::string_view>)
      visit(kept);
    else
      visit(std::vector<std::string_view>(kept.begin(), kept.end()));
  }

 private:
  std::function<void(const Visit&)> generate_;
};

/// A sentence from each of `texts`: the words that `tokenizer` makes of it, called with a std::string_view in
/// each pass. `texts` is referred to, and must outlive the result.
template <std::ranges::input_range Texts, class Tokenizer>
requires WordRange<const Texts> && WordRange<std::invoke_result_t<const Tokenizer&, std::string_view>>
    Sentences tokenized(const Texts& texts, Tokenizer tokenizer) {
  return Sentences([&texts, tokenizer = std::move(tokenizer)](const Sentences::Visit& visit) {
    for (auto&& text : texts) Sentences::visit_words(tokenizer(std::string_view(text)), visit);
  });
}

/// As count_words() of a text with the same words and lines; in one pass. Throws Error naming the sentence
/// and the word, counted from 0, for a word that no text can hold (empty, or with white space or a NUL), if
/// there is no word, if none is frequent enough, or if the scratch file cannot be written.
WARP2VEC_EXPORT CorpusCounts count_words(const Sentences& sentences, std::int64_t min_count,
                                         std::int64_t max_vocab, const CountMemory& memory = {});

/// The sentences as word ids, without words that are not in the vocabulary; in one pass. Throws Error if no
/// word is in the vocabulary.
WARP2VEC_EXPORT TokenStream encode(const Sentences& sentences, const Vocabulary& vocabulary);

/// The same, without holding the ids in memory; as one file named "the sentences".
WARP2VEC_EXPORT void encode(const Sentences& sentences, const Vocabulary& vocabulary, TokenSink& sink);

}  // namespace warp2vec
