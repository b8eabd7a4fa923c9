#include "host/vocabulary/spilled_counts.h"

#include <warp2vec/error.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <queue>
#include <utility>

namespace warp2vec {
namespace {

// Runs that are merged at a time, each with a buffer.
constexpr std::size_t kFanIn = 128;
constexpr std::size_t kReadBytes = std::size_t{1} << 15;
constexpr std::size_t kWriteBytes = std::size_t{1} << 18;

}  // namespace

// Appends a run to the scratch file.
class SpilledCounts::RunWriter {
 public:
  explicit RunWriter(ScratchFile& file) : file_(file), begin_(file.size()) {}

  void write(const WordCount& counted) {
    const WordCountHead head{counted.word.size(), counted.count, counted.first};
    buffer_.append(reinterpret_cast<const char*>(&head), sizeof head);
    buffer_ += counted.word;
    if (buffer_.size() >= kWriteBytes) flush();
  }

  Run finish() {
    flush();
    return {begin_, file_.size()};
  }

 private:
  void flush() {
    file_.append(buffer_);
    buffer_.clear();
  }

  ScratchFile& file_;
  std::int64_t begin_;
  std::string buffer_;
};

// Reads the words of a run in order.
class SpilledCounts::RunReader {
 public:
  RunReader(const InputFile& file, const Run& run) : file_(file), next_(run.begin), end_(run.end) {}

  /// False at the end of the run.
  bool next() {
    if (unread_.empty() && next_ == end_) return false;
    WordCountHead head{};
    need(sizeof head);
    std::memcpy(&head, unread_.data(), sizeof head);
    need(sizeof head + head.bytes);
    counted_ = {unread_.substr(sizeof head, head.bytes), head.count, head.first};
    unread_.remove_prefix(sizeof head + head.bytes);
    return true;
  }

  /// Valid until next() is called again.
  const WordCount& counted() const { return counted_; }

 private:
  // Reads on until `bytes` are unread.
  void need(std::size_t bytes) {
    if (unread_.size() >= bytes) return;
    buffer_.erase(0, buffer_.size() - unread_.size());
    const std::size_t held = buffer_.size();
    const auto left = static_cast<std::size_t>(end_ - next_);
    const std::size_t wanted = std::min(left, std::max(kReadBytes, bytes) - held);
    buffer_.resize(held + wanted);
    const std::size_t n = file_.read_at(next_, buffer_.data() + held, wanted);
    next_ += static_cast<std::int64_t>(n);
    buffer_.resize(held + n);
    unread_ = buffer_;
    if (unread_.size() < bytes)
      throw Error("cannot read " + file_.name() + ": the temporary file ends too early");
  }

  const InputFile& file_;
  std::int64_t next_;
  std::int64_t end_;
  std::string buffer_;
  std::string_view unread_;  // the end of buffer_
  WordCount counted_;
};

SpilledCounts::SpilledCounts(std::int64_t max_bytes, std::string folder)
    : max_shard_bytes_(max_bytes > 0 ? std::max<std::size_t>(static_cast<std::size_t>(max_bytes) / kShards, 1)
                                     : std::numeric_limits<std::size_t>::max()),
      folder_(std::move(folder)) {}

void SpilledCounts::add(const WordTable& counts) {
  struct Counted {
    std::string_view word;
    WordKey key;
    std::int64_t count;
    std::uint64_t first;
  };
  constexpr std::size_t kAhead = 8;  // words whose slots are prefetched
  std::array<std::vector<Counted>, kShards> of_shard;
  counts.for_each([&](std::string_view word, const WordKey& key, std::int64_t count, std::uint64_t first) {
    of_shard[shard_of(key)].push_back({word, key, count, first});
  });
  for (std::size_t s = 0; s < kShards; ++s) {
    Shard& shard = shards_[s];
    const std::lock_guard lock(shard.mutex);
    const std::vector<Counted>& counted = of_shard[s];
    for (std::size_t i = 0; i < counted.size(); ++i) {
      if (i + kAhead < counted.size()) shard.counts.prefetch(counted[i + kAhead].key);
      if (shard.counts.bytes_to_add(counted[i].word) > max_shard_bytes_ && shard.counts.size() > 0)
        spill(shard);
      shard.counts.add(counted[i].word, counted[i].key, counted[i].count, counted[i].first);
    }
  }
}

void SpilledCounts::spill(Shard& shard) {
  const std::lock_guard lock(scratch_mutex_);
  if (!scratch_) scratch_.emplace("the counts of words", folder_);
  std::vector<WordCount> sorted;
  sorted.reserve(static_cast<std::size_t>(shard.counts.size()));
  shard.counts.for_each([&](std::string_view word, const WordKey&, std::int64_t count, std::uint64_t first) {
    sorted.push_back({word, count, first});
  });
  std::sort(sorted.begin(), sorted.end(),
            [](const WordCount& a, const WordCount& b) { return a.word < b.word; });
  RunWriter run(*scratch_);
  for (const WordCount& counted : sorted) run.write(counted);
  shard.runs.push_back(run.finish());
  shard.counts.clear();
}

void SpilledCounts::merge(std::span<const Run> runs,
                          const std::function<void(const WordCount&)>& visit) const {
  std::vector<std::unique_ptr<RunReader>> readers;
  const auto is_later = [](const RunReader* a, const RunReader* b) {
    return a->counted().word > b->counted().word;
  };
  std::priority_queue<RunReader*, std::vector<RunReader*>, decltype(is_later)> next(is_later);
  for (const Run& run : runs) {
    readers.push_back(std::make_unique<RunReader>(*scratch_->file(), run));
    if (readers.back()->next()) next.push(readers.back().get());
  }
  std::string word;
  while (!next.empty()) {
    word = next.top()->counted().word;
    WordCount total{word, 0, std::numeric_limits<std::uint64_t>::max()};
    while (!next.empty() && next.top()->counted().word == word) {
      RunReader* const reader = next.top();
      next.pop();
      total.count += reader->counted().count;
      total.first = std::min(total.first, reader->counted().first);
      if (reader->next()) next.push(reader);
    }
    visit(total);
  }
}

SpilledCounts::Run SpilledCounts::merged(std::span<const Run> runs) {
  RunWriter run(*scratch_);
  merge(runs, [&run](const WordCount& counted) { run.write(counted); });
  return run.finish();
}

void SpilledCounts::take(const std::function<void(const WordCount&)>& visit) {
  for (Shard& shard : shards_) {
    if (shard.runs.empty()) {
      shard.counts.for_each(
          [&](std::string_view word, const WordKey&, std::int64_t count, std::uint64_t first) {
            visit({word, count, first});
          });
    } else {
      spill(shard);
    }
    shard.counts = WordTable();
    std::vector<Run> runs = std::exchange(shard.runs, {});
    while (runs.size() > kFanIn) {
      std::vector<Run> longer;
      for (std::span<const Run> rest = runs; !rest.empty();) {
        const std::size_t n = std::min(rest.size(), kFanIn);
        longer.push_back(merged(rest.first(n)));
        rest = rest.subspan(n);
      }
      runs = std::move(longer);
    }
    merge(runs, visit);
  }
}

}  // namespace warp2vec
