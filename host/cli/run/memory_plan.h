#pragma once
/// What a run needs, computed before it starts: memory, disk, and the cost of one training step.

#include <warp2vec/config.h>
#include <warp2vec/vocabulary.h>
#include <warp2vec/word_vectors.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// How much there is to train.
struct CorpusSize {
  std::int64_t words = 0;       ///< vocabulary size
  std::int64_t word_bytes = 0;  ///< all words together
  std::int64_t tokens = 0;      ///< of one epoch
};

CorpusSize size_of(const Vocabulary& vocabulary);

struct MemoryItem {
  std::string name;
  std::int64_t bytes = 0;
  std::int64_t device_bytes = 0;  ///< what a GPU would need of it
};

/// The large allocations of a run, row padding included. Small ones (scratch of a thread, buffers) are left
/// out.
std::vector<MemoryItem> memory_plan(const CorpusSize& size, const Config& config);
std::int64_t host_bytes(const std::vector<MemoryItem>& items);
std::int64_t device_bytes(const std::vector<MemoryItem>& items);

/// Size of the output file(s); exact for binary, about 12 bytes a number for the text formats.
std::int64_t output_bytes(const CorpusSize& size, std::int32_t dim, VectorFormat format);
bool is_text(VectorFormat format);

/// Size of the file that --save-model writes.
std::int64_t model_bytes(const CorpusSize& size, const Config& config);

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
