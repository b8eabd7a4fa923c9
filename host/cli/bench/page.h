#pragma once
/// A page in one file, which needs no network, no scripts and no other file and fits a phone; its tables,
/// which a terminal can show too, and its charts, as inline SVG.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli::bench {

struct Table {
  std::string title;
  std::vector<std::vector<std::string>> rows;  ///< the first is the header
};

/// Columns aligned with spaces, two between them, below the title; every line ends with a newline.
std::string plain_text(const Table& table);

/// Part of a page; `html` is already markup.
struct Section {
  std::string title;
  std::string html;
};

/// The whole document. Sections without content are left out.
std::string html_page(const std::string& title, const std::vector<Section>& sections);

/// Text as HTML and SVG hold it; control characters and what is not UTF-8 become "?".
std::string escaped(std::string_view text);
/// Escaped.
std::string paragraph(const std::string& text);
/// A list with one escaped text an entry; "" without entries.
std::string bullet_list(const std::vector<std::string>& texts);
/// Escaped, with its title as a heading if it has one; "5.7 (5.1 to 6.0)" has its range on a line of its own.
/// Cells are broken where the table would be wider than the page. "" without rows below the header.
std::string html_table(const Table& table);
std::string html_tables(const std::vector<Table>& tables);

/// What repeated measurements come to.
struct Spread {
  double median = 0;  ///< of an even number of values: the mean of the two in the middle
  double min = 0;
  double max = 0;
};

struct Bar {
  std::string label;          ///< stands above the bar
  std::string text;           ///< the value, beside the label
  std::vector<double> parts;  ///< of its length, >= 0; the longest bar fills the width
  Spread range{};             ///< drawn over its end, if it has a length
  std::size_t colour = 0;     ///< of the first part
};

/// `title` says what is drawn to those who do not see it. `names`: of the parts, for a legend, if bars have
/// several. "" without bars.
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars,
                      const std::vector<std::string>& names = {});

struct Point {
  double x = 0;
  Spread y;  ///< its range is drawn through it, if it has a length
};

struct Series {
  std::string name;
  std::vector<Point> points;  ///< x rising
};

struct Axis {
  std::string title;  ///< with the unit
  bool logarithmic = false;
  std::function<std::string(double)> text;  ///< of a tick
};

/// A place to point at: a dashed line up from the x axis.
struct Mark {
  double x = 0;
  std::string hint;
};

/// Lines through points, with a legend. Points that an axis cannot show (not above 0 on a logarithmic one,
/// not finite) are left out. "" without points.
std::string line_chart(const std::string& title, const Axis& x, const Axis& y,
                       const std::vector<Series>& series, const std::vector<Mark>& marks = {});

}  // namespace warp2vec::cli::bench
