#include "kernels/backend/kept_on_device.h"
#include "kernels/cuda/thrust_on_stream.h"
#include "kernels/training/curand_philox.h"

#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/transform.h>
#include <thrust/transform_scan.h>

#include <algorithm>

namespace warp2vec {
namespace {

/// A run of tokens, and whether each is kept.
struct Run {
  const PackedToken* tokens;
  const std::uint32_t* thresholds;
  std::int64_t position;  // of the first token
  BasicDraws<CurandPhilox> draws;

  __host__ __device__ bool is_kept(std::int64_t i) const {
    return kept(draws, position + i, thresholds[row_of(tokens[i].word())]);
  }
};

/// The count of one token.
struct CountToken {
  Run run;

  __host__ __device__ KeptCount operator()(std::int64_t i) const {
    const bool is_kept = run.is_kept(i);
    const bool ends = run.tokens[i].ends_sentence();
    return {is_kept ? 1U : 0U, is_kept && !ends ? 1U : 0U, ends};
  }
};

/// Associative: tokens before a sentence end do not count towards the sentence after it.
struct AddCounts {
  __host__ __device__ KeptCount operator()(const KeptCount& a, const KeptCount& b) const {
    return {a.kept + b.kept, b.has_end ? b.in_sentence : a.in_sentence + b.in_sentence,
            a.has_end || b.has_end};
  }
};

/// The count of one chunk.
struct CountChunk {
  Run run;
  std::int64_t tokens;

  __host__ __device__ KeptCount operator()(std::int64_t chunk) const {
    const std::int64_t begin = chunk * KeptTokens::kChunk;
    const std::int64_t end = begin + KeptTokens::kChunk;
    KeptCount sum{0, 0, false};
    for (std::int64_t i = begin; i < end && i < tokens; ++i) sum = AddCounts{}(sum, CountToken{run}(i));
    return sum;
  }
};

/// Writes a kept token to its place if its ordinal is in [first, last).
struct PlaceToken {
  Run run;
  const KeptCount* before;
  KeptTokens::Start start;
  std::int64_t max_sentence;
  std::int64_t first;
  std::int64_t last;
  WordId* words;
  std::int64_t* positions;
  std::int64_t* segments;

  __host__ __device__ void operator()(std::int64_t i) const {
    const KeptCount& count = before[i];
    const std::int64_t ordinal = start.ordinal + count.kept;
    if (ordinal < first || ordinal >= last || !run.is_kept(i)) return;
    std::int64_t in_sentence = count.in_sentence;
    if (!count.has_end) in_sentence += start.in_sentence;
    words[ordinal - first] = run.tokens[i].word();
    positions[ordinal - first] = run.position + i;
    segments[ordinal - first] = ordinal - (max_sentence > 0 ? in_sentence % max_sentence : in_sentence);
  }
};

// Runs start at multiples of a chunk, and end there, except the last.
constexpr std::int64_t kRun = DeviceCorpus::kRun;
static_assert(kRun % KeptTokens::kChunk == 0);

std::int64_t chunks_of(std::int64_t tokens) { return (tokens + KeptTokens::kChunk - 1) / KeptTokens::kChunk; }

// Enough for the tokens of a run, and for all chunks, of which there are more only beyond 4 G tokens.
std::int64_t max_counts(std::int64_t tokens) { return std::max(std::min(tokens, kRun), chunks_of(tokens)); }

}  // namespace

KeptOnDevice::KeptOnDevice(DeviceCorpus& corpus, std::int64_t tokens, const std::uint32_t* thresholds,
                           std::int64_t max_sentence, std::int64_t capacity)
    : corpus_(corpus),
      thresholds_(thresholds),
      max_sentence_(max_sentence),
      tokens_(tokens),
      counts_(max_counts(tokens)),
      words_(capacity),
      positions_(capacity),
      segments_(capacity) {}

std::vector<KeptCount> KeptOnDevice::count(const Draws& draws, const CudaStream& stream) {
  const Run run{corpus_.tokens(0, tokens_, stream), thresholds_, 0, {draws.seed, draws.epoch}};
  const thrust::counting_iterator<std::int64_t> chunks(0);
  KeptCount* const counts = counts_.data();
  // One thread per chunk: unlike a reduction by key, that needs no further memory and no wait for the number
  // of results; a million tokens already make a thousand threads.
  on_stream(stream.get(), scratch_, [=, tokens = tokens_](const auto& policy) {
    thrust::transform(policy, chunks, chunks + chunks_of(tokens), counts, CountChunk{run, tokens});
  });
  stream.synchronize();
  std::vector<KeptCount> on_host(static_cast<std::size_t>(chunks_of(tokens_)));
  WARP2VEC_CUDA_CHECK(
      cudaMemcpy(on_host.data(), counts, on_host.size() * sizeof(KeptCount), cudaMemcpyDeviceToHost));
  return on_host;
}

KeptView KeptOnDevice::read(const KeptTokens& epoch, std::int64_t first, std::int64_t last,
                            const CudaStream& stream) {
  first = std::clamp<std::int64_t>(first, 0, epoch.size());
  last = std::clamp<std::int64_t>(last, first, epoch.size());
  if (first < last) {
    const std::int64_t end = epoch.position_of(last);
    for (std::int64_t begin = epoch.start_before(first).position; begin < end; begin += kRun)
      read_run(epoch, epoch.start_at(begin), std::min(end, begin + kRun), first, last, stream);
  }
  return {first, last - first, words_.data(), positions_.data(), segments_.data()};
}

void KeptOnDevice::read_run(const KeptTokens& epoch, const KeptTokens::Start& start, std::int64_t end,
                            std::int64_t first, std::int64_t last, const CudaStream& stream) {
  const Run run{corpus_.tokens(start.position, end, stream),
                thresholds_,
                start.position,
                {epoch.draws().seed, epoch.draws().epoch}};
  const thrust::counting_iterator<std::int64_t> tokens(0);
  const std::int64_t size = end - start.position;
  KeptCount* const counts = counts_.data();
  const PlaceToken place{
      run, counts, start, max_sentence_, first, last, words_.data(), positions_.data(), segments_.data()};
  on_stream(stream.get(), scratch_, [=](const auto& policy) {
    thrust::transform_exclusive_scan(policy, tokens, tokens + size, counts, CountToken{run},
                                     KeptCount{0, 0, false}, AddCounts{});
    thrust::for_each(policy, tokens, tokens + size, place);
  });
  corpus_.release(stream);
}

}  // namespace warp2vec
