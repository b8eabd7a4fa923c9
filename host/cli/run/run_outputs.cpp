#include "host/cli/run/run_outputs.h"

#include <warp2vec/checkpoint.h>
#include <warp2vec/error.h>

#include "host/cli/flags/output_check.h"
#include "host/cli/flags/usage_error.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/run/resumed_run.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/trained_files.h"
#include "host/io/atomic_file.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace warp2vec::cli {

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code missing;
  return std::filesystem::equivalent(a, b, missing);
}

namespace {

// An unfinished run may be worth hours of work, and a file that is not a checkpoint was named by mistake.
void require_replaceable(const TrainOptions& options) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path path = options.checkpoint;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) == 0) return;
  if (is_same_file(options.checkpoint, options.resume)) return;
  bool unfinished = false;
  try {
    unfinished = is_unfinished(options.checkpoint);
  } catch (const Error& unreadable) {
    throw UsageError("--checkpoint replaces only checkpoints: " + std::string(unreadable.what()));
  }
  if (unfinished)
    throw UsageError("--checkpoint " + options.checkpoint + " holds an unfinished run: resume it (" +
                     resume_command(options.checkpoint) + "), or delete the file to start again");
}

}  // namespace

std::vector<NamedPath> partial_outputs_of(const TrainOptions& options) {
  std::vector<NamedPath> outputs;
  if (!options.output.empty() && !is_special_file(options.output))
    outputs = named("--output", vector_files(with_suffix(options.output, kPartial), options.vectors.format));
  if (!options.save_model.empty() && !is_special_file(options.save_model))
    outputs.push_back({"--save-model", with_suffix(options.save_model, kPartial)});
  return outputs;
}

std::vector<NamedPath> outputs_of(const TrainOptions& options) {
  std::vector<NamedPath> outputs;
  if (!options.output.empty())
    outputs = named("--output", vector_files(options.output, options.vectors.format));
  const auto add = [&outputs](const char* flag, const std::string& path, bool looks_like_text = false) {
    if (!path.empty()) outputs.push_back({flag, path, looks_like_text});
  };
  add("--save-model", options.save_model);
  add("--save-vocab", options.save_vocab, true);
  add("--checkpoint", options.checkpoint);
  for (NamedPath& output : partial_outputs_of(options)) outputs.push_back(std::move(output));
  add("--metrics", options.metrics);
  return outputs;
}

void check_outputs(const TrainOptions& options) {
  check_scratch_folder(options);
  const std::vector<NamedPath> outputs = outputs_of(options);
  for (const NamedPath& output : outputs)
    if (output.flag != "--metrics") check_writable(output.path);  // which is opened at once
  std::vector<NamedPath> inputs = named("--input", options.inputs);
  for (const std::string& path : options.graph.paths) inputs.push_back({"--graph", path});
  if (!options.config_file.empty()) inputs.push_back({"--config", options.config_file});
  check_distinct(outputs, inputs);
  if (!options.checkpoint.empty()) require_replaceable(options);
  // These may be read and then saved under the same name: by then they are in memory.
  const auto check_replaced = [&outputs](std::string_view flag, const std::string& path,
                                         std::initializer_list<std::string_view> may_replace) {
    std::vector<NamedPath> others = outputs;
    std::erase_if(others, [&](const NamedPath& output) {
      return std::find(may_replace.begin(), may_replace.end(), output.flag) != may_replace.end();
    });
    if (!path.empty()) check_distinct(others, {{std::string(flag), path}});
  };
  check_replaced("--resume", options.resume, {"--checkpoint"});
  check_replaced("--read-vocab", options.read_vocab, {"--save-vocab"});
  check_replaced("--init", options.init, {"--output", "--save-model"});
}

}  // namespace warp2vec::cli
