#include "host/cli/run/requirements.h"

#include <warp2vec/error.h>

#include "host/cli/run/run_costs.h"
#include "host/cli/run/scratch.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"
#include "host/io/scratch_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <system_error>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  const fs::path parent = fs::path(behind_links(path)).parent_path();
  return parent.empty() ? "." : parent.string();
}

// 0 if there is none.
std::int64_t size_of_file(const std::string& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(bytes);
}

void require_file_limit(const std::vector<PlannedFile>& files) {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  for (const PlannedFile& file : files)
    if (static_cast<rlim_t>(file.bytes) > limit.rlim_cur)
      throw Error(file.flag + " " + file.path + " needs about " + format_bytes(file.bytes) +
                  ", but 'ulimit -f' allows files of " +
                  format_bytes(static_cast<std::int64_t>(limit.rlim_cur)) +
                  ": raise that limit, or lower --dim or --max-vocab");
}

std::int64_t free_space(const std::string& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) return std::numeric_limits<std::int64_t>::max();  // unknown
  return static_cast<std::int64_t>(status.f_bavail) * static_cast<std::int64_t>(status.f_frsize);
}

}  // namespace

std::vector<MemoryItem> host_memory(const CorpusSize& size, const TrainOptions& options) {
  DeviceUse use;
  use.divided = options.ranks > 1 && options.device.kind != DeviceKind::cuda;
  return memory_plan(size, options.config, use);
}

std::int64_t needed_memory(const CorpusSize& size, const TrainOptions& options) {
  return host_bytes(host_memory(size, options)) +
         (options.checkpoint.empty() ? 0 : checkpoint_memory(size, options.config));
}

std::string describe(const AvailableMemory& available) {
  return format_bytes(available.bytes) + " available " + available.limit;
}

std::string describe_memory(std::int64_t needed, const AvailableMemory& available) {
  return "training needs about " + format_bytes(needed) + " of memory" +
         (available.bytes > 0 ? "; " + describe(available) : "");
}

bool fits(std::int64_t needed, std::int64_t held, const AvailableMemory& available) {
  return available.bytes == 0 || needed - held <= available.bytes;
}

void require_memory(std::int64_t needed, std::int64_t held, const AvailableMemory& available) {
  if (!fits(needed, held, available))
    throw Error(describe_memory(needed, available) +
                ". A smaller --dim or --max-vocab, or a larger --min-count, needs less");
}

std::int64_t vectors_bytes(CorpusSize size, const TrainOptions& options) {
  if (options.ids && options.num_ids > 0) {
    size.words = options.num_ids;
    size.word_bytes = 0;
    for (std::int64_t tens = 1; tens <= options.num_ids; tens *= 10)
      size.word_bytes += options.num_ids - (tens == 1 ? 0 : tens);
  }
  const std::int32_t dim = options.config.dim * (options.vectors.choice == VectorChoice::concat ? 2 : 1);
  return output_bytes(size, dim, options.vectors.format);
}

std::vector<PlannedFile> planned_files(const CorpusSize& size, const TrainOptions& options, bool scratch) {
  std::vector<PlannedFile> files;
  const auto add = [&files](const char* flag, const std::string& path, std::int64_t bytes) {
    if (!path.empty() && !is_special_file(path)) files.push_back({flag, path, bytes, bytes});
  };
  add("--output", options.output, vectors_bytes(size, options));
  add("--save-model", options.save_model, model_bytes(size, options.config));
  add("--checkpoint", options.checkpoint, checkpoint_bytes(size, options.config));
  // It is written anew beside the one that it replaces.
  if (!files.empty() && files.back().flag == "--checkpoint")
    files.back().space += std::max<std::int64_t>(files.back().bytes - size_of_file(options.checkpoint), 0);
  if (scratch)
    add("--scratch-folder", (fs::path(scratch_folder_or_default(options.scratch_folder)) / "ids").string(),
        scratch_bytes(size));
  return files;
}

void require_space(const std::vector<PlannedFile>& files,
                   const std::function<std::int64_t(const std::string&)>& free_bytes) {
  struct Disk {
    std::string folder;
    std::int64_t needed = 0;
    std::string files = {};
  };
  std::map<dev_t, Disk> disks;
  for (const PlannedFile& file : files) {
    const std::string folder = folder_of(file.path);
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) continue;  // opening the file will say why
    Disk& disk = disks.try_emplace(status.st_dev, Disk{folder}).first->second;
    disk.needed += file.space;
    disk.files += (disk.files.empty() ? "" : ", ") + file.flag + " " + format_bytes(file.space);
  }
  for (const auto& [device, disk] : disks) {
    const std::int64_t free = free_bytes(disk.folder);
    if (disk.needed > free)
      throw Error("the disk of " + disk.folder + " has " + format_bytes(free) + " free, and the run needs " +
                  format_bytes(disk.needed) + " there (" + disk.files +
                  "): free some, give another place, or lower --dim or --max-vocab");
  }
}

void require_space(const std::vector<PlannedFile>& files) {
  require_file_limit(files);
  require_space(files, free_space);
}

}  // namespace warp2vec::cli
