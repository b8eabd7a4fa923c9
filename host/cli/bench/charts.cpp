#include "host/cli/bench/charts.h"

#include "host/cli/bench/page.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

// A phone's width, so that text is never scaled down much.
constexpr double kWidth = 360;

std::string number(double value) {
  std::string text = format_fixed(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

enum class Anchor { start, middle, end };

// One <svg> element, as wide as its surroundings, kWidth x height units of about a pixel on a phone.
class Svg {
 public:
  explicit Svg(double height) : height_(height) {}

  // `hint` shows where a pointer rests on it.
  void bar(double x, double y, double width, double height, const std::string& css, const std::string& hint) {
    add("rect", {{"x", x}, {"y", y}, {"width", width}, {"height", height}}, css, hint);
  }
  void dot(double x, double y, const std::string& css, const std::string& hint) {
    add("circle", {{"cx", x}, {"cy", y}, {"r", 2.5}}, css, hint);
  }
  void line(const std::vector<std::pair<double, double>>& points, const std::string& css) {
    std::string places;
    for (const auto& [x, y] : points) places += (places.empty() ? "" : " ") + number(x) + "," + number(y);
    parts_ += "<polyline points=\"" + places + "\" class=\"" + css + "\"/>\n";
  }
  void text(double x, double y, const std::string& words, const std::string& css = "",
            Anchor anchor = Anchor::start) {
    parts_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"";
    if (!css.empty()) parts_ += " class=\"" + css + "\"";
    if (anchor != Anchor::start)
      parts_ += std::string(" text-anchor=\"") + (anchor == Anchor::end ? "end" : "middle") + "\"";
    parts_ += ">" + escaped(words) + "</text>\n";
  }
  // `label` says to those who do not see it what it shows; `names` become a legend.
  std::string figure(const std::string& label, const std::vector<std::string>& names) const {
    std::string out = "<figure>\n<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height_) +
                      "\" role=\"img\" aria-label=\"" + escaped(label) + "\">\n" + parts_ + "</svg>\n";
    if (!names.empty()) out += "<ul class=\"legend\">\n";
    for (std::size_t i = 0; i < names.size(); ++i)
      out += "<li><i class=\"" + colour_class(i) + "\"></i>" + escaped(names[i]) + "</li>\n";
    return out + (names.empty() ? "" : "</ul>\n") + "</figure>\n";
  }

 private:
  void add(const std::string& element, const std::vector<std::pair<const char*, double>>& places,
           const std::string& css, const std::string& hint) {
    parts_ += "<" + element;
    for (const auto& [name, value] : places) parts_ += std::string(" ") + name + "=\"" + number(value) + "\"";
    parts_ += " class=\"" + css + "\"><title>" + escaped(hint) + "</title></" + element + ">\n";
  }

  double height_;
  std::string parts_;
};

// From a value to a place.
class Scale {
 public:
  Scale(bool logarithmic, double low, double high, double begin, double end)
      : logarithmic_(logarithmic), low_(place(low)), high_(place(high)), begin_(begin), end_(end) {}

  double operator()(double value) const {
    const double share = high_ > low_ ? (place(value) - low_) / (high_ - low_) : 0.5;
    return begin_ + (end_ - begin_) * share;
  }

 private:
  double place(double value) const { return logarithmic_ ? std::log10(value) : value; }

  bool logarithmic_;
  double low_;
  double high_;
  double begin_;
  double end_;
};

// Of the largest power of ten that is not above `value`.
int exponent_of(double value) { return static_cast<int>(std::floor(std::log10(value) + 1e-9)); }

std::vector<double> logarithmic_ticks(double low, double high) {
  const double decades = std::log10(high / low);
  const std::vector<double> within = decades < 2 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
  std::vector<double> ticks;
  const int every = decades > 7 ? 2 : 1;
  for (int exponent = exponent_of(low); exponent <= exponent_of(high); exponent += every) {
    for (const double factor : within) {
      const double tick = std::pow(10, exponent) * factor;
      if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::vector<double> linear_ticks(double low, double high) {
  const double range = high - low;
  if (range <= 0) return {low};
  double step = std::pow(10, exponent_of(range / 4));
  while (range / step > 6) step *= range / step > 12 ? 5 : 2;
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k)
    ticks.push_back(k * step + 0.0);  // not -0
  return ticks;
}

bool can_show(const Axis& axis, double value) {
  return std::isfinite(value) && (!axis.logarithmic || value > 0);
}

bool has_range(const Axis& y, const Point& point) {
  return point.high > point.low && can_show(y, point.low) && can_show(y, point.high);
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void add(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

// A little room, and never nothing.
Range with_room(Range range, const Axis& axis) {
  if (axis.logarithmic) return {range.low / 1.15, range.high * 1.15};
  const double room =
      range.high > range.low ? (range.high - range.low) * 0.05 : std::max(std::abs(range.high) * 0.1, 1e-9);
  const bool never_negative = range.low >= 0;
  return {never_negative ? std::max(0.0, range.low - room) : range.low - room, range.high + room};
}

}  // namespace

std::string short_number(double value) {
  if (value >= 999'950) return format_significant(value / 1e6, 3) + "M";
  if (value >= 1000) return format_significant(value / 1e3, 3) + "k";
  return format_significant(value, 3);
}

std::string bar_chart(const std::string& title, const std::vector<Bar>& bars,
                      const std::vector<std::string>& names) {
  constexpr double kThickness = 14, kStep = 38;  // from bar to bar, the label above it included
  if (bars.empty()) return "";
  double longest = 0;
  for (const Bar& bar : bars)
    longest = std::max({longest, std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0), bar.high});
  const auto width = [&](double value) { return longest > 0 ? value / longest * (kWidth - 2) : 0; };
  Svg svg(kStep * static_cast<double>(bars.size()));
  double top = 0;
  for (const Bar& bar : bars) {
    svg.text(0, top + 13, bar.label);
    svg.text(kWidth, top + 13, bar.text, "strong", Anchor::end);
    double left = 0;
    for (std::size_t i = 0; i < bar.parts.size(); ++i) {
      const std::string hint =
          names.empty() ? bar.label + ": " + bar.text : names[i] + " " + format_significant(bar.parts[i], 3);
      if (bar.parts[i] > 0 || names.empty())
        svg.bar(left, top + 18, width(bar.parts[i]), kThickness, colour_class(bar.colour + i), hint);
      left += width(bar.parts[i]);
    }
    if (bar.high > bar.low) {
      const double middle = top + 18 + kThickness / 2;
      svg.line({{width(bar.low), middle}, {width(bar.high), middle}}, "range");
      for (const double end : {bar.low, bar.high})
        svg.line({{width(end), middle - 4}, {width(end), middle + 4}}, "range");
    }
    top += kStep;
  }
  return svg.figure(title, names);
}

std::string line_chart(const std::string& title, const Axis& x, const Axis& y,
                       const std::vector<Series>& series, const std::vector<Mark>& marks) {
  constexpr double kLeft = 52, kRight = kWidth - 8, kTop = 22, kBottom = 232, kHeight = 272;
  Range across, up;
  for (const Series& one : series) {
    for (const Point& point : one.points) {
      if (!can_show(x, point.x) || !can_show(y, point.y)) continue;
      across.add(point.x);
      up.add(point.y);
      for (const double end : {point.low, point.high}) {
        if (has_range(y, point)) up.add(end);
      }
    }
  }
  if (across.low > across.high) return "";
  across = with_room(across, x);
  up = with_room(up, y);
  const Scale at_x(x.logarithmic, across.low, across.high, kLeft, kRight);
  const Scale at_y(y.logarithmic, up.low, up.high, kBottom, kTop);
  const auto ticks = [](const Axis& axis, const Range& range) {
    return axis.logarithmic ? logarithmic_ticks(range.low, range.high) : linear_ticks(range.low, range.high);
  };

  Svg svg(kHeight);
  svg.text(0, 12, y.title, "faint");
  for (const double tick : ticks(y, up)) {
    svg.line({{kLeft, at_y(tick)}, {kRight, at_y(tick)}}, "grid");
    svg.text(kLeft - 5, at_y(tick) + 4, y.text(tick), "faint", Anchor::end);
  }
  for (const double tick : ticks(x, across)) {
    svg.line({{at_x(tick), kBottom}, {at_x(tick), kBottom + 4}}, "axis");
    svg.text(at_x(tick), kBottom + 17, x.text(tick), "faint", Anchor::middle);
  }
  svg.line({{kLeft, kBottom}, {kRight, kBottom}}, "axis");
  svg.text(kRight, kBottom + 34, x.title, "faint", Anchor::end);
  for (const Mark& mark : marks) {
    if (!can_show(x, mark.x) || mark.x < across.low || mark.x > across.high) continue;
    svg.line({{at_x(mark.x), kBottom}, {at_x(mark.x), kTop}}, "mark");
    svg.dot(at_x(mark.x), kTop, "marked", mark.hint);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < series.size(); ++i) {
    names.push_back(series[i].name);
    std::vector<std::pair<double, double>> places;
    for (const Point& point : series[i].points) {
      if (!can_show(x, point.x) || !can_show(y, point.y)) continue;
      places.emplace_back(at_x(point.x), at_y(point.y));
      if (has_range(y, point))
        svg.line({{at_x(point.x), at_y(point.low)}, {at_x(point.x), at_y(point.high)}}, "range");
    }
    const std::string dashes = (i / kColours) % 2 == 1 ? " dashed" : "";
    if (places.size() > 1) svg.line(places, "line " + colour_class(i) + dashes);
    if (places.size() <= 24) {
      for (const auto& [px, py] : places) svg.dot(px, py, colour_class(i), series[i].name);
    }
  }
  return svg.figure(title, names);
}

}  // namespace warp2vec::cli::bench
