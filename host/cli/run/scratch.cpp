#include "host/cli/run/scratch.h"

#include <warp2vec/error.h>

#include "host/cli/flags/usage_error.h"
#include "host/cli/run/requirements.h"
#include "host/cli/terminal/text.h"
#include "host/io/scratch_file.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace warp2vec::cli {
namespace {

bool is_writable_folder(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) && ::access(path.c_str(), W_OK | X_OK) == 0;
}

}  // namespace

void check_scratch_folder(const TrainOptions& options) {
  const std::string& folder = options.scratch_folder;
  if (!folder.empty() && !is_writable_folder(folder))
    throw UsageError("--scratch-folder " + folder + ": expected a folder that can be written to");
}

CountMemory count_memory(const TrainOptions& options) {
  const std::int64_t available = available_memory("/", options.local_ranks).bytes;
  if (options.count_memory > 0) return {options.count_memory, available, options.scratch_folder};
  std::error_code no_folder;
  const std::string folder = options.scratch_folder.empty()
                                 ? std::filesystem::temp_directory_path(no_folder).string()
                                 : options.scratch_folder;
  if (available == 0 || !is_writable_folder(folder) || is_in_memory(folder)) return {0, available, folder};
  return {std::max<std::int64_t>(available / 2, 1), available, folder};
}

bool needs_scratch(const CorpusSize& size, const TrainOptions& options, std::int64_t held,
                   const AvailableMemory& available) {
  CorpusSize on_disk = size;
  on_disk.tokens_in_memory = false;
  // The plan leaves out what is small, such as the buffers of threads; it may be what is missing.
  const std::int64_t in_memory =
      needed_memory(size, options) + std::int64_t{4'000'000} * (thread_count(options.config) + 2);
  return size.tokens_in_memory && !fits(in_memory, held, available) &&
         fits(needed_memory(on_disk, options), held, available);
}

std::int64_t scratch_bytes(const CorpusSize& size) {
  return size.tokens * static_cast<std::int64_t>(sizeof(WordId));
}

std::string scratch_note(const CorpusSize& size, const TrainOptions& options) {
  const std::string folder = scratch_folder_or_default(options.scratch_folder);
  const std::string what = "the ids of the text's " + with_commas(size.tokens) + " words (" +
                           format_bytes(scratch_bytes(size)) + ") do not fit into memory";
  if (is_in_memory(folder))
    throw Error(what + ", and " + folder + " is in memory, too: --scratch-folder names one on a disk");
  return what + ": they are kept on the disk of " + folder + " while training";
}

}  // namespace warp2vec::cli
