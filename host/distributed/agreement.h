#pragma once
/// Merges the parameters of several ranks in the memory of the host; see detail/agreement.h.

#include <warp2vec/embeddings.h>
#include <warp2vec/ranks.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <vector>

namespace warp2vec {

class Agreement final : public Merging {
 public:
  /// The values of `embeddings` are the same on all ranks. Both must outlive this. Keeps a copy of the
  /// parameters.
  Agreement(Ranks& ranks, Embeddings& embeddings);

  void merge(std::int64_t rows) override;

 private:
  struct Part {
    Matrix& now;
    Matrix before;  // after the last merge
  };

  void merge(Part& part, std::int64_t begin, std::int64_t end);

  Ranks& ranks_;
  std::vector<Part> parts_;
  std::vector<float> steps_;
};

}  // namespace warp2vec
