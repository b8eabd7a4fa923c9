#include "host/cli/bench/page.h"

#include "host/bytes/utf8.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace warp2vec::cli::bench {
namespace {

constexpr const char* kStyle =
    R"(:root{color-scheme:light dark;--ink:#1d2429;--faint:#5d6871;--back:#fff;--grid:#dde2e6}
.c0{--c:#2a6f97}.c1{--c:#c8553d}.c2{--c:#3b8c5a}.c3{--c:#8a5fb0}.c4{--c:#b8860b}.c5{--c:#4b8fa8}.c6{--c:#a34a78}.c7{--c:#6f7a83}.c8{--c:#7d8c2e}.c9{--c:#8c5a3c}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8eb;--faint:#9aa6af;--back:#14181b;--grid:#333b41}
.c0{--c:#5ba8d4}.c1{--c:#ea8068}.c2{--c:#62bb84}.c3{--c:#b592d8}.c4{--c:#dcb04a}.c5{--c:#82c4da}.c6{--c:#d582ac}.c7{--c:#a3aeb6}.c8{--c:#b5c45e}.c9{--c:#c9987a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:75rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);overflow-wrap:anywhere}
p,ul{max-width:44rem}
h1{font-size:1.5rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;line-height:1.3;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:break-word;border-bottom:1px solid var(--grid)}
th{color:var(--faint);font-weight:600;min-width:3rem}td small{display:block;color:var(--faint);white-space:nowrap}
figure{display:inline-block;vertical-align:top;width:100%;max-width:34rem;margin:.6rem 1.5rem 1.2rem 0}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .faint{fill:var(--faint);font-size:11px}svg .strong{font-weight:600}
rect,circle{fill:var(--c)}polyline{fill:none;stroke:var(--grid);stroke-width:1}
.line{stroke:var(--c);stroke-width:2}.dashed{stroke-dasharray:6 4}.axis{stroke:var(--faint)}.range{stroke:var(--ink);stroke-width:1.2}
.mark{stroke:var(--faint);stroke-dasharray:2 3}.marked{fill:var(--faint)}
.legend{list-style:none;margin:.4rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.4em;background:var(--c)}
)";

// A table cell; the range of a figure goes on a separate line.
std::string cell_html(const std::string& text) {
  const std::size_t range = text.find(" (");
  if (range == std::string::npos || text.find(" to ", range) == std::string::npos || !text.ends_with(')'))
    return escaped(text);
  return escaped(text.substr(0, range)) + "<small>" + escaped(text.substr(range + 1)) + "</small>";
}

// Number of colours: class "cN" selects the N-th, so that one style sheet covers light and dark mode; further
// series start again with the first.
constexpr std::size_t kColours = 10;
std::string colour_class(std::size_t number) { return "c" + std::to_string(number % kColours); }

// The width of a phone, so that text is never scaled down much.
constexpr double kWidth = 360;

std::string number(double value) {
  std::string text = format_fixed(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

// One <svg> element as wide as its container, with kWidth x height units of about one pixel on a phone.
class Svg {
 public:
  explicit Svg(double height) : height_(height) {}

  // `hint` is shown as a tooltip.
  void shape(const std::string& element, const std::vector<std::pair<const char*, double>>& places,
             const std::string& css, const std::string& hint) {
    parts_ += "<" + element;
    for (const auto& [name, value] : places) parts_ += std::string(" ") + name + "=\"" + number(value) + "\"";
    parts_ += " class=\"" + css + "\"><title>" + escaped(hint) + "</title></" + element + ">\n";
  }
  void dot(double x, double y, const std::string& css, const std::string& hint) {
    shape("circle", {{"cx", x}, {"cy", y}, {"r", 2.5}}, css, hint);
  }
  void line(const std::vector<std::pair<double, double>>& points, const std::string& css) {
    std::string places;
    for (const auto& [x, y] : points) places += (places.empty() ? "" : " ") + number(x) + "," + number(y);
    parts_ += "<polyline points=\"" + places + "\" class=\"" + css + "\"/>\n";
  }
  // `anchor`: which part of the text is placed at x, if not its start.
  void text(double x, double y, const std::string& words, const std::string& css = "",
            const std::string& anchor = "") {
    parts_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"";
    if (!css.empty()) parts_ += " class=\"" + css + "\"";
    if (!anchor.empty()) parts_ += " text-anchor=\"" + anchor + "\"";
    parts_ += ">" + escaped(words) + "</text>\n";
  }
  // `label` describes the figure for screen readers; `names` form the legend.
  std::string figure(const std::string& label, const std::vector<std::string>& names) const {
    std::string out = "<figure>\n<svg viewBox=\"0 0 " + number(kWidth) + " " + number(height_) +
                      "\" role=\"img\" aria-label=\"" + escaped(label) + "\">\n" + parts_ + "</svg>\n";
    if (!names.empty()) out += "<ul class=\"legend\">\n";
    for (std::size_t i = 0; i < names.size(); ++i)
      out += "<li><i class=\"" + colour_class(i) + "\"></i>" + escaped(names[i]) + "</li>\n";
    return out + (names.empty() ? "" : "</ul>\n") + "</figure>\n";
  }

 private:
  double height_;
  std::string parts_;
};

// The exponent of the largest power of ten that is not above `value`.
int exponent_of(double value) { return static_cast<int>(std::floor(std::log10(value) + 1e-9)); }

// A chart axis from `begin` to `end` that covers all values added to it.
class PlacedAxis {
 public:
  PlacedAxis(const Axis& axis, double begin, double end) : axis_(axis), begin_(begin), end_(end) {}

  bool can_show(double value) const { return std::isfinite(value) && (!axis_.logarithmic || value > 0); }
  void add(double value) {
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  bool empty() const { return low_ > high_; }
  // Adds a margin at both ends; the range is never empty afterwards.
  void add_room() {
    if (axis_.logarithmic) {
      low_ /= 1.15;
      high_ *= 1.15;
    } else {
      const double room = high_ > low_ ? (high_ - low_) * 0.05 : std::max(std::abs(high_) * 0.1, 1e-9);
      low_ = low_ >= 0 ? std::max(0.0, low_ - room) : low_ - room;
      high_ += room;
    }
  }
  bool has(double value) const { return can_show(value) && value >= low_ && value <= high_; }
  double place(double value) const {
    const auto scaled = [this](double x) { return axis_.logarithmic ? std::log10(x) : x; };
    const double share = (scaled(value) - scaled(low_)) / (scaled(high_) - scaled(low_));
    return begin_ + (end_ - begin_) * share;
  }
  std::vector<double> ticks() const {
    std::vector<double> ticks;
    if (axis_.logarithmic) {
      const double decades = std::log10(high_ / low_);
      const std::vector<double> within = decades < 2 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
      for (int exponent = exponent_of(low_); exponent <= exponent_of(high_); exponent += decades > 7 ? 2 : 1)
        for (const double factor : within) {
          const double tick = std::pow(10, exponent) * factor;
          if (tick >= low_ * 0.9999 && tick <= high_ * 1.0001) ticks.push_back(tick);
        }
    } else {
      const double range = high_ - low_;
      double step = std::pow(10, exponent_of(range / 4));
      while (range / step > 6) step *= range / step > 12 ? 5 : 2;
      for (double k = std::ceil(low_ / step - 1e-9); k * step <= high_ + step * 1e-9; ++k)
        ticks.push_back(k * step + 0.0);  // not -0
    }
    return ticks;
  }

 private:
  const Axis& axis_;
  double begin_;
  double end_;
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

}  // namespace

std::string plain_text(const Table& table) {
  std::vector<std::vector<std::string>> rows = table.rows;
  std::vector<std::size_t> widths;
  for (std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (std::size_t c = 0; c < row.size(); ++c) {
      row[c] = printable(row[c]);
      widths[c] = std::max(widths[c], display_width(row[c]));
    }
  }
  std::string out = printable(table.title) + "\n";
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      out += c + 1 < row.size() ? pad_right(row[c], widths[c] + 2) : row[c];
    out += '\n';
  }
  return out;
}

std::string html_page(const std::string& title, const std::vector<Section>& sections) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escaped(title) + "</title>\n<style>\n" + kStyle + "</style>\n</head>\n<body>\n<h1>" + escaped(title) +
      "</h1>\n";
  for (const Section& section : sections) {
    if (section.html.empty()) continue;
    out += "<section>\n<h2>" + escaped(section.title) + "</h2>\n" + section.html + "</section>\n";
  }
  return out + "</body>\n</html>\n";
}

std::string escaped(std::string_view text) {
  static const std::map<char, const char*> kEntities{
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  const bool readable = is_valid_utf8(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const auto entity = kEntities.find(c); entity != kEntities.end()) {
      out += entity->second;
    } else if ((byte < 0x20 && c != '\n') || byte == 0x7f || (byte >= 0x80 && !readable)) {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

std::string paragraph(const std::string& text) { return "<p>" + escaped(text) + "</p>\n"; }

std::string bullet_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string out = "<ul>\n";
  for (const std::string& text : texts) out += "<li>" + escaped(text) + "</li>\n";
  return out + "</ul>\n";
}

std::string html_table(const Table& table) {
  if (table.rows.size() < 2) return "";
  std::string out = table.title.empty() ? "" : "<h3>" + escaped(table.title) + "</h3>\n";
  out += "<div class=\"scroll\" tabindex=\"0\">\n<table>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    out += "<tr>";
    for (const std::string& text : table.rows[r])
      out += r == 0 ? "<th>" + escaped(text) + "</th>" : "<td>" + cell_html(text) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n</div>\n";
}

std::string html_tables(const std::vector<Table>& tables) {
  std::string out;
  for (const Table& table : tables) out += html_table(table);
  return out;
}

std::string bar_chart(const std::string& title, const std::vector<Bar>& bars,
                      const std::vector<std::string>& names) {
  constexpr double kThickness = 14, kStep = 38;  // distance between bars, including the label above
  if (bars.empty()) return "";
  double longest = 0;
  for (const Bar& bar : bars)
    longest = std::max({longest, std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0), bar.range.max});
  const auto width = [&](double value) { return longest > 0 ? value / longest * (kWidth - 2) : 0; };
  Svg svg(kStep * static_cast<double>(bars.size()));
  double top = 0;
  for (const Bar& bar : bars) {
    svg.text(0, top + 13, bar.label);
    svg.text(kWidth, top + 13, bar.text, "strong", "end");
    double left = 0;
    for (std::size_t i = 0; i < bar.parts.size(); ++i) {
      const std::string hint =
          names.empty() ? bar.label + ": " + bar.text : names[i] + " " + format_significant(bar.parts[i], 3);
      if (bar.parts[i] > 0 || names.empty())
        svg.shape("rect",
                  {{"x", left}, {"y", top + 18}, {"width", width(bar.parts[i])}, {"height", kThickness}},
                  colour_class(bar.colour + i), hint);
      left += width(bar.parts[i]);
    }
    if (bar.range.max > bar.range.min) {
      const double middle = top + 18 + kThickness / 2;
      svg.line({{width(bar.range.min), middle}, {width(bar.range.max), middle}}, "range");
      for (const double end : {bar.range.min, bar.range.max})
        svg.line({{width(end), middle - 4}, {width(end), middle + 4}}, "range");
    }
    top += kStep;
  }
  return svg.figure(title, names);
}

std::string line_chart(const std::string& title, const Axis& x, const Axis& y,
                       const std::vector<Series>& series, const std::vector<Mark>& marks) {
  constexpr double kLeft = 52, kRight = kWidth - 8, kTop = 22, kBottom = 232, kHeight = 272;
  PlacedAxis across(x, kLeft, kRight), up(y, kBottom, kTop);
  std::vector<std::vector<Point>> shown(series.size());
  const auto has_range = [&](const Point& point) {
    return point.y.max > point.y.min && up.can_show(point.y.min) && up.can_show(point.y.max);
  };
  for (std::size_t i = 0; i < series.size(); ++i)
    for (const Point& point : series[i].points) {
      if (!across.can_show(point.x) || !up.can_show(point.y.median)) continue;
      shown[i].push_back(point);
      across.add(point.x);
      up.add(point.y.median);
      if (!has_range(point)) continue;
      up.add(point.y.min);
      up.add(point.y.max);
    }
  if (across.empty()) return "";
  across.add_room();
  up.add_room();

  Svg svg(kHeight);
  svg.text(0, 12, y.title, "faint");
  for (const double tick : up.ticks()) {
    svg.line({{kLeft, up.place(tick)}, {kRight, up.place(tick)}}, "grid");
    svg.text(kLeft - 5, up.place(tick) + 4, y.text(tick), "faint", "end");
  }
  for (const double tick : across.ticks()) {
    svg.line({{across.place(tick), kBottom}, {across.place(tick), kBottom + 4}}, "axis");
    svg.text(across.place(tick), kBottom + 17, x.text(tick), "faint", "middle");
  }
  svg.line({{kLeft, kBottom}, {kRight, kBottom}}, "axis");
  svg.text(kRight, kBottom + 34, x.title, "faint", "end");
  for (const Mark& mark : marks) {
    if (!across.has(mark.x)) continue;
    svg.line({{across.place(mark.x), kBottom}, {across.place(mark.x), kTop}}, "mark");
    svg.dot(across.place(mark.x), kTop, "marked", mark.hint);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < series.size(); ++i) {
    names.push_back(series[i].name);
    std::vector<std::pair<double, double>> places;
    for (const Point& point : shown[i]) {
      places.emplace_back(across.place(point.x), up.place(point.y.median));
      if (has_range(point))
        svg.line(
            {{across.place(point.x), up.place(point.y.min)}, {across.place(point.x), up.place(point.y.max)}},
            "range");
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
