#include "host/cli/run/resumed_run.h"

#include <warp2vec/error.h>

#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/text.h"

namespace warp2vec::cli {
namespace {

// Begins the notes of this program.
constexpr const char* kProgram = "warp2vec train";

}  // namespace

std::vector<std::string> notes_of(const TrainOptions& options) {
  std::vector<std::string> notes{kProgram};
  const auto add = [&notes](const char* flag, const std::string& value) {
    if (!value.empty()) notes.insert(notes.end(), {flag, value});
  };
  for (const std::string& input : options.inputs) add("--input", input);
  if (options.unicode_spaces) notes.emplace_back("--unicode-spaces");
  if (options.ids) notes.emplace_back("--ids");
  if (options.num_ids > 0) add("--num-ids", std::to_string(options.num_ids));
  for (const std::string& flag : flags_of(options.graph)) notes.push_back(flag);
  add("--output", options.output);
  add("--format", to_string(options.vectors.format));
  add("--dtype", options.vectors.half ? "float16" : "");
  add("--vectors", to_string(options.vectors.choice));
  if (options.classes > 0) add("--classes", std::to_string(options.classes));
  add("--save-model", options.save_model);
  add("--metrics", options.metrics);
  add("--tensorboard", options.tensorboard);
  add("--scratch-folder", options.scratch_folder);
  add("--checkpoint-every", options.checkpoint_every);
  add("--device", to_string(options.device));
  if (options.device.gpus > 0) add("--gpus", std::to_string(options.device.gpus));
  add("--threads", std::to_string(options.config.threads));
  if (options.ranks > 1) {
    add("--merge-every", std::to_string(options.merges.round));
    add("--merge-rows", std::to_string(options.merges.hot_rows));
    add("--merge-all-every", std::to_string(options.merges.all_rows_every));
  }
  return notes;
}

TrainOptions resumed_options(const Checkpoint& checkpoint, const std::string& path) {
  TrainOptions options;
  options.checkpoint = path;
  if (!checkpoint.notes.empty() && checkpoint.notes.front() == kProgram) {
    Flags flags("train", "", "");
    add_train_flags(flags, options);
    add_merge_flags(flags, options.merges);
    flags.list("--graph", "PATH", options.graph.paths, kGraphHelp);
    add_graph_flags(flags, options.graph);
    try {
      flags.parse({checkpoint.notes.begin() + 1, checkpoint.notes.end()});
    } catch (const UsageError& error) {
      throw Error(path + ": section 'notes': " + error.what());
    }
  }
  // It may be given anew, or follow from a new name.
  options.vectors.format = options.asked_format.value_or(VectorFormat::binary);
  options.asked_format.reset();
  const std::int32_t threads = options.config.threads;
  options.config = checkpoint.config;
  options.config.threads = threads;
  return options;
}

void require_resumable(const Checkpoint& checkpoint, const TrainOptions& options) {
  if (!options.read_vocab.empty())
    throw UsageError("--resume takes the vocabulary from the checkpoint: leave out --read-vocab");
  try {
    require_same_settings(checkpoint.config, options.config);
  } catch (const Error& error) {
    throw UsageError("--resume " + options.resume + ": " + error.what());
  }
}

std::string resume_command(const std::string& path) { return "warp2vec train --resume " + shell_word(path); }

}  // namespace warp2vec::cli
