#pragma once
/// The names of the vector formats, and the files of each.

#include <warp2vec/word_vectors.h>

#include <string>
#include <vector>

namespace warp2vec::cli {

/// The names that parse_vector_format() accepts.
inline std::vector<std::string> vector_format_names() {
  return {"binary", "text", "glove", "npy", "tensorboard"};
}

/// The files that save_vectors() writes for `path`.
inline std::vector<std::string> vector_files(const std::string& path, VectorFormat format) {
  if (format == VectorFormat::npy) return {path, path + ".vocab"};
  if (format == VectorFormat::tensorboard) return {path + ".vectors.tsv", path + ".metadata.tsv"};
  return {path};
}

}  // namespace warp2vec::cli
