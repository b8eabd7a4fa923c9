#include "tests/emulation/emulated_nccl.h"

#include "tests/emulation/device_state.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec::emulation {
namespace {

// Of ncclResult_t.
enum : int { kUnhandledCudaError = 1, kInvalidArgument = 4, kInvalidUsage = 5, kRemoteError = 6 };

// One sum: what the ranks whose streams have come to it have given.
struct Sum {
  std::map<int, std::vector<float>> given;
  int taken = 0;  // by ranks
};

// Those that were made with the same id.
struct Group {
  int ranks = 0;
  std::map<int, int> devices;  // of the ranks that have joined
  std::map<std::uint64_t, Sum> sums;

  bool complete() const { return static_cast<int>(devices.size()) == ranks; }
};

// One rank's.
struct Member {
  std::shared_ptr<Group> group;
  int rank = 0;
  int error = kNcclSuccess;
  bool aborted = false;
  std::uint64_t sums = 0;
  std::uint64_t done = 0;       // of them
  std::function<void()> begun;  // what a call has begun, and queues later; may be empty
};

std::map<std::uint64_t, std::weak_ptr<Group>>& groups() {
  static std::map<std::uint64_t, std::weak_ptr<Group>> all;
  return all;
}

}  // namespace
}  // namespace warp2vec::emulation

struct ncclComm {
  std::shared_ptr<warp2vec::emulation::Member> member;
};

namespace warp2vec::emulation {
namespace {

// A call: calls `body` with the state, unless the call must fail.
template <class Body>
int api(const char* function, const Body& body) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  return state.begin_call(function) == cudaSuccess ? body(state) : kUnhandledCudaError;
}

// The same on a communicator that is not in the middle of something else.
template <class Body>
int api(const char* function, ncclComm* communicator, const Body& body) {
  return api(function, [&](DeviceState& state) -> int {
    if (!state.nccl_communicators.contains(communicator)) return kInvalidArgument;
    Member& member = *communicator->member;
    if (member.error != kNcclSuccess) return member.error;
    if (!member.group->complete() || member.begun) return kInvalidUsage;
    return body(state, communicator->member);
  });
}

int get_unique_id(NcclId* id) {
  return api("ncclGetUniqueId", [&](DeviceState&) -> int {
    static std::uint64_t next = 0;
    ++next;
    *id = {};
    std::memcpy(id->bytes, &next, sizeof next);
    return kNcclSuccess;
  });
}

int comm_init_rank_config(ncclComm** communicator, int ranks, NcclId id, int rank, NcclConfig* config) {
  return api("ncclCommInitRankConfig", [&](DeviceState& state) -> int {
    const NcclConfig expected;
    if (config->size != expected.size || config->magic != expected.magic || config->blocking != 0 ||
        rank < 0 || rank >= ranks)
      return kInvalidArgument;
    std::uint64_t number = 0;
    std::memcpy(&number, id.bytes, sizeof number);
    if (number == 0) return kInvalidArgument;
    std::shared_ptr<Group> group = groups()[number].lock();
    if (!group) {
      group = std::make_shared<Group>();
      group->ranks = ranks;
      groups()[number] = group;
    }
    const int device = current_device();
    if (group->ranks != ranks || group->devices.contains(rank)) return kInvalidArgument;
    for (const auto& [other, of_other] : group->devices)
      if (of_other == device) return kInvalidUsage;
    group->devices[rank] = device;
    *communicator = new ncclComm{std::make_shared<Member>()};
    (*communicator)->member->group = std::move(group);
    (*communicator)->member->rank = rank;
    state.nccl_communicators.insert(*communicator);
    return kNcclInProgress;
  });
}

int comm_get_async_error(ncclComm* communicator, int* error) {
  const int result = api("ncclCommGetAsyncError", [&](DeviceState& state) -> int {
    if (!state.nccl_communicators.contains(communicator)) return kInvalidArgument;
    Member& member = *communicator->member;
    if (const auto begun = std::exchange(member.begun, {})) begun();
    *error = member.error;
    if (member.error == kNcclSuccess && !member.group->complete()) *error = kNcclInProgress;
    return kNcclSuccess;
  });
  if (result == kNcclSuccess && *error == kNcclInProgress) leave_to_others();
  return result;
}

int all_reduce(const void* from, void* to, std::size_t count, int type, int operation, ncclComm* communicator,
               cudaStream_t stream) {
  return api(
      "ncclAllReduce", communicator, [&](DeviceState& state, const std::shared_ptr<Member>& member) -> int {
        const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
        const std::size_t bytes = count * sizeof(float);
        const Allocation* const read = state.find(from, bytes);
        const Allocation* const written = state.find(to, bytes);
        const int device = member->group->devices.at(member->rank);
        if (type != kNcclFloat32 || operation != kNcclSum || !queue || queue->device != device ||
            read == nullptr || read->device != device || written == nullptr || written->device != device)
          return kInvalidArgument;
        const bool fails = state.begin_call("ncclAllReduce later") != cudaSuccess;
        const std::uint64_t number = member->sums++;
        const auto* const own = static_cast<const float*>(from);
        const auto ready = [member, number, own, count] {
          if (member->aborted) return true;
          Sum& sum = member->group->sums[number];
          if (!sum.given.contains(member->rank)) sum.given[member->rank].assign(own, own + count);
          return static_cast<int>(sum.given.size()) == member->group->ranks;
        };
        const auto add_up = [member, number, result = static_cast<float*>(to), count] {
          if (member->aborted) return;
          Sum& sum = member->group->sums[number];
          std::vector<float> total(count);
          for (const auto& [rank, values] : sum.given)
            for (std::size_t i = 0; i < count; ++i) total[i] += values.at(i);
          std::copy(total.begin(), total.end(), result);
          ++member->done;
          if (++sum.taken == member->group->ranks) member->group->sums.erase(number);
        };
        member->begun = [queue, ready, add_up, member = member.get(), fails] {
          if (fails)
            member->error = kRemoteError;
          else
            queue->add_when(ready, add_up);
        };
        return kNcclInProgress;
      });
}

int end(ncclComm* communicator, const char* function, bool abort) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  ++state.log.calls[function];
  if (!state.nccl_communicators.contains(communicator)) return kInvalidArgument;
  // NCCL would wait.
  if (!abort && communicator->member->done < communicator->member->sums) return kInvalidUsage;
  state.nccl_communicators.erase(communicator);
  communicator->member->aborted = true;
  communicator->member->begun = {};
  delete communicator;
  return kNcclSuccess;
}

const char* error_string(int result) {
  switch (result) {
    case kUnhandledCudaError:
      return "unhandled cuda error";
    case kInvalidArgument:
      return "invalid argument";
    case kInvalidUsage:
      return "invalid usage";
    case kRemoteError:
      return "remote process exited or there was a network error";
    default:
      return "unknown result code";
  }
}

}  // namespace

const NcclFunctions& nccl_functions() {
  static constexpr NcclFunctions kFunctions{
      get_unique_id,
      comm_init_rank_config,
      comm_get_async_error,
      all_reduce,
      [](ncclComm* communicator) { return end(communicator, "ncclCommDestroy", false); },
      [](ncclComm* communicator) { return end(communicator, "ncclCommAbort", true); },
      error_string,
      [](ncclComm*) -> const char* { return ""; }};
  return kFunctions;
}

}  // namespace warp2vec::emulation
