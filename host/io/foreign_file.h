#pragma once
/// Recognises files that no command reads, by what they begin with.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace warp2vec {

/// How much of a file's beginning foreign_file() needs, if the file has as much.
inline constexpr std::size_t kForeignBytes = 512;

struct ForeignFile {
  std::string_view name;    ///< "a ZIP archive"
  std::string_view advice;  ///< "unpack it first (unzip)"
  bool is_text = false;     ///< may be text that somebody wants to train on
};

/// What a file with this beginning is; nothing if it is unknown. `beginning` must not be compressed.
std::optional<ForeignFile> foreign_file(std::string_view beginning);

/// Throws Error naming the file, what it is and what to do if it is foreign.
void refuse_foreign(const std::string& path, std::string_view beginning);

}  // namespace warp2vec
