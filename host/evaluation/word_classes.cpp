#include <warp2vec/word_classes.h>

#include "host/compression/compression.h"
#include "host/io/atomic_file.h"
#include "host/io/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace warp2vec {
namespace {

// The centres of the classes, dim x classes, so that a vector's products with all of them are computed side
// by side, each one's sum in the order of its dimensions.
class Centres {
 public:
  Centres(std::int32_t dim, std::int32_t classes)
      : dim_(static_cast<std::size_t>(dim)),
        classes_(static_cast<std::size_t>(classes)),
        values_(dim_ * classes_) {}

  // Those of empty classes become NaN, to which no vector is near.
  void compute(const Matrix& vectors, const std::vector<std::int32_t>& class_of) {
    std::fill(values_.begin(), values_.end(), 0.0F);
    std::vector<std::int64_t> sizes(classes_,
                                    1);  // one too many, as in word2vec.c: the direction is the same
    for (std::size_t r = 0; r < class_of.size(); ++r) {
      const auto c = static_cast<std::size_t>(class_of[r]);
      const float* const vector = vectors.row(static_cast<std::int64_t>(r));
      for (std::size_t d = 0; d < dim_; ++d) values_[d * classes_ + c] += vector[d];
      ++sizes[c];
    }
    for (std::size_t c = 0; c < classes_; ++c) {
      float squares = 0;
      for (std::size_t d = 0; d < dim_; ++d) {
        float& value = values_[d * classes_ + c];
        value /= static_cast<float>(sizes[c]);
        squares += value * value;
      }
      for (std::size_t d = 0; d < dim_; ++d) values_[d * classes_ + c] /= std::sqrt(squares);
    }
  }

  // The first of those with the highest product; `products`: room for one of each.
  std::int32_t nearest(const float* vector, std::vector<float>& products) const {
    products.assign(classes_, 0.0F);
    for (std::size_t d = 0; d < dim_; ++d) {
      const float* const row = values_.data() + d * classes_;
      for (std::size_t c = 0; c < classes_; ++c) products[c] += row[c] * vector[d];
    }
    std::size_t best = 0;
    float highest = -std::numeric_limits<float>::infinity();
    for (std::size_t c = 0; c < classes_; ++c)
      if (products[c] > highest) highest = products[best = c];
    return static_cast<std::int32_t>(best);
  }

 private:
  std::size_t dim_;
  std::size_t classes_;
  std::vector<float> values_;
};

}  // namespace

std::vector<std::int32_t> word_classes(const Matrix& vectors, std::int32_t classes, int threads) {
  constexpr int kRounds = 10;
  constexpr std::int64_t kRows = 256;  // of a task
  if (classes < 1) throw Error("classes " + std::to_string(classes) + " is out of range: expected 1 or more");
  std::vector<std::int32_t> class_of(static_cast<std::size_t>(vectors.rows()));
  for (std::size_t r = 0; r < class_of.size(); ++r)
    class_of[r] = static_cast<std::int32_t>(r % static_cast<std::size_t>(classes));
  Centres centres(vectors.cols(), classes);
  for (int round = 0; round < kRounds; ++round) {
    centres.compute(vectors, class_of);
    parallel_for((vectors.rows() + kRows - 1) / kRows, threads, [&](std::int64_t task) {
      std::vector<float> products;
      for (std::int64_t r = task * kRows; r < std::min(vectors.rows(), (task + 1) * kRows); ++r)
        class_of[static_cast<std::size_t>(r)] = centres.nearest(vectors.row(r), products);
    });
  }
  return class_of;
}

void save_word_classes(const Vocabulary& vocabulary, const std::vector<std::int32_t>& classes,
                       const std::string& path) {
  AtomicFile file(path, compression_of_name(path));
  for (std::size_t w = 0; w < classes.size(); ++w)
    file.write(std::string(vocabulary.word(static_cast<WordId>(w))) + " " + std::to_string(classes[w]) +
               "\n");
  file.commit();
}

}  // namespace warp2vec
