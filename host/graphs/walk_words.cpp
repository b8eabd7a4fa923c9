#include <warp2vec/graph.h>

#include "host/compression/compression.h"
#include "host/graphs/walk_chunks.h"
#include "host/io/atomic_file.h"
#include "host/text/sentence_sinks.h"
#include "host/vocabulary/id_counts.h"
#include "host/vocabulary/words.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace warp2vec {
namespace {

// With the names of nodes as words in the place of their numbers.
Vocabulary renamed(const Vocabulary& numbers, std::span<const std::string> names) {
  std::vector<std::pair<std::string_view, std::int64_t>> words(static_cast<std::size_t>(numbers.size()));
  for (std::size_t node = 0; node < numbers.rows_of_ids().size(); ++node)
    if (const std::int32_t row = numbers.rows_of_ids()[node]; row >= 0)
      words[static_cast<std::size_t>(row)] = {names[node], numbers.counts()[static_cast<std::size_t>(row)]};
  return Vocabulary(words, 1, 0);
}

std::vector<std::int32_t> rows_of_nodes(const Walks& walks, const Vocabulary& vocabulary) {
  if (walks.names().empty()) return rows_of_ids(vocabulary, walks.graph().nodes());
  std::vector<std::int32_t> rows;
  rows.reserve(walks.names().size());
  for (const std::string& name : walks.names()) {
    const std::optional<WordId> id = vocabulary.find(name);
    rows.push_back(id ? static_cast<std::int32_t>(*id) : -1);
  }
  return rows;
}

std::vector<std::string> numbers_below(std::int64_t nodes) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(nodes));
  for (std::int64_t node = 0; node < nodes; ++node) names.push_back(std::to_string(node));
  return names;
}

}  // namespace

CorpusCounts count_words(const Walks& walks, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const GraphProgress& progress) {
  IdCounts counts;
  std::int64_t tokens = 0;
  make_walks(walks, threads, progress, [&](const WalkChunk& chunk) {
    counts.add(chunk.nodes);
    tokens += std::ssize(chunk.nodes);
  });
  CorpusCounts selected = counts.select(min_count, max_vocab, walks.graph().nodes(), threads);
  selected.tokens = tokens;
  selected.max_sentences = walks.size();
  if (!walks.names().empty()) {
    selected.vocabulary = renamed(selected.vocabulary, walks.names());
    selected.num_ids = 0;
  }
  return selected;
}

void encode(const Walks& walks, const Vocabulary& vocabulary, int threads, TokenSink& sink,
            const GraphProgress& progress) {
  const std::vector<std::int32_t> rows = rows_of_nodes(walks, vocabulary);
  SentenceEncoder encoder(sink);
  make_walks(walks, threads, progress, [&](const WalkChunk& chunk) {
    std::size_t at = 0;
    for (const std::size_t end : chunk.ends) {
      for (; at < end; ++at) encoder.add(rows[static_cast<std::size_t>(chunk.nodes[at])]);
      encoder.end_sentence();
    }
  });
  encoder.finish("the walks", vocabulary);
}

TokenStream encode(const Walks& walks, const Vocabulary& vocabulary, int threads,
                   const GraphProgress& progress) {
  TokenStream stream;
  // The counts may be those of other walks.
  stream.ids.reserve(
      static_cast<std::size_t>(std::min(vocabulary.total(), walks.size() * walks.settings().walk_length)));
  stream.ends.reserve(static_cast<std::size_t>(walks.size()));
  StreamSink sink(stream);
  encode(walks, vocabulary, threads, sink, progress);
  return stream;
}

std::int64_t save_walks(const Walks& walks, const std::string& path, int threads,
                        const GraphProgress& progress) {
  std::vector<std::string> numbers;
  std::span<const std::string> names = walks.names();
  if (names.empty()) names = numbers = numbers_below(walks.graph().nodes());
  for (std::size_t node = 0; node < names.size(); ++node)
    if (!is_word(names[node]))
      throw Error("cannot write " + path + ": " + no_word(static_cast<std::int64_t>(node) + 1, names[node]));
  AtomicFile file(path, compression_of_name(path));
  std::int64_t written = 0;
  std::string text;
  make_walks(walks, threads, progress, [&](const WalkChunk& chunk) {
    text.clear();
    std::size_t at = 0;
    for (const std::size_t end : chunk.ends)
      for (; at < end; ++at)
        (text += names[static_cast<std::size_t>(chunk.nodes[at])]) += at + 1 < end ? ' ' : '\n';
    file.write(text);
    written += std::ssize(chunk.nodes);
  });
  file.commit();
  return written;
}

}  // namespace warp2vec
