#pragma once
/// How many centres a batch has. Between batches a run is reported, saved and stopped, so that they must be
/// short: a request to stop is obeyed within 0.2 s.

#include <warp2vec/config.h>
#include <warp2vec/trainer.h>

#include <cstdint>

namespace warp2vec {

/// Batches begin at multiples of this: tiles, except where the full softmax trains centre by centre.
std::int64_t batch_unit(const Config& config);

/// The multiply-adds of a centre on a CPU: scores, and the gradients of both of their rows.
double work_per_centre(const TrainingData& data);

/// Those of a centre under full softmax, if `rows` are scored with all words for each centre.
double softmax_work(const Config& config, std::int64_t words, double rows);

/// Centres of a batch with at most `work` multiply-adds and `most` centres: whole units, and at least one.
std::int64_t batch_centres(const Config& config, double work_per_centre, double work, std::int64_t most);

}  // namespace warp2vec
