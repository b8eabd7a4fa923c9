#pragma once
/// What each rank has of a long list, made known to all.

#include <warp2vec/ranks.h>

#include "host/distributed/values_of_ranks.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {

/// Collective. Appends the values of all ranks, in their order, to `all`; a piece of each is sent at a time.
template <class Value>
void gather(Ranks& ranks, std::span<const Value> own, std::vector<Value>& all) {
  constexpr std::size_t kAtATime = std::size_t{1} << 20;
  const auto size = static_cast<std::size_t>(ranks.size());
  const auto own_count = static_cast<double>(own.size());
  const std::vector<double> counts = values_of_ranks(ranks, std::span(&own_count, 1));
  std::vector<std::size_t> places;
  places.reserve(size);
  std::size_t end = all.size();
  for (const double count : counts)
    places.push_back(std::exchange(end, end + static_cast<std::size_t>(count)));
  all.resize(end);
  const auto most = static_cast<std::size_t>(*std::max_element(counts.begin(), counts.end()));
  for (std::size_t done = 0; done < most; done += kAtATime) {
    const auto piece =
        own.subspan(std::min(done, own.size()), std::min(kAtATime, own.size() - std::min(done, own.size())));
    const std::string_view bytes(reinterpret_cast<const char*>(piece.data()), piece.size_bytes());
    const std::vector<std::string> pieces = ranks.exchange(std::vector<std::string_view>(size, bytes));
    for (std::size_t r = 0; r < size; ++r)
      if (!pieces[r].empty()) std::memcpy(all.data() + places[r] + done, pieces[r].data(), pieces[r].size());
  }
}

}  // namespace warp2vec
