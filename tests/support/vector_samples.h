#pragma once
/// Small word vectors and their files, byte by byte.

#include <warp2vec/word_vectors.h>

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

}  // namespace warp2vec
