#pragma once
/// Small corpora with known properties for the training tests.

#include <warp2vec/detail/random.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {

struct SyntheticCorpus {
  Vocabulary vocabulary;
  TokenStream tokens;
};

/// `tokens` draws from a Zipf distribution over `words` words ("w0" is the most frequent), in sentences of 1
/// to `longest_sentence` tokens. Counts are those of the stream, without words that were never drawn.
inline SyntheticCorpus zipf_corpus(std::int64_t words, std::int64_t tokens, std::int64_t longest_sentence,
                                   std::uint64_t seed = 7) {
  const Draws draws{seed, 0};
  std::vector<double> cumulative;
  double sum = 0;
  for (std::int64_t w = 0; w < words; ++w) cumulative.push_back(sum += 1.0 / static_cast<double>(w + 1));
  std::vector<std::int64_t> drawn;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(words));
  for (std::int64_t i = 0; i < tokens; ++i) {
    const double u = to_unit(draws.u32(Stream::keep, static_cast<std::uint64_t>(i))) * sum;
    const auto w = std::upper_bound(cumulative.begin(), cumulative.end(), u) - cumulative.begin();
    drawn.push_back(w);
    ++counts[static_cast<std::size_t>(w)];
  }
  SyntheticCorpus corpus;
  std::vector<std::string> names;
  for (std::int64_t w = 0; w < words; ++w) names.push_back("w" + std::to_string(w));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  for (std::size_t w = 0; w < names.size(); ++w)
    if (counts[w] > 0) entries.emplace_back(names[w], counts[w]);
  std::sort(entries.begin(),
            entries.end());  // equal counts by name, as when the tests' bounds were measured
  corpus.vocabulary = Vocabulary(entries, 1, 0);
  for (const std::int64_t w : drawn)
    corpus.tokens.ids.push_back(*corpus.vocabulary.find(names[static_cast<std::size_t>(w)]));
  std::int64_t end = 0;
  for (std::uint64_t sentence = 0; end < tokens; ++sentence) {
    end += 1 + to_below(draws.u32(Stream::window, sentence), static_cast<std::uint32_t>(longest_sentence));
    corpus.tokens.ends.push_back(std::min(end, tokens));
  }
  return corpus;
}

/// A zipf_corpus() in sentences of `length` words, in which every fifth sentence repeats one word, so that
/// rows get many gradients from the same values.
inline SyntheticCorpus runs_corpus(std::int64_t words, std::int64_t tokens, std::int64_t length = 40) {
  SyntheticCorpus corpus = zipf_corpus(words, tokens, length);
  corpus.tokens.ends.clear();
  for (std::int64_t begin = 0; begin < tokens; begin += length) {
    const std::int64_t end = std::min(begin + length, tokens);
    if (begin / length % 5 == 0)
      std::fill(corpus.tokens.ids.begin() + begin, corpus.tokens.ids.begin() + end,
                corpus.tokens.ids[static_cast<std::size_t>(begin)]);
    corpus.tokens.ends.push_back(end);
  }
  return corpus;
}

/// `topics` groups of `words_per_topic` words; every sentence of ten words stays in one topic, so that
/// vectors of one topic must end up nearer to each other than to those of others. Word t * words_per_topic +
/// i is named "t<t>_<i>".
inline SyntheticCorpus topic_corpus(std::uint32_t topics, std::uint32_t words_per_topic,
                                    std::int64_t sentences, std::uint64_t seed = 3) {
  constexpr std::int64_t kLength = 10;
  const Draws draws{seed, 0};
  const auto name = [](std::uint32_t topic, std::uint32_t word) {
    return "t" + std::to_string(topic) + "_" + std::to_string(word);
  };
  std::vector<std::size_t> text;
  std::vector<std::int64_t> counts(std::size_t{topics} * words_per_topic);
  SyntheticCorpus corpus;
  for (std::int64_t s = 0; s < sentences; ++s) {
    const std::uint32_t topic = to_below(draws.u32(Stream::window, static_cast<std::uint64_t>(s)), topics);
    for (std::int64_t i = s * kLength; i < (s + 1) * kLength; ++i) {
      const std::uint32_t word =
          to_below(draws.u32(Stream::keep, static_cast<std::uint64_t>(i)), words_per_topic);
      text.push_back(std::size_t{topic} * words_per_topic + word);
      ++counts[text.back()];
    }
    corpus.tokens.ends.push_back((s + 1) * kLength);
  }
  std::vector<std::string> names;
  for (std::uint32_t t = 0; t < topics; ++t)
    for (std::uint32_t i = 0; i < words_per_topic; ++i) names.push_back(name(t, i));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  for (std::size_t w = 0; w < names.size(); ++w) entries.emplace_back(names[w], counts[w]);
  corpus.vocabulary = Vocabulary(entries, 1, 0);
  for (const std::size_t word : text) corpus.tokens.ids.push_back(*corpus.vocabulary.find(names[word]));
  return corpus;
}

/// Walks of 40 steps on a graph of `groups` groups of `nodes_per_group` nodes, 4 from each node: nine steps
/// in ten stay in the group, the others lead to the next one. Names are those of topic_corpus().
inline SyntheticCorpus walk_corpus(std::uint32_t groups, std::uint32_t nodes_per_group) {
  constexpr std::int64_t kLength = 40;
  const std::int64_t walks = std::int64_t{4} * groups * nodes_per_group;
  const Draws draws{11, 0};
  std::vector<std::size_t> text;
  std::vector<std::int64_t> counts(std::size_t{groups} * nodes_per_group);
  SyntheticCorpus corpus;
  for (std::int64_t walk = 0; walk < walks; ++walk) {
    auto group = static_cast<std::uint32_t>(walk % groups);
    for (std::int64_t i = walk * kLength; i < (walk + 1) * kLength; ++i) {
      const auto position = static_cast<std::uint64_t>(i);
      if (to_below(draws.u32(Stream::window, position), 10) == 0) group = (group + 1) % groups;
      text.push_back(std::size_t{group} * nodes_per_group +
                     to_below(draws.u32(Stream::keep, position), nodes_per_group));
      ++counts[text.back()];
    }
    corpus.tokens.ends.push_back((walk + 1) * kLength);
  }
  std::vector<std::string> names;
  for (std::size_t n = 0; n < counts.size(); ++n)
    names.push_back("t" + std::to_string(n / nodes_per_group) + "_" + std::to_string(n % nodes_per_group));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  for (std::size_t n = 0; n < names.size(); ++n)
    if (counts[n] > 0) entries.emplace_back(names[n], counts[n]);
  corpus.vocabulary = Vocabulary(entries, 1, 0);
  for (const std::size_t node : text) corpus.tokens.ids.push_back(*corpus.vocabulary.find(names[node]));
  return corpus;
}

}  // namespace warp2vec
