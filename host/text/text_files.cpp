#include "host/text/text_files.h"

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/bytes/crc32.h"
#include "host/bytes/npy_header.h"
#include "host/distributed/require_same.h"
#include "host/io/file_kind.h"
#include "host/io/foreign_file.h"
#include "host/io/temporary_files.h"
#include "host/vocabulary/ids.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string_view>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

std::string beginning_of(const InputFile& file) {
  std::string beginning(kKindBytes, '\0');
  beginning.resize(file.read_at(0, beginning.data(), beginning.size()));
  return beginning;
}

// The same, decompressed; what cannot be decompressed is reported by those who read it.
std::string content_beginning(const std::string& name, const std::shared_ptr<const InputFile>& file,
                              std::string beginning) {
  const Compression compression = sniff(beginning);
  if (compression == Compression::none) return beginning;
  try {
    std::string content(kKindBytes, '\0');
    const auto stream = ByteStream::open(file, name, file->state(), compression);
    content.resize(stream->read(content.data(), content.size()));
    return content;
  } catch (const Error&) {
    return "";
  }
}

// Text has few control characters. A little of it with a NUL is an error that names the place.
bool is_binary(std::string_view beginning) {
  constexpr std::size_t kEnough = 512;
  constexpr std::ptrdiff_t kOneIn = 16;
  if (beginning.size() < kEnough || is_array_of_integers(beginning)) return false;
  const auto is_control = [](char c) {
    return static_cast<unsigned char>(c) < ' ' && is_word_byte(c) && c != '\x1b';
  };
  return beginning.find('\0') != std::string_view::npos &&
         kOneIn * std::count_if(beginning.begin(), beginning.end(), [&](char c) {
           return c == '\0' || is_control(c);
         }) > std::ssize(beginning);
}

// What a file is that is no text; "" for text.
std::string_view kind_of_no_text(std::string_view beginning) {
  if (const std::string_view kind = kind_of_product(beginning); !kind.empty()) return kind;
  const std::optional<ForeignFile> foreign = foreign_file(beginning);
  if (foreign) return foreign->is_text ? "" : foreign->name;
  return is_binary(beginning) ? "binary data" : "";
}

// Throws Error naming the file if it is an array of other values, or has another size than its header says.
IdArray array_of_ids(const std::string& name, std::string_view beginning, std::int64_t bytes) {
  constexpr std::array<std::string_view, 2> kTypes{"<i4", "<i8"};
  const NamedBytes source{name, beginning};
  const NpyArray header =
      read_npy_array(source, {kTypes, "'<i4' or '<i8' (little-endian int32 or int64, as numpy.int64)", 1});
  IdArray array{header.size, header.type == kTypes[0] ? 4 : 8, header.shape[0], 0};
  if (header.shape.size() == 2) array.columns = header.shape[1];
  const std::int64_t left = (bytes - static_cast<std::int64_t>(header.size)) / array.value_bytes;
  if (__builtin_mul_overflow(array.values, std::max<std::int64_t>(array.columns, 1), &array.values) ||
      array.values != left || bytes != static_cast<std::int64_t>(header.size) + left * array.value_bytes)
    source.fail(0, "the header's shape does not match the " +
                       std::to_string(bytes - static_cast<std::int64_t>(header.size)) +
                       " bytes that follow it");
  return array;
}

Corpus::File described(std::string name, const std::shared_ptr<const InputFile>& file) {
  const std::string beginning = beginning_of(*file);
  const std::string content = content_beginning(name, file, beginning);
  if (const std::string_view kind = kind_of_product(content); !kind.empty())
    throw Error(name + ": expected text, found " + std::string(kind));
  if (!kind_of_no_text(content).empty()) {
    refuse_foreign(name, content);
    throw Error(name +
                ": this is binary data: expected text, in UTF-8 for example (UTF-16 must be converted)");
  }
  Corpus::File described{std::move(name), sniff(beginning), file->state(), nullptr, {}};
  described.json_lines = is_json_lines(content);
  if (is_array_of_integers(beginning))
    described.array = array_of_ids(described.name, beginning, described.state.size);
  return described;
}

Corpus::File regular_file(const std::string& path) {
  return described(path, std::make_shared<const InputFile>(path));
}

// Copies what can be read only once.
Corpus::File spool(InputFile& source, const std::string& folder) {
  ScratchFile copy(source.name(), folder);
  std::string buffer(kBufferBytes, '\0');
  for (std::size_t n = buffer.size(); n == buffer.size();) {
    n = source.read(buffer.data(), buffer.size());
    copy.append({buffer.data(), n});
  }
  Corpus::File file = described(source.name(), copy.file());
  file.spooled = copy.file();
  return file;
}

bool is_hidden(const fs::path& path) { return path.filename().string().front() == '.'; }

// What a killed run left is no text.
bool is_leftover(const fs::path& path) { return is_temporary_name(path.filename().string()); }

