#include "host/cli/bench/child_process.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>

namespace warp2vec::cli::bench {

namespace {

using Clock = std::chrono::steady_clock;

pid_t start(const std::vector<std::string>& command, const std::string& errors) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
  // A group of its own: Ctrl-C is for this process, which ends the child itself.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // What this process ignores while it measures is no rule for another.
  sigset_t usual;
  ::sigemptyset(&usual);
  ::sigaddset(&usual, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  pid_t process = 0;
  const int error = ::posix_spawn(&process, arguments[0], &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw Error("cannot start " + command.front() + ": " + std::generic_category().message(error));
  return process;
}

}  // namespace

ChildEnd run_child(const std::vector<std::string>& command, const std::string& errors,
                   const std::function<void(double seconds)>& waiting) {
  const auto begin = Clock::now();
  const auto seconds = [begin] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  const pid_t process = start(command, errors);
  int status = 0;
  try {
    for (pid_t ended = 0; ended == 0;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ended = ::waitpid(process, &status, WNOHANG);
      if (ended < 0 && errno != EINTR)
        throw Error("cannot wait for " + command.front() + ": " + std::generic_category().message(errno));
      if (ended < 0) ended = 0;
      if (ended == 0) waiting(seconds());
    }
  } catch (...) {
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    throw;
  }
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return {code, seconds()};
}

}  // namespace warp2vec::cli::bench
