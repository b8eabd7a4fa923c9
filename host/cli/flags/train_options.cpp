#include "host/cli/flags/train_options.h"

#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/vector_files.h"
#include "host/vocabulary/ids.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace warp2vec::cli {
namespace {

void add_files(Flags& flags, TrainOptions& options) {
  flags.section("Files");
  add_input_flags(
      flags, options,
      "Text to train on: files, folders (all files in them) or '-' for standard input; plain, .gz, .zst, "
      ".bz2 or .xz. Words are separated by white space, and a line is a sentence. Takes several paths and "
      "may be repeated. Or NumPy arrays of ids (.npy; int32 or int64, of one dimension or two): negative "
      "values and ends of rows separate sentences, and the vectors are in the order of ids. Or one file that "
      "'warp2vec encode' wrote: its vocabulary is used, and its words are read while training, so that they "
      "need not fit into memory.");
  add_id_flags(flags, options);
  add_output_flag(
      flags, "--output", options.output,
      "Where to write the vectors; written completely at the end, or not at all (if training diverges).");
  add_format_flags(flags, options.asked_format, options.vectors.half);
  flags.custom(
      "--vectors", "CHOICE",
      [&options](const std::string& text) { options.vectors.choice = parse_vector_choice(text); },
      "Which vectors to write: input (of words as contexts, the usual ones), output (of words as targets, "
      "which --loss hs does not have), sum (of both) or concat (both, with twice the dimension) (default "
      "input)",
      {"input", "output", "sum", "concat"});
  flags.number(
      "--classes", "N", options.classes,
      "Write lines 'word class' to --output instead of vectors: N classes, 0 to N - 1, of words with "
      "similar vectors, by k-means as in word2vec.c; 0 = vectors (default 0)");
  flags.text("--read-vocab", "FILE", options.read_vocab, kReadVocabHelp);
  add_output_flag(flags, "--save-vocab", options.save_vocab, "Write the vocabulary as 'word count' lines.");
  flags.text("--save-model", "FILE", options.save_model,
             "Write all trained parameters and the settings, for 'warp2vec probability'; written completely, "
             "after the vectors, or not at all.");
  flags.text(
      "--metrics", "FILE", options.metrics,
      "Write progress as JSON, one object per line, and a final summary with settings, machine, counts and "
      "timings, including the seconds that a GPU spent training and subsampling.");
  flags.text("--tensorboard", "FOLDER", options.tensorboard,
             "Write loss, lr and words_per_second over the trained words as events for TensorBoard.");
}

ProgressStyle parse_progress(const std::string& text) {
  if (text == "auto") return ProgressStyle::automatic;
  if (text == "lines") return ProgressStyle::lines;
  if (text == "json") return ProgressStyle::json;
  throw UsageError("--progress " + text + " is not known: expected auto, lines or json");
}

void add_model(Flags& flags, Config& config) {
  flags.section("Vocabulary and model");
  add_vocabulary_flags(flags, config);
  flags.number("--dim", "N", config.dim,
               "Dimension of the word vectors; 1 to 4096 (default 100). 100 to 300 are usual.");
  flags.number(
      "--window", "N", config.window,
      "Words on each side of a word that are its context; 1 to 1000 (default 5). Small windows group "
      "words of the same kind, large ones words of the same topic.");
  flags.on_off(
      "--no-shrink-window", config.shrink_window,
      "Always use the full window; otherwise each word's window is drawn between 1 and --window, which gives "
      "nearby words more weight.",
      false);
  add_model_flags(flags, config);
  flags.custom("--loss", "LOSS", [&config](const std::string& text) { config.loss = parse_loss(text); },
               "Training objective: ns (negative sampling: fast, the usual choice), hs (hierarchical "
               "softmax: good for "
               "rare words), ns+hs (both), softmax (exact, for small vocabularies) (default ns)",
               {"ns", "hs", "ns+hs", "softmax"});
  flags.number(
      "--negative", "K", config.negative,
      "Negative samples per prediction; 1 to 1000 (default 5). 5 to 20 for small texts, 2 to 5 for large "
      "ones.");
  flags.number("--ns-exponent", "X", config.ns_exponent,
               "Negatives are drawn with probability count^X; -10 to 10 (default 0.75)");
  add_sharing_flag(
      flags, config,
      "Which pairs share negatives: tile (those of several consecutive words, weighted to the same average; "
      "by far the fastest, and suitable except in the cases listed under auto), window (those of one word's "
      "window) or pair (fresh negatives for each pair, with --model cbow for each word, as in word2vec.c: "
      "suitable everywhere, several times slower). With --loss hs, which pairs are trained at once: those of "
      "a few consecutive words, of one "
      "word, or one pair, which is about as fast on a CPU. auto is tile, but pair with --loss hs on a CPU, "
      "for vocabularies of fewer than 10,000 words (20,000 with more than 20 negatives), with negative "
      "sampling for fewer than 1.5 million words in all epochs, not counting those that --sample skips, and "
      "where --lr, --window and --negative together are so high that tiles would be worse (at the default "
      "--lr from --window 39 on, with hs on a GPU and with ns+hs from 10 on); the run's first lines say so "
      "(default auto)");
  flags.custom(
      "--table-type", "TYPE",
      [&config](const std::string& text) { config.table_type = parse_table_type(text); },
      "How a GPU stores vectors during training: float, or bf16, which takes half the memory and has 8 "
      "significant bits (needs skip-gram, --loss ns, --sharing tile and a GPU of compute capability 8.0 or "
      "above) "
      "(default float)",
      {"float", "bf16"});
}

void add_training(Flags& flags, Config& config) {
  flags.section("Training");
  flags.number("--epochs", "N", config.epochs, "Passes over the text; 1 to 1,000,000 (default 5)");
  flags.number(
      "--lr", "X", config.lr,
      "Initial learning rate; above 0 to 10 (default 0.025, with --model cbow 0.05). It falls linearly "
      "to --min-lr.");
  flags.number("--min-lr", "X", config.min_lr,
               "Final learning rate; 0 to --lr (default 0: as in word2vec.c, it stops at --lr / 10,000)");
  flags.number(
      "--sample", "X", config.sample,
      "Randomly skip words whose share of the text exceeds X, more frequent ones more often; 0 to 1, 0 = off "
      "(default 0.001). Smaller is faster and suits large texts: 1e-4, 1e-5.");
  flags.number("--max-sentence", "N", config.max_sentence,
               "Split sentences of more than N words, not counting skipped ones; 0 = never (default 1000)");
  add_seed_flag(flags, config);
  flags.on_off("--deterministic", config.deterministic,
               "Make the vectors identical, bit for bit, for any number of threads. All threads still read "
               "the text, but only one trains, which takes about --threads times as long. CPU only.");
}

void add_checkpoints(Flags& flags, TrainOptions& options) {
  flags.section("Checkpoints");
  flags.text(
      "--checkpoint", "FILE", options.checkpoint,
      "Save the state of the whole run to FILE at intervals, on SIGUSR1, and at the end, whether it is "
      "finished or stopped by Ctrl-C, SIGTERM or SIGHUP. 'warp2vec train --resume FILE' continues from "
      "there. Each checkpoint replaces the previous one atomically. If FILE holds an unfinished run, that is "
      "an error.");
  flags.custom(
      "--checkpoint-every", "TIME",
      [&options](const std::string& text) {
        parse_interval(text);
        options.checkpoint_every = text;
      },
      "How often to do so: a time (90s, 10m, 2h), or a number of words, counted before --sample (500000000) "
      "(default 10m)");
}

void add_run(Flags& flags, TrainOptions& options) {
  flags.section("Run");
  flags.number("--threads", "N", options.config.threads, kThreadsHelp);
  flags.custom(
      "--device", "DEVICE",
      [&options](const std::string& text) {
        const int gpus = options.device.gpus;
        options.device = parse_device(text);
        options.device.gpus = gpus;
      },
      "Where to train: auto (the first usable NVIDIA GPU, else the CPU), cpu, cuda (the first usable GPU), "
      "cuda:N (GPU N of 'warp2vec info --devices'), cuda:N,M,... (these GPUs together) or reference (plain "
      "code on one thread, for comparison). Under mpirun auto is cpu, and with cuda each process has a GPU "
      "of "
      "its own (default auto)",
      {"auto", "cpu", "cuda", "reference"});
  flags.custom(
      "--gpus", "N",
      [&options](const std::string& text) { options.device.gpus = parse_at_least("--gpus", text, 1); },
      "Train on the first N usable GPUs together, which add up what they learn by NVIDIA's NCCL");
  flags.on_off("--dry-run", options.dry_run,
               "Count the words, print the memory that training needs and the cost of a step, and stop.");
  flags.custom(
      "--progress", "STYLE", [&options](const std::string& text) { options.progress = parse_progress(text); },
      "Progress and messages on standard error: auto (a line that is rewritten on a terminal, else lines), "
      "lines (one every five seconds, with the time in UTC) or json (an object in each line, those of "
      "--metrics and {\"type\":\"message\"}, one every second) (default auto)",
      {"auto", "lines", "json"});
  flags.on_off("--quiet", options.quiet, "Print nothing but errors.");
  flags.config_file([](const Arguments& settings) { return rewrite_arguments(settings).arguments; });
}

}  // namespace

