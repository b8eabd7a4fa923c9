#include "tests/emulation/device_state.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

namespace warp2vec::emulation {

void DeviceState::FreeMemory::operator()(unsigned char* memory) const { std::free(memory); }

void DeviceState::reset(const DeviceSettings& new_settings) {
  settings = new_settings;
  log = {};
  shared_limits.clear();
  cublas_handles.clear();
  nccl_communicators.clear();
  failures_.clear();
  broken_ = cudaSuccess;
  default_queues_.clear();
  streams_.clear();
  events_.clear();
  memory_.clear();
}

LiveObjects DeviceState::live() const {
  LiveObjects live;
  for (const auto& [address, owned] : memory_) {
    if (owned.allocation.device == kHost) {
      ++live.pinned;
    } else {
      ++live.allocations;
      live.bytes += static_cast<std::int64_t>(owned.allocation.bytes);
    }
  }
  live.streams = static_cast<std::int64_t>(streams_.size());
  live.events = static_cast<std::int64_t>(events_.size());
  live.cublas_handles = static_cast<std::int64_t>(cublas_handles.size());
  live.nccl_communicators = static_cast<std::int64_t>(nccl_communicators.size());
  return live;
}

cudaError_t DeviceState::begin_call(const std::string& function) {
  ++log.calls[function];
  if (!settings.driver) return cudaErrorInsufficientDriver;
  if (settings.devices == 0) return cudaErrorNoDevice;
  if (broken_ != cudaSuccess) return broken_;
  cudaError_t error = cudaSuccess;
  for (Failure& failure : failures_) {
    if (failure.function != function || failure.calls_before-- != 0) continue;
    error = failure.error;
    if (failure.sticky) broken_ = error;
  }
  return error;
}

void DeviceState::fail_call(const std::string& function, std::int64_t call, cudaError_t error, bool sticky) {
  failures_.push_back({function, call - 1, error, sticky});
}

cudaError_t DeviceState::allocate(void** memory, std::size_t bytes, int device) {
  *memory = nullptr;
  if (bytes == 0) return cudaSuccess;
  if (device != kHost && bytes > free_bytes(device)) return cudaErrorMemoryAllocation;
  // Exactly the requested size, so that AddressSanitizer detects an overrun by one byte.
  if (::posix_memalign(memory, 256, bytes) != 0) return cudaErrorMemoryAllocation;
  std::memset(*memory, 0xFF, bytes);
  OwnedMemory& owned = memory_[*memory];
  owned.allocation = {bytes, device};
  owned.memory.reset(static_cast<unsigned char*>(*memory));
  return cudaSuccess;
}

cudaError_t DeviceState::free(void* memory, bool pinned) {
  if (memory == nullptr) return cudaSuccess;
  const auto it = memory_.find(memory);
  if (it == memory_.end() || (it->second.allocation.device == kHost) != pinned) return cudaErrorInvalidValue;
  memory_.erase(it);
  return cudaSuccess;
}

std::size_t DeviceState::free_bytes(int device) const {
  std::size_t used = 0;
  for (const auto& [address, owned] : memory_)
    if (owned.allocation.device == device) used += owned.allocation.bytes;
  return settings.memory > used ? settings.memory - used : 0;
}

std::pair<const void*, const Allocation*> DeviceState::allocation_at(const void* address) const {
  auto it = memory_.upper_bound(address);
  if (it == memory_.begin()) return {};
  --it;
  const Allocation& allocation = it->second.allocation;
  const auto* const end = static_cast<const char*>(it->first) + allocation.bytes;
  return address < end ? std::pair{it->first, &allocation} : std::pair<const void*, const Allocation*>{};
}

const Allocation* DeviceState::find(const void* memory, std::size_t bytes) const {
  const auto [begin, allocation] = allocation_at(memory);
  if (allocation == nullptr) return nullptr;
  const auto offset =
      static_cast<std::size_t>(static_cast<const char*>(memory) - static_cast<const char*>(begin));
  return offset + bytes <= allocation->bytes ? allocation : nullptr;
}

cudaError_t DeviceState::make_stream(cudaStream_t* stream, bool blocking) {
  auto made = std::make_unique<CUstream_st>();
  made->queue = std::make_shared<WorkQueue>(current_device(), blocking);
  *stream = made.get();
  streams_.emplace(*stream, std::move(made));
  return cudaSuccess;
}

cudaError_t DeviceState::destroy_stream(cudaStream_t stream) {
  const auto it = streams_.find(stream);
  if (it == streams_.end()) return cudaErrorInvalidResourceHandle;
  const std::shared_ptr<WorkQueue> queue = it->second->queue;
  streams_.erase(it);
  run([&] { queue->run(); });
  return cudaSuccess;
}

cudaError_t DeviceState::make_event(cudaEvent_t* event, bool timed) {
  auto made = std::make_unique<CUevent_st>();
  made->timed = timed;
  *event = made.get();
  events_.emplace(*event, std::move(made));
  return cudaSuccess;
}

cudaError_t DeviceState::destroy_event(cudaEvent_t event) {
  return events_.erase(event) == 1 ? cudaSuccess : cudaErrorInvalidResourceHandle;
}

std::shared_ptr<WorkQueue> DeviceState::queue_of(cudaStream_t stream) {
  if (stream == nullptr || stream == cudaStreamLegacy) {
    std::shared_ptr<WorkQueue>& queue = default_queues_[current_device()];
    if (!queue) queue = std::make_shared<WorkQueue>(current_device(), true);
    return queue;
  }
  const auto it = streams_.find(stream);
  return it == streams_.end() ? nullptr : it->second->queue;
}

void DeviceState::add(WorkQueue& queue, std::function<void()> work) {
  const auto wait_for = [&](const std::shared_ptr<WorkQueue>& other) {
    if (!other->done()) queue.add([before = Recording{other, other->added(), {}}] { before.wait(); });
  };
  const auto by_default = default_queues_.find(queue.device);
  if (by_default != default_queues_.end() && by_default->second.get() == &queue) {
    for (const auto& [handle, stream] : streams_)
      if (stream->queue->blocking && stream->queue->device == queue.device) wait_for(stream->queue);
  } else if (queue.blocking && by_default != default_queues_.end()) {
    wait_for(by_default->second);
  }
  queue.add(std::move(work));
}

std::vector<std::shared_ptr<WorkQueue>> DeviceState::queues() const {
  std::vector<std::shared_ptr<WorkQueue>> all;
  for (const auto& [device, queue] : default_queues_) all.push_back(queue);
  for (const auto& [handle, stream] : streams_) all.push_back(stream->queue);
  return all;
}

void DeviceState::run(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    break_down();
    for (const auto& queue : queues()) queue->drop();
    throw;
  }
}

