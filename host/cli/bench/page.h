#pragma once
/// Drawings that become part of a page. Colours are the page's: class "cN" sets the N-th of kColours, so that
/// one style sheet has them for light and for dark.
/// A page in one file: it needs no network, no scripts and no other file, and fits a phone.

#include "host/cli/bench/summary.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec::cli::bench {

/// Text as HTML and SVG hold it; control characters and what is not UTF-8 become "?".
std::string escaped(std::string_view text);

/// How many colours there are; a further series starts again with the first.
inline constexpr int kColours = 10;
std::string colour_class(std::size_t number);

enum class Anchor { start, middle, end };

/// One <svg> element, as wide as its surroundings, with a coordinate system of `width` x `height` units of
/// about a pixel on a phone.
class Svg {
 public:
  Svg(double width, double height) : width_(width), height_(height) {}

  /// `hint` shows where a pointer rests on it.
  void bar(double x, double y, double width, double height, const std::string& css,
           const std::string& hint = "");
  void line(const std::vector<std::pair<double, double>>& points, const std::string& css);
  void dot(double x, double y, const std::string& css, const std::string& hint = "");
  void text(double x, double y, const std::string& words, const std::string& css = "",
            Anchor anchor = Anchor::start);
  /// `label` says to those who do not see it what it shows.
  std::string element(const std::string& label) const;

 private:
  double width_;
  double height_;
  std::string parts_;
};

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
