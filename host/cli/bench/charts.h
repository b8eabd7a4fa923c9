#pragma once
/// The kinds of charts that a report has, as HTML with inline SVG.

#include <functional>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct Bar {
  std::string label;          ///< stands above the bar
  std::string text;           ///< the value, beside the label
  std::vector<double> parts;  ///< of its length, >= 0; the longest bar fills the width
  double low = 0;             ///< of the range that is drawn over its end; low = high: none
  double high = 0;
  std::size_t colour = 0;  ///< of the first part
};

/// `title` says what is drawn to those who do not see it. `names`: of the parts, for a legend, if bars have
/// several. "" without bars.
std::string bar_chart(const std::string& title, const std::vector<Bar>& bars,
                      const std::vector<std::string>& names = {});

struct Point {
  double x = 0;
  double y = 0;
  double low = 0;  ///< of the range that is drawn through it; low = high: none
  double high = 0;
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

/// 12345 -> "12k", 3000000 -> "3M": the number of a tick.
std::string short_number(double value);

}  // namespace warp2vec::cli::bench
