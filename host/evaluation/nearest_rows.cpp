#include "host/evaluation/nearest_rows.h"

#include <warp2vec/config.h>
#include <warp2vec/error.h>
#include <warp2vec/neighbor_index.h>

#include "host/io/parallel.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

// A small matrix product in registers: kRows rows times kLanes queries. Queries are interleaved (element d of
// a panel's queries in kLanes consecutive floats), so that one value of a row is multiplied by all of them.
using Quad = float __attribute__((vector_size(16)));
constexpr std::int64_t kRows = 4;
constexpr std::size_t kQuads = 2;
constexpr std::size_t kLanes = 4 * kQuads;
constexpr std::size_t kPanels = 16;
constexpr std::size_t kBatch = kLanes * kPanels;  // queries of a task
constexpr std::int64_t kRowsInCache = 64;         // rows that stay in the L1 cache for all panels

constexpr float kInfinity = std::numeric_limits<float>::infinity();
using Quads = std::array<Quad, kQuads>;
using Scores = std::array<Quads, kRows>;

// What a product with the row is multiplied by. Not a number is never chosen.
float scale_of(double squared_length) {
  if (squared_length == 0) return 0;
  if (!is_ordinary(squared_length)) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(1 / std::sqrt(squared_length));
}

bool ranks_before(const NearestRow& a, const NearestRow& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

void keep_nearest(std::vector<NearestRow>& rows, std::int64_t top) {
  const auto kept = std::min(top, std::ssize(rows));
  std::partial_sort(rows.begin(), rows.begin() + kept, rows.end(), ranks_before);
  rows.resize(static_cast<std::size_t>(kept));
}

/// A query, and what it is compared with.
class ExactCosine {
 public:
  ExactCosine() = default;
  explicit ExactCosine(std::span<const float> query) : query_(query), squared_length_(dot(query, query)) {}

  double length() const { return std::sqrt(squared_length_); }
  NearestRow with(const KeyedVectors& space, std::int64_t row) const {
    const double lengths = std::sqrt(space.squared_length(row) * squared_length_);
    const double cosine = lengths == 0 ? 0 : dot(row_values(space.vectors(), row), query_) / lengths;
    return {row, std::clamp(cosine, -1.0, 1.0)};
  }

 private:
  std::span<const float> query_;
  double squared_length_ = 0;
};

/// The rows that may be among the nearest to one query: those whose score, with its rounding, may be.
class Candidates {
 public:
  void start(std::span<const float> query, std::int64_t top) {
    query_ = ExactCosine(query);
    top_ = static_cast<std::size_t>(top);
    // A score differs from the exact one by the rounding of each product and sum, at most.
    constexpr double kRounding = 0x1p-24;
    margin_ = static_cast<float>(2 * (static_cast<double>(query.size()) + 4) * kRounding * query_.length());
    most_ = 2 * top_ + 256;
    to_beat_ = -kInfinity;
  }

  /// What a score must exceed; infinite without a query.
  float to_beat() const { return to_beat_; }

  void add(float score, std::int64_t row) {
    found_.emplace_back(score, row);
    highest_.push_back(score);
    std::push_heap(highest_.begin(), highest_.end(), std::greater<>());
    if (highest_.size() <= top_) return;
    std::pop_heap(highest_.begin(), highest_.end(), std::greater<>());
    highest_.pop_back();
    to_beat_ = std::nextafter(highest_.front() - margin_, -kInfinity);
    if (found_.size() <= most_) return;
    std::erase_if(found_, [this](const auto& candidate) { return candidate.first <= to_beat_; });
    most_ = 2 * found_.size() + 256;
  }

  /// The nearest of them and of `others`, by exact cosines.
  std::vector<NearestRow> ranked(const KeyedVectors& space, std::span<const std::int64_t> others) const {
    std::vector<NearestRow> rows;
    for (const auto& [score, row] : found_)
      if (score > to_beat_) rows.push_back(query_.with(space, row));
    for (const std::int64_t row : others) rows.push_back(query_.with(space, row));
    keep_nearest(rows, static_cast<std::int64_t>(top_));
    return rows;
  }

 private:
  ExactCosine query_;
  std::size_t top_ = 0;
  float margin_ = 0;
  float to_beat_ = kInfinity;
  std::vector<float> highest_;  // the `top` highest scores, a heap with the least of them in front
  std::vector<std::pair<float, std::int64_t>> found_;
  std::size_t most_ = 0;  // in found_, before those that are beaten by now are dropped
};

struct Panel {
  std::vector<Quads> queries;  // by dimension
  std::array<Candidates, kLanes> candidates;
  Quads to_beat;

  void update(std::size_t lane) { to_beat[lane / 4][lane % 4] = candidates[lane].to_beat(); }
};

/// Rows that are multiplied at a time; after the last of `count` rows, that one again.
struct FewRows {
  std::int64_t first;
  std::int64_t count;
  std::array<const float*, kRows> values;
  std::array<float, kRows> scales;
};

Scores multiply(const FewRows& rows, const Panel& panel) {
  Scores scores{};
  for (std::size_t d = 0; d < panel.queries.size(); ++d)
    for (std::size_t r = 0; r < kRows; ++r)
      for (std::size_t q = 0; q < kQuads; ++q) scores[r][q] += rows.values[r][d] * panel.queries[d][q];
  for (std::size_t r = 0; r < kRows; ++r)
    for (Quad& quad : scores[r]) quad *= rows.scales[r];
  return scores;
}

bool any_beats(const Scores& scores, const Quads& to_beat) {
  auto beats = scores[0][0] > to_beat[0];
  for (const auto& row : scores)
    for (std::size_t q = 0; q < kQuads; ++q) beats |= row[q] > to_beat[q];
  return (beats[0] | beats[1] | beats[2] | beats[3]) != 0;
}

void add_candidates(Panel& panel, const Scores& scores, const FewRows& rows) {
  if (!any_beats(scores, panel.to_beat)) return;  // nearly always
  for (std::int64_t r = 0; r < rows.count; ++r)
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float score = scores[static_cast<std::size_t>(r)][lane / 4][lane % 4];
      if (!(score > panel.to_beat[lane / 4][lane % 4])) continue;
      panel.candidates[lane].add(score, rows.first + r);
      panel.update(lane);
    }
}

