#pragma once
/// The bytes of a file, with errors that name file and offset.

#include <warp2vec/error.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace warp2vec {

struct NamedBytes {
  const std::string& path;  ///< for messages
  std::string_view bytes;

  /// Throws Error naming file and offset.
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    throw Error(path + ": offset " + std::to_string(offset) + ": " + what);
  }
};

}  // namespace warp2vec
