#include <warp2vec/checkpoint.h>

#include "host/io/parallel.h"
#include "host/training/checks.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

using Clock = std::chrono::steady_clock;

// 0 for what is no unit of time.
std::int64_t seconds_of(const std::string& unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  return unit == "h" ? 3600 : 0;
}

Matrix shaped_like(const Matrix& matrix) { return {matrix.rows(), matrix.cols()}; }

// Training waits for the copy, so all of its threads take part.
void copy(const Matrix& from, Matrix& to, int threads) {
  constexpr std::int64_t kRowsPerTask = 4096;
  parallel_for((from.rows() + kRowsPerTask - 1) / kRowsPerTask, threads, [&](std::int64_t task) {
    const std::int64_t begin = task * kRowsPerTask;
    const std::int64_t rows = std::min(kRowsPerTask, from.rows() - begin);
    std::memcpy(to.row(begin), from.row(begin), static_cast<std::size_t>(Matrix::bytes(rows, from.cols())));
  });
}

}  // namespace

CheckpointWriter::CheckpointWriter(const TrainingData& data, const Embeddings& embeddings,
                                   TextFingerprint text, std::vector<std::string> notes, std::string path,
                                   const Interval& interval)
    : data_(data),
      text_(std::move(text)),
      notes_(std::move(notes)),
      path_(std::move(path)),
      interval_(interval),
      embeddings_{shaped_like(embeddings.input), shaped_like(embeddings.output),
                  shaped_like(embeddings.nodes)} {
  require_shapes(embeddings, data.config, data.vocabulary.size());
}

CheckpointWriter::~CheckpointWriter() = default;

bool CheckpointWriter::due(std::int64_t tokens) noexcept {
  if (!last_tokens_) last_tokens_ = tokens;
  const bool wanted = requested_ || (interval_.time && Clock::now() - last_time_ >= *interval_.time) ||
                      (interval_.tokens && tokens - *last_tokens_ >= *interval_.tokens);
  if (!wanted) return false;
  const std::lock_guard lock(mutex_);
  return !writing_;
}

void CheckpointWriter::take(const Embeddings& embeddings, const TrainingState& state) {
  require_shapes(embeddings, data_.config, data_.vocabulary.size());
  finish();
  const int threads = thread_count(data_.config);
  copy(embeddings.input, embeddings_.input, threads);
  copy(embeddings.output, embeddings_.output, threads);
  copy(embeddings.nodes, embeddings_.nodes, threads);
  state_ = state;
  requested_ = false;
  last_time_ = Clock::now();
  last_tokens_ = state.summary.tokens;
  {
    const std::lock_guard lock(mutex_);
    writing_ = true;
  }
  try {
    thread_ = std::jthread([this] { write(); });
  } catch (const std::system_error&) {
    write();  // no thread available: write synchronously
  }
}

void CheckpointWriter::write() {
  const Clock::time_point begin = Clock::now();
  Result result;
  result.tokens = state_.summary.tokens;
  try {
    save_checkpoint(data_, embeddings_, state_, text_, notes_, path_);
  } catch (const std::exception& error) {
    result.failure = error.what();
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const std::lock_guard lock(mutex_);
  results_.push_back(std::move(result));
  writing_ = false;
}

void CheckpointWriter::finish() {
  if (thread_.joinable()) thread_.join();
}

std::vector<CheckpointWriter::Result> CheckpointWriter::results() {
  const std::lock_guard lock(mutex_);
  return std::exchange(results_, {});
}

CheckpointWriter::Interval parse_interval(const std::string& text) {
  const std::string given = "--checkpoint-every " + text;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  const std::int64_t unit_seconds = seconds_of(unit);
  if (digits == 0 || (unit_seconds == 0 && !unit.empty()))
    throw Error(given + " is not known: expected a time such as 90s, 10m or 2h, or a number of words");
  std::int64_t number = 0;
  if (std::from_chars(text.data(), text.data() + digits, number).ec != std::errc())
    throw Error(given + " is too large to represent");
  if (number < 1) throw Error(given + " is out of range: expected at least 1");
  if (unit_seconds == 0) return {{}, number};
  constexpr std::int64_t kMostSeconds = std::int64_t{365} * 24 * 3600;
  if (number > kMostSeconds / unit_seconds) throw Error(given + " is out of range: expected at most a year");
  return {std::chrono::seconds(number * unit_seconds), {}};
}

}  // namespace warp2vec
