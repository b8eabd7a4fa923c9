#include <warp2vec/trainer.h>

#include "host/planning/memory_plan.h"
#include "tests/support/training_outcome.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <memory>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

MemoryItem item_of(const std::vector<MemoryItem>& items, const std::string& name) {
  for (const MemoryItem& item : items)
    if (item.name == name) return item;
  return {name, -1, -1};
}

TEST(MemoryPlan, WhatEachLossNeeds) {
  constexpr std::int64_t kWords = 1000;
  const CorpusSize size{kWords, 7000, 50000};
  Config config;
  config.dim = 100;  // rows are padded to 112 values
  config.sharing = Sharing::tile;
  std::vector<MemoryItem> items = memory_plan(size, config);
  const auto expect = [&](const char* name, std::int64_t bytes, std::int64_t device_bytes) {
    EXPECT_EQ(item_of(items, name).bytes, bytes) << name;
    EXPECT_EQ(item_of(items, name).device_bytes, device_bytes) << name;
  };
  expect("input vectors", kWords * 112 * 4, kWords * 112 * 4);
  expect("output vectors", kWords * 112 * 4, kWords * 112 * 4);
  expect("tree node vectors", -1, -1);
  expect("alias table", 8000, 8000);
  expect("token ids", 200000, 200000);
  expect("index of kept tokens", std::int64_t{49} * 28, 0);
  expect("batch", 0, size.tokens * 12 + size.tokens * 20);
  expect("vocabulary", 7000 + (kWords + 1) * 8 + 8000 + std::int64_t{2048} * 4, 0);

  config.loss = parse_loss("hs");
  items = memory_plan(size, config);
  expect("tree node vectors", (kWords - 1) * 112 * 4, (kWords - 1) * 112 * 4);
  expect("output vectors", -1, -1);
  expect("alias table", -1, -1);
  expect("Huffman tree", kWords + std::int64_t{65} * 24, kWords + std::int64_t{65} * 24);

  config.loss = parse_loss("softmax");
  config.threads = 3;
  items = memory_plan(size, config);
  expect("output vectors", kWords * 112 * 4, kWords * 112 * 4);
  expect("alias table", -1, -1);
  expect("token ids", 200000, 0);
  // A tile's 64 centres reach 74 contexts, which are padded to 80, and have 640 pairs at most.
  expect("softmax", 3 * kWords * 80 * 4,
         std::int64_t{16} * 640 * 8 + 640 * (std::int64_t{2} * 112 + kWords) * 4);

  // Its 64 predictions, each with the contexts of a window.
  config.model = Architecture::cbow;
  items = memory_plan(size, config);
  expect("softmax", 3 * kWords * 64 * 4,
         std::int64_t{16} * (640 + 64 + 64) * 4 + 4 + 64 * (std::int64_t{2} * 112 + kWords) * 4);
}

TEST(MemoryPlan, TokensOnADiskTakeNoMemory) {
  CorpusSize size{1000, 7000, 50000};
  size.sentences = 4000;
  EXPECT_EQ(item_of(memory_plan(size, {}), "sentence ends").bytes, 32000);
  size.tokens_in_memory = false;
  EXPECT_EQ(item_of(memory_plan(size, {}), "sentence ends").bytes, -1);
  EXPECT_EQ(item_of(memory_plan(size, {}), "token ids").bytes, 0);
}

TEST(MemoryPlan, WhatAGpuDecides) {
  const CorpusSize size{1000, 7000, 100'000'000};
  const Config config;  // pair by pair, for so few words
  const std::vector<MemoryItem> usual = memory_plan(size, config);
  const std::vector<MemoryItem> streamed = memory_plan(size, config, {false, true, 12345});
  EXPECT_EQ(item_of(usual, "token ids").device_bytes, 400'000'000);
  EXPECT_EQ(item_of(streamed, "token ids").device_bytes, kStreamedTokens * 2 * 4);
  EXPECT_EQ(item_of(streamed, "scratch").device_bytes, 12345);
  EXPECT_EQ(host_bytes(streamed), host_bytes(usual));
  Config tile = config;
  tile.sharing = Sharing::tile;
  EXPECT_EQ(item_of(memory_plan(size, tile), "batch").device_bytes -
                item_of(memory_plan(size, tile, {true, false, 0}), "batch").device_bytes,
            (65536 - 16384) * 64 * 20);
  EXPECT_EQ(item_of(usual, "batch").device_bytes,
            item_of(memory_plan(size, tile, {true, false, 0}), "batch").device_bytes);
}

