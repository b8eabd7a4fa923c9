#pragma once
/// The sections of an encoded corpus; see docs/corpus-format.md.

#include <warp2vec/encoded_corpus.h>

#include "host/files/section_file.h"
#include "host/io/input_file.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// In file order.
inline constexpr std::array<std::string_view, 5> kCorpusSections{"settings", "words", "counts", "tokens",
                                                                 "text"};

inline constexpr std::size_t kCorpusSettingsBytes = 24;

std::string encode_corpus_settings(const CorpusSettings& settings, std::int64_t words);

/// An encoded corpus that is open for reading, of which the header and the settings are checked. All
/// functions throw Error naming the file, the section or offset, and what was expected.
class CorpusFile {
 public:
  explicit CorpusFile(const InputFile& file);

  const CorpusSettings& settings() const { return settings_; }
  std::int64_t words() const { return words_; }
  const Section& section(std::string_view name) const;
  /// The content of a section, which must match its checksum.
  std::string content(std::string_view name) const;
  [[noreturn]] void fail(std::string_view section, const std::string& what) const;

 private:
  void require_layout() const;
  void require_sizes() const;

  const InputFile& file_;
  std::uint64_t bytes_;
  std::vector<Section> sections_;
  CorpusSettings settings_;
  std::int64_t words_ = 0;
};

}  // namespace warp2vec
