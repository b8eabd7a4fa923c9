// The processes that mpirun started, as Ranks. In a library of its own, which the program loads only if
// mpirun started it: without that, nobody needs MPI.
#include <warp2vec/error.h>
#include <warp2vec/ranks.h>

#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {
namespace {

void require(int status, const char* what) {
  if (status == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING];
  int length = 0;
  MPI_Error_string(status, text, &length);
  throw Error(std::string("MPI: ") + what + ": " + std::string(text, static_cast<std::size_t>(length)));
}

// The others would wait for ever.
void end_all_ranks(int status, void*) {
  int finished = 0;
  MPI_Finalized(&finished);
  if (finished == 0) MPI_Abort(MPI_COMM_WORLD, status);
}

class MpiRanks final : public Ranks {
 public:
  MpiRanks() {
    int provided = 0;
    require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    ::on_exit(end_all_ranks, nullptr);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Comm machine = MPI_COMM_NULL;
    require(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine),
            "MPI_Comm_split_type");
    MPI_Comm_size(machine, &local_size_);
    MPI_Comm_rank(machine, &local_rank_);
    MPI_Comm_free(&machine);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_size() const override { return local_size_; }
  int local_rank() const override { return local_rank_; }
  void sum(std::span<float> values) override { combine(values, MPI_FLOAT, MPI_SUM); }
  void sum(std::span<double> values) override { combine(values, MPI_DOUBLE, MPI_SUM); }
  void unite(std::span<std::uint8_t> bytes) override { combine(bytes, MPI_BYTE, MPI_BOR); }
  std::vector<std::string> exchange(std::span<const std::string_view> to_each) override {
    const auto ranks = static_cast<std::size_t>(size_);
    std::vector<std::int64_t> sent(ranks);
    std::vector<std::int64_t> received(ranks);
    for (std::size_t r = 0; r < ranks; ++r) sent[r] = std::ssize(to_each[r]);
    require(MPI_Alltoall(sent.data(), 1, MPI_INT64_T, received.data(), 1, MPI_INT64_T, MPI_COMM_WORLD),
            "MPI_Alltoall");
    std::vector<std::string> from_each(ranks);
    std::vector<MPI_Request> requests(2 * ranks);
    for (std::size_t r = 0; r < ranks; ++r) {
      from_each[r].resize(static_cast<std::size_t>(received[r]));
      require(MPI_Irecv(from_each[r].data(), static_cast<int>(received[r]), MPI_BYTE, static_cast<int>(r), 0,
                        MPI_COMM_WORLD, &requests[r]),
              "MPI_Irecv");
    }
    for (std::size_t r = 0; r < ranks; ++r)
      require(MPI_Isend(to_each[r].data(), static_cast<int>(sent[r]), MPI_BYTE, static_cast<int>(r), 0,
                        MPI_COMM_WORLD, &requests[ranks + r]),
              "MPI_Isend");
    require(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE),
            "MPI_Waitall");
    return from_each;
  }
  void finish() override { require(MPI_Finalize(), "MPI_Finalize"); }

 private:
  template <class Value>
  void combine(std::span<Value> values, MPI_Datatype type, MPI_Op operation) {
    constexpr std::size_t kMost = std::size_t{1} << 28;  // a count is an int
    for (std::size_t begin = 0; begin < values.size(); begin += kMost) {
      const std::span<Value> some = values.subspan(begin, std::min(kMost, values.size() - begin));
      require(MPI_Allreduce(MPI_IN_PLACE, some.data(), static_cast<int>(some.size()), type, operation,
                            MPI_COMM_WORLD),
              "MPI_Allreduce");
    }
  }

  int rank_ = 0;
  int size_ = 1;
  int local_size_ = 1;
  int local_rank_ = 0;
};

}  // namespace
}  // namespace warp2vec

/// Those of this process; it may be called once.
extern "C" __attribute__((visibility("default"))) warp2vec::Ranks* warp2vec_mpi_ranks() {
  return new warp2vec::MpiRanks;
}
