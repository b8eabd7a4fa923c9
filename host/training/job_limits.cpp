#include "host/training/job_limits.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

// The number in a file that holds one; none for "max", for a negative number, and without the file.
std::optional<std::int64_t> number_in(const std::string& file) {
  std::ifstream in(file);
  std::int64_t number = 0;
  if (!(in >> number) || number < 0) return {};
  return number;
}

// The sum of the entries "name number" of a file.
std::int64_t sum_of(const std::string& file, const std::vector<std::string_view>& names) {
  std::ifstream in(file);
  std::string name;
  std::int64_t number = 0;
  std::int64_t sum = 0;
  while (in >> name >> number)
    if (std::find(names.begin(), names.end(), name) != names.end()) sum += number;
  return sum;
}

// Whether `controller` is in a list such as "cpu,cpuacct".
bool lists(std::string_view list, std::string_view controller) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == controller) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The folders of the process's control group and of those that it is in, innermost first, in the hierarchy of
// `controller`, "" = version 2. In a container the path may be that on its host, which does not exist here:
// the container's own group is then the root of the hierarchy.
std::vector<fs::path> group_folders(const fs::path& root, std::string_view controller) {
  std::ifstream in(root / "proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {  // id:controllers:/path
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? !controllers.empty() : !lists(controllers, controller)) continue;
    const fs::path hierarchy = root / "sys/fs/cgroup" / controller;
    std::vector<fs::path> folders;
    fs::path path = fs::path(line.substr(second + 1)).relative_path();
    if (std::find(path.begin(), path.end(), "..") != path.end()) path.clear();  // outside what is visible
    for (; !path.empty(); path = path.parent_path()) folders.push_back(hierarchy / path);
    folders.push_back(hierarchy);
    return folders;
  }
  return {};
}

// The least of what `limit_of` finds in the folders of version 2 and of a controller of version 1, which it
// gets as strings: libstdc++ 12 crashes where `path / name` runs out of memory.
template <class T>
std::optional<T> least(const fs::path& root, std::string_view controller,
                       const std::function<std::optional<T>(const std::string&)>& limit_of) {
  std::optional<T> least;
  for (const std::string_view hierarchy : {std::string_view(), controller})
    for (const fs::path& folder : group_folders(root, hierarchy))
      if (const std::optional<T> limit = limit_of(folder.string()))
        least = std::min(least.value_or(*limit), *limit);
  return least;
}

std::optional<double> quota_of(const std::string& folder) {
  std::ifstream in(folder + "/cpu.max");  // "quota period" or "max period", microseconds
  double quota = 0;
  double period = 0;
  if (in >> quota >> period && period > 0) return quota / period;
  const std::optional<std::int64_t> old_quota = number_in(folder + "/cpu.cfs_quota_us");
  const std::optional<std::int64_t> old_period = number_in(folder + "/cpu.cfs_period_us");
  if (!old_quota || !old_period || *old_period == 0) return {};
  return static_cast<double>(*old_quota) / static_cast<double>(*old_period);
}

std::optional<std::int64_t> memory_of(const std::string& folder) {
  const auto left = [&](const char* limit, const char* used,
                        const std::vector<std::string_view>& cached) -> std::optional<std::int64_t> {
    const std::optional<std::int64_t> most = number_in(folder + "/" + limit);
    const std::optional<std::int64_t> now = number_in(folder + "/" + used);
    if (!most || !now) return {};
    const std::int64_t kept = std::max<std::int64_t>(*now - sum_of(folder + "/memory.stat", cached), 0);
    return std::max<std::int64_t>(*most - kept, 0);
  };
  if (const auto bytes = left("memory.max", "memory.current", {"active_file", "inactive_file"})) return bytes;
  return left("memory.limit_in_bytes", "memory.usage_in_bytes", {"total_active_file", "total_inactive_file"});
}

// CPUs of the affinity mask; 0 = unknown.
int cpus_of_affinity() {
  for (int most = 1024; most <= 1 << 20; most *= 2) {  // the kernel refuses a mask that is too small
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    std::vector<unsigned long> mask(bytes / sizeof(unsigned long));
    auto* const set = reinterpret_cast<cpu_set_t*>(mask.data());
    if (::sched_getaffinity(0, bytes, set) == 0) return CPU_COUNT_S(bytes, set);
  }
  return 0;
}

}  // namespace

std::optional<double> cpu_quota(const std::string& root) { return least<double>(root, "cpu", quota_of); }

std::optional<std::int64_t> control_group_memory(const std::string& root) {
  return least<std::int64_t>(root, "memory", memory_of);
}

int usable_cpus(const std::string& root) {
  int cpus = cpus_of_affinity();
  if (cpus == 0) cpus = static_cast<int>(std::thread::hardware_concurrency());
  if (const std::optional<double> quota = cpu_quota(root))
    cpus = static_cast<int>(std::min<double>(cpus, std::ceil(*quota)));
  return std::max(cpus, 1);
}

int usable_cpus_of_each(int processes, const std::string& root) {
  double cpus = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
  if (const std::optional<double> quota = cpu_quota(root)) cpus = std::min(cpus, std::ceil(*quota));
  // A launcher may have given each of them CPUs of its own.
  return std::max(std::min(usable_cpus(root), static_cast<int>(cpus) / processes), 1);
}

AvailableMemory available_memory(const std::string& root, int processes) {
  const std::string each = processes > 1 ? " for each of " + std::to_string(processes) + " ranks" : "";
  AvailableMemory memory{proc_entry(root + "/proc/meminfo", "MemAvailable:") / processes,
                         "on this machine" + each};
  const auto limit = [&memory](std::int64_t bytes, const std::string& name) {
    if (memory.bytes == 0 || bytes < memory.bytes) memory = {std::max<std::int64_t>(bytes, 1), name};
  };
  if (const std::optional<std::int64_t> bytes = control_group_memory(root))
    limit(*bytes / processes, "under the limit of the control group" + each);
  const auto ulimit = [&](decltype(RLIMIT_AS) resource, const char* used, const char* name) {
    struct rlimit most {};
    if (::getrlimit(resource, &most) != 0 || most.rlim_cur == RLIM_INFINITY) return;
    limit(static_cast<std::int64_t>(std::min<rlim_t>(most.rlim_cur, INT64_MAX)) -
              proc_entry(root + "/proc/self/status", used),
          name);
  };
  ulimit(RLIMIT_AS, "VmSize:", "under 'ulimit -v'");
  ulimit(RLIMIT_DATA, "VmData:", "under 'ulimit -d'");
  return memory;
}

std::int64_t proc_entry(const std::string& file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name)) return std::strtoll(line.c_str() + name.size(), nullptr, 10) * 1024;
  return 0;
}

}  // namespace warp2vec
