#pragma once
/// The alias table, for O(1) negative draws, and the Huffman tree of word counts: owners on the host, and
/// trivially copyable views for any device.

#include <warp2vec/detail/random.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/types.h>

#include <cstdint>
#include <span>
#include <vector>

namespace warp2vec {

/// One column of an alias table: the column's own word is drawn if the coin is <= threshold, else `alias`.
struct AliasColumn {
  std::uint32_t threshold;
  WordId alias;
};

/// Draws from an AliasTable; trivially copyable.
struct AliasView {
  const AliasColumn* columns = nullptr;
  std::uint32_t size = 0;

  /// One word from two u32 draws: one picks the column, the other is the coin.
  WARP2VEC_HD WordId draw(std::uint32_t column_draw, std::uint32_t coin) const {
    const std::uint32_t column = to_below(column_draw, size);
    const AliasColumn& c = columns[column];
    return coin <= c.threshold ? static_cast<WordId>(column) : c.alias;
  }
};

/// Walker's alias table over P(w) ~ count(w)^exponent (A. J. Walker 1977; linear construction of M. D. Vose
/// 1991).
class WARP2VEC_EXPORT AliasTable {
 public:
  AliasTable() = default;

  /// Built in double from `counts` (all >= 1) with any finite exponent; each word's probability is exact to
  /// within 1e-6. Throws Error for fewer than two words or a non-finite exponent.
  AliasTable(std::span<const std::int64_t> counts, double exponent);

  AliasView view() const { return {columns_.data(), static_cast<std::uint32_t>(columns_.size())}; }

 private:
  std::vector<AliasColumn> columns_;
};

/// P(w) = count(w)^exponent / sum, for counts >= 1; scaled so that no power overflows and the sum cannot
/// underflow.
std::vector<double> sampling_distribution(std::span<const std::int64_t> counts, double exponent);

inline constexpr int kMaxCodeLength = 64;

/// One level of a canonical Huffman tree (level l = depth l; the root is alone on level 0).
struct HuffmanLevel {
  std::uint64_t first_code;  ///< code of the level's first leaf, `level` bits
  std::int64_t first_leaf;   ///< word id of the level's first leaf
  std::int64_t node_base;  ///< inner node with prefix q on this level has the id q + node_base (modulo 2^64)
};

/// One step of a word's path: the inner node, and the branch taken: 0 is left, with probability sigmoid(x .
/// node).
struct PathStep {
  std::int64_t node;
  bool right;
};

/// Paths of a HuffmanTree by arithmetic from (code, length); trivially copyable.
struct HuffmanView {
  const HuffmanLevel* levels = nullptr;        ///< [kMaxCodeLength + 1]
  const std::uint8_t* code_lengths = nullptr;  ///< [words]
  std::int64_t words = 0;

  WARP2VEC_HD int length(WordId w) const { return code_lengths[row_of(w)]; }
  WARP2VEC_HD std::uint64_t code(WordId w) const {
    const HuffmanLevel& level = levels[length(w)];
    return level.first_code + static_cast<std::uint64_t>(row_of(w) - level.first_leaf);
  }
  /// Length of the longest path, the last word's, in nodes.
  WARP2VEC_HD int longest() const { return code_lengths[words - 1]; }
  /// Step `depth` in [0, length) of the path from the root to the leaf with this code.
  WARP2VEC_HD PathStep step(std::uint64_t code_of_leaf, int length_of_code, int depth) const {
    const std::uint64_t prefix = depth == 0 ? 0 : code_of_leaf >> (length_of_code - depth);
    return {static_cast<std::int64_t>(prefix + static_cast<std::uint64_t>(levels[depth].node_base)),
            ((code_of_leaf >> (length_of_code - 1 - depth)) & 1U) != 0};
  }
  /// The same of the path to w.
  WARP2VEC_HD PathStep step(WordId w, int depth) const { return step(code(w), length(w), depth); }
  /// The level of an inner node, found by walking down from the root: the last word's path passes through the
  /// last node of each level.
  WARP2VEC_HD int depth_of(std::int64_t node) const {
    int depth = 0;
    while (step(static_cast<WordId>(words - 1), depth).node < node) ++depth;
    return depth;
  }
};

/// The canonical Huffman tree of a vocabulary (D. A. Huffman 1952; code lengths in place after A. Moffat and
/// J. Katajainen 1995; canonical codes as in RFC 1951). Leaves are ordered from left to right by decreasing
/// frequency, inner nodes are numbered level by level from the root (id 0): the most visited nodes are a
/// prefix [0, n).
class WARP2VEC_EXPORT HuffmanTree {
 public:
  HuffmanTree() = default;

  /// `counts` must be non-increasing and >= 1. Throws Error for other counts, for fewer than two words, and
  /// for trees deeper than kMaxCodeLength.
  explicit HuffmanTree(std::span<const std::int64_t> counts);

  /// The canonical tree with these code lengths, one per word: 1 to kMaxCodeLength, non-decreasing, with the
  /// sum of 2^-length equal to 1 (L. G. Kraft 1949). Throws Error for other lengths, and for counts as above.
  HuffmanTree(std::span<const std::int64_t> counts, std::vector<std::uint8_t> code_lengths);

  HuffmanView view() const {
    return {levels_.data(), code_lengths_.data(), static_cast<std::int64_t>(code_lengths_.size())};
  }
  /// Number of inner nodes: words - 1.
  std::int64_t inner_nodes() const { return static_cast<std::int64_t>(code_lengths_.size()) - 1; }
  /// Expected path length under the counts, in nodes.
  double mean_code_length() const { return mean_code_length_; }

 private:
  std::vector<HuffmanLevel> levels_;
  std::vector<std::uint8_t> code_lengths_;
  double mean_code_length_ = 0;
};

}  // namespace warp2vec
