#include "host/cli/bench/page.h"

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

namespace {

constexpr const char* kStyle =
    R"(:root{color-scheme:light dark;--ink:#1d2429;--faint:#5d6871;--back:#fff;--grid:#dde2e6}
.c0{--c:#2a6f97}.c1{--c:#c8553d}.c2{--c:#3b8c5a}.c3{--c:#8a5fb0}.c4{--c:#b8860b}.c5{--c:#4b8fa8}.c6{--c:#a34a78}.c7{--c:#6f7a83}.c8{--c:#7d8c2e}.c9{--c:#8c5a3c}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8eb;--faint:#9aa6af;--back:#14181b;--grid:#333b41}
.c0{--c:#5ba8d4}.c1{--c:#ea8068}.c2{--c:#62bb84}.c3{--c:#b592d8}.c4{--c:#dcb04a}.c5{--c:#82c4da}.c6{--c:#d582ac}.c7{--c:#a3aeb6}.c8{--c:#b5c45e}.c9{--c:#c9987a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:44rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--back);overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.2}h2{font-size:1.2rem;margin-top:2.2rem}h3{font-size:1rem;margin:1.4rem 0 .3rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .6rem;text-align:left;white-space:nowrap;border-bottom:1px solid var(--grid)}
.words td{white-space:normal;vertical-align:top;overflow-wrap:break-word}
th{color:var(--faint);font-weight:600}
figure{margin:.6rem 0 1.2rem}
svg{display:block;width:100%;max-width:34rem;height:auto;overflow:visible}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .faint{fill:var(--faint);font-size:11px}svg .strong{font-weight:600}
rect,circle{fill:var(--c)}polyline{fill:none;stroke:var(--grid);stroke-width:1}
.line{stroke:var(--c);stroke-width:2}.dashed{stroke-dasharray:6 4}.axis{stroke:var(--faint)}.range{stroke:var(--ink);stroke-width:1.2}
.mark{stroke:var(--faint);stroke-dasharray:2 3}.marked{fill:var(--faint)}
.legend{list-style:none;margin:.4rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.4em;background:var(--c)}
)";

}  // namespace

std::string html_page(const std::string& title, const std::vector<Section>& sections) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escaped(title) + "</title>\n<style>\n" + kStyle + "</style>\n</head>\n<body>\n<h1>" + escaped(title) +
      "</h1>\n";
  for (const Section& section : sections) {
    if (section.html.empty()) continue;
    out += "<section>\n";
    if (!section.title.empty()) out += "<h2>" + escaped(section.title) + "</h2>\n";
    out += section.html + "</section>\n";
  }
  return out + "</body>\n</html>\n";
}

std::string heading(const std::string& text) { return "<h3>" + escaped(text) + "</h3>\n"; }

std::string paragraph(const std::string& text) { return "<p>" + escaped(text) + "</p>\n"; }

std::string bullet_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string out = "<ul>\n";
  for (const std::string& text : texts) out += "<li>" + escaped(text) + "</li>\n";
  return out + "</ul>\n";
}

std::string html_table(const Table& table, Cells cells) {
  if (table.size() < 2) return "";
  std::string out = "<div class=\"scroll\" tabindex=\"0\">\n<table" +
                    std::string(cells == Cells::words ? " class=\"words\"" : "") + ">\n";
  for (std::size_t r = 0; r < table.size(); ++r) {
    const std::string open = r == 0 ? "<th>" : "<td>";
    const std::string close = r == 0 ? "</th>" : "</td>";
    out += "<tr>";
    for (const std::string& text : table[r]) out.append(open).append(escaped(text)).append(close);
    out += "</tr>\n";
  }
  return out + "</table>\n</div>\n";
}

}  // namespace warp2vec::cli::bench
