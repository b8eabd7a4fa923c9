#pragma once
/// Runs a program and captures its output.

#include <sys/types.h>

#include <csignal>
#include <string>
#include <vector>

namespace warp2vec {

/// The result of a program. `status` is its exit code, or 128 + signal if a signal ended it.
struct Finished {
  int status = 0;
  std::string out;
  std::string err;
};

/// A running program; its standard output and error go to files in `folder`, its input comes from `input`.
class Subprocess {
 public:
  Subprocess(const std::vector<std::string>& command, const std::string& folder,
             const std::string& input = "/dev/null");
  ~Subprocess();
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;

  void send(int signal) const { ::kill(process_, signal); }
  bool running() const;
  /// Waits for the program to end; kills it after two minutes, so that a hang fails one test only.
  Finished wait();

 private:
  std::string out_;
  std::string err_;
  pid_t process_ = 0;  // 0 after wait()
};

std::string read_whole_file(const std::string& path);

}  // namespace warp2vec
