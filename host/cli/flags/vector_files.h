#pragma once
/// The files that a vector format consists of.

#include <warp2vec/word_vectors.h>

#include <string>
#include <vector>

namespace warp2vec::cli {

/// What save_vectors writes for `path`.
inline std::vector<std::string> vector_files(const std::string& path, VectorFormat format) {
  if (format == VectorFormat::npy) return {path, path + ".vocab"};
  if (format == VectorFormat::tensorboard) return {path + ".vectors.tsv", path + ".metadata.tsv"};
  return {path};
}

}  // namespace warp2vec::cli
