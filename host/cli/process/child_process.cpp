#include "host/cli/process/child_process.h"

#include <warp2vec/error.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <system_error>
#include <thread>

namespace warp2vec::cli {
namespace {

pid_t start(const std::vector<std::string>& arguments, const std::string& errors) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) throw Error("cannot start a process: " + std::generic_category().message(errno));
  if (process > 0) return process;
  // From here on, only functions that are safe after fork() in a multithreaded process.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // the parent has already ended
  ::setpgid(0, 0);                        // Ctrl-C is for the parent, which kills this process itself
  ::signal(SIGPIPE, SIG_DFL);             // the parent may ignore it
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDERR_FILENO);
  ::execv("/proc/self/exe", argv.data());
  ::_exit(127);
}

}  // namespace

double run_to_end(const std::vector<std::string>& arguments, const std::string& errors,
                  const std::function<void(double seconds)>& waiting) {
  const auto begin = std::chrono::steady_clock::now();
  const auto seconds = [begin] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const pid_t process = start(arguments, errors);
  int status = 0;
  try {
    for (;;) {
      const pid_t ended = ::waitpid(process, &status, WNOHANG);
      if (ended == process) break;
      if (ended < 0) throw Error("cannot wait for train: " + std::generic_category().message(errno));
      waiting(seconds());
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  } catch (...) {
    ::kill(process, SIGKILL);
    ::waitpid(process, nullptr, 0);
    throw;
  }
  if (status == 0) return seconds();
  std::ifstream in(errors, std::ios::binary);
  std::string last;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) last = line;
  const std::string prefix = "warp2vec: error: ";
  if (last.starts_with(prefix)) throw Error(last.substr(prefix.size()));
  throw Error((WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status)) + " ended train"
                                   : "train ended with status " + std::to_string(WEXITSTATUS(status))) +
              (last.empty() ? "" : ": " + last));
}

}  // namespace warp2vec::cli