// Links to files count as files; links to folders are not followed, since they may form a cycle.
void append_files_below(const fs::path& folder, std::vector<fs::path>& paths) try {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (is_hidden(entry.path()) || is_leftover(entry.path())) continue;
    const fs::file_type type = entry.status().type();
    if (type == fs::file_type::directory) {
      if (!entry.is_symlink()) append_files_below(entry.path(), paths);
      // A dangling link is listed too: opening it then fails, instead of text being lost silently.
    } else if (type == fs::file_type::regular || type == fs::file_type::not_found) {
      paths.push_back(entry.path());
    }
  }
} catch (const fs::filesystem_error& error) {
  throw Error("cannot read the folder " + folder.string() + ": " + error.code().message());
}

std::string_view kind_of_file(const std::string& path) {
  const auto file = std::make_shared<const InputFile>(path);
  return kind_of_no_text(content_beginning(path, file, beginning_of(*file)));
}

// The words of vectors in two files look like text; what they are is told by the other file.
bool has_words_of_vectors(const std::string& path) {
  constexpr std::string_view kWords = ".metadata.tsv";
  constexpr std::string_view kList = ".vocab";
  std::string vectors;
  if (path.ends_with(kWords)) vectors = path.substr(0, path.size() - kWords.size()) + ".vectors.tsv";
  if (path.ends_with(kList)) vectors = path.substr(0, path.size() - kList.size());
  std::error_code error;
  return !vectors.empty() && fs::is_regular_file(vectors, error) && !kind_of_file(vectors).empty();
}

bool is_one_of(const std::string& path, const std::vector<std::string>& others) {
  return std::any_of(others.begin(), others.end(), [&path](const std::string& other) {
    std::error_code missing;
    return fs::equivalent(path, other, missing);
  });
}

void append_folder(const std::string& folder, const std::vector<std::string>& outputs,
                   std::vector<Corpus::File>& files, std::vector<Corpus::NotRead>& not_read) {
  FolderFiles found = files_in(folder);
  const std::size_t left_out =
      found.not_read.size() +
      std::erase_if(found.texts, [&](const std::string& path) { return is_one_of(path, outputs); });
  if (found.texts.empty())
    throw Error("no files in the folder " + folder + " (hidden ones do not count" +
                (left_out == 0 ? ")" : ", nor do those that warp2vec wrote)"));
  for (const std::string& path : found.texts) files.push_back(regular_file(path));
  std::move(found.not_read.begin(), found.not_read.end(), std::back_inserter(not_read));
}

// The first place at or behind `offset` where a value begins, or the file's end; 0 for the first value.
std::int64_t cut_of_array(const Corpus::File& file, std::int64_t offset) {
  const auto header = static_cast<std::int64_t>(file.array->header);
  if (offset <= header) return 0;
  const std::int64_t bytes = file.array->value_bytes;
  return header + (std::min(offset, file.state.size) - header + bytes - 1) / bytes * bytes;
}

// The first place at or behind `offset` where a word may begin, since white space or the file's beginning is
// before it, or the file's end.
std::int64_t cut_behind_word(const Corpus::File& file, std::int64_t offset) {
  if (offset <= 0) return 0;
  const std::shared_ptr<const InputFile> input = file.open();
  std::string buffer(std::size_t{1} << 16, '\0');
  for (std::int64_t at = offset - 1; at < file.state.size; at += std::ssize(buffer)) {
    const std::string_view read(buffer.data(), input->read_at(at, buffer.data(), buffer.size()));
    const auto space = std::find_if_not(read.begin(), read.end(), is_word_byte);
    if (space != read.end()) return std::min(at + (space - read.begin()) + 1, file.state.size);
  }
  return file.state.size;
}

}  // namespace

FolderFiles files_in(const std::string& folder) {
  std::vector<fs::path> paths;
  append_files_below(folder, paths);
  std::sort(paths.begin(), paths.end());
  FolderFiles files;
  for (const fs::path& path : paths) {
    const std::string name = path.string();
    std::string_view kind = kind_of_file(name);
    if (kind.empty() && has_words_of_vectors(name)) kind = "the words of vectors";
    if (kind.empty())
      files.texts.push_back(name);
    else
      files.not_read.push_back({name, std::string(kind)});
  }
  return files;
}

std::shared_ptr<const InputFile> Corpus::File::open() const {
  if (spooled) return spooled;
  auto file = std::make_shared<const InputFile>(name);
  if (file->state() != state)
    throw Error(name + ": it has changed since it was first read, expected the same text in every pass");
  return file;
}

