#pragma once
/// A page in one file: it needs no network, no scripts and no other file, and fits a phone.

#include "host/cli/bench/summary.h"

#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli::bench {

/// Text as HTML and SVG hold it; control characters and what is not UTF-8 become "?".
std::string escaped(std::string_view text);

/// How many colours there are: class "cN" sets the N-th, so that one style sheet has them for light and for
/// dark; a further series starts again with the first.
inline constexpr int kColours = 10;
std::string colour_class(std::size_t number);

/// Part of a page; `html` is already markup.
struct Section {
  std::string title;
  std::string html;
};

/// The whole document. Sections without content are left out.
std::string html_page(const std::string& title, const std::vector<Section>& sections);

/// Escaped.
std::string paragraph(const std::string& text);
/// A list with one escaped text an entry; "" without entries.
std::string bullet_list(const std::vector<std::string>& texts);
/// Escaped; "5.7 (5.1 to 6.0)" has its range on a line of its own. Cells are broken where the table would be
/// wider than the page. "" without rows below the header.
std::string html_table(const Table& table);
/// Each with its title.
std::string html_tables(const std::vector<NamedTable>& tables);
/// Escaped, below the title of a section.
std::string heading(const std::string& text);

}  // namespace warp2vec::cli::bench
