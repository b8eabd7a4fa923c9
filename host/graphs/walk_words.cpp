#include <warp2vec/graph.h>

#include "host/bytes/crc32.h"
#include "host/compression/compression.h"
#include "host/distributed/add_up.h"
#include "host/distributed/require_same.h"
#include "host/graphs/walk_chunks.h"
#include "host/io/atomic_file.h"
#include "host/text/encoded_share.h"
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

constexpr const char* kName = "the walks";  // for messages

WalkRange all_of(const Walks& walks) { return {0, walks.size()}; }

std::uint64_t hash_of(const Walks& walks) {
  const Graph& graph = walks.graph();
  auto hash = static_cast<std::uint64_t>(graph.nodes());
  const auto add = [&hash](std::string_view bytes) { hash = hash_with(hash, crc32_of(bytes)); };
  const auto add_numbers = [&add](const auto& numbers) {
    add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
  };
  add_numbers(graph.indptr());
  for (std::int32_t node = 0; node < graph.nodes(); ++node) {
    add_numbers(graph.neighbors(node));
    add_numbers(graph.weights(node));
  }
  for (const std::string& name : walks.names()) add(name);
  return hash;
}

// Collective: the walks of this rank, of which all have as many. Throws Error on all ranks if one has another
// graph.
WalkRange own_share(const Walks& walks, Ranks& ranks) {
  require_same(ranks, std::vector<Common>{{"graph", hash_of(walks)}});
  const auto before = [&](std::int64_t rank) {
    return walks.size() / ranks.size() * rank + walks.size() % ranks.size() * rank / ranks.size();
  };
  return {before(ranks.rank()), before(ranks.rank() + 1)};
}

// Tells `progress`, of all walks, how many of `range` have been made, as if others came as far.
GraphProgress progress_of(WalkRange range, const Walks& walks, const GraphProgress& progress) {
  const std::int64_t own = range.end - range.begin;
  if (!progress || own == walks.size()) return progress;
  return
      [progress, own = static_cast<double>(own), all = static_cast<double>(walks.size())](std::int64_t done) {
        progress(static_cast<std::int64_t>(static_cast<double>(done) * all / own));
      };
}

void encode_walks(const Walks& walks, WalkRange range, const Vocabulary& vocabulary, int threads,
                  SentenceEncoder& encoder, const GraphProgress& progress) {
  const std::vector<std::int32_t> rows = rows_of_nodes(walks, vocabulary);
  make_walks(walks, range, threads, progress, [&](const WalkChunk& chunk) {
    std::size_t at = 0;
    for (const std::size_t end : chunk.ends) {
      for (; at < end; ++at) encoder.add(rows[static_cast<std::size_t>(chunk.nodes[at])]);
      encoder.end_sentence();
    }
  });
}

TokenStream encode_share(const Walks& walks, const Vocabulary& vocabulary, int threads,
                         const GraphProgress& progress, Ranks& ranks) {
  const WalkRange range = own_share(walks, ranks);
  EncodedShare own;
  StreamSink sink(own.tokens);
  SentenceEncoder encoder(sink);
  encode_walks(walks, range, vocabulary, threads, encoder, progress_of(range, walks, progress));
  own.seen_in_last_file = encoder.finish_share();
  if (ranks.rank() + 1 == ranks.size())
    own.tokens.encoded_files.push_back({kName, own.tokens.tokens(), std::exchange(own.seen_in_last_file, 0)});
  return joined(ranks, std::move(own), vocabulary, [](std::size_t) { return kName; });
}

}  // namespace

CorpusCounts count_words(const Walks& walks, std::int64_t min_count, std::int64_t max_vocab, int threads,
                         const GraphProgress& progress, Ranks* ranks) {
  IdCounts counts;
  std::int64_t tokens = 0;
  const WalkRange range = ranks != nullptr ? own_share(walks, *ranks) : all_of(walks);
  make_walks(walks, range, threads, progress_of(range, walks, progress), [&](const WalkChunk& chunk) {
    counts.add(chunk.nodes);
    tokens += std::ssize(chunk.nodes);
  });
  if (ranks != nullptr) {
    counts.add_up(*ranks);
    add_up(*ranks, {&tokens});
  }
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
  SentenceEncoder encoder(sink);
  encode_walks(walks, all_of(walks), vocabulary, threads, encoder, progress);
  encoder.finish(kName, vocabulary);
}

TokenStream encode(const Walks& walks, const Vocabulary& vocabulary, int threads,
                   const GraphProgress& progress, Ranks* ranks) {
  if (ranks != nullptr) return encode_share(walks, vocabulary, threads, progress, *ranks);
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
  make_walks(walks, all_of(walks), threads, progress, [&](const WalkChunk& chunk) {
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
