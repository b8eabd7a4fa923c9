#include "host/cli/bench/synthetic_text.h"

#include <warp2vec/detail/random.h>
#include <warp2vec/detail/samplers.h>

#include "host/io/atomic_file.h"

#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

namespace warp2vec::cli::bench {

std::vector<std::int64_t> zipf_counts(std::int64_t words) {
  std::vector<std::int64_t> counts;
  counts.reserve(static_cast<std::size_t>(words));
  for (std::int64_t rank = 1; rank <= words; ++rank) counts.push_back(5 * words / rank);
  return counts;
}

Vocabulary zipf_vocabulary(std::int64_t words) {
  const std::vector<std::int64_t> counts = zipf_counts(words);
  std::vector<std::string> names;
  names.reserve(counts.size());
  for (std::int64_t w = 0; w < words; ++w) names.push_back("w" + std::to_string(w));
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  entries.reserve(counts.size());
  for (std::size_t w = 0; w < names.size(); ++w) entries.emplace_back(names[w], counts[w]);
  return {entries, 1, 0};
}

TokenStream drawn_tokens(const Vocabulary& vocabulary, std::int64_t tokens) {
  constexpr std::int64_t kSentence = 1000;
  const AliasTable table(vocabulary.counts(), 1);
  const Draws draws{7, 0};
  TokenStream stream;
  stream.ids.reserve(static_cast<std::size_t>(tokens));
  for (std::int64_t i = 0; i < tokens; ++i) {
    const U32x4 r = draws.block(Stream::keep, static_cast<std::uint64_t>(i));
    stream.ids.push_back(table.view().draw(r.w[0], r.w[1]));
    if ((i + 1) % kSentence == 0 || i + 1 == tokens) stream.ends.push_back(i + 1);
  }
  return stream;
}

void write_synthetic_text(const std::string& path, std::int64_t words) {
  constexpr int kTokensPerWord = 6, kLine = 24;
  // A step that is coprime to the number of words reaches all of them.
  std::int64_t step = words * 5 / 8 + 1;
  while (std::gcd(step, words) != 1) ++step;
  const Draws draws{7, 0};
  AtomicFile file(path);
  for (std::int64_t i = 0, word = 0; i < words; ++i, word = (word + step) % words) {
    std::string text = "w" + std::to_string(word);
    for (int t = 1; t < kTokensPerWord; ++t) {
      const U32x4 r = draws.block(Stream::keep, static_cast<std::uint64_t>(i * kTokensPerWord + t));
      // words ^ uniform has a density ~ 1 / rank.
      const double rank = std::pow(static_cast<double>(words), to_unit(r.w[0]));
      text += " w" + std::to_string(static_cast<std::int64_t>(rank));
    }
    file.write(text + ((i + 1) * kTokensPerWord % kLine == 0 || i + 1 == words ? "\n" : " "));
  }
  file.commit();
}

}  // namespace warp2vec::cli::bench
