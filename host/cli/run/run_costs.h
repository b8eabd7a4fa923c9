#pragma once
/// What a run needs besides memory, computed before it starts: disk space, and the cost of one training step.

#include <warp2vec/config.h>
#include <warp2vec/word_vectors.h>

#include "host/planning/memory_plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Size of the output file(s); exact for binary, about 12 bytes per number for the text formats.
std::int64_t output_bytes(const CorpusSize& size, std::int32_t dim, VectorFormat format);
bool is_text(VectorFormat format);

/// Size of the file that --save-model writes.
std::int64_t model_bytes(const CorpusSize& size, const Config& config);

/// Size of the file that 'encode' writes, excluding what the text is known by.
std::int64_t corpus_bytes(const CorpusSize& size);

/// Size of the file that --checkpoint writes, excluding names and losses.
std::int64_t checkpoint_bytes(const CorpusSize& size, const Config& config);
/// Memory for the copy of the parameters in CheckpointWriter.
std::int64_t checkpoint_memory(const CorpusSize& size, const Config& config);

/// The number of weights that training one centre updates, as an expression and its value.
struct StepCost {
  std::string method;
  std::string expression;  ///< for example "100 + 100*28"
  std::int64_t weights = 0;
};

/// One centre with `positives` contexts and `negative` negatives shared by them. `path_length` is the mean
/// length of a path in the Huffman tree.
std::vector<StepCost> step_costs(std::int64_t words, std::int32_t dim, std::int64_t positives,
                                 std::int64_t negative, double path_length);
/// "100 + 100*28 = 2,900".
std::string to_string(const StepCost& cost);

}  // namespace warp2vec::cli
