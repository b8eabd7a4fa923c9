#include "host/distributed/rank_group.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace warp2vec {

namespace {

// Runs `work` and adds its time to `seconds`.
template <class Work>
void timed(double& seconds, Work work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

RankGroup::RankGroup(const Distribution& distribution, std::unique_ptr<Merging> merging)
    : distribution_(distribution), merging_(std::move(merging)) {}

KeptRange RankGroup::round(std::int64_t begin, std::int64_t size, std::int64_t unit) const {
  const std::int64_t own = std::max<std::int64_t>(1, distribution_.round / unit) * unit;
  return {begin, std::min(size, begin + own * distribution_.ranks->size())};
}

KeptRange RankGroup::share(KeptRange round, std::int64_t unit) const {
  const std::int64_t units = (round.size() + unit - 1) / unit;
  const auto place = [&](std::int64_t rank) {
    return std::min(round.end, round.begin + units * rank / distribution_.ranks->size() * unit);
  };
  const std::int64_t rank = distribution_.ranks->rank();
  return {place(rank), place(rank + 1)};
}

RankGroup::Report RankGroup::finish(const Trained& own, KeptRange round, bool ends_epoch) {
  enum : std::size_t { kLoss, kPairs, kStop, kSave, kWaits };
  std::vector<double> sums(kWaits + static_cast<std::size_t>(distribution_.ranks->size()));
  sums[kLoss] = own.loss;
  sums[kPairs] = static_cast<double>(own.pairs);
  sums[kStop] = stop_ ? 1 : 0;
  sums[kSave] = save_ ? 1 : 0;
  sums[kWaits + static_cast<std::size_t>(distribution_.ranks->rank())] = wait_seconds_;
  timed(wait_seconds_, [&] { distribution_.ranks->sum(std::span(sums)); });
  Report all;
  all.trained = {sums[kLoss], static_cast<std::int64_t>(sums[kPairs])};
  all.wait_seconds.assign(sums.begin() + kWaits, sums.end());
  since_all_rows_ += round.size();
  if (ends_epoch || since_all_rows_ >= distribution_.all_rows_every * distribution_.ranks->size()) {
    timed(merge_seconds_, [&] { merge_bytes_ += merging_->merge(std::numeric_limits<std::int64_t>::max()); });
    since_all_rows_ = 0;
    all.all_rows = true;
    all.stop = sums[kStop] > 0;
    all.save = sums[kSave] > 0;
    stop_ = save_ = false;
  } else {
    timed(merge_seconds_, [&] { merge_bytes_ += merging_->merge(distribution_.hot_rows); });
  }
  return all;
}

}  // namespace warp2vec
