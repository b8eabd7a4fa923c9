#include "host/cli/bench/svg.h"

#include "host/cli/terminal/text.h"
#include "host/io/utf8.h"

namespace warp2vec::cli::bench {
namespace {

std::string number(double value) {
  std::string text = format_fixed(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

std::string attribute(const char* name, const std::string& value) {
  return value.empty() ? "" : std::string(" ") + name + "=\"" + value + "\"";
}

std::string closed(const std::string& name, const std::string& hint) {
  return hint.empty() ? "/>\n" : "><title>" + escaped(hint) + "</title></" + name + ">\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  const bool readable = is_valid_utf8(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((byte < 0x20 && c != '\n') || byte == 0x7f || (byte >= 0x80 && !readable)) {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

std::string colour_class(std::size_t series) { return "c" + std::to_string(series % kColours); }

void Svg::bar(double x, double y, double width, double height, const std::string& css,
              const std::string& hint) {
  parts_ += "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) +
            "\" height=\"" + number(height) + "\"" + attribute("class", css) + closed("rect", hint);
}

void Svg::line(const std::vector<std::pair<double, double>>& points, const std::string& css) {
  parts_ += "<polyline points=\"";
  for (const auto& [x, y] : points) parts_ += number(x) + "," + number(y) + " ";
  if (!points.empty()) parts_.pop_back();
  parts_ += "\"" + attribute("class", css) + "/>\n";
}

void Svg::dot(double x, double y, const std::string& css, const std::string& hint) {
  parts_ += "<circle cx=\"" + number(x) + "\" cy=\"" + number(y) + "\" r=\"2.5\"" + attribute("class", css) +
            closed("circle", hint);
}

void Svg::text(double x, double y, const std::string& words, const std::string& css, Anchor anchor) {
  const char* where = anchor == Anchor::middle ? "middle" : anchor == Anchor::end ? "end" : "";
  parts_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\"" + attribute("class", css) +
            attribute("text-anchor", where) + ">" + escaped(words) + "</text>\n";
}

std::string Svg::element(const std::string& label) const {
  return "<svg viewBox=\"0 0 " + number(width_) + " " + number(height_) + "\" role=\"img\" aria-label=\"" +
         escaped(label) + "\">\n" + parts_ + "</svg>\n";
}

}  // namespace warp2vec::cli::bench
