#include "host/planning/memory_plan.h"

#include <warp2vec/detail/agreement.h>
#include <warp2vec/detail/bf16.h>
#include <warp2vec/detail/kept_tokens.h>
#include <warp2vec/detail/samplers.h>
#include <warp2vec/embeddings.h>
#include <warp2vec/trainer.h>

#include "host/training/batch_centres.h"
#include "host/training/softmax_tile.h"

#include <algorithm>
#include <bit>

namespace warp2vec {
namespace {

template <class T>
constexpr std::int64_t kSize = static_cast<std::int64_t>(sizeof(T));

// A table of vectors on a GPU.
std::int64_t device_table(std::int64_t words, const Config& config) {
  const std::int64_t value = config.table_type == TableType::bf16 ? kSize<Bf16> : kSize<float>;
  return words * Matrix::padded(config.dim) * value;
}

// The words' bytes, and per word an offset, a count, and at least two slots of the hash table.
std::int64_t vocabulary_bytes(const CorpusSize& size) {
  const auto slots = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(size.words) * 2));
  return size.word_bytes + (size.words + 1) * 8 + size.words * 8 + slots * kSize<WordId>;
}

// Where each chunk's kept tokens are, of which first a count is taken.
std::int64_t kept_index(std::int64_t tokens) {
  return (tokens + KeptTokens::kChunk - 1) / KeptTokens::kChunk *
         (2 * kSize<std::int64_t> + kSize<KeptCount>);
}

// Each thread's scores of all words, for the contexts that it trains at a time.
std::int64_t softmax_scores(std::int64_t words, const Config& config) {
  return training_threads(config) * Matrix::bytes(words, max_softmax_rows(config));
}

// On a GPU: the lists of a batch's contexts and predictions, under CBOW with the contexts of each, and for
// the predictions that are trained at a time, the rows that make them, their updates, and the scores of all
// words.
std::int64_t device_softmax(std::int64_t words, const Config& config) {
  const std::int64_t centres = device_batch_centres(config, words, false);
  const std::int64_t predictions = max_predictions(config, centres);
  const std::int64_t windows = config.model == Architecture::cbow ? predictions + 1 : 0;
  return (centres * 2 * config.window + predictions + windows) * kSize<std::int32_t> +
         max_predictions(config, max_softmax_centres(config)) * (2 * Matrix::padded(config.dim) + words) *
             kSize<float>;
}

// The kept tokens of a batch, and the counts that locate them: one per token of a streamed run, or one per
// chunk of the corpus, which is more only beyond 4 G tokens.
std::int64_t device_batch(std::int64_t tokens, std::int64_t batch_tokens) {
  const std::int64_t chunks = (tokens + KeptTokens::kChunk - 1) / KeptTokens::kChunk;
  return std::max(std::min(tokens, kStreamedTokens), chunks) * kSize<KeptCount> +
         batch_tokens * (kSize<WordId> + 2 * kSize<std::int64_t>);
}

}  // namespace

CorpusSize size_of(const Vocabulary& vocabulary, const Config& config) {
  CorpusSize size{vocabulary.size(), 0, std::min(vocabulary.total(), kMaxTokens),
                  expected_kept_tokens(vocabulary, config)};
  for (std::int64_t w = 0; w < size.words; ++w)
    size.word_bytes += static_cast<std::int64_t>(vocabulary.word(static_cast<WordId>(w)).size());
  return size;
}

std::int64_t device_batch_centres(const Config& config, std::int64_t words, bool tensor_cores) {
  // 4 M centres by default: 132 blocks train 496 tiles each in one launch, about 10 ms of work, against which
  // launch overhead is small. With many blocks, as without tensor cores, 1 M: the chunks of 512 blocks are
  // then still 2,048 centres apart, far enough to have different topics.
  constexpr std::int64_t kTiles = 65536;
  constexpr std::int64_t kPlainTiles = 16384;
  const std::int64_t tile = config.centres_per_tile();
  if (!config.loss.softmax) return tile * (tensor_cores ? kTiles : kPlainTiles);
  // A GPU multiplies the context of each pair with all words by itself: 2e11 multiply-adds are a few
  // hundredths of a second at 1e13 a second.
  constexpr std::int64_t kSoftmaxTiles = 16;
  constexpr double kSoftmaxWork = 2e11;
  return batch_centres(config, softmax_work(config, words, config.pairs_per_centre()), kSoftmaxWork,
                       tile * kSoftmaxTiles);
}