/// The rows [begin, end) and the queries of one task.
class Search {
 public:
  Search(const KeyedVectors& space, std::int64_t begin, std::int64_t end, std::int64_t top)
      : space_(space), begin_(begin), end_(end), top_(std::min(top, end - begin)) {
    for (std::int64_t row = begin; row < end; ++row) {
      const double squared_length = space.squared_length(row);
      if (squared_length != 0 && !is_ordinary(squared_length)) others_.push_back(row);
    }
  }

  /// The nearest rows of each query.
  void run(const Matrix& queries, std::span<std::vector<NearestRow>> results) const {
    if (top_ == 0) return;
    // A panel takes as long as this many queries one by one.
    constexpr std::size_t kFewQueries = 4;
    if (results.size() <= kFewQueries) return run_one_by_one(queries, results);
    std::vector<Panel> panels((results.size() + kLanes - 1) / kLanes);
    for (std::size_t i = 0; i < panels.size(); ++i)
      start(panels[i], queries, i * kLanes, std::min(results.size(), (i + 1) * kLanes));
    std::array<FewRows, kRowsInCache / kRows> block{};
    for (std::int64_t begin = begin_; begin < end_; begin += kRowsInCache) {
      const std::int64_t end = std::min(begin + kRowsInCache, end_);
      const std::int64_t used = (end - begin + kRows - 1) / kRows;
      for (std::int64_t i = 0; i < used; ++i)
        block[static_cast<std::size_t>(i)] =
            take_rows(begin + i * kRows, std::min(kRows, end - begin - i * kRows));
      for (Panel& panel : panels)
        for (const FewRows& rows : std::span(block).first(static_cast<std::size_t>(used)))
          add_candidates(panel, multiply(rows, panel), rows);
    }
    for (std::size_t i = 0; i < results.size(); ++i)
      results[i] = panels[i / kLanes].candidates[i % kLanes].ranked(space_, others_);
  }

 private:
  void run_one_by_one(const Matrix& queries, std::span<std::vector<NearestRow>> results) const {
    std::vector<NearestRow> rows(static_cast<std::size_t>(end_ - begin_));
    for (std::size_t i = 0; i < results.size(); ++i) {
      const ExactCosine query(row_values(queries, static_cast<std::int64_t>(i)));
      for (std::int64_t row = begin_; row < end_; ++row)
        rows[static_cast<std::size_t>(row - begin_)] = query.with(space_, row);
      const auto nearest = rows.begin() + top_;
      std::partial_sort(rows.begin(), nearest, rows.end(), ranks_before);
      results[i].assign(rows.begin(), nearest);
    }
  }

