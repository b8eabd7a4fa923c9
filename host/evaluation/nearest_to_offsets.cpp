#include "host/evaluation/nearest_to_offsets.h"

#include "host/io/parallel.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <thread>

namespace warp2vec {
namespace {

// A small matrix product in registers: kRows words times kLanes queries. Queries are interleaved (element d
// of a panel's queries in kLanes consecutive floats), so that one value of a word's row is multiplied by all
// of them.
using Quad = float __attribute__((vector_size(16)));
constexpr std::int64_t kRows = 4;
constexpr std::size_t kQuads = 2;
constexpr std::size_t kLanes = 4 * kQuads;
constexpr std::size_t kPanels = 16;
constexpr std::size_t kBatch = kLanes * kPanels;  // offsets per thread at a time
constexpr std::int64_t kRowsInCache = 64;         // rows that stay in the L1 cache for all panels

using Scores = std::array<std::array<Quad, kQuads>, kRows>;

struct Panel {
  std::vector<std::array<Quad, kQuads>> queries;                               // by dimension
  std::array<std::array<float, std::tuple_size_v<NearestRows>>, kLanes> best;  // decreasing, by query
  std::array<NearestRows*, kLanes> rows;                                       // of `best`
  std::array<Quad, kQuads> to_beat;  // the last of `best`; infinite in lanes without a query
};

void start(Panel& panel, const KeyedVectors& space, std::span<const Offset> offsets,
           std::span<NearestRows> results) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (auto& best : panel.best) best.fill(-kInfinity);
  for (Quad& quad : panel.to_beat) quad = Quad{} + kInfinity;
  for (std::size_t lane = 0; lane < offsets.size(); ++lane) {
    panel.rows[lane] = &results[lane];
    panel.to_beat[lane / 4][lane % 4] = -kInfinity;
    const std::span<const float> a = space.unit(offsets[lane].a);
    const std::span<const float> b = space.unit(offsets[lane].b);
    const std::span<const float> c = space.unit(offsets[lane].c);
    for (std::size_t d = 0; d < a.size(); ++d) panel.queries[d][lane / 4][lane % 4] = b[d] - a[d] + c[d];
  }
}

Scores multiply(const std::array<const float*, kRows>& rows, const Panel& panel) {
  Scores scores{};
  for (std::size_t d = 0; d < panel.queries.size(); ++d)
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t q = 0; q < kQuads; ++q) scores[r][q] += rows[r][d] * panel.queries[d][q];
  return scores;
}

void insert(Panel& panel, std::size_t lane, float score, std::int64_t row) {
  auto& best = panel.best[lane];
  NearestRows& rows = *panel.rows[lane];
  std::size_t at = best.size() - 1;
  for (; at > 0 && score > best[at - 1]; --at) {
    best[at] = best[at - 1];
    rows[at] = rows[at - 1];
  }
  best[at] = score;
  rows[at] = row;
  panel.to_beat[lane / 4][lane % 4] = best.back();
}

bool any_beats(const Scores& scores, const std::array<Quad, kQuads>& to_beat) {
  auto beats = scores[0][0] > to_beat[0];
  for (const auto& row : scores)
    for (std::size_t q = 0; q < kQuads; ++q) beats |= row[q] > to_beat[q];
  return (beats[0] | beats[1] | beats[2] | beats[3]) != 0;
}

// Rows come in increasing order: among equal scores the earlier row stays in front.
void keep_best(Panel& panel, const Scores& scores, std::int64_t first_row, std::int64_t rows) {
  if (!any_beats(scores, panel.to_beat)) return;  // nearly always
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float score = scores[static_cast<std::size_t>(r)][lane / 4][lane % 4];
      if (score > panel.to_beat[lane / 4][lane % 4]) insert(panel, lane, score, first_row + r);
    }
}

void search(const KeyedVectors& space, std::int64_t limit, std::span<Panel> panels) {
  for (std::int64_t begin = 0; begin < limit; begin += kRowsInCache) {
    const std::int64_t end = std::min(begin + kRowsInCache, limit);
    for (Panel& panel : panels)
      for (std::int64_t row = begin; row < end; row += kRows) {
        const std::int64_t rows = std::min(kRows, end - row);
        std::array<const float*, kRows> pointers{};
        for (std::int64_t r = 0; r < kRows; ++r)
          pointers[static_cast<std::size_t>(r)] = space.unit(row + std::min(r, rows - 1)).data();
        keep_best(panel, multiply(pointers, panel), row, rows);
      }
  }
}

}  // namespace

std::vector<NearestRows> nearest_to_offsets(const KeyedVectors& space, std::int64_t limit,
                                            std::span<const Offset> offsets, int threads) {
  std::vector<NearestRows> results(offsets.size());
  for (NearestRows& rows : results) rows.fill(-1);

  const std::size_t batches = (offsets.size() + kBatch - 1) / kBatch;
  const std::size_t workers = std::min(static_cast<std::size_t>(std::max(threads, 1)), batches);
  // Allocated here, since an exception must not leave a thread.
  std::vector<std::array<Panel, kPanels>> panels(workers);
  for (auto& of_worker : panels)
    for (Panel& panel : of_worker) panel.queries.resize(static_cast<std::size_t>(space.dim()));

  std::atomic<std::size_t> next_batch{0};
  const auto work = [&](std::size_t worker) {
    for (std::size_t batch = next_batch++; batch < batches; batch = next_batch++) {
      std::size_t used = 0;
      const std::size_t end = std::min((batch + 1) * kBatch, offsets.size());
      for (std::size_t first = batch * kBatch; first < end; first += kLanes, ++used) {
        const std::size_t n = std::min(kLanes, end - first);
        start(panels[worker][used], space, offsets.subspan(first, n), std::span(results).subspan(first, n));
      }
      search(space, limit, std::span(panels[worker]).first(used));
    }
  };
  if (workers == 0) return results;
  {
    const std::vector<std::jthread> others =
        start_threads(static_cast<std::int64_t>(workers) - 1,
                      [&work](std::int64_t i) { work(static_cast<std::size_t>(i) + 1); });
    work(0);
  }
  return results;
}

}  // namespace warp2vec
