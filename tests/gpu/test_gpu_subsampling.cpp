// Subsampling keeps the same tokens on a GPU as on the host.
#include <warp2vec/detail/kept_tokens.h>

#include "kernels/backend/kept_on_device.h"
#include "tests/gpu/device_values.h"
#include "tests/gpu/gpu_test.h"
#include "tests/support/same_kept_tokens.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

/// Compares all arrays for several ranges of the epoch, with a resident and a streamed corpus.
void expect_equal_ranges(const SyntheticCorpus& corpus, const Config& config,
                         const std::vector<std::int64_t>& steps) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const DeviceArray<std::uint32_t> thresholds = to_device(data.keep_thresholds);
  const KeptTokens epoch(corpus.tokens, data.keep_thresholds, Draws{99, 2}, config.max_sentence, 2);
  ASSERT_GT(epoch.size(), 0);
  for (const bool resident : {true, false}) {
    Uploader uploader;
    const CudaStream stream;
    DeviceCorpus on_device(corpus.tokens, corpus.vocabulary.size(), uploader, resident);
    uploader.finish_before(stream);
    KeptOnDevice kept(on_device, corpus.tokens.tokens(), thresholds.data(), config.max_sentence,
                      epoch.size() + 20);
    for (const std::int64_t step : steps) {
      // Ranges overlap, like batches with their halos, and extend beyond both ends.
      for (std::int64_t first = -5; first < epoch.size(); first += step) {
        KeptSpan expected;
        epoch.read(first, first + step + 10, expected);
        const KeptView view = kept.read(epoch, first, first + step + 10, stream);
        stream.synchronize();
        ASSERT_EQ(view.first, expected.first);
        ASSERT_EQ(view.size, expected.size());
        ASSERT_EQ(to_host(view.words, view.size), expected.words)
            << "resident " << resident << " from " << first;
        ASSERT_EQ(to_host(view.positions, view.size), expected.positions) << "resident " << resident;
        ASSERT_EQ(to_host(view.segments, view.size), expected.segments) << "resident " << resident;
      }
    }
  }
}

/// Compares the device's counts of an epoch.
void expect_equal_counts(const SyntheticCorpus& corpus, const Config& config) {
  const TrainingData data(config, corpus.vocabulary, corpus.tokens);
  const DeviceArray<std::uint32_t> thresholds = to_device(data.keep_thresholds);
  Uploader uploader;
  const CudaStream stream;
  DeviceCorpus on_device(corpus.tokens, corpus.vocabulary.size(), uploader, true);
  uploader.finish_before(stream);
  KeptOnDevice kept(on_device, corpus.tokens.tokens(), thresholds.data(), config.max_sentence, 1);
  for (const Draws& draws : {Draws{1, 0}, Draws{99, 2}}) {
    const std::vector<KeptCount> counts = kept.count(draws, stream);
    expect_same_counts({corpus.tokens, data.keep_thresholds, draws, config.max_sentence, counts},
                       {corpus.tokens, data.keep_thresholds, draws, config.max_sentence, 2});
  }
}

struct Cut {
  double sample;
  std::int64_t max_sentence;
  std::int64_t longest;  // sentence of the corpus
};

Config config_of(const Cut& cut) {
  Config config;
  config.sample = cut.sample;
  config.max_sentence = cut.max_sentence;
  return config;
}

constexpr Cut kCuts[] = {{0, 1000, 20},     {1e-2, 1000, 20}, {1e-2, 7, 20},
                         {1e-3, 10, 40000}, {1e-3, 0, 40000}, {1e-2, 1000, 5000}};

class SanitizedSubsampling : public GpuTest, public ::testing::WithParamInterface<Cut> {};

TEST_P(SanitizedSubsampling, EqualsTheHosts) {
  expect_equal_ranges(zipf_corpus(300, 12000, GetParam().longest), config_of(GetParam()), {997, 1 << 20});
}

TEST_P(SanitizedSubsampling, CountsAsTheHostDoes) {
  expect_equal_counts(zipf_corpus(300, 12000, GetParam().longest), config_of(GetParam()));
}

std::string cut_name(const ::testing::TestParamInfo<Cut>& info) {
  return "sample_" + std::to_string(std::lround(1e6 * info.param.sample)) + "ppm_segments_" +
         std::to_string(info.param.max_sentence) + "_sentences_" + std::to_string(info.param.longest);
}

INSTANTIATE_TEST_SUITE_P(Cuts, SanitizedSubsampling, ::testing::ValuesIn(kCuts), cut_name);

class SanitizedCounts : public GpuTest {};

TEST_F(SanitizedCounts, AreTheHostsWhereSentencesAndBlocksEndTogether) {
  SyntheticCorpus corpus = zipf_corpus(300, 12 * KeptTokens::kChunk, 20);
  for (const std::int64_t length :
       {std::int64_t{1}, KeptTokens::kChunk / 2, KeptTokens::kChunk, 3 * KeptTokens::kChunk}) {
    corpus.tokens.ends.clear();
    for (std::int64_t end = length; end <= corpus.tokens.tokens(); end += length)
      corpus.tokens.ends.push_back(end);
    for (const double sample : {0.0, 1e-4, 1e-2}) expect_equal_counts(corpus, config_of(Cut{sample, 10, 0}));
  }
}

class GpuSubsampling : public GpuTest {};

// More than two runs, so that a streamed corpus reuses both of its buffers.
TEST_F(GpuSubsampling, EqualsTheHostsOverManyRuns) {
  const SyntheticCorpus corpus = zipf_corpus(5000, 5 * DeviceCorpus::kRun / 2, 200);
  expect_equal_ranges(corpus, config_of(Cut{1e-3, 30, 0}), {1000003, 1 << 24});
  expect_equal_counts(corpus, config_of(Cut{1e-3, 30, 0}));
}

}  // namespace
}  // namespace warp2vec
