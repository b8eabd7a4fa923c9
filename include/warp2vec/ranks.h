#pragma once
/// Training by several processes, or by threads with a GPU each, that have a copy of the parameters each: how
/// they reach each other, and how often their copies are merged.

#include <warp2vec/error.h>
#include <warp2vec/export.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The processes or threads of a run, numbered from 0. sum(), unite(), exchange() and finish() are
/// collective: every rank makes the same calls in the same order. They throw Error if another rank cannot be
/// reached.
class WARP2VEC_EXPORT Ranks {
 public:
  virtual ~Ranks() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  /// How many of them are on the machine of this one, itself included.
  virtual int local_size() const = 0;
  /// Its number among these, from 0.
  virtual int local_rank() const = 0;
  /// Replaces each value by its sum over all ranks, of as many values each; all get the same sums.
  virtual void sum(std::span<float> values) = 0;
  virtual void sum(std::span<double> values) = 0;
  /// Replaces each byte by the bitwise or of those of all ranks, of as many bytes each.
  virtual void unite(std::span<std::uint8_t> bytes) = 0;
  /// Sends `to_each[r]`, at most 1 GiB, to rank r; returns what each rank has sent to this one. The sizes may
  /// differ.
  virtual std::vector<std::string> exchange(std::span<const std::string_view> to_each) = 0;
  /// Not collective: throws Error if another rank has failed, for which this one would wait in vain.
  /// Processes are ended together instead.
  virtual void require_all() const {}
  /// The last call, of a run that succeeds: a process that ends without it has failed.
  virtual void finish() {}
};

/// How a run is divided among ranks. An epoch is a sequence of rounds: each rank trains an equal share of the
/// round's kept words, in whole tiles, so that the examples, their draws and their learning rates are those
/// of a single rank; then the ranks merge their parameters. All ranks have the same corpus, vocabulary,
/// settings and initial values.
struct Distribution {
  Ranks* ranks = nullptr;  ///< null, or of one rank: nothing is divided
  /// Kept words that a rank trains in a round, after which the first `hot_rows` rows of each matrix are
  /// merged: those of the most frequent words, which all ranks train. >= 1
  std::int64_t round = 4096;
  std::int64_t hot_rows = 16384;  ///< >= 0
  /// Kept words of a rank between two merges of all rows; the end of an epoch is one, too. Checkpoints are
  /// taken, and the run stops, only then, so that they change nothing that is trained later.
  std::int64_t all_rows_every = 65536;
  /// False on a rank whose backend has a copy of its own, and which shares the embeddings of train() with
  /// another thread of this process: they are then only read, to begin with.
  bool keeps_parameters = true;
};

}  // namespace warp2vec
