#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>

#include <cstddef>
#include <string>
#include <utility>

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
                  "): expected decreasing counts");
    if (__builtin_add_overflow(total, counts[i], &total))
      throw Error("the sum of all counts is 2^63 or more: expected less");
  }
  return total;
}

// Number of inner nodes on each level of a Huffman tree, from the root down; in place, after A. Moffat and J.
// Katajainen 1995. `slots` holds the weights in increasing order; a slot whose leaf has been merged is
// reused, first for the weight of an inner node, then for its parent, finally for its depth. Nodes are
// created in order of increasing weight, so the last is the root.
std::vector<std::int64_t> nodes_by_level(std::vector<std::int64_t> slots) {
  const std::size_t nodes = slots.size() - 1;
  std::size_t leaf = 0;
  std::size_t node = 0;  // the lightest without a parent
  for (std::size_t made = 0; made < nodes; ++made) {
    std::int64_t weight = 0;
    for (int child = 0; child < 2; ++child) {
      // Leaves go first among equal weights, which keeps the tree shallow.
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

// Code lengths of a Huffman tree of `counts`, in increasing order.
std::vector<std::uint8_t> code_lengths(std::span<const std::int64_t> counts) {
  checked_total(counts);
  const std::vector<std::int64_t> nodes = nodes_by_level({counts.rbegin(), counts.rend()});
  // Leaves are one level below the lowest nodes.
  if (nodes.size() > kMaxCodeLength)
    throw Error("the Huffman tree is " + std::to_string(nodes.size()) + " levels deep, at most " +
                std::to_string(kMaxCodeLength) +
                " are possible: the counts decrease too steeply; raise --min-count or use negative sampling");
  std::vector<std::uint8_t> lengths;
  lengths.reserve(counts.size());
  std::int64_t places = 1;  // leaves and inner nodes on this level
  for (std::size_t level = 0; level <= nodes.size(); ++level) {
    const std::int64_t nodes_here = level < nodes.size() ? nodes[level] : 0;
    lengths.insert(lengths.end(), static_cast<std::size_t>(places - nodes_here),
                   static_cast<std::uint8_t>(level));
    places = 2 * nodes_here;
  }
  return lengths;
}

}  // namespace

HuffmanTree::HuffmanTree(std::span<const std::int64_t> counts) : HuffmanTree(counts, code_lengths(counts)) {}

HuffmanTree::HuffmanTree(std::span<const std::int64_t> counts, std::vector<std::uint8_t> code_lengths)
    : code_lengths_(std::move(code_lengths)) {
  const std::int64_t total = checked_total(counts);
  if (code_lengths_.size() != counts.size())
    throw Error("there are " + std::to_string(code_lengths_.size()) + " code lengths for " +
                std::to_string(counts.size()) + " words");
  levels_.resize(kMaxCodeLength + 1);
  double weighted_lengths = 0;
  std::int64_t first_node = 0;
  std::int64_t places = 1;       // leaves and inner nodes on this level
  std::uint64_t first_code = 0;  // of this level; its inner nodes come after its leaves
  std::size_t leaf = 0;          // the first without a place
  for (std::size_t level = 0; leaf < counts.size(); ++level) {
    const std::size_t first_leaf = leaf;
    for (; leaf < counts.size() && code_lengths_[leaf] == level; ++leaf)
      weighted_lengths += static_cast<double>(level) * static_cast<double>(counts[leaf]);
    const auto leaves = static_cast<std::int64_t>(leaf - first_leaf);
    const std::int64_t nodes_here = places - leaves;
    const auto leaves_below = static_cast<std::int64_t>(counts.size() - leaf);
    // No place may stay empty, and every inner node needs at least two leaves below it.
    if (level > kMaxCodeLength || nodes_here < (leaves_below > 0 ? 1 : 0) || nodes_here > leaves_below / 2)
      throw Error("code lengths on level " + std::to_string(level) +
                  " do not fit: expected those of a Huffman tree, 1 to " + std::to_string(kMaxCodeLength) +
                  ", non-decreasing, with the sum of 2^-length equal to 1");
    const std::uint64_t first_prefix = first_code + static_cast<std::uint64_t>(leaves);
    levels_[level] = {first_code, static_cast<std::int64_t>(first_leaf),
                      static_cast<std::int64_t>(static_cast<std::uint64_t>(first_node) - first_prefix)};
    first_node += nodes_here;
    places = 2 * nodes_here;
    first_code = first_prefix << 1;
  }
  mean_code_length_ = weighted_lengths / static_cast<double>(total);
}

}  // namespace warp2vec
