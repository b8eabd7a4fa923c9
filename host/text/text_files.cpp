#include "host/text/text_files.h"

#include <warp2vec/error.h>

#include "host/io/scratch_file.h"
#include "host/io/temporary_files.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace warp2vec {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

Corpus::File described(std::string name, const std::shared_ptr<const InputFile>& file) {
  char first[6];
  const std::size_t n = file->read_at(0, first, sizeof(first));
  const std::string_view begin(first, n);
  if (begin.starts_with("\x89W2"))  // host/files/section_file.h
    throw Error(name + ": expected text, found a model, a checkpoint or an encoded corpus");
  return {std::move(name), sniff(begin), file->state(), nullptr};
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

// Sorted by path. Links to files count as files; links to folders are not followed, since they may form a
// cycle.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::end(entry); ++entry) {
    if (is_hidden(entry->path())) {
      entry.disable_recursion_pending();
      continue;
    }
    if (is_leftover(entry->path())) continue;
    const fs::file_type type = entry->status().type();
    // A dangling link is listed too: opening it then fails, instead of text being lost silently.
    if (type == fs::file_type::regular || type == fs::file_type::not_found) paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void append_folder(const std::string& folder, std::vector<Corpus::File>& files) {
  const std::vector<std::string> paths = texts_in(folder);
  if (paths.empty()) throw Error("no files in the folder " + folder + " (hidden ones do not count)");
  for (const std::string& path : paths) files.push_back(regular_file(path));
}

}  // namespace

Compression sniff(std::string_view first) {
  if (first.starts_with("\x1f\x8b")) return Compression::gzip;
  if (first.starts_with("\x28\xb5\x2f\xfd")) return Compression::zstd;
  // A skippable zstd frame, with which files of parallel compressors begin.
  if (first.size() >= 4 && (first[0] & 0xF0) == 0x50 && first.substr(1, 3) == "\x2a\x4d\x18")
    return Compression::zstd;
  if (first.starts_with("BZh") && first.size() >= 4 && first[3] >= '1' && first[3] <= '9')
    return Compression::bzip2;
  if (first.starts_with(std::string_view("\xfd\x37zXZ\0", 6))) return Compression::xz;
  return Compression::none;
}

std::vector<std::string> texts_in(const std::string& folder) {
  try {
    std::vector<std::string> names;
    for (const fs::path& path : files_below(folder)) names.push_back(path.string());
    return names;
  } catch (const fs::filesystem_error& error) {
    throw Error("cannot read the folder " + folder + ": " + error.what());
  }
}

std::shared_ptr<const InputFile> Corpus::File::open() const {
  if (spooled) return spooled;
  auto file = std::make_shared<const InputFile>(name);
  if (file->state() != state)
    throw Error(name + ": it has changed since it was first read, expected the same text in every pass");
  return file;
}

Corpus::Corpus(const std::vector<std::string>& inputs, const std::string& scratch_folder) {
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
      append_folder(input, files_);
    } else if (!fs::exists(status) || fs::is_regular_file(status)) {
      files_.push_back(regular_file(input));
    } else {  // a pipe or a device
      InputFile source(input);
      files_.push_back(spool(source, scratch_folder));
    }
  }
}

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
    tokens += file.compression == Compression::none ? file.state.size / 2 + 1
                                                    : file.state.size * kPerCompressedByte;
  return tokens;
}

}  // namespace warp2vec
