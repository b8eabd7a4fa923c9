#pragma once
/// Files of vectors on the command line: how they are read, and the formats that are written.

#include <warp2vec/word_vectors.h>

#include "host/cli/flags/flags.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

inline constexpr const char* kVectorsHelp =
    "Word vectors: binary, text, GloVe, .npy, safetensors or fastText's .bin, also compressed, detected from "
    "the content.";

/// Adds --limit: only the first so many vectors are read. `flag`: its name, `of`: of which file.
void add_limit_flag(Flags& flags, std::int64_t& limit, const std::string& flag = "--limit",
                    const std::string& of = "");

/// Says on standard error that a word of `path` has several vectors, if that is so.
void say_repeated(const std::string& path, std::int64_t repeated);

/// load_vectors(), with a warning for words that have several vectors.
WordVectors load_vectors_of(const std::string& path, std::int64_t limit = 0);

/// The names that parse_vector_format() accepts.
inline std::vector<std::string> vector_format_names() {
  return {"binary", "text", "glove", "npy", "safetensors", "tensorboard"};
}

/// Adds --format and --dtype; `format` is none until the former is given.
void add_format_flags(Flags& flags, std::optional<VectorFormat>& format, bool& half);

/// The format of a file of this name: `format`, or what the name says (.npy, .safetensors, .txt and .vec for
/// text, .bin for binary, also before .gz, .zst, .bz2 or .xz), or else `otherwise`. Throws UsageError if the
/// name and the format contradict each other, or if the format has no compressed or no float16 form and that
/// is asked for. A name in .bin may be text, too, as in scripts of word2vec.c.
VectorFormat output_format(const std::string& path, std::optional<VectorFormat> format, bool half,
                           VectorFormat otherwise = VectorFormat::binary);

/// The files that save_vectors() writes for `path`.
inline std::vector<std::string> vector_files(const std::string& path, VectorFormat format) {
  if (format == VectorFormat::npy) return {path, path + ".vocab"};
  if (format == VectorFormat::tensorboard) return {path + ".vectors.tsv", path + ".metadata.tsv"};
  return {path};
}

}  // namespace warp2vec::cli