  FewRows take_rows(std::int64_t first, std::int64_t count) const {
    FewRows rows{first, count, {}, {}};
    for (std::int64_t r = 0; r < kRows; ++r) {
      const std::int64_t row = first + std::min(r, count - 1);
      rows.values[static_cast<std::size_t>(r)] = space_.vectors().row(row);
      rows.scales[static_cast<std::size_t>(r)] = scale_of(space_.squared_length(row));
    }
    return rows;
  }

  void start(Panel& panel, const Matrix& queries, std::size_t first, std::size_t end) const {
    panel.queries.resize(static_cast<std::size_t>(queries.cols()));
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      if (first + lane < end) {
        const std::span<const float> query = row_values(queries, static_cast<std::int64_t>(first + lane));
        for (std::size_t d = 0; d < query.size(); ++d) panel.queries[d][lane / 4][lane % 4] = query[d];
        panel.candidates[lane].start(query, top_);
      }
      panel.update(lane);
    }
  }

  const KeyedVectors& space_;
  std::int64_t begin_;
  std::int64_t end_;
  std::int64_t top_;
  std::vector<std::int64_t> others_;  // rows that floats cannot choose
};

}  // namespace

std::int64_t searched_rows(const KeyedVectors& space, const SearchOptions& options) {
  if (options.restrict_vocab < 0)
    throw Error("restrict_vocab " + std::to_string(options.restrict_vocab) +
                " is out of range: expected 0 or more");
  return options.restrict_vocab > 0 ? std::min(options.restrict_vocab, space.size()) : space.size();
}

int search_threads(int threads) {
  Config config;
  config.threads = threads;
  config.validate();
  return thread_count(config);
}

std::vector<std::vector<NearestRow>> nearest_rows(const KeyedVectors& space, std::int64_t queries,
                                                  const WriteQuery& write_query, std::int64_t top,
                                                  std::int64_t limit, int threads) {
  constexpr auto kQueries = static_cast<std::int64_t>(kBatch);
  constexpr std::int64_t kFewRows = 4096;  // too few to be worth another thread
  const std::int64_t batches = (queries + kQueries - 1) / kQueries;
  if (batches == 0) return {};
  // Few queries are searched in parts of the rows.
  const std::int64_t parts =
      std::clamp<std::int64_t>(std::min((threads + batches - 1) / batches, limit / kFewRows), 1, threads);
  std::vector<std::vector<std::vector<NearestRow>>> of_part(static_cast<std::size_t>(parts));
  for (auto& results : of_part) results.resize(static_cast<std::size_t>(queries));
  parallel_for(batches * parts, threads, [&](std::int64_t task) {
    const std::int64_t part = task % parts;
    const std::int64_t first = task / parts * kQueries;
    const std::int64_t count = std::min(kQueries, queries - first);
    Matrix values(count, space.dim());
    for (std::int64_t q = 0; q < count; ++q)
      write_query(first + q, {values.row(q), static_cast<std::size_t>(values.cols())});
    const auto boundary = [&](std::int64_t p) { return limit / parts * p + std::min(p, limit % parts); };
    Search(space, boundary(part), boundary(part + 1), top)
        .run(values, std::span(of_part[static_cast<std::size_t>(part)])
                         .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)));
  });
  std::vector<std::vector<NearestRow>> results = std::move(of_part.front());
  for (std::size_t part = 1; part < of_part.size(); ++part)
    for (std::size_t q = 0; q < results.size(); ++q)
      results[q].insert(results[q].end(), of_part[part][q].begin(), of_part[part][q].end());
  if (parts > 1)
    for (std::vector<NearestRow>& rows : results) keep_nearest(rows, top);
  return results;
}

std::vector<std::vector<NearestRow>> nearest_rows(const KeyedVectors& space, std::int64_t queries,
                                                  const WriteQuery& write_query, std::int64_t top,
                                                  const SearchOptions& options) {
  const std::int64_t limit = searched_rows(space, options);
  const int threads = search_threads(options.threads);
  if (options.index != nullptr && !options.index->is_of(space))
    throw Error("the index is that of other vectors");
  if (options.index == nullptr || limit < space.size() || limit < kLeastIndexed)
    return nearest_rows(space, queries, write_query, top, limit, threads);
  std::vector<std::vector<NearestRow>> results(static_cast<std::size_t>(queries));
  parallel_for(queries, threads, [&](std::int64_t q) {
    std::vector<float> values(static_cast<std::size_t>(space.dim()));
    write_query(q, values);
    const ExactCosine query(values);
    auto& rows = results[static_cast<std::size_t>(q)];
    for (const std::int64_t row : options.index->candidates(values, top))
      rows.push_back(query.with(space, row));
    keep_nearest(rows, top);
  });
  return results;
}

}  // namespace warp2vec