Corpus::Corpus(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
               const std::string& scratch_folder, const IdInput& ids, bool unicode_spaces)
    : unicode_spaces_(unicode_spaces), num_ids_(ids.num_ids) {
  require_num_ids(num_ids_);
  if (inputs.empty()) throw Error("no input: expected files, folders or - for standard input");
  for (const std::string& input : inputs) {
    if (input == "-") {
      InputFile standard_input(::dup(STDIN_FILENO), "standard input");
      files_.push_back(spool(standard_input, scratch_folder));
      continue;
    }
    std::error_code error;
    const fs::file_status status = fs::status(input, error);
    if (fs::is_directory(status)) {
      append_folder(input, outputs, files_, not_read_);
    } else if (!fs::exists(status) || fs::is_regular_file(status)) {
      files_.push_back(regular_file(input));
    } else {  // a pipe or a device
      InputFile source(input);
      files_.push_back(spool(source, scratch_folder));
    }
  }
  for (const File& file : files_)
    if (file.json_lines) json_lines_.push_back(file.name);
  const auto is_array = [](const File& file) { return file.array.has_value(); };
  has_ids_ = ids.text || std::all_of(files_.begin(), files_.end(), is_array);
  const auto array = std::find_if(files_.begin(), files_.end(), is_array);
  if (!has_ids_ && array != files_.end())
    throw Error(array->name +
                ": an array of ids beside text, whose words are none (--ids reads them as ids)");
}

std::vector<TextPart> parts_of(const Corpus& corpus) {
  std::vector<TextPart> parts;
  for (const Corpus::File& file : corpus.files()) parts.push_back({&file, 0, file.state.size});
  return parts;
}

std::vector<TextPart> share_of(const Corpus& corpus, int rank, int ranks) {
  const auto bytes_before = [&](int r) {
    return static_cast<std::int64_t>(static_cast<double>(corpus.bytes()) * r / ranks);
  };
  const std::int64_t begin = bytes_before(rank);
  const std::int64_t end =
      rank + 1 < ranks ? bytes_before(rank + 1) : std::numeric_limits<std::int64_t>::max();
  std::vector<TextPart> parts;
  std::int64_t before = 0;
  for (const Corpus::File& file : corpus.files()) {
    const std::int64_t size = file.state.size;
    if (file.compression != Compression::none || size == 0) {
      const std::int64_t middle = before + size / 2;
      if (begin <= middle && middle < end) parts.push_back({&file, 0, size});
    } else {
      const auto cut = file.array ? cut_of_array : cut_behind_word;
      const TextPart part{&file, cut(file, begin - before), cut(file, end - before)};
      if (part.begin < part.end) parts.push_back(part);
    }
    before += size;
  }
  return parts;
}

std::vector<TextPart> own_share(const Corpus& corpus, Ranks& ranks) {
  std::uint64_t hash = corpus.files().size();
  const auto add = [&hash](std::uint64_t value) { hash = hash_with(hash, value); };
  std::string sample(4096, '\0');
  for (const Corpus::File& file : corpus.files()) {
    const std::int64_t size = file.state.size;
    add(static_cast<std::uint64_t>(size));
    const std::shared_ptr<const InputFile> input = file.open();
    for (const std::int64_t begin : {std::int64_t{0}, size / 2, size - std::ssize(sample)}) {
      const std::size_t n = input->read_at(std::max<std::int64_t>(begin, 0), sample.data(), sample.size());
      add(crc32_of({sample.data(), n}));
    }
  }
  require_same(ranks, std::vector<Common>{{"text", hash}});
  return share_of(corpus, ranks.rank(), ranks.size());
}

ReadProgress progress_of(const std::vector<TextPart>& parts, const Corpus& corpus,
                         const ReadProgress& progress) {
  std::int64_t bytes = 0;
  for (const TextPart& part : parts) bytes += part.end - part.begin;
  if (!progress || bytes == corpus.bytes()) return progress;
  const double scale =
      static_cast<double>(corpus.bytes()) / static_cast<double>(std::max<std::int64_t>(bytes, 1));
  return [progress, scale](std::int64_t done, std::int64_t tokens) {
    progress(static_cast<std::int64_t>(static_cast<double>(done) * scale), tokens);
  };
}

void refuse_empty(const Corpus& corpus) {
  throw Error("the input holds no words: " + std::to_string(corpus.files().size()) + " file(s), " +
              std::to_string(corpus.bytes()) + " bytes");
}

Corpus corpus_of(const ScratchFile& text, const std::string& name) {
  Corpus corpus;
  corpus.files_.push_back({name, Compression::none, text.file()->state(), text.file(), {}, false});
  return corpus;
}

Corpus::Corpus() = default;
Corpus::~Corpus() = default;
Corpus::Corpus(Corpus&&) noexcept = default;
Corpus& Corpus::operator=(Corpus&&) noexcept = default;

std::int64_t Corpus::bytes() const {
  std::int64_t sum = 0;
  for (const File& file : files_) sum += file.state.size;
  return sum;
}

std::int64_t Corpus::max_tokens() const {
  constexpr std::int64_t kPerCompressedByte = 8;
  std::int64_t tokens = 0;
  for (const File& file : files_)
    tokens += file.array                              ? file.array->values
              : file.compression == Compression::none ? file.state.size / 2 + 1
                                                      : file.state.size * kPerCompressedByte;
  return tokens;
}

}  // namespace warp2vec
