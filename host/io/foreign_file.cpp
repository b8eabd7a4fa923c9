#include "host/io/foreign_file.h"

#include <warp2vec/error.h>

#include <algorithm>
#include <array>

namespace warp2vec {
namespace {

struct Magic {
  std::string_view bytes;
  ForeignFile file;
};

constexpr std::string_view kUnpack = "unpack it first";
constexpr std::string_view kConvert = "convert it first";
constexpr std::string_view kDownload = "the download has failed: get the file itself";

constexpr std::array kMagics{
    Magic{"PK\x03\x04", {"a ZIP archive (.zip, .npz and PyTorch's .pt are such)", "unpack it first (unzip)"}},
    Magic{"7z\xbc\xaf\x27\x1c", {"a 7-Zip archive", kUnpack}},
    Magic{"Rar!\x1a\x07", {"a RAR archive", kUnpack}},
    Magic{"\x04\x22\x4d\x18", {"LZ4 data", "unpack it first (unlz4)"}},
    Magic{"version https://git-lfs.github.com/spec/",
          {"a Git LFS pointer, not the file itself", "get the file with 'git lfs pull'"}},
    Magic{"<<<<<<< ", {"a file with an unresolved merge conflict", "resolve it first", true}},
    Magic{"\x89HDF\r\n\x1a\n", {"an HDF5 file", kConvert}},
    Magic{"<?xml", {"an XML document", "if it was downloaded, that has failed: get the file itself", true}},
    Magic{"%PDF-", {"a PDF file", "extract its text first (pdftotext)"}},
    Magic{"PAR1", {"a Parquet file", kConvert}},
    Magic{"ARROW1", {"an Arrow file", kConvert}},
    Magic{"SQLite format 3", {"an SQLite database", kConvert}},
    Magic{"GGUF", {"a GGUF model", "expected word vectors or text"}},
    Magic{"\x7f"
          "ELF",
          {"a program", "expected another file"}},
    Magic{"\xff\xfe", {"text in UTF-16", "convert it first (iconv -f UTF-16 -t UTF-8)"}},
    Magic{"\xfe\xff", {"text in UTF-16", "convert it first (iconv -f UTF-16 -t UTF-8)"}},
};

// PROTO and a version that writes a FRAME or a common first opcode.
bool is_pickle(std::string_view bytes) {
  return bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5 &&
         std::string_view(
             "\x95"
             "c}](Xq\x8a\x8c")
                 .find(bytes[2]) != std::string_view::npos;
}

bool is_tar(std::string_view bytes) {
  constexpr std::size_t kMagicOffset = 257;
  return bytes.size() > kMagicOffset && bytes.substr(kMagicOffset).starts_with("ustar");
}

bool is_web_page(std::string_view bytes) {
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF"), bytes.size()));
  const auto starts_with = [bytes](std::string_view tag) {
    const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
    return bytes.size() >= tag.size() &&
           std::equal(tag.begin(), tag.end(), bytes.begin(), [&](char b, char a) { return same(a, b); });
  };
  return starts_with("<!doctype html") || starts_with("<html");
}

}  // namespace

std::optional<ForeignFile> foreign_file(std::string_view beginning) {
  for (const Magic& magic : kMagics)
    if (beginning.starts_with(magic.bytes)) return magic.file;
  if (is_pickle(beginning))
    return ForeignFile{"a Python pickle, as gensim's save() writes",
                       "reading it would run code; in gensim, save KeyedVectors with save_word2vec_format()"};
  if (is_tar(beginning)) return ForeignFile{"a tar archive", "unpack it first (tar -xf)"};
  if (is_web_page(beginning)) return ForeignFile{"a web page", kDownload, true};
  return std::nullopt;
}

void refuse_foreign(const std::string& path, std::string_view beginning) {
  if (const std::optional<ForeignFile> foreign = foreign_file(beginning))
    throw Error(path + ": this is " + std::string(foreign->name) + ": " + std::string(foreign->advice));
}

}  // namespace warp2vec
