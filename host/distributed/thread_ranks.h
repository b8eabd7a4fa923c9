#pragma once
/// Ranks that are threads of one process.

#include <warp2vec/ranks.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace warp2vec {

class ThreadRanks {
 public:
  explicit ThreadRanks(int size) : size_(size), letters_(static_cast<std::size_t>(size)) {}

  /// Calls work(ranks) for each rank: for rank 0 on the calling thread, for others on threads of their own;
  /// returns when all have. Once it throws for one, collective calls and require_all() throw Error for the
  /// others, or DeviceError if a device failed, with the message "rank 1 of 3: ...". Then throws what it
  /// threw for rank 0, or else such an error. `work` throws nothing but std::exceptions. To be called once.
  void run(const std::function<void(Ranks&)>& work);

 private:
  class Rank;
  struct Failure {
    std::string message;
    bool of_device = false;
  };

  void run_one(int rank, const std::function<void(Ranks&)>& work);
  void fail(int rank, const char* message, bool of_device);
  void require_all() const;
  void throw_failure() const;
  void wait_for_all();
  template <class Value, class Combine>
  void combine(int rank, std::span<Value> values, std::vector<Value>& all, Combine combined);

  const int size_;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable all_here_;
  int here_ = 0;                    // ranks that wait for the others
  bool odd_ = false;                // changes when all were here
  std::optional<Failure> failure_;  // the first
  std::vector<float> floats_;
  std::vector<double> doubles_;
  std::vector<std::uint8_t> bytes_;
  std::vector<std::vector<std::string>> letters_;  // from each rank to each
};

}  // namespace warp2vec
