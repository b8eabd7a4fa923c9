#pragma once
/// Merges the parameters of several ranks by agreement: each row moves by the sum of the ranks' steps since
/// the last merge, as far as they agree that it is one.
///
///     row = before + f (d_1 + ... + d_N),   f = min(1, (|d_1|^2 + ... + |d_N|^2) / |d_1 + ... + d_N|^2)
///
/// Orthogonal steps, as those of a rare row, of which each rank saw other examples, are added whole (f = 1);
/// equal ones, as those of a frequent row that all ranks moved to the same place, are averaged (f = 1/N).
/// Averaging always, as published systems do, ruins rare rows; adding always diverges.

#include <warp2vec/embeddings.h>
#include <warp2vec/ranks.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

class Agreement {
 public:
  /// The values of `embeddings` are the same on all ranks. Both must outlive this. Keeps a copy of the
  /// parameters.
  Agreement(Ranks& ranks, Embeddings& embeddings);

  /// Collective. Merges the first `rows` rows of each matrix, or all that it has, which are then equal on all
  /// ranks.
  void merge(std::int64_t rows);

 private:
  struct Part {
    Matrix& now;
    Matrix before;  // after the last merge
  };

  void merge(Part& part, std::int64_t begin, std::int64_t end);

  Ranks& ranks_;
  std::vector<Part> parts_;
  std::vector<float> steps_;  // of some rows, each followed by its squared length
};

}  // namespace warp2vec
