#include "host/cli/bench/page.h"

#include "host/io/utf8.h"

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

// A cell of a table; the range behind a figure becomes a line of its own.
std::string cell_html(const std::string& text) {
  const std::size_t range = text.find(" (");
  if (range == std::string::npos || text.find(" to ", range) == std::string::npos || !text.ends_with(')'))
    return escaped(text);
  return escaped(text.substr(0, range)) + "<small>" + escaped(text.substr(range + 1)) + "</small>";
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

std::string colour_class(std::size_t number) { return "c" + std::to_string(number % kColours); }

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

std::string paragraph(const std::string& text) { return "<p>" + escaped(text) + "</p>\n"; }

std::string heading(const std::string& text) { return "<h3>" + escaped(text) + "</h3>\n"; }

std::string bullet_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string out = "<ul>\n";
  for (const std::string& text : texts) out += "<li>" + escaped(text) + "</li>\n";
  return out + "</ul>\n";
}

std::string html_table(const Table& table) {
  if (table.size() < 2) return "";
  std::string out = "<div class=\"scroll\" tabindex=\"0\">\n<table>\n";
  for (std::size_t r = 0; r < table.size(); ++r) {
    out += "<tr>";
    for (const std::string& text : table[r])
      out += r == 0 ? "<th>" + escaped(text) + "</th>" : "<td>" + cell_html(text) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n</div>\n";
}

std::string html_tables(const std::vector<NamedTable>& tables) {
  std::string out;
  for (const NamedTable& table : tables) out += heading(table.title) + html_table(table.table);
  return out;
}

}  // namespace warp2vec::cli::bench