void add_merge_flags(Flags& flags, Distribution& merges) {
  flags.section("Several processes or GPUs");
  const auto add = [&flags](const std::string& flag, std::int64_t& value, std::int64_t least,
                            const std::string& help) {
    flags.custom(
        flag, "N",
        [flag, &value, least](const std::string& text) { value = parse_at_least(flag, text, least); }, help);
  };
  add("--merge-every", merges.round, 1,
      "Kept words that each rank trains between two merges of the vectors of the most frequent words, in "
      "whole tiles; more take less time, and cost quality on small texts; >= 1 (default 4096)");
  add("--merge-rows", merges.hot_rows, 0, "How many rows these are, in each matrix; >= 0 (default 16384)");
  add("--merge-all-every", merges.all_rows_every, 1,
      "Kept words of each rank between two merges of all vectors; the end of an epoch is one, too; >= 1 "
      "(default 65536)");
}

bool merges_given(const Flags& flags) {
  return flags.given("--merge-every") || flags.given("--merge-rows") || flags.given("--merge-all-every");
}

void find_device(const Flags& flags, TrainOptions& options) {
  DeviceRequest& device = options.device;
  const bool given = flags.given("--device");
  if (!flags.given("--gpus")) {
    if (given) device.gpus = 0;  // of the run that is resumed
  } else {
    if (!given) device = {DeviceKind::cuda, {}, device.gpus};
    if (device.kind != DeviceKind::cuda || !device.indices.empty())
      throw UsageError("--gpus " + std::to_string(device.gpus) + " is for --device cuda, not --device " +
                       to_string(device));
  }
  options.ranks = device.kind == DeviceKind::cuda ? device.count() : 1;
}

