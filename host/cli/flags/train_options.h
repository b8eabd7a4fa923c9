#pragma once
/// The flags that `train` and `plan` share.

#include <warp2vec/checkpoint.h>
#include <warp2vec/config.h>
#include <warp2vec/ranks.h>
#include <warp2vec/warm_start.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/device.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/graph_options.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// How progress is shown.
enum class ProgressStyle {
  automatic,  ///< a line that is rewritten on a terminal, else lines
  lines,
  json
};

struct TrainOptions {
  Config config;
  std::vector<std::string> inputs;
  GraphOptions graph;           ///< in the place of inputs
  std::string input_list;       ///< may be empty; find_inputs() appends its files to `inputs`
  bool unicode_spaces = false;  ///< as of Corpus
  bool ids = false;             ///< words are ids, and vectors are saved in their order
  std::int64_t num_ids = 0;     ///< 0 = as many as the highest says
  std::string output;
  std::string read_vocab;
  std::string save_vocab;
  std::string save_model;
  std::string metrics;
  std::string tensorboard;  ///< a folder; may be empty
  std::string config_file;  ///< may be empty
  std::string checkpoint;   ///< may be empty
  std::string checkpoint_every = "10m";
  std::string resume;             ///< may be empty
  std::string init;               ///< may be empty
  std::int64_t init_limit = 0;    ///< vectors of it; 0 = all
  std::string scratch_folder;     ///< may be empty
  std::int64_t count_memory = 0;  ///< bytes; 0 = the default
  InitVocab init_vocab = InitVocab::all_words;
  std::optional<VectorFormat> asked_format;  ///< by --format
  VectorOutput vectors;                      ///< its format follows from asked_format and output
  std::int32_t classes = 0;  ///< above 0: that many classes of words are written instead of vectors
  DeviceRequest device;
  bool quiet = false;
  ProgressStyle progress = ProgressStyle::automatic;
  bool dry_run = false;
  Distribution merges;        ///< how often ranks merge; its `ranks` is null
  bool merges_given = false;  ///< whether a flag of `merges` was
  int ranks = 1;              ///< processes, or GPUs of this one, among which the run is divided; no flag
  int local_ranks = 1;        ///< processes on this machine
};

/// The help of --threads, which several commands have.
inline constexpr const char* kThreadsHelp =
    "CPU threads, 1 to 1024; 0 = one per CPU that may be used (default 0)";

/// The help of --input of commands that only read a text, and of --read-vocab.
inline constexpr const char* kTextHelp =
    "Text: files, folders or '-' for standard input; plain, .gz, .zst, .bz2 or .xz; or NumPy arrays of ids "
    "(.npy). Takes several paths and may be repeated.";
inline constexpr const char* kReadVocabHelp =
    "Read words and counts from a file of 'word count' lines instead of counting the text; --min-count and "
    "--max-vocab apply to it.";

/// Adds --min-count, where 0 is the same as 1; `min_count` must outlive `flags`.
void add_min_count_flag(Flags& flags, std::int64_t& min_count, const std::string& help);

/// Adds --min-count and --max-vocab; `config` must outlive `flags`.
void add_vocabulary_flags(Flags& flags, Config& config);

/// Adds --ids and --num-ids; `options` must outlive `flags`.
void add_id_flags(Flags& flags, TrainOptions& options);

/// Adds --count-memory and --scratch-folder, which holds `content`; `options` must outlive `flags`.
void add_scratch_flags(Flags& flags, TrainOptions& options, const std::string& content);

/// Adds --model, --cbow-sum and --cbow-gradient; `config` must outlive `flags`.
void add_model_flags(Flags& flags, Config& config);

/// Once the flags are parsed: makes the learning rate, unless one is given, the default of the model.
void set_default_lr(const Flags& flags, Config& config);

/// Adds --graph and the flags of graphs and walks; `options` must outlive `flags`.
void add_graph_input(Flags& flags, GraphOptions& options);

/// Once the flags are parsed: gives those that are not given the defaults of a run on a graph, if it is one.
/// Throws UsageError as check_graph(), for flags of graphs without one, and for a graph beside a text.
void find_graph(const Flags& flags, TrainOptions& options);

/// Once the flags are parsed: which GPUs are asked for, and how many. Throws UsageError for --gpus beside
/// another device.
void find_device(const Flags& flags, TrainOptions& options);

/// Adds --merge-every, --merge-rows and --merge-all-every; `merges` must outlive `flags`.
void add_merge_flags(Flags& flags, Distribution& merges);

/// Whether one of --merge-every, --merge-rows and --merge-all-every was given.
bool merges_given(const Flags& flags);

/// Adds --seed; `config` must outlive `flags`.
void add_seed_flag(Flags& flags, Config& config);

/// Adds --sharing; `config` must outlive `flags`.
void add_sharing_flag(Flags& flags, Config& config, const std::string& help);

/// Adds all training flags but --resume; `options` must outlive `flags`.
void add_train_flags(Flags& flags, TrainOptions& options);

/// Bytes of --count-memory, such as "500M" or "4G". Throws UsageError.
std::int64_t parse_count_memory(const std::string& text);

/// Config::validate(), but throws UsageError.
void check_settings(const Config& config);

}  // namespace warp2vec::cli
