#include <warp2vec/error.h>
#include <warp2vec/samplers.h>

#include <cstddef>
#include <string>

namespace warp2vec {
namespace {

std::int64_t checked_total(std::span<const std::int64_t> counts) {
  if (counts.size() < 2)
    throw Error("hierarchical softmax needs at least two words, the vocabulary has " +
                std::to_string(counts.size()));
  std::int64_t total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < 1)
      throw Error("the count of word " + std::to_string(i) + " is " + std::to_string(counts[i]) +
                  ": expected at least 1");
    if (i > 0 && counts[i] > counts[i - 1])
      throw Error("the count of word " + std::to_string(i) + " is above that of the word before it (" +
                  std::to_string(counts[i]) + " > " + std::to_string(counts[i - 1]) +
                  "): expected falling counts");
    if (__builtin_add_overflow(total, counts[i], &total))
      throw Error("the sum of all counts is 2^63 or more: expected less");
  }
  return total;
}

// Number of inner nodes on each level of a Huffman tree, from the root down; in place after A. Moffat and J.
// Katajainen 1995. `slots` holds the weights, rising; a slot whose leaf has been merged is used again, first
// for the weight of an inner node, then for its parent, at last for its depth. Nodes are made in rising order
// of weight, so the last is the root.
std::vector<std::int64_t> nodes_by_level(std::vector<std::int64_t> slots) {
  const std::size_t nodes = slots.size() - 1;
  std::size_t leaf = 0;
  std::size_t node = 0;  // the lightest that has no parent yet
  for (std::size_t made = 0; made < nodes; ++made) {
    std::int64_t weight = 0;
    for (int child = 0; child < 2; ++child) {
      // Of equal weights the leaf goes first, which keeps the tree flat.
      const bool take_leaf = leaf < slots.size() && (node == made || slots[leaf] <= slots[node]);
      if (take_leaf) {
        weight += slots[leaf++];
      } else {
        weight += slots[node];
        slots[node++] = static_cast<std::int64_t>(made);
      }
    }
    slots[made] = weight;
  }

  std::vector<std::int64_t> levels;
  for (std::size_t i = nodes; i-- > 0;) {
    const bool root = i == nodes - 1;
    slots[i] = root ? 0 : slots[static_cast<std::size_t>(slots[i])] + 1;
    const auto depth = static_cast<std::size_t>(slots[i]);
    if (depth >= levels.size()) levels.resize(depth + 1);
    ++levels[depth];
  }
  return levels;
}

}  // namespace

HuffmanTree::HuffmanTree(std::span<const std::int64_t> counts) {
  const std::int64_t total = checked_total(counts);
  const std::vector<std::int64_t> nodes = nodes_by_level({counts.rbegin(), counts.rend()});
  // Leaves are one level below the lowest nodes.
  if (nodes.size() > kMaxCodeLength)
    throw Error("the Huffman tree is " + std::to_string(nodes.size()) + " levels deep, at most " +
                std::to_string(kMaxCodeLength) +
                " are possible: the counts fall too steeply; raise --min-count or use negative sampling");

  levels_.resize(kMaxCodeLength + 1);
  code_lengths_.reserve(counts.size());
  double weighted_lengths = 0;
  std::int64_t first_node = 0;
  std::int64_t places = 1;       // on this level: leaves and inner nodes
  std::uint64_t first_code = 0;  // of this level; its inner nodes come after its leaves
  for (std::size_t level = 0; level <= nodes.size(); ++level) {
    const std::int64_t nodes_here = level < nodes.size() ? nodes[level] : 0;
    const std::int64_t leaves = places - nodes_here;
    const std::uint64_t first_prefix = first_code + static_cast<std::uint64_t>(leaves);
    const auto first_leaf = static_cast<std::int64_t>(code_lengths_.size());
    levels_[level] = {first_code, first_leaf,
                      static_cast<std::int64_t>(static_cast<std::uint64_t>(first_node) - first_prefix)};
    for (std::int64_t i = 0; i < leaves; ++i) {
      weighted_lengths += static_cast<double>(level) * static_cast<double>(counts[code_lengths_.size()]);
      code_lengths_.push_back(static_cast<std::uint8_t>(level));
    }
    first_node += nodes_here;
    places = 2 * nodes_here;
    first_code = first_prefix << 1;
  }
  mean_code_length_ = weighted_lengths / static_cast<double>(total);
}

}  // namespace warp2vec
