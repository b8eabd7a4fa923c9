#pragma once
/// Writes a file of sections whose sizes are not known in advance.

#include "host/files/section_file.h"
#include "host/io/atomic_file.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// Atomic, like write_sections(), and with the same result, but only for regular files: the header is filled
/// in at the end. All functions throw Error naming the file.
class SectionWriter {
 public:
  /// Exactly `sections` sections must follow.
  SectionWriter(const FileKind& kind, std::size_t sections, const std::string& path);

  /// Begins the next section.
  void begin(const std::string& name);
  /// Appends to the section that was begun last.
  void write(std::string_view bytes);
  void commit();

 private:
  FileKind kind_;
  AtomicFile file_;
  std::uint64_t written_ = 0;
  std::vector<Section> sections_;
};

}  // namespace warp2vec
