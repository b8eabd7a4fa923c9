#pragma once
/// Small word vectors and their files, byte by byte.

#include <warp2vec/word_vectors.h>

#include "host/bytes/little_endian.h"

#include <cstring>
#include <string>
#include <vector>

namespace warp2vec {

inline WordVectors make_vectors(const std::vector<std::string>& words, std::int32_t dim,
                                const std::vector<float>& values) {
  WordVectors result;
  result.words = words;
  result.vectors = Matrix(static_cast<std::int64_t>(words.size()), dim);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    result.vectors.row(at / dim)[at % dim] = values[i];
  }
  return result;
}

/// Values row by row, without padding.
inline std::vector<float> values_of(const WordVectors& vectors) {
  std::vector<float> values;
  for (std::int64_t r = 0; r < vectors.size(); ++r)
    values.insert(values.end(), vectors.vectors.row(r), vectors.vectors.row(r) + vectors.dim());
  return values;
}

/// The bits of the values, which distinguish -0 from 0.
inline std::vector<std::uint32_t> bits_of(const WordVectors& vectors) {
  const std::vector<float> values = values_of(vectors);
  std::vector<std::uint32_t> bits(values.size());
  std::memcpy(bits.data(), values.data(), values.size() * sizeof(float));
  return bits;
}

inline std::string float_bytes(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

/// Three words of three values; among these the largest and the smallest float and a negative zero.
inline WordVectors sample_vectors() {
  return make_vectors(
      {"the", "κόσμος", "a"}, 3,
      {0.1F, -0.0F, 1.0F / 3, 3.4028235e38F, 1e-45F, -1.1754944e-38F, 1e-5F, 16777216, -2.5F});
}

/// What differs in a fastText model.
struct FastTextSample {
  std::int32_t version = 12;
  std::int32_t buckets = 3;
  std::int32_t longest = 3;  ///< subword
  bool quantized = false;
};

/// A fastText model of the words </s> and é and a label. The rows of its input matrix, for two words and
/// three buckets, are 1 2, 3 4, 10 0, 0 10 and 100 100.
inline std::string fasttext_model(const FastTextSample& sample = {}) {
  std::string bytes("\xba\x16\x4f\x2f");
  const auto add = [&bytes](auto... numbers) { (append_number_bytes(bytes, numbers), ...); };
  const auto add_word = [&](const std::string& word, std::int64_t count, std::int8_t type) {
    bytes += word + '\0';
    add(count, type);
  };
  constexpr std::int32_t kDim = 2;
  add(sample.version, kDim, 5, 5, 1, 5, 1, 2, 2, sample.buckets, 2, sample.longest, 100, 1e-4);
  add(3, 2, 1, std::int64_t{14}, std::int64_t{-1});
  add_word("</s>", 9, 0);
  add_word("\xc3\xa9", 5, 0);
  add_word("__label__x", 1, 1);
  add(std::int8_t{sample.quantized}, std::int64_t{5}, std::int64_t{kDim});
  bytes += float_bytes({1, 2, 3, 4, 10, 0, 0, 10, 100, 100});
  add(std::int8_t{0}, std::int64_t{1}, std::int64_t{kDim});
  return bytes += float_bytes({0, 0});
}

}  // namespace warp2vec
