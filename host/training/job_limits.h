#pragma once
/// What this process may use of the machine. `root`, everywhere: the folder that holds proc and sys.

#include <cstdint>
#include <optional>
#include <string>

namespace warp2vec {

/// CPUs that the process may use at a time: those of its affinity mask, but no more than its control groups'
/// quota, rounded up; at least 1.
int usable_cpus(const std::string& root = "/");

/// The same for each of `processes` like this one on this machine, if they share its CPUs equally.
int usable_cpus_of_each(int processes, const std::string& root = "/");

/// CPUs of the quota of the process's control groups (version 1 or 2): the least on the way to the root of
/// the hierarchy. None without a quota.
std::optional<double> cpu_quota(const std::string& root);

struct AvailableMemory {
  std::int64_t bytes = 0;  ///< 0 = unknown
  std::string limit;       ///< what limits it, for messages: "on this machine", or a limit's name
};

/// Memory that the process can still get without swapping: the least of what is available on the machine,
/// in its control groups, and under 'ulimit -v' and 'ulimit -d'. `processes` like this one share all but the
/// latter equally.
AvailableMemory available_memory(const std::string& root = "/", int processes = 1);

/// Bytes that the limits of the process's control groups (version 1 or 2) leave, counting files that are
/// only cached as free: the least on the way to the root of the hierarchy. None without a limit.
std::optional<std::int64_t> control_group_memory(const std::string& root);

/// Bytes of the entry "name  number kB" in a file below proc; 0 if it is missing. `name` ends with ':'.
std::int64_t proc_entry(const std::string& file, const std::string& name);

}  // namespace warp2vec
