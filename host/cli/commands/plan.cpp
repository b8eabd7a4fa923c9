#include "host/cli/commands/plan.h"

#include <warp2vec/detail/samplers.h>
#include <warp2vec/error.h>

#include "host/cli/commands/commands.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/run/encoded_input.h"
#include "host/cli/run/graph_input.h"
#include "host/cli/run/requirements.h"
#include "host/cli/run/run_costs.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/gpu.h"
#include "host/cli/terminal/gpu_text.h"
#include "host/cli/terminal/text.h"

#include <bit>
#include <cmath>
#include <iostream>

namespace warp2vec::cli {
namespace {

constexpr std::size_t kNameColumn = 26;

void write_row(std::ostream& out, const std::string& name, const std::string& value) {
  out << "  " << pad_right(name, kNameColumn) << value << "\n";
}

void write_memory(std::ostream& out, const CorpusSize& size, const TrainOptions& options,
                  const AvailableMemory& available) {
  out << "Memory on this machine\n";
  for (const MemoryItem& item : host_memory(size, options)) {
    if (item.bytes > 0) write_row(out, item.name, format_bytes(item.bytes));
  }
  const std::int64_t copy = options.checkpoint.empty() ? 0 : checkpoint_memory(size, options.config);
  if (copy > 0) write_row(out, "copy for checkpoints", format_bytes(copy));
  const std::int64_t needed = needed_memory(size, options);
  write_row(out, "total",
            format_bytes(needed) + (available.bytes == 0 ? "" : " (" + describe(available) + ")") +
                (fits(needed, 0, available) ? "" : ": does not fit"));
}

/// How many multiprocessors a run keeps busy; nothing unless tiles train, whose blocks have one each.
std::string busy_text(const PlanInput& input, Config config, int multiprocessors) {
  config.sharing = choose_sharing(config, input.size.words, input.size.kept_tokens, true);
  if (!input.harmless || config.loss.softmax || config.sharing != Sharing::tile) return "";
  const GpuTiles tiles = choose_gpu_tiles(config, multiprocessors, *input.harmless);
  const std::int32_t centres = config.loss.negative_sampling ? tiles.centres : config.path_tile_centres();
  return in_flight_text(std::int64_t{tiles.blocks} * centres, tiles.blocks, multiprocessors);
}

void write_gpus(std::ostream& out, const PlanInput& input, const CorpusSize& size,
                const TrainOptions& options, const PlanMachine& machine) {
  const Config& config = options.config;
  const std::optional<CudaDevices>& gpus = machine.gpus;
  DeviceUse use;
  use.divided = options.ranks > 1;
  const std::vector<MemoryItem> items = memory_plan(size, config, use);
  DeviceUse streaming = use;
  streaming.corpus_resident = false;
  const std::int64_t most = device_bytes(items);
  const std::int64_t least = device_bytes(memory_plan(size, config, streaming));
  out << "Memory that " << (use.divided ? "each" : "a") << " GPU would need\n";
  for (const MemoryItem& item : items) {
    if (item.device_bytes > 0) write_row(out, item.name, format_bytes(item.device_bytes));
  }
  write_row(
      out, "total",
      format_bytes(most) + (least < most ? ", or " + format_bytes(least) + " if it streams the text" : ""));
  if (!gpus || gpus->usable.empty()) write_row(out, "no GPU here", why_no_gpu(gpus));
  if (machine.multiprocessors > 0) {
    const std::string busy = busy_text(input, config, machine.multiprocessors);
    write_row(out, "another GPU", busy.empty() ? "not known: this run does not train tiles" : busy);
  }
  if (!gpus) return;
  for (const CudaDevice& gpu : gpus->usable) {
    const std::string busy = gpu.major >= 8 ? busy_text(input, config, gpu.multiprocessors) : "";
    write_row(out, gpu_name(gpu),
              format_bytes(gpu.free_memory) + " free: " +
                  (most <= gpu.free_memory    ? "fits"
                   : least <= gpu.free_memory ? "fits, and streams the text"
                                              : "does not fit") +
                  (busy.empty() ? "" : "; " + busy));
  }
}

void write_disk(std::ostream& out, const CorpusSize& size, const TrainOptions& options, bool scratch) {
  out << "Disk\n";
  write_row(out, "vectors, " + to_string(options.vectors.format),
            (is_text(options.vectors.format) ? "about " : "") + format_bytes(vectors_bytes(size, options)));
  if (!options.save_model.empty()) write_row(out, "model", format_bytes(model_bytes(size, options.config)));
  if (!options.checkpoint.empty())
    write_row(out, "checkpoint",
              "about " + format_bytes(checkpoint_bytes(size, options.config)) +
                  ", twice that while it is replaced");
  if (scratch)
    write_row(out, "scratch file",
              format_bytes(scratch_bytes(size)) + " for word ids, which do not fit into memory");
  try {
    if (scratch) scratch_note(size, options);
    require_space(planned_files(size, options, scratch));
  } catch (const Error& error) {
    write_row(out, "does not fit", error.what());
  }
}

void write_time(std::ostream& out, std::int64_t tokens, std::int32_t epochs, double words_per_second) {
  out << "Time at " << with_commas(std::llround(words_per_second)) << " words/s\n";
  const double epoch = static_cast<double>(tokens) / words_per_second;
  write_row(out, "an epoch", format_duration(epoch));
  write_row(out, "all " + with_commas(epochs), format_duration(epoch * epochs));
}

void write_step(std::ostream& out, const PlanInput& input, const Config& config) {
  // Without counts, assume a balanced tree.
  const double path = input.mean_path_length.value_or(
      static_cast<double>(std::bit_width(static_cast<std::uint64_t>(input.size.words - 1))));
  out << "Weights that one step updates (one centre, " << input.positives << " positives, " << config.negative
      << " negatives that they share)\n";
  for (const StepCost& cost :
       step_costs(input.size.words, config.dim, input.positives, config.negative, path))
    write_row(out, cost.method, to_string(cost));
  out << "  (path in the tree: " << format_significant(path, 4)
      << (input.mean_path_length ? " nodes, the mean over this text)\n"
                                 : " nodes = log2 of the vocabulary, rounded up)\n");
}

struct PlanFlags {
  TrainOptions train;
  std::int64_t vocab_size = 0;
  std::int64_t tokens = 0;
  std::int64_t positives = 0;
  double words_per_second = 0;
  int multiprocessors = 0;
};

// Sets --num-ids of a run on ids.
PlanInput measure(PlanFlags& given) {
  TrainOptions& options = given.train;
  const bool from_words =
      !options.inputs.empty() || !options.graph.paths.empty() || !options.read_vocab.empty();
  if (from_words == (given.vocab_size > 0))
    throw UsageError(
        "plan needs either --vocab-size N or words (--input PATH, --graph PATH or --read-vocab FILE)");
  if (given.vocab_size > 0) {
    // Above most languages' mean of 7 to 8 letters, to err on the safe side.
    constexpr std::int64_t kMeanWordBytes = 9;
    return {{given.vocab_size, given.vocab_size * kMeanWordBytes, given.tokens},
            static_cast<std::int64_t>(options.config.pairs_per_centre()),
            {}};
  }
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet);
  const auto with_ids = [&options](const Vocabulary& vocabulary, std::int64_t counted) {
    if (options.ids || counted > 0) resolve_ids(options, vocabulary, counted);
  };
  if (!options.read_vocab.empty()) {
    const Vocabulary vocabulary = load_vocabulary(options.read_vocab, options.config, display);
    with_ids(vocabulary, 0);
    return plan_input(vocabulary, options.config);
  }
  if (encoded_settings(options.inputs)) {
    const EncodedCorpus corpus(options.inputs.front());
    with_ids(corpus.vocabulary(), 0);
    return plan_input(corpus.vocabulary(), options.config, true);
  }
  const Config& config = options.config;
  const CorpusCounts counts =
      options.graph.paths.empty()
          ? count_vocabulary(open_texts(options, {}, display), options, display)
          : count_vocabulary(GraphInput(options.graph, config.seed, display).walks(), config, display);
  with_ids(counts.vocabulary, counts.num_ids);
  return plan_input(counts, options.config);
}

}  // namespace

