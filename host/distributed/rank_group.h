#pragma once
/// The rounds of a run that is divided among ranks.

#include <warp2vec/detail/examples.h>
#include <warp2vec/ranks.h>
#include <warp2vec/trainer.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace warp2vec {

class RankGroup {
 public:
  /// `merging`: of the backend that trains.
  RankGroup(const Distribution& distribution, std::unique_ptr<Merging> merging);

  /// The kept words [begin, end) of a round that begins at `begin`, in an epoch of `size`; whole tiles of
  /// `unit`.
  KeptRange round(std::int64_t begin, std::int64_t size, std::int64_t unit) const;
  /// Those that this rank trains.
  KeptRange share(KeptRange round, std::int64_t unit) const;

  /// All ranks stop, or save a checkpoint, when all rows are merged next.
  void ask_to_stop() { stop_ = true; }
  void ask_to_save() { save_ = true; }

  /// What all ranks know after a round.
  struct Report {
    Trained trained;                   ///< by all of them
    bool all_rows = false;             ///< were merged
    bool stop = false;                 ///< all rows were merged, and one rank has asked for it
    bool save = false;                 ///< the same
    std::vector<double> wait_seconds;  ///< of each rank so far: for others to finish their share
  };
  /// Collective, after the rank has trained its share of `round`; the result is the same on all ranks. Merges
  /// all rows if that is due, and at the end of an epoch, else the first of them.
  Report finish(const Trained& own, KeptRange round, bool ends_epoch);
  /// Of this rank, so far, for merging.
  double merge_seconds() const { return merge_seconds_; }
  /// That it gave to be added up.
  std::int64_t merge_bytes() const { return merge_bytes_; }

 private:
  Distribution distribution_;
  std::unique_ptr<Merging> merging_;
  double wait_seconds_ = 0;
  double merge_seconds_ = 0;
  std::int64_t merge_bytes_ = 0;
  std::int64_t since_all_rows_ = 0;  // kept words of all ranks
  bool stop_ = false;
  bool save_ = false;
};

}  // namespace warp2vec
