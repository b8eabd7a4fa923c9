#pragma once
/// The files that a Corpus consists of.

#include <warp2vec/corpus.h>

#include "host/io/input_file.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

enum class Compression { none, gzip, zstd, bzip2, xz };

/// Told by a file's first bytes (six are enough).
Compression sniff(std::string_view first_bytes);

/// Paths of the files in a folder and those below it that a Corpus reads; throws Error if it cannot be looked
/// at.
std::vector<std::string> texts_in(const std::string& folder);

struct Corpus::File {
  std::string name;  ///< the path, or "standard input"
  Compression compression = Compression::none;
  std::int64_t bytes = 0;  ///< on disk, when the Corpus was made
  /// The unnamed copy of something that can be read only once; null for a file that is opened by its name.
  std::shared_ptr<const InputFile> spooled;

  std::shared_ptr<const InputFile> open() const;
};

}  // namespace warp2vec
