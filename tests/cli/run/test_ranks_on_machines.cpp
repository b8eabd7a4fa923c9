// train under mpirun on two machines: network namespaces with a cable between them, and host names of their
// own. Skipped where they cannot be made, which needs root and ip (iproute2).
#include "tests/cli/ranks_test.h"
#include "tests/support/json_lines.h"
#include "tests/support/subprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

namespace warp2vec::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

class CliMachines : public RanksTest {
 protected:
  void SetUp() override {
    RanksTest::SetUp();
    if (IsSkipped()) return;
    for (const int machine : {1, 2}) {
      const Finished made = ip({"netns", "add", space(machine)});
      if (made.status != 0) GTEST_SKIP() << "no network namespaces here: " << made.err;
    }
    const Finished cable = ip({"link", "add", cable_end(1), "netns", space(1), "type", "veth", "peer", "name",
                               cable_end(2), "netns", space(2)});
    if (cable.status != 0) GTEST_SKIP() << "no virtual cables here: " << cable.err;
    for (const int machine : {1, 2}) {
      ASSERT_EQ(ip({"-n", space(machine), "addr", "add", address(machine) + "/24", "dev", cable_end(machine)})
                    .status,
                0);
      for (const std::string& device : {cable_end(machine), std::string("lo")})
        ASSERT_EQ(ip({"-n", space(machine), "link", "set", device, "up"}).status, 0);
    }
    // In the place of ssh, which gets the address and the command.
    folder_.write("agent", "#!/bin/sh\nshift\nexec " + entering(2) + " sh -c 'hostname machine2; '\"$*\"\n");
    ASSERT_EQ(::chmod(path("agent").c_str(), 0700), 0);
  }
  void TearDown() override {
    for (const int machine : {1, 2}) ip({"netns", "del", space(machine)});
  }

  static std::string space(int machine) {
    return "warp2vec-" + std::to_string(::getpid()) + "-" + std::to_string(machine);
  }
  static std::string cable_end(int machine) { return "cable" + std::to_string(machine); }
  static std::string address(int machine) { return "10.77.0." + std::to_string(machine); }
  static std::string entering(int machine) { return "ip netns exec " + space(machine) + " unshare --uts"; }

  Finished ip(const Arguments& arguments) const {
    return Subprocess(Arguments{"/usr/bin/env", "ip"} + arguments, path()).wait();
  }

  // `ranks` on the first machine and then on the second, in turn, which talk by TCP only.
  Arguments on_machines(int ranks, const Arguments& arguments) const {
    const Arguments settings{"--host",
                             address(1) + ":2," + address(2) + ":2",
                             "--map-by",
                             "node",
                             "--mca",
                             "plm_rsh_agent",
                             path("agent"),
                             "--mca",
                             "btl",
                             "tcp,self",
                             "--mca",
                             "btl_tcp_if_include",
                             "10.77.0.0/24",
                             "--mca",
                             "oob_tcp_if_include",
                             "10.77.0.0/24",
                             "--mca",
                             "oob_tcp_keepalive_time",
                             "3",
                             "--mca",
                             "oob_tcp_keepalive_intvl",
                             "2",
                             "--mca",
                             "oob_tcp_keepalive_probes",
                             "2"};
    return Arguments{"/bin/sh", "-c",
                     "exec " + entering(1) + " sh -c 'hostname machine1; exec \"$0\" \"$@\"' \"$0\" \"$@\""} +
           mpirun() + settings + on(ranks, arguments);
  }
  Finished run_on_machines(int ranks, const Arguments& arguments) const {
    return Subprocess(on_machines(ranks, arguments), path()).wait();
  }

  Arguments long_training() const {
    return training({"--epochs", "100", "--checkpoint", path("run"), "--checkpoint-every", "50000"});
  }
};

TEST_F(CliMachines, TrainWhatOneMachineWould) {
  ASSERT_EQ(run_on(2, training()).status, 0);
  const std::string vectors = folder_.read("v.bin");
  std::filesystem::remove(path("v.bin"));
  const Finished apart = run_on_machines(2, training());
  ASSERT_EQ(apart.status, 0) << apart.err;
  EXPECT_THAT(apart.err, HasSubstr("divided among 2 ranks, 1 of them on this machine"));
  EXPECT_TRUE(folder_.read("v.bin") == vectors);
}

TEST_F(CliMachines, ADeadRankEndsTheRunWhichOthersGoOnWith) {
  Subprocess all(on_machines(2, long_training()), path());
  const pid_t process = process_of(1);
  ASSERT_NE(process, 0);
  ASSERT_TRUE(wait_for("run"));
  const milliseconds moment(std::random_device{}() % 500);
  SCOPED_TRACE("killed " + std::to_string(moment.count()) + " ms after the first checkpoint");
  std::this_thread::sleep_for(moment);
  ASSERT_TRUE(all.running());
  ::kill(process, SIGKILL);
  const Clock::time_point killed = Clock::now();
  const Finished dead = all.wait();
  EXPECT_LT(Clock::now() - killed, seconds(60));
  EXPECT_NE(dead.status, 0);
  EXPECT_THAT(dead.err,
              AllOf(HasSubstr("rank 1"), HasSubstr("on node " + address(2)), HasSubstr("signal 9")));
  EXPECT_FALSE(exists("v.bin"));

  std::filesystem::copy_file(path("run"), path("copy"));
  const auto resumed = [&](const std::string& file) {
    return Arguments{"train",     "--resume",           path(file), "--output", path(file + ".bin"),
                     "--metrics", path(file + ".jsonl")};
  };
  const Finished three = run_on_machines(3, resumed("run"));
  EXPECT_EQ(three.status, 0) << three.err;
  const Finished one = run(resumed("copy"));
  EXPECT_EQ(one.status, 0) << one.err;
  for (const char* file : {"run", "copy"}) {
    EXPECT_TRUE(exists(file + std::string(".bin")));
    const nlohmann::json summary = json_lines(path(file + std::string(".jsonl"))).back();
    EXPECT_EQ(summary["state"], "finished");
    EXPECT_EQ(summary["settings"]["epochs"], 100);
  }
}

TEST_F(CliMachines, ACutCableEndsTheRun) {
  Subprocess all(on_machines(2, long_training()), path());
  const pid_t far = process_of(1);
  ASSERT_NE(far, 0);
  ASSERT_TRUE(wait_for("run"));
  ASSERT_EQ(ip({"-n", space(2), "link", "set", cable_end(2), "down"}).status, 0);
  const Finished cut = all.wait();
  EXPECT_NE(cut.status, 0);
  EXPECT_THAT(cut.err, AllOf(HasSubstr("lost communication"), HasSubstr(address(2))));
  EXPECT_FALSE(exists("v.bin"));
  // On the other machine, too, nothing goes on.
  for (const Clock::time_point patience = Clock::now() + seconds(60); ::kill(far, 0) == 0;) {
    ASSERT_LT(Clock::now(), patience);
    std::this_thread::sleep_for(milliseconds(50));
  }
}

}  // namespace
}  // namespace warp2vec::cli
