// Walks on a ring of ten nodes, in the three forms of IdSequences: row i of the vectors is node i.
#include <warp2vec/train.h>

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <vector>

int main() try {
  constexpr std::int64_t kNodes = 10;
  constexpr std::int64_t kLength = 20;
  std::vector<std::int64_t> steps, separated;
  std::vector<std::int32_t> offsets{0};
  for (std::int64_t walk = 0; walk < 30; ++walk) {
    for (std::int64_t step = 0; step < kLength; ++step) steps.push_back((walk + step) % kNodes);
    separated.insert(separated.end(), steps.end() - kLength, steps.end());
    separated.push_back(-1);
    offsets.push_back(static_cast<std::int32_t>(steps.size()));
  }
  warp2vec::Config config;
  config.dim = 8;
  config.sample = 0;
  config.deterministic = true;
  const auto csr = warp2vec::train(warp2vec::IdSequences::csr(steps, offsets), config, kNodes + 2);
  const auto rows = warp2vec::train(warp2vec::IdSequences::padded(steps, 30, kLength), config, kNodes + 2);
  const auto flat = warp2vec::train(warp2vec::IdSequences::separated(separated), config, kNodes + 2);
  for (std::int64_t node = 0; node < kNodes + 2; ++node) {
    const float* const vector = csr.vectors.row(node);
    for (const auto& same : {rows.vectors.row(node), flat.vectors.row(node)})
      if (!std::equal(vector, vector + config.dim, same)) throw warp2vec::Error("the forms differ");
  }
  if (csr.without != std::vector<std::int32_t>{10, 11})
    throw warp2vec::Error("two nodes are not in any walk");
  std::cout << csr.vectors.rows() << " nodes\n";
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
