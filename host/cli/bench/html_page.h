#pragma once
/// A page in one file: it needs no network, no scripts and no other file, and fits a phone.

#include "host/cli/bench/table.h"

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Part of a page; `html` is already markup.
struct Section {
  std::string title;
  std::string html;
};

/// The whole document. Sections without content are left out.
std::string html_page(const std::string& title, const std::vector<Section>& sections);

/// Escaped, below the title of a section.
std::string heading(const std::string& text);
/// Escaped.
std::string paragraph(const std::string& text);
/// A list with one escaped text an entry; "" without entries.
std::string bullet_list(const std::vector<std::string>& texts);
enum class Cells {
  figures,  ///< each on one line
  words     ///< broken into lines where they are long
};
/// A table that scrolls sideways where it is too wide. "" without rows below its header.
std::string html_table(const Table& table, Cells cells = Cells::figures);

}  // namespace warp2vec::cli::bench
