/// The warp2vec program; everything it does is in cli/.

#include "host/cli/program.h"

#include <fcntl.h>
#include <unistd.h>

namespace {

// A file that the program opens must not get the number of a standard stream that is closed: messages would
// be written into it. Using such a stream still fails.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_streams();
  return argc > 0 ? warp2vec::cli::run_program(argv[0], {argv + 1, argv + argc})
                  : warp2vec::cli::run_program("", {});
}