PlanInput plan_input(const Vocabulary& vocabulary, const Config& config, bool encoded) {
  PlanInput input{size_of(vocabulary, config), static_cast<std::int64_t>(config.pairs_per_centre()),
                  HuffmanTree(vocabulary.counts()).mean_code_length()};
  input.harmless = harmless_centres_in_flight(vocabulary, config, input.size.tokens);
  input.size.tokens_in_memory = !encoded;
  return input;
}

PlanInput plan_input(const CorpusCounts& counts, const Config& config) {
  PlanInput input = plan_input(counts.vocabulary, config);
  input.size.sentences = counts.max_sentences;
  return input;
}

PlanMachine this_plan_machine() { return {available_memory(), find_gpus(true)}; }

void write_plan(std::ostream& out, const PlanInput& input, const TrainOptions& options,
                const PlanMachine& machine, double words_per_second) {
  CorpusSize size = input.size;
  const bool scratch = needs_scratch(size, options, 0, machine.memory);
  if (scratch) size.tokens_in_memory = false;
  out << "Vocabulary " << with_commas(size.words) << " words, " << with_commas(size.tokens)
      << " tokens per epoch, dim " << options.config.dim << ", model " << to_string(options.config.model)
      << ", loss " << to_string(options.config.loss) << "\n";
  write_memory(out, size, options, machine.memory);
  write_gpus(out, input, size, options, machine);
  write_disk(out, size, options, scratch);
  if (words_per_second > 0) write_time(out, size.tokens, options.config.epochs, words_per_second);
  write_step(out, input, options.config);
}