void add_min_count_flag(Flags& flags, std::int64_t& min_count, const std::string& help) {
  flags.custom(
      "--min-count", "N",
      [&min_count](const std::string& text) {
        min_count = parse_number<std::int64_t>("--min-count", text);
        if (min_count == 0) min_count = 1;
      },
      help);
}

void add_vocabulary_flags(Flags& flags, Config& config) {
  add_min_count_flag(flags, config.min_count,
                     "Drop words that occur fewer than N times; >= 0, 0 is the same as 1 (default 5)");
  flags.number("--max-vocab", "N", config.max_vocab,
               "Keep only the N most frequent words; 0 = no limit (default 0)");
}

void add_id_flags(Flags& flags, TrainOptions& options) {
  flags.on_off(
      "--ids", options.ids,
      "The words are ids, integers from 0 (of items, nodes, ...), which is faster to read than other "
      "words; anything else is an error. Vectors are saved in the order of ids: row i is that of id i, "
      "and zero if it does not occur --min-count times. Arrays of ids need no --ids.");
  flags.custom(
      "--num-ids", "N",
      [&options](const std::string& text) {
        options.num_ids = parse_number<std::int64_t>("--num-ids", text);
        require_num_ids(options.num_ids);
      },
      "Ids are 0 to N - 1, and so many rows are saved; 0 to 2,147,483,647, 0 = as many as the highest id "
      "says "
      "(default 0)");
}

