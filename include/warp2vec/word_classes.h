#pragma once
/// Classes of words with similar vectors.

#include <warp2vec/embeddings.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec {

/// For each row of `vectors` the number of its class, 0 to classes - 1, by ten rounds of spherical k-means in
/// the arithmetic of word2vec.c's -classes, and so with its result: row r begins in class r % classes; the
/// centre of a class is the mean of its rows, scaled to length 1; and a row goes to the centre with which its
/// dot product is the highest, the first of several. Classes may end up empty. O(rows * classes * dim); the
/// result does not depend on `threads`, 1 to 1024. Throws Error unless `classes` is 1 or more.
WARP2VEC_EXPORT std::vector<std::int32_t> word_classes(const Matrix& vectors, std::int32_t classes,
                                                       int threads = 1);

/// Writes lines 'word class' in the order of the vocabulary, atomically and compressed like save_vectors():
/// `classes` has an element for each of its words.
WARP2VEC_EXPORT void save_word_classes(const Vocabulary& vocabulary, const std::vector<std::int32_t>& classes,
                                       const std::string& path);

}  // namespace warp2vec
