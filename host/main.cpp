/// The warp2vec program; everything it does is in cli/.

#include "host/cli/program.h"

int main(int argc, char** argv) {
  return warp2vec::cli::run_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
