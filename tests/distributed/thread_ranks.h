#pragma once
/// Ranks that are threads of one process.

#include <warp2vec/ranks.h>

#include <barrier>
#include <cstddef>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace warp2vec {

class ThreadRanks {
 public:
  explicit ThreadRanks(int size) : size_(size), barrier_(size), letters_(static_cast<std::size_t>(size)) {}

  /// Calls work(ranks) on a thread for each rank, and rethrows what one throws, after which others must not
  /// wait for it.
  void run(const std::function<void(Ranks&)>& work) {
    std::vector<std::thread> threads;
    std::vector<std::exception_ptr> failures(static_cast<std::size_t>(size_));
    for (int rank = 0; rank < size_; ++rank)
      threads.emplace_back([&, rank] {
        Rank own(*this, rank);
        try {
          work(own);
        } catch (...) {
          failures[static_cast<std::size_t>(rank)] = std::current_exception();
        }
      });
    for (std::thread& thread : threads) thread.join();
    for (const std::exception_ptr& failure : failures)
      if (failure) std::rethrow_exception(failure);
  }

 private:
  class Rank final : public Ranks {
   public:
    Rank(ThreadRanks& all, int rank) : all_(all), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return all_.size_; }
    int local_size() const override { return all_.size_; }
    void sum(std::span<float> values) override { sum_of(values, all_.floats_); }
    void sum(std::span<double> values) override { sum_of(values, all_.doubles_); }

    std::vector<std::string> exchange(std::span<const std::string_view> to_each) override {
      const auto size = static_cast<std::size_t>(all_.size_);
      const auto own = static_cast<std::size_t>(rank_);
      all_.letters_[own].assign(to_each.begin(), to_each.end());
      all_.barrier_.arrive_and_wait();
      std::vector<std::string> from_each;
      for (std::size_t r = 0; r < size; ++r) from_each.push_back(all_.letters_[r][own]);
      all_.barrier_.arrive_and_wait();
      return from_each;
    }

   private:
    // In the order of the ranks, whichever comes first.
    template <class Value>
    void sum_of(std::span<Value> values, std::vector<Value>& sums) {
      if (rank_ == 0) sums.assign(values.begin(), values.end());
      all_.barrier_.arrive_and_wait();
      for (int rank = 1; rank < all_.size_; ++rank) {
        if (rank == rank_)
          for (std::size_t i = 0; i < values.size(); ++i) sums.at(i) += values[i];
        all_.barrier_.arrive_and_wait();
      }
      std::copy(sums.begin(), sums.end(), values.begin());
      all_.barrier_.arrive_and_wait();
    }

    ThreadRanks& all_;
    int rank_;
  };

  int size_;
  std::barrier<> barrier_;
  std::vector<float> floats_;
  std::vector<double> doubles_;
  std::vector<std::vector<std::string>> letters_;  // from each rank to each
};

}  // namespace warp2vec
