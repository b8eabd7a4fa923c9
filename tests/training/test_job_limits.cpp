// Control groups are read from made trees.

#include "host/training/job_limits.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <thread>
#include <tuple>

namespace warp2vec {
namespace {

class JobLimits : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& content) const { folder_.write(name, content); }
  std::string root() const { return folder_.path(); }

  // A job in a group of version 2, two levels below the root.
  void make_groups_2() const {
    write("proc/self/cgroup", "0::/batch/job7\n");
    write("sys/fs/cgroup/batch/job7/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/batch/job7/memory.max", "max\n");
    write("sys/fs/cgroup/batch/job7/memory.current", "5000\n");
    write("sys/fs/cgroup/batch/cpu.max", "250000 100000\n");
    write("sys/fs/cgroup/batch/memory.max", "100000\n");
    write("sys/fs/cgroup/batch/memory.current", "60000\n");
    write("sys/fs/cgroup/batch/memory.stat", "anon 20000\nactive_file 25000\ninactive_file 15000\n");
  }

  // In version 1, as in a container that sees only its own groups.
  void make_groups_1() const {
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/0a1b\n3:memory:/docker/0a1b\n1:name=systemd:/docker\n");
    write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
    write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "70000\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "30000\n");
    write("sys/fs/cgroup/memory/memory.stat",
          "active_file 1\ntotal_active_file 4000\ntotal_inactive_file 6000\n");
  }

  TemporaryFolder folder_;
};

TEST_F(JobLimits, OfGroupsAboveTheProcess) {
  make_groups_2();
  EXPECT_EQ(cpu_quota(root()), 2.5);
  EXPECT_EQ(control_group_memory(root()), 100000 - 20000);
}

TEST_F(JobLimits, TheLeastOfSeveralGroupsCounts) {
  make_groups_2();
  write("sys/fs/cgroup/batch/job7/cpu.max", "100000 100000\n");
  write("sys/fs/cgroup/batch/job7/memory.max", "6000\n");
  EXPECT_EQ(cpu_quota(root()), 1);
  EXPECT_EQ(control_group_memory(root()), 1000);
  write("sys/fs/cgroup/batch/job7/memory.max", "4000\n");  // already exceeded
  EXPECT_EQ(control_group_memory(root()), 0);
}

TEST_F(JobLimits, OfVersion1InAContainer) {
  make_groups_1();
  EXPECT_EQ(cpu_quota(root()), 0.5);
  EXPECT_EQ(usable_cpus(root()), 1);
  EXPECT_EQ(control_group_memory(root()), 70000 - 20000);
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  EXPECT_FALSE(cpu_quota(root()));
}

TEST_F(JobLimits, NoneWhereNothingIsLimited) {
  EXPECT_FALSE(cpu_quota(root()));
  EXPECT_FALSE(control_group_memory(root()));
  EXPECT_EQ(available_memory(root()).bytes, 0);
  write("proc/self/cgroup", "0::/../outside\nnonsense\n");
  EXPECT_FALSE(cpu_quota(root()));
  EXPECT_FALSE(control_group_memory(root()));
}

TEST_F(JobLimits, AffinityLimitsCpus) {
  int cpus = 0;
  int with_quota = 0;
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "6400000 100000\n");
  std::thread([&] {  // affinity is a thread's own
    cpu_set_t all;
    ASSERT_EQ(::sched_getaffinity(0, sizeof(all), &all), 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; CPU_COUNT(&one) == 0; ++cpu)
      if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
    cpus = usable_cpus();
    with_quota = usable_cpus(root());
  })
      .join();
  EXPECT_EQ(cpus, 1);
  EXPECT_EQ(with_quota, 1);
}

TEST_F(JobLimits, ProcessesShareThem) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(usable_cpus_of_each(1, root()), 1);
  EXPECT_EQ(usable_cpus_of_each(8, root()), 1);
  const int all = usable_cpus();
  EXPECT_EQ(usable_cpus_of_each(1), all);
  EXPECT_LE(usable_cpus_of_each(2), all);
  EXPECT_EQ(usable_cpus_of_each(1 << 20), 1);
  write("proc/meminfo", "MemAvailable:  500 kB\n");
  EXPECT_EQ(available_memory(root(), 4).bytes, 125 * 1024);
  EXPECT_EQ(available_memory(root(), 4).limit, "on this machine for each of 4 ranks");
  write("sys/fs/cgroup/memory.max", "100000\n");
  write("sys/fs/cgroup/memory.current", "20000\n");
  EXPECT_EQ(available_memory(root(), 4).bytes, 20000);
  EXPECT_EQ(available_memory(root(), 4).limit, "under the limit of the control group for each of 4 ranks");
}

TEST_F(JobLimits, MemoryIsLimitedByTheMachineOrItsGroups) {
  make_groups_2();
  write("proc/meminfo", "MemTotal:  100 kB\nMemAvailable:  50 kB\n");
  EXPECT_EQ(available_memory(root()).bytes, 50 * 1024);
  EXPECT_EQ(available_memory(root()).limit, "on this machine");
  write("proc/meminfo", "MemTotal:  1000 kB\nMemAvailable:  500 kB\n");
  EXPECT_EQ(available_memory(root()).bytes, 80000);
  EXPECT_EQ(available_memory(root()).limit, "under the limit of the control group");
}

TEST_F(JobLimits, MemoryIsLimitedByUlimit) {
  write("proc/self/status", "VmSize:  1024 kB\nVmData:  512 kB\n");
  for (const auto& [resource, limit, used] : {std::tuple{RLIMIT_AS, "under 'ulimit -v'", 1024},
                                              std::tuple{RLIMIT_DATA, "under 'ulimit -d'", 512}}) {
    struct rlimit before {};
    ASSERT_EQ(::getrlimit(resource, &before), 0);
    constexpr std::int64_t kLimit = std::int64_t{1} << 46;  // above what sanitizers use
    const struct rlimit lower { static_cast<rlim_t>(kLimit), before.rlim_max };
    ASSERT_EQ(::setrlimit(resource, &lower), 0);
    const AvailableMemory available = available_memory(root());
    ::setrlimit(resource, &before);
    EXPECT_EQ(available.bytes, kLimit - used * 1024);
    EXPECT_EQ(available.limit, limit);
  }
}

}  // namespace
}  // namespace warp2vec
