#pragma once
/// The scalar formulas of word2vec, safe from overflow for every input.

#include <warp2vec/types.h>

#include <cmath>
#include <cstdint>

namespace warp2vec {

/// 1 / (1 + exp(-x)), stable for every x; in [0, 1].
template <class Real>
WARP2VEC_HD inline Real sigmoid(Real x) {
  if (x >= Real(0)) return Real(1) / (Real(1) + std::exp(-x));
  const Real e = std::exp(x);
  return e / (Real(1) + e);
}

/// log(1 + exp(x)) = -log(sigmoid(-x)), stable for every x.
template <class Real>
WARP2VEC_HD inline Real softplus(Real x) {
  return (x > Real(0) ? x : Real(0)) + std::log1p(std::exp(-std::fabs(x)));
}

/// Probability that subsampling keeps an occurrence of a word: min(1, (sqrt(f/s) + 1) * s/f) = min(1,
/// sqrt(s/f) + s/f), f = count / total, s = sample (word2vec.c's rule). sample 0 means no subsampling: 1.
inline double keep_probability(std::int64_t count, std::int64_t total, double sample) {
  if (sample <= 0 || count <= 0) return 1;
  const double ratio = sample * static_cast<double>(total) / static_cast<double>(count);
  const double p = std::sqrt(ratio) + ratio;
  return p < 1 ? p : 1;
}

/// Learning rate at `progress` in [0, 1], the fraction of all epochs' tokens done: falls linearly to `end`,
/// and not below 1e-4 of the start.
WARP2VEC_HD inline float learning_rate(double start, double end, double progress) {
  const double rate = end + (start - end) * (1 - progress);
  const double floor = end > start * 1e-4 ? end : start * 1e-4;
  return static_cast<float>(rate > floor ? rate : floor);
}

/// The learning rate of a run, linear in the tokens of all epochs.
struct LearningRateSchedule {
  double start = 0;
  double end = 0;
  double epoch_tokens = 1;  ///< before subsampling
  std::int32_t epochs = 1;

  /// At the token at `position` of an epoch (0-based).
  WARP2VEC_HD float at(std::uint32_t epoch, std::int64_t position) const {
    return learning_rate(start, end,
                         (epoch * epoch_tokens + static_cast<double>(position)) / (epochs * epoch_tokens));
  }
};

}  // namespace warp2vec
