#include "host/cli/flags/vector_files.h"

#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/text.h"
#include "host/compression/compression.h"
#include "host/io/atomic_file.h"

#include <iostream>
#include <string_view>

namespace warp2vec::cli {
namespace {

std::optional<VectorFormat> format_of_name(std::string_view path) {
  const std::string_view name = without_compression(path);
  if (name.ends_with(".npy")) return VectorFormat::npy;
  if (name.ends_with(".safetensors")) return VectorFormat::safetensors;
  if (name.ends_with(".txt") || name.ends_with(".vec")) return VectorFormat::text;
  if (name.ends_with(".bin")) return VectorFormat::binary;
  return std::nullopt;
}

// tensorboard's files have endings of their own.
bool fits(VectorFormat format, VectorFormat of_name) {
  if (format == of_name || format == VectorFormat::tensorboard) return true;
  return (of_name == VectorFormat::text && format == VectorFormat::glove) ||
         (of_name == VectorFormat::binary && format == VectorFormat::text);
}

}  // namespace

void add_limit_flag(Flags& flags, std::int64_t& limit, const std::string& flag, const std::string& of) {
  flags.custom(
      flag, "N",
      [&limit, flag](const std::string& text) { limit = parse_at_least<std::int64_t>(flag, text, 1); },
      "Read only the first N vectors" + of + ", those of the most frequent words; >= 1 (default: all)");
}

void say_repeated(const std::string& path, std::int64_t repeated) {
  if (repeated > 0)
    std::cerr << "warning: " << printable(path) << ": " << with_commas(repeated)
              << (repeated == 1 ? " vector was left out, whose word" : " vectors were left out, whose words")
              << " came before\n";
}

WordVectors load_vectors_of(const std::string& path, std::int64_t limit) {
  WordVectors vectors = load_vectors(path, {limit});
  say_repeated(path, vectors.repeated);
  return vectors;
}

void add_format_flags(Flags& flags, std::optional<VectorFormat>& format, bool& half) {
  flags.custom(
      "--format", "FORMAT", [&format](const std::string& text) { format = parse_vector_format(text); },
      "binary or text (word2vec's formats, read by gensim and others), glove (text without the first line), "
      "npy (NumPy array plus FILE.vocab), safetensors (one file with vectors, words and counts) or "
      "tensorboard "
      "(FILE.vectors.tsv and FILE.metadata.tsv for projector.tensorflow.org) (default: what the name of "
      "--output says: .npy, .safetensors, .txt or .vec for text; else binary). Text and binary files are "
      "compressed if their name ends in .gz, .zst, .bz2 or .xz.",
      vector_format_names());
  flags.custom(
      "--dtype", "TYPE",
      [&half](const std::string& text) {
        if (text != "float16" && text != "float32")
          throw UsageError("--dtype " + text + " is not known: expected float32 or float16");
        half = text == "float16";
      },
      "How npy and safetensors store values: float32, or float16, which takes half the space and has 11 "
      "significant bits (default float32)",
      {"float32", "float16"});
}

VectorFormat output_format(const std::string& path, std::optional<VectorFormat> format, bool half,
                           VectorFormat otherwise) {
  const std::optional<VectorFormat> of_name = format_of_name(path);
  const VectorFormat chosen = format ? *format : of_name.value_or(otherwise);
  const std::string given = "--output " + path + " and --format " + to_string(chosen);
  if (of_name && !fits(chosen, *of_name))
    throw UsageError(given + " contradict each other: the name says " + to_string(*of_name));
  const bool packed = chosen == VectorFormat::npy || chosen == VectorFormat::safetensors;
  if (compression_of_name(path) != Compression::none && (packed || chosen == VectorFormat::tensorboard))
    throw UsageError(given + ": these files are not compressed, expected another name");
  if (path == kStandardOutput && (chosen == VectorFormat::npy || chosen == VectorFormat::tensorboard))
    throw UsageError("--format " + to_string(chosen) +
                     " is two files, which standard output cannot be: expected binary, text, glove or "
                     "safetensors");
  if (half && !packed)
    throw UsageError("--dtype float16 needs --format npy or safetensors, not " + to_string(chosen));
  return chosen;
}

}  // namespace warp2vec::cli
