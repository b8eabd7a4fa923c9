#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

namespace warp2vec {

SubwordVectors::~SubwordVectors() = default;

VectorFormat parse_vector_format(const std::string& text) {
  for (const VectorFormat format : {VectorFormat::binary, VectorFormat::text, VectorFormat::glove,
                                    VectorFormat::npy, VectorFormat::safetensors, VectorFormat::tensorboard})
    if (text == to_string(format)) return format;
  throw Error("--format " + text +
              " is not known: expected binary, text, glove, npy, safetensors or tensorboard");
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
    case VectorFormat::safetensors:
      return "safetensors";
    case VectorFormat::tensorboard:
      break;
  }
  return "tensorboard";
}

VectorChoice parse_vector_choice(const std::string& text) {
  for (const VectorChoice choice :
       {VectorChoice::input, VectorChoice::output, VectorChoice::sum, VectorChoice::concat})
    if (text == to_string(choice)) return choice;
  throw Error("--vectors " + text + " is not known: expected input, output, sum or concat");
}

std::string to_string(VectorChoice choice) {
  switch (choice) {
    case VectorChoice::input:
      return "input";
    case VectorChoice::output:
      return "output";
    case VectorChoice::sum:
      return "sum";
    case VectorChoice::concat:
      break;
  }
  return "concat";
}

}  // namespace warp2vec
