#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

namespace warp2vec {

VectorFormat parse_vector_format(const std::string& text) {
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                    VectorFormat::npy, VectorFormat::tensorboard})
    if (text == to_string(format)) return format;
  throw Error("--format " + text + " is not known: expected binary, text, glove, npy or tensorboard");
}

std::vector<std::string> decimal_ids(std::int64_t num_ids) {
  std::vector<std::string> words;
  words.reserve(static_cast<std::size_t>(num_ids));
  for (std::int64_t id = 0; id < num_ids; ++id) words.push_back(std::to_string(id));
  return words;
}

std::string to_string(VectorFormat format) {
  switch (format) {
    case VectorFormat::binary:
      return "binary";
    case VectorFormat::text:
      return "text";
    case VectorFormat::glove:
      return "glove";
    case VectorFormat::npy:
      return "npy";
    case VectorFormat::tensorboard:
      break;
  }
  return "tensorboard";
}

}  // namespace warp2vec
