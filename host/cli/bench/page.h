#pragma once
/// A page in a single file, which needs no network, scripts or other files and fits a phone; its tables,
/// which can also be shown on a terminal, and its charts as inline SVG.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli::bench {

struct Table {
  std::string title;
  std::vector<std::vector<std::string>> rows;  ///< the first is the header
};

/// Columns separated by two spaces, below the title; every line ends with a newline.
std::string plain_text(const Table& table);

/// Part of a page; `html` is already markup.
struct Section {
  std::string title;
  std::string html;
};

/// The whole document. Sections without content are left out.
std::string html_page(const std::string& title, const std::vector<Section>& sections);

/// Escapes text for HTML and SVG; control characters and bytes that are not UTF-8 become "?".
std::string escaped(std::string_view text);
/// Escapes its text.
std::string paragraph(const std::string& text);
/// A list with one escaped text per entry; "" if there are none.
std::string bullet_list(const std::vector<std::string>& texts);
/// Escapes its texts. The title, if any, becomes a heading; the range of "5.7 (5.1 to 6.0)" goes on a
/// separate line. Cells are wrapped if the table would be wider than the page. "" if there are no rows below
/// the header.
std::string html_table(const Table& table);
std::string html_tables(const std::vector<Table>& tables);

/// The distribution of repeated measurements.
struct Spread {
  double median = 0;  ///< for an even number of values, the mean of the two middle ones
  double min = 0;
  double max = 0;
};

struct Bar {
  std::string label;          ///< above the bar
  std::string text;           ///< the value, beside the label
  std::vector<double> parts;  ///< lengths of its parts, >= 0; the longest bar fills the width
  Spread range{};             ///< drawn as an error bar unless its length is zero
  std::size_t colour = 0;     ///< of the first part
};

/// `title` describes the chart for screen readers. `names`: legend of the parts, if bars have several. "" if
/// there are no bars.
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars,
                      const std::vector<std::string>& names = {});

struct Point {
  double x = 0;
  Spread y;  ///< drawn as an error bar unless its length is zero
};

struct Series {
  std::string name;
  std::vector<Point> points;  ///< in increasing order of x
};

struct Axis {
  std::string title;  ///< including the unit
  bool logarithmic = false;
  std::function<std::string(double)> text;  ///< of a tick
};

/// Marks a position with a dashed vertical line from the x axis.
struct Mark {
  double x = 0;
  std::string hint;
};

/// Lines through points, with a legend. Points that an axis cannot show (not positive on a logarithmic axis,
/// or not finite) are left out. "" if there are no points.
std::string line_chart(const std::string& title, const Axis& x, const Axis& y,
                       const std::vector<Series>& series, const std::vector<Mark>& marks = {});

}  // namespace warp2vec::cli::bench
