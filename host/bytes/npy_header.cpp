#include "host/bytes/npy_header.h"

#include "host/bytes/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace warp2vec {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::string_view kVersion{"\x01\x00", 2};
constexpr std::size_t kPreamble = 10;  // magic, version, 16-bit length of the rest
constexpr std::size_t kAlignment = 64;

constexpr std::size_t kCrcBits = 32;

std::string crc_as_blanks(std::uint32_t crc) {
  std::string blanks = "\t";
  for (std::size_t bit = kCrcBits; bit-- > 0;) blanks += ((crc >> bit) & 1U) != 0 ? '\t' : ' ';
  return blanks;
}

// The header is a Python dictionary literal with three keys. This reads that much Python and no more.
class Literal {
 public:
  Literal(const NamedBytes& source, std::size_t begin, std::size_t end)
      : source_(source), at_(begin), end_(end) {}

  bool accept(std::string_view token) {
    while (at_ < end_ && source_.bytes[at_] == ' ') ++at_;
    if (!source_.bytes.substr(at_, end_ - at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!accept(token)) fail("expected " + std::string(token) + " in the header");
  }

  std::string_view string() {
    const char* const quote = accept("'") ? "'" : "\"";
    if (*quote == '"') expect("\"");
    const std::string_view rest = source_.bytes.substr(at_, end_ - at_);
    const std::string_view text = rest.substr(0, rest.find(quote));
    if (text.size() == rest.size()) fail("expected a closing quote in the header");
    at_ += text.size() + 1;
    return text;
  }

  // A tuple of integers above 0: "(3, 2)", "(5,)". Empty if it is anything else.
  std::vector<std::int64_t> shape() {
    std::vector<std::int64_t> lengths;
    bool comma = accept("(");
    while (comma && !accept(")")) {
      std::int64_t length = 0;
      accept("");  // spaces
      const char* const text = source_.bytes.data();
      const auto [stop, error] = std::from_chars(text + at_, text + end_, length);
      if (error != std::errc{} || length < 1) return {};
      at_ = static_cast<std::size_t>(stop - text);
      lengths.push_back(length);
      comma = accept(",");
      if (!comma && (lengths.size() == 1 || !accept(")"))) return {};
    }
    return lengths;
  }

  // The checksum of crc_as_blanks(), if there is one.
  std::optional<std::uint32_t> crc() {
    if (!accept("\t")) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t bit = 0; bit < kCrcBits; ++bit, ++at_) {
      const char blank = at_ < end_ ? source_.bytes[at_] : '\n';
      if (blank != ' ' && blank != '\t') fail("expected 32 blanks with a checksum after a tab");
      value = value << 1U | (blank == '\t' ? 1U : 0U);
    }
    return value;
  }

  bool at_end() const { return at_ == end_; }

  [[noreturn]] void fail(const std::string& what) const { source_.fail(at_, what); }

 private:
  const NamedBytes& source_;
  std::size_t at_;
  std::size_t end_;
};

NpyArray read_dictionary(Literal literal, const NpyKind& kind) {
  NpyArray array;
  bool order = false;
  literal.expect("{");
  while (!literal.accept("}")) {
    const std::string_view key = literal.string();
    literal.expect(":");
    if (key == "descr" && array.type.empty()) {
      array.type = literal.string();
      if (std::find(kind.types.begin(), kind.types.end(), array.type) == kind.types.end())
        literal.fail("expected the type " + std::string(kind.type_names) + " before this");
    } else if (key == "fortran_order" && !order) {
      array.fortran_order = kind.any_order && literal.accept("True");
      order = array.fortran_order || literal.accept("False");
      if (!order) literal.fail("expected the fortran_order False (rows one after the other)");
    } else if (key == "shape" && array.shape.empty()) {
      array.shape = literal.shape();
      if (array.shape.empty() || array.shape.size() < kind.min_dims || array.shape.size() > 2)
        literal.fail("expected a shape of " + std::string(kind.min_dims == 2 ? "two" : "one or two") +
                     " integers above 0");
    } else {
      literal.fail("expected descr, fortran_order and shape, once each, but found " + in_quotes(key));
    }
    if (literal.accept(",")) continue;
    literal.expect("}");
    break;
  }
  if (array.type.empty() || !order || array.shape.empty())
    literal.fail("expected descr, fortran_order and shape before the header's end");
  array.words_crc = literal.crc();
  literal.expect("\n");
  if (!literal.at_end()) literal.fail("expected the header to end after its line");
  return array;
}

constexpr std::array<std::string_view, 3> kFloats{"<f2", "<f4", "<f8"};
constexpr NpyKind kVectors{kFloats, "'<f2', '<f4' or '<f8' (little-endian float16, float32 or float64)", 2,
                           true};

}  // namespace

bool is_npy(std::string_view bytes) { return bytes.starts_with(kMagic); }

NpyArray read_npy_array(const NamedBytes& source, const NpyKind& kind) {
  const std::string_view bytes = source.bytes;
  if (bytes.size() < kPreamble) source.fail(bytes.size(), "the file ends inside the header");
  if (bytes.substr(kMagic.size(), kVersion.size()) != kVersion)
    source.fail(kMagic.size(), "expected version 1.0 of the .npy format");
  const auto length = static_cast<unsigned char>(bytes[kPreamble - 2]) +
                      std::size_t{256} * static_cast<unsigned char>(bytes[kPreamble - 1]);
  const std::size_t size = kPreamble + length;
  if (bytes.size() < size) source.fail(bytes.size(), "the file ends inside the header");
  NpyArray array = read_dictionary(Literal(source, kPreamble, size), kind);
  array.size = size;
  return array;
}

NpyHeader read_npy_header(const NamedBytes& source) {
  const NpyArray array = read_npy_array(source, kVectors);
  const std::int64_t rows = array.shape[0];
  const std::int64_t cols = array.shape[1];
  if (cols > std::numeric_limits<std::int32_t>::max())
    source.fail(0, "expected at most 2147483647 values per vector, found " + std::to_string(cols));
  const auto values = static_cast<std::int64_t>(source.bytes.size() - array.size);
  const auto value_bytes = static_cast<std::size_t>(array.type.back() - '0');
  const std::int64_t row = cols * static_cast<std::int64_t>(value_bytes);
  if (values % row != 0 || values / row != rows)
    source.fail(0, "the header says " + std::to_string(rows) + " x " + std::to_string(cols) + " float" +
                       std::to_string(8 * value_bytes) + " values, but " + std::to_string(values) +
                       " bytes follow it");
  return {rows,           static_cast<std::int32_t>(cols), value_bytes, array.fortran_order, array.size,
          array.words_crc};
}

std::string make_npy_header(std::int64_t rows, std::int32_t cols, std::uint32_t words_crc,
                            std::string_view type) {
  std::string text = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" +
                     std::to_string(rows) + ", " + std::to_string(cols) + "), }";
  const std::string end = crc_as_blanks(words_crc) + "\n";
  const std::size_t used = kPreamble + text.size() + end.size();
  text.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  text += end;
  std::string header{kMagic};
  header += kVersion;
  header += static_cast<char>(text.size() % 256);
  header += static_cast<char>(text.size() / 256);
  return header + text;
}

}  // namespace warp2vec
