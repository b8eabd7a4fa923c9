#pragma once
/// Training with the PTX of the kernels, and with the same kernel bodies in plain loops.

#include <warp2vec/detail/bf16.h>

#include "kernels/backend/model_of.h"
#include "kernels/training/train_launch.h"
#include "tests/emulated/cuda_backend_test.h"
#include "tests/plain_warp/host_warp_backend.h"
#include "tests/ptx/ptx_device.h"
#include "tests/support/long_vectors.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace warp2vec {

/// A fresh GPU, and unmodified kernels.
class PtxTest : public CudaBackendTest {
 public:
  PtxTest() { reset(); }
  ~PtxTest() override {
    EXPECT_EQ(ptx::failure(), "");
    reset();
  }

 protected:
  /// Emulates a GPU of compute capability `architecture` / 10. To be called by SetUp(): skips the test if
  /// such a GPU would not use the PTX of `compiled_for`.
  static void use_architecture(int architecture, int compiled_for) {
    const std::vector<int> known = ptx::architectures();
    const auto above = std::upper_bound(known.begin(), known.end(), architecture);
    if (above == known.begin() || *(above - 1) != compiled_for)
      GTEST_SKIP() << "this build has no PTX for " << compiled_for;
    emulation::device_settings().major = architecture / 10;
    emulation::device_settings().minor = architecture % 10;
  }

 private:
  static void reset() {
    ptx::settings() = {};
    ptx::reset();
  }
};

/// One case: `blocks` blocks of `warps` warps, one after the other, of the tensor-core kernel for tiles or of
/// the plain kernel.
struct Training {
  const SyntheticCorpus& corpus;
  Config config;
  bool tensor_cores = true;
  int blocks = 1;
  int warps = 4;

  Outcome by_ptx() const {
    return run_from_long(corpus, config,
                         tensor_cores ? warp2vec::tensor_cores(blocks, warps) : cuda(blocks, warps));
  }
  /// With the tile sizes planned for the device.
  Outcome by_plain_loops() const {
    if (!tensor_cores) return run_from_long(corpus, config, host_warps(blocks, warps));
    const TrainingData data(config, corpus.vocabulary, corpus.tokens);
    const TrainLaunch launch = plan_train_launch(model_of(data), {0, true, warps});
    if (!launch.tensor_cores) throw std::logic_error("a tile does not fit into this device's shared memory");
    return run_from_long(corpus, config,
                         config.table_type == TableType::bf16
                             ? host_tiles<Bf16>(blocks, warps, launch.path_sizes)
                             : host_tiles(blocks, warps, launch.path_sizes));
  }
};

/// Skip-gram in tiles of four paths, for three blocks: with so many pairs trained elsewhere at the same time
/// the updates of nodes are damped.
inline Config damped_nodes_config(const std::string& loss) {
  Config config = config_of(loss, Sharing::tile);
  config.sample = 0;
  return config;
}
inline constexpr int kBlocksThatDampNodes = 3;

inline void expect_same_bits(const Outcome& ptx, const Outcome& plain) {
  EXPECT_EQ(ptx.summary.pairs, plain.summary.pairs);
  EXPECT_EQ(ptx.summary.kept_tokens, plain.summary.kept_tokens);
  EXPECT_EQ(ptx.summary.epoch_loss, plain.summary.epoch_loss);
  EXPECT_TRUE(equal_bits(ptx.embeddings, plain.embeddings)) << "differ by " << difference_share(ptx, plain);
}

}  // namespace warp2vec
