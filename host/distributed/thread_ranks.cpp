#include "host/distributed/thread_ranks.h"

#include <warp2vec/error.h>
#include <warp2vec/trainer.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <span>
#include <string_view>
#include <thread>

namespace warp2vec {

class ThreadRanks::Rank final : public Ranks {
 public:
  Rank(ThreadRanks& all, int rank) : all_(all), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return all_.size_; }
  int local_size() const override { return all_.size_; }
  int local_rank() const override { return rank_; }
  void sum(std::span<float> values) override { all_.combine(rank_, values, all_.floats_, std::plus<>()); }
  void sum(std::span<double> values) override { all_.combine(rank_, values, all_.doubles_, std::plus<>()); }
  void unite(std::span<std::uint8_t> bytes) override {
    all_.combine(rank_, bytes, all_.bytes_, std::bit_or<>());
  }
  void require_all() const override { all_.require_all(); }

  std::vector<std::string> exchange(std::span<const std::string_view> to_each) override {
    const auto own = static_cast<std::size_t>(rank_);
    all_.letters_[own].assign(to_each.begin(), to_each.end());
    all_.wait_for_all();
    std::vector<std::string> from_each;
    for (const std::vector<std::string>& letters : all_.letters_) from_each.push_back(letters[own]);
    all_.wait_for_all();
    return from_each;
  }

 private:
  ThreadRanks& all_;
  const int rank_;
};

void ThreadRanks::run(const std::function<void(Ranks&)>& work) {
  std::exception_ptr of_first;
  std::vector<std::thread> others;
  try {
    for (int rank = 1; rank < size_; ++rank)
      others.emplace_back([this, rank, &work] {
        try {
          run_one(rank, work);
        } catch (...) {  // known to all by now
        }
      });
    run_one(0, work);
  } catch (const std::exception& error) {
    of_first = std::current_exception();
    fail(0, error.what(), false);  // unless it is known already, a thread could not be started
  }
  for (std::thread& other : others) other.join();
  if (of_first) std::rethrow_exception(of_first);
  throw_failure();
}

void ThreadRanks::run_one(int rank, const std::function<void(Ranks&)>& work) {
  Rank own(*this, rank);
  try {
    work(own);
  } catch (const DeviceError& error) {
    fail(rank, error.what(), true);
    throw;
  } catch (const TrainingFailed& error) {
    fail(rank, error.what(), true);
    throw;
  } catch (const std::exception& error) {
    fail(rank, error.what(), false);
    throw;
  }
}

void ThreadRanks::fail(int rank, const char* message, bool of_device) {
  const std::lock_guard lock(mutex_);
  if (failure_) return;
  failure_ = {"rank " + std::to_string(rank) + " of " + std::to_string(size_) + ": " + message, of_device};
  all_here_.notify_all();
}

void ThreadRanks::require_all() const {
  const std::lock_guard lock(mutex_);
  throw_failure();
}

void ThreadRanks::throw_failure() const {
  if (!failure_) return;
  if (failure_->of_device) throw DeviceError(failure_->message);
  throw Error(failure_->message);
}

void ThreadRanks::wait_for_all() {
  std::unique_lock lock(mutex_);
  throw_failure();
  const bool now = odd_;
  if (++here_ == size_) {
    here_ = 0;
    odd_ = !odd_;
    all_here_.notify_all();
    return;
  }
  all_here_.wait(lock, [&] { return odd_ != now || failure_; });
  if (odd_ == now) throw_failure();
}

// In the order of the ranks, whichever comes first.
template <class Value, class Combine>
void ThreadRanks::combine(int rank, std::span<Value> values, std::vector<Value>& all, Combine combined) {
  if (rank == 0) all.assign(values.begin(), values.end());
  wait_for_all();
  for (int next = 1; next < size_; ++next) {
    if (next == rank)
      for (std::size_t i = 0; i < values.size(); ++i)
        all.at(i) = static_cast<Value>(combined(all.at(i), values[i]));
    wait_for_all();
  }
  std::copy(all.begin(), all.end(), values.begin());
  wait_for_all();
}

}  // namespace warp2vec