std::int64_t device_batch_tokens(const Config& config, std::int64_t centres, std::int64_t tokens) {
  return std::min(centres + std::int64_t{2} * config.window, tokens);
}

std::vector<MemoryItem> memory_plan(const CorpusSize& size, const Config& settings, const DeviceUse& use) {
  const std::int64_t words = size.words;
  Config config = settings;
  config.sharing =
      choose_sharing(settings, words, size.kept_tokens, true);  // makes no difference on the host
  const Loss& loss = config.loss;
  const bool output = loss.negative_sampling || loss.softmax;
  std::vector<MemoryItem> items;
  const auto add = [&items](const char* name, std::int64_t bytes, std::int64_t device_bytes) {
    items.push_back({name, bytes, device_bytes});
  };
  const auto on_both = [&add](const char* name, std::int64_t bytes) { add(name, bytes, bytes); };
  add("input vectors", Matrix::bytes(words, config.dim), device_table(words, config));
  if (output) add("output vectors", Matrix::bytes(words, config.dim), device_table(words, config));
  const std::int64_t nodes = loss.hierarchical_softmax ? Matrix::bytes(words - 1, config.dim) : 0;
  if (nodes > 0) on_both("tree node vectors", nodes);
  if (use.divided) {  // the parameters after the last merge, and the steps of some rows
    const std::int64_t tables = output ? 2 : 1;
    const std::int64_t others = nodes + values_merged_at_a_time(words, config.dim) * kSize<float>;
    add("copy for merging", tables * Matrix::bytes(words, config.dim) + others,
        tables * device_table(words, config) + others);
  }
  if (loss.negative_sampling) on_both("alias table", words * kSize<AliasColumn>);
  if (loss.hierarchical_softmax) on_both("Huffman tree", words + (kMaxCodeLength + 1) * kSize<HuffmanLevel>);
  on_both("keep thresholds", words * kSize<std::uint32_t>);
  const std::int64_t ids = size.tokens_in_memory ? size.tokens * kSize<WordId> : 0;
  if (loss.softmax) {
    add("softmax", softmax_scores(words, config), device_softmax(words, config));
    add("token ids", ids, 0);  // the host lists the predictions
  } else {
    const std::int64_t on_device =
        use.corpus_resident ? size.tokens : 2 * std::min(size.tokens, kStreamedTokens);
    add("token ids", ids, on_device * kSize<WordId>);
    const bool tensor_cores = use.tensor_cores && config.sharing == Sharing::tile;
    const std::int64_t centres = device_batch_centres(config, words, tensor_cores);
    add("batch", 0, device_batch(size.tokens, device_batch_tokens(config, centres, size.tokens)));
    if (use.scratch > 0) add("scratch", 0, use.scratch);
  }
  add("index of kept tokens", kept_index(size.tokens), 0);
  if (size.tokens_in_memory) add("sentence ends", size.sentences * kSize<std::int64_t>, 0);
  add("vocabulary", vocabulary_bytes(size), 0);
  return items;
}

std::int64_t host_bytes(const std::vector<MemoryItem>& items) {
  std::int64_t sum = 0;
  for (const MemoryItem& item : items) sum += item.bytes;
  return sum;
}

std::int64_t device_bytes(const std::vector<MemoryItem>& items) {
  std::int64_t sum = 0;
  for (const MemoryItem& item : items) sum += item.device_bytes;
  return sum;
}

}  // namespace warp2vec
