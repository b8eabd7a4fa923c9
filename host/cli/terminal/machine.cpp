#include "host/cli/terminal/machine.h"

#include "host/training/job_limits.h"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <fstream>
#include <set>
#include <string_view>
#include <utility>

namespace warp2vec::cli {
namespace {

// "key : value" or "key=value" -> value without surrounding spaces and quotes.
std::string value_of(const std::string& line, char separator) {
  const std::size_t at = line.find(separator);
  if (at == std::string::npos) return "";
  constexpr std::string_view kSpace = " \t\"";
  const std::size_t first = line.find_first_not_of(kSpace, at + 1);
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(kSpace) - first + 1);
}

void read_cpu(Machine& machine) {
  std::ifstream in("/proc/cpuinfo");
  std::set<std::pair<std::string, std::string>> cores;
  std::string package;
  for (std::string line; std::getline(in, line);) {
    if (machine.cpu.empty() && line.starts_with("model name")) machine.cpu = value_of(line, ':');
    if (line.starts_with("physical id")) package = value_of(line, ':');
    if (line.starts_with("core id")) cores.emplace(package, value_of(line, ':'));
  }
  machine.cores = static_cast<int>(cores.size());
}

}  // namespace

Machine this_machine() {
  Machine machine;
  read_cpu(machine);
  machine.threads = usable_cpus();
  machine.memory = proc_entry("/proc/meminfo", "MemTotal:");
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);) {
    if (line.starts_with("PRETTY_NAME=")) machine.os = value_of(line, '=');
  }
  struct utsname names {};
  if (::uname(&names) == 0) {
    machine.os += (machine.os.empty() ? "" : ", ") + std::string(names.sysname) + " " + names.release;
    if (machine.cpu.empty()) machine.cpu = names.machine;
  }
  return machine;
}

std::int64_t peak_memory() {
  // getrusage() includes the peak of the parent process.
  if (const std::int64_t peak = proc_entry("/proc/self/status", "VmHWM:"); peak > 0) return peak;
  struct rusage usage {};
  return ::getrusage(RUSAGE_SELF, &usage) == 0 ? std::int64_t{usage.ru_maxrss} * 1024 : 0;
}

}  // namespace warp2vec::cli