void add_scratch_flags(Flags& flags, TrainOptions& options, const std::string& content) {
  flags.custom(
      "--count-memory", "SIZE",
      [&options](const std::string& text) { options.count_memory = parse_count_memory(text); },
      "Memory for counting words, 16M or more, such as 500M or 4G. Counts that exceed it go to "
      "--scratch-folder, and are as exact; words of the vocabulary take memory in addition (default: half of "
      "what is available)");
  flags.text(
      "--scratch-folder", "FOLDER", options.scratch_folder,
      "A folder on a disk, for what would not fit into memory: " + content +
          "counts beyond --count-memory, and a copy of standard input. The files have no name, and are "
          "gone when the program ends, however it ends (default: $TMPDIR, or /tmp)");
}

void add_model_flags(Flags& flags, Config& config) {
  flags.custom(
      "--model", "MODEL", [&config](const std::string& text) { config.model = parse_architecture(text); },
      "What predicts a word: skipgram (each word of its window alone) or cbow (the mean of its window's "
      "vectors, which is the default of word2vec.c and gensim) (default skipgram)",
      {"skipgram", "cbow"});
  flags.on_off("--cbow-sum", config.cbow_sum, "With --model cbow, predict from the sum instead of the mean.");
  flags.custom(
      "--cbow-gradient", "PART",
      [&config](const std::string& text) { config.cbow_gradient = parse_cbow_gradient(text); },
      "With --model cbow, what each of the n words of a window gets of the gradient on their mean: full (all "
      "of it, as in word2vec.c and gensim) or exact (the n-th part, the gradient of the loss, which is as "
      "good at about four times the --lr) (default full)",
      {"full", "exact"});
}

void set_default_lr(const Flags& flags, Config& config) {
  if (!flags.given("--lr")) config.lr = default_lr(config.model);
}

void add_seed_flag(Flags& flags, Config& config) {
  flags.number("--seed", "N", config.seed, "Seed of all random choices; >= 0 (default 1)");
}

void add_sharing_flag(Flags& flags, Config& config, const std::string& help) {
  flags.custom("--sharing", "RULE",
               [&config](const std::string& text) { config.sharing = parse_sharing(text); }, help,
               {"auto", "tile", "window", "pair"});
}

void add_train_flags(Flags& flags, TrainOptions& options) {
  add_files(flags, options);
  add_model(flags, options.config);
  add_training(flags, options.config);
  add_checkpoints(flags, options);
  add_run(flags, options);
  flags.section("Memory");
  add_scratch_flags(flags, options, "word ids that do not fit into memory, ");
}

void add_graph_input(Flags& flags, GraphOptions& options) {
  flags.section("Graph");
  flags.list("--graph", "PATH", options.paths,
             std::string("In the place of --input: random walks on a graph are the sentences, and its nodes "
                         "are the words (DeepWalk, node2vec). Then the defaults are --min-count 1 --sample 0 "
                         "--window 10. ") +
                 kGraphHelp);
  add_graph_flags(flags, options);
}

void find_graph(const Flags& flags, TrainOptions& options) {
  if (options.graph.paths.empty()) {
    refuse_graph_flags(flags, "is for --graph");
    return;
  }
  if (!options.inputs.empty()) throw UsageError("--graph and --input: give one of them");
  check_graph(options.graph);
  if (!flags.given("--min-count")) options.config.min_count = 1;
  if (!flags.given("--sample")) options.config.sample = 0;
  if (!flags.given("--window")) options.config.window = 10;
}

std::int64_t parse_count_memory(const std::string& text) {
  const std::string given = "--count-memory " + text;
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  const std::size_t power = unit.size() == 1 ? std::string("kMGT").find(unit) + 1 : 0;
  if (digits == 0 || power == 0)
    throw UsageError(given + " is not known: expected a number of bytes such as 500M, 4G or 1T");
  std::int64_t bytes = parse_number<std::int64_t>("--count-memory", text.substr(0, digits));
  constexpr std::int64_t kLeast = 16'000'000;
  constexpr std::int64_t kThousand = 1000;
  for (std::size_t i = 0; i < power; ++i)
    if (__builtin_mul_overflow(bytes, kThousand, &bytes))
      throw UsageError(given + " is out of range: expected less than 9000000T");
  if (bytes < kLeast) throw UsageError(given + " is out of range: expected at least 16M");
  return bytes;
}

void check_settings(const Config& config) {
  try {
    config.validate();
  } catch (const Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace warp2vec::cli