TEST(MemoryPlan, RanksKeepACopyAndAddUpSomeRowsAtATime) {
  const CorpusSize size{20000, 140000, 50000};
  Config config;
  config.dim = 100;  // rows are padded to 112 values, and added up with their squared lengths
  DeviceUse divided;
  divided.divided = true;
  const std::int64_t table = std::int64_t{20000} * 112 * 4;
  const std::int64_t buffer = std::int64_t{1048576 / 101} * 101 * 4;
  const auto copy = [&] { return item_of(memory_plan(size, config, divided), "copy for merging"); };
  EXPECT_EQ(item_of(memory_plan(size, config), "copy for merging").bytes, -1);
  EXPECT_EQ(copy().bytes, 2 * table + buffer);
  EXPECT_EQ(copy().device_bytes, 2 * table + buffer);
  config.table_type = TableType::bf16;
  EXPECT_EQ(copy().bytes, 2 * table + buffer);
  EXPECT_EQ(copy().device_bytes, table + buffer);
  config.table_type = TableType::float32;
  config.loss = parse_loss("hs");
  EXPECT_EQ(copy().device_bytes, 2 * table - 112 * 4 + buffer);
}

TEST(MemoryPlan, WhatAGpuNeedsIsOfTheSharingThatItChooses) {
  const CorpusSize size{20000, 140000, 100'000'000};
  Config config;
  config.loss = parse_loss("hs");  // by tiles on a GPU, pair by pair on a CPU
  Config tile = config;
  tile.sharing = Sharing::tile;
  EXPECT_EQ(device_bytes(memory_plan(size, config)), device_bytes(memory_plan(size, tile)));
  config.window = 10;  // pair by pair on a GPU, too
  EXPECT_LT(device_bytes(memory_plan(size, config)), device_bytes(memory_plan(size, tile)));
}

TEST(MemoryPlan, Bf16TablesTakeHalfOfAGpu) {
  const CorpusSize size{1000, 7000, 50000};
  Config config;
  config.sharing = Sharing::tile;
  const std::vector<MemoryItem> floats = memory_plan(size, config);
  config.table_type = TableType::bf16;
  const std::vector<MemoryItem> bf16 = memory_plan(size, config);
  EXPECT_EQ(host_bytes(bf16), host_bytes(floats));
  EXPECT_EQ(device_bytes(bf16), device_bytes(floats) - std::int64_t{2} * 1000 * 112 * 2);
}

TEST(MemoryPlan, TheLargestModelDoesNotOverflow) {
  Config config;
  config.dim = 4096;
  config.window = 1000;
  config.threads = 1024;
  for (const char* loss : {"ns+hs", "softmax"}) {
    config.loss = parse_loss(loss);
    const std::vector<MemoryItem> items =
        memory_plan({kMaxVocabulary, kMaxVocabulary * 9, INT64_MAX / 16}, config);
    EXPECT_GT(host_bytes(items), kMaxVocabulary * 4096 * 4 * 2) << loss;
    EXPECT_GT(device_bytes(items), kMaxVocabulary * 4096 * 4 * 2) << loss;
  }
}

#if __GLIBC_PREREQ(2, 33) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

std::int64_t allocated() {
  const auto info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

// Matrices are small enough not to be placed at the start of a huge page, for which malloc takes more.
TEST(MemoryPlan, IsWhatTheHostAllocates) {
  const SyntheticCorpus corpus = zipf_corpus(5000, 300'000, 5000);
  for (const char* loss : {"ns", "hs", "ns+hs", "softmax"}) {
    const Config config = config_of(loss, Sharing::tile, 64);
    const std::int64_t before = allocated();
    const Vocabulary vocabulary = corpus.vocabulary;
    const TokenStream tokens = corpus.tokens;
    const TrainingData data(config, vocabulary, tokens);
    Embeddings embeddings = initial_embeddings(vocabulary.size(), config);
    const std::unique_ptr<Backend> backend = make_cpu_backend(data);
    backend->upload(embeddings);
    const KeptTokens kept = backend->kept_tokens(data, 0);
    backend->train({&kept, 0, 64});
    backend->drain();
    const auto planned = static_cast<double>(host_bytes(memory_plan(size_of(vocabulary, config), config)));
    EXPECT_NEAR(static_cast<double>(allocated() - before), planned, 0.05 * planned) << loss;
    backend->download(embeddings);
  }
}

#endif

}  // namespace
}  // namespace warp2vec
