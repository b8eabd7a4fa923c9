#include "transfers.h"

#include <warp2vec/error.h>

#include "matrix_rows.h"

#include <string>

namespace warp2vec {
namespace {

// Runs `transfer` and adds the time that it took to `seconds`.
template <class Transfer>
void timed(double& seconds, Transfer transfer) {
  const Transfers::Clock::time_point begin = Transfers::Clock::now();
  transfer();
  seconds += std::chrono::duration<double>(Transfers::Clock::now() - begin).count();
}

// The loss shows a bad value only when its row is used again.
void require_finite(const Matrix& input) {
  for (std::int64_t r = 0; r < input.rows(); ++r)
    if (!all_finite(row_values(input, r)))
      throw Error("training diverged (the vector of word " + std::to_string(r) +
                  " of the vocabulary is not finite): lower --lr");
}

}  // namespace

Transfers::Transfers(Backend& backend, Embeddings& embeddings, TrainingSummary& summary,
                     const CheckpointIntervals& intervals)
    : backend_(backend), embeddings_(embeddings), summary_(summary), intervals_(intervals) {}

void Transfers::upload() {
  timed(summary_.upload_seconds, [&] { backend_.upload(embeddings_); });
  last_ = Clock::now();
}

void Transfers::checkpoint() {
  timed(summary_.download_seconds, [&] { backend_.checkpoint(embeddings_); });
  take_over();
}

void Transfers::download() {
  timed(summary_.download_seconds, [&] { backend_.download(embeddings_); });
  take_over();
}

void Transfers::take_over() {
  require_finite(embeddings_.input);
  tokens_ = summary_.tokens;
  last_ = Clock::now();
}

}  // namespace warp2vec
