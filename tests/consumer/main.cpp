#include <warp2vec/config.h>
#include <warp2vec/random.h>

#include <cstdio>

int main() {
  const warp2vec::Config config;
  config.validate();
  const warp2vec::Draws draws{config.seed};
  std::printf("%08x\n", draws.word(warp2vec::Stream::keep, 0));
}
