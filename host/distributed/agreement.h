#pragma once
/// Merges the parameters of several ranks in the memory of the host; see detail/agreement.h.

#include <warp2vec/embeddings.h>
#include <warp2vec/ranks.h>
#include <warp2vec/trainer.h>

#include "host/distributed/changed_rows.h"

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

class Agreement final : public Merging {
 public:
  /// The values of `embeddings` are the same on all ranks. Keeps a copy of the parameters. Only rows that
  /// some rank has marked in its `changed` are added up; null: all are. All of these must outlive this.
  Agreement(Ranks& ranks, Embeddings& embeddings, ChangedParameters* changed = nullptr);

  std::int64_t merge(std::int64_t rows) override;

 private:
  struct Part {
    Matrix& now;
    Matrix before;         // after the last merge
    ChangedRows* changed;  // null: all rows
  };

  void add_part(Matrix& now, std::optional<ChangedRows>* changed);
  std::int64_t merge(Part& part, std::int64_t rows);
  void merge(Part& part, std::span<const std::int64_t> rows);

  Ranks& ranks_;
  std::vector<Part> parts_;
  std::vector<std::int64_t> rows_;  // that are merged at a time
  std::vector<float> steps_;
};

}  // namespace warp2vec