int run_plan(const Arguments& arguments) {
  PlanFlags given;
  Flags flags(
      "plan",
      "Prints in advance what a training run needs, and whether this machine has it: memory, GPUs, disk, "
      "time, and the number of weights that one step updates with each method.",
      "Examples:\n"
      "  warp2vec plan --input text.txt --dim 300\n"
      "  warp2vec plan --graph edges.txt --num-walks 80\n"
      "  warp2vec plan --vocab-size 3000000 --dim 100 --positives 8 --negative 20\n"
      "  warp2vec plan --vocab-size 3000000 --tokens 5000000000 --words-per-second 5000000\n");
  flags.section("Instead of a text");
  flags.number("--vocab-size", "N", given.vocab_size, "Number of words; 2 to 2,147,483,647");
  flags.number("--tokens", "N", given.tokens, "Words of the text in one epoch; >= 0 (default 0)");
  flags.number(
      "--positives", "N", given.positives,
      "Contexts per centre in a step; 1 to 2000 (default: the mean, --window + 1, or 2 * --window with "
      "--no-shrink-window)");
  flags.number(
      "--words-per-second", "X", given.words_per_second,
      "How fast the run trains, as earlier runs or 'warp2vec bench' say; above 0. Adds how long it takes");
  flags.number(
      "--multiprocessors", "N", given.multiprocessors,
      "Of a GPU of compute capability 8.0 or above that is not here; 1 to 1000. Adds how many of them "
      "the run keeps busy, which the counts of words decide");
  add_train_flags(flags, given.train);
  add_graph_input(flags, given.train.graph);
  flags.parse(rewrite_arguments(arguments, Dialect::plan).arguments);
  find_inputs(flags, given.train);
  find_graph(flags, given.train);
  find_device(flags, given.train);
  set_default_lr(flags, given.train.config);
  check_settings(given.train.config);
  const auto check = [&flags](const char* flag, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (flags.given(flag) && (value < low || value > high))
      throw UsageError(std::string(flag) + " " + std::to_string(value) + " is out of range: expected " +
                       std::to_string(low) + " to " + std::to_string(high));
  };
  check("--vocab-size", given.vocab_size, 2, kMaxVocabulary);
  check("--tokens", given.tokens, 0, kMaxTokens);
  check("--positives", given.positives, 1, 2000);
  check("--multiprocessors", given.multiprocessors, 1, 1000);
  if (flags.given("--words-per-second") &&
      !(given.words_per_second > 0 && std::isfinite(given.words_per_second)))
    throw UsageError("--words-per-second " + format_real(given.words_per_second) +
                     " is out of range: expected more than 0");
  if (given.words_per_second > 0 && given.vocab_size > 0 && given.tokens == 0)
    throw UsageError("--words-per-second with --vocab-size needs --tokens N");
  if (flags.given("--multiprocessors") && given.vocab_size > 0)
    throw UsageError("--multiprocessors needs words (--input PATH or --read-vocab FILE), not --vocab-size");
  check_scratch_folder(given.train);
  PlanInput input = measure(given);
  if (flags.given("--positives")) input.positives = given.positives;
  PlanMachine machine = this_plan_machine();
  machine.multiprocessors = given.multiprocessors;
  write_plan(std::cout, input, given.train, machine, given.words_per_second);
  return 0;
}

}  // namespace warp2vec::cli