void DeviceState::run_device(int device) {
  for (const auto& queue : queues())
    if (queue->device == device) run([&] { queue->run(); });
}

void DeviceState::run_all_while_ready() {
  for (const auto& queue : queues()) run([&] { queue->run_while_ready(); });
}

std::recursive_mutex& device_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

DeviceState& device_state() {
  static DeviceState state = [] {
    DeviceState initial;
    if (const char* const devices = std::getenv("WARP2VEC_EMULATED_GPUS"))
      initial.settings.devices = std::atoi(devices);
    return initial;
  }();
  return state;
}

void leave_to_others() { std::this_thread::sleep_for(std::chrono::microseconds(20)); }

int& current_device() {
  thread_local int device = 0;
  return device;
}

std::size_t shared_memory_limit(const DeviceSettings& settings) {
  std::size_t kib = 227;
  switch (settings.major * 10 + settings.minor) {
    case 75:
      kib = 64;
      break;
    case 80:
    case 87:
      kib = 163;
      break;
    case 86:
    case 89:
    case 120:
    case 121:
      kib = 99;
      break;
    default:
      break;
  }
  return kib << 10;
}

// The interface for tests.

void reset_device(const DeviceSettings& settings) {
  const std::lock_guard lock(device_mutex());
  device_state().reset(settings);
  current_device() = 0;
}

std::vector<int>& compiled_architectures() {
  static std::vector<int> architectures{75, 80, 90};
  return architectures;
}

DeviceSettings& device_settings() { return device_state().settings; }

LiveObjects live_objects() {
  const std::lock_guard lock(device_mutex());
  return device_state().live();
}

CallLog call_log() {
  const std::lock_guard lock(device_mutex());
  return device_state().log;
}

void fail_call(const std::string& function, std::int64_t call, cudaError_t error, bool sticky) {
  const std::lock_guard lock(device_mutex());
  device_state().fail_call(function, call, error, sticky);
}

void enqueue(cudaStream_t stream, std::function<void()> work) {
  const std::lock_guard lock(device_mutex());
  DeviceState& state = device_state();
  const std::shared_ptr<WorkQueue> queue = state.queue_of(stream);
  if (!queue) throw std::logic_error("work for a stream that does not exist");
  state.add(*queue, std::move(work));
}

}  // namespace warp2vec::emulation
