#include "host/cli/commands/commands.h"
#include "host/cli/commands/plan.h"
#include "host/cli/flags/device_choice.h"
#include "host/cli/flags/input_flags.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/process/interrupt.h"
#include "host/cli/process/ranks.h"
#include "host/cli/run/encoded_input.h"
#include "host/cli/run/graph_input.h"
#include "host/cli/run/resumed_run.h"
#include "host/cli/run/run_outputs.h"
#include "host/cli/run/scratch.h"
#include "host/cli/run/training_run.h"
#include "host/cli/run/vocabulary_source.h"
#include "host/cli/terminal/gpu.h"
#include "host/io/atomic_file.h"
#include "host/training/job_limits.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace warp2vec::cli {
namespace {

constexpr const char* kFooter =
    "Examples:\n"
    "  warp2vec train --input text.txt --output vectors.bin\n"
    "  warp2vec train --input news/ --input books.txt.gz --output vectors.bin --dim 300 --epochs 3\n"
    "  zcat big.gz | warp2vec train --input - --output vectors.txt --format text --sample 1e-4\n"
    "  warp2vec train --input text.txt --output vectors.bin --loss hs --save-model model.w2v\n"
    "  warp2vec train --input sessions.npy --output vectors.npy --format npy --min-count 1\n"
    "  warp2vec train --graph edges.txt --output nodes.txt --q 0.5\n"
    "  warp2vec train --config run.ini --threads 8\n"
    "  warp2vec train --input text.txt --output vectors.bin --checkpoint run.ckpt\n"
    "  warp2vec train --resume run.ckpt\n"
    "  warp2vec train --init model.w2v --input more.txt --output vectors.bin --save-model model.w2v\n"
    "  warp2vec train --input text.txt --output vectors.bin --gpus 4\n"
    "  mpirun -n 8 warp2vec train --input text.txt --output vectors.bin\n"
    "\n"
    "word2vec.c's flags work too (warp2vec -train text.txt -output vectors.txt -size 100 -cbow 1), and so "
    "do\n"
    "gensim's arguments (--vector_size 100 --sg 0), and fastText's commands (warp2vec cbow -input text.txt\n"
    "-output model -dim 100), with fastText's defaults: -lr 0.05, -t 1e-4, and MODEL.vec as output.\n"
    "\n"
    "Ctrl-C stops the run and saves the vectors so far as OUTPUT.partial (and MODEL.partial), or, with\n"
    "--checkpoint, the whole run there. SIGTERM, SIGHUP (a closed terminal), SIGUSR1, SIGUSR2 and SIGXCPU\n"
    "do the same, but with --checkpoint SIGUSR1 saves and continues. A second signal, a second or more\n"
    "after the first, stops the run at once without saving. Vectors that cannot be written are tried again,\n"
    "and then saved in the current folder, or in that for temporary files, as OUTPUT.rescued.\n";

// Prints what training would need, and writes nothing.
void dry_run(TrainOptions options, const EarlierRun& earlier, ProgressDisplay& display) {
  check_scratch_folder(options);
  const bool encoded = encoded_settings(options.inputs).has_value();
  const InitialValues* const init = earlier.init ? &*earlier.init : nullptr;
  const auto count = [&](const TrainOptions& all) {
    if (!options.graph.paths.empty())
      return count_vocabulary(GraphInput(options.graph, all.config.seed, display).walks(), all.config,
                              display);
    return count_vocabulary(open_texts(options, paths_of(outputs_of(options)), display), all, display);
  };
  CorpusCounts counts;
  if (earlier.resumed)
    counts.vocabulary = earlier.resumed->vocabulary;
  else if (encoded)
    counts.vocabulary = EncodedCorpus(options.inputs.front()).vocabulary();
  else
    counts = find_vocabulary(options, init, count, display);
  if (options.ids || counts.num_ids > 0) resolve_ids(options, counts.vocabulary, counts.num_ids);
  PlanInput input = plan_input(counts, options.config);
  input.size.tokens_in_memory = !encoded;
  write_plan(std::cout, input, options, this_plan_machine());
}

// The flags of the command line, over what `options` has.
void parse_flags(const Rewritten& command, TrainOptions& options) {
  if (command.fasttext_defaults) options.config.sample = 1e-4;
  Flags flags(
      "train",
      "Learns word vectors from text (word2vec: skip-gram or CBOW): words that occur in similar contexts get "
      "similar vectors.",
      kFooter);
  add_train_flags(flags, options);
  add_graph_input(flags, options.graph);
  flags.section("Warm start");
  flags.text(
      "--init", "FILE", options.init,
      "Start with the values of FILE, a model written by --save-model or vectors in any format, instead of "
      "random ones: words that it has keep their vectors, other words get new ones. Of vectors alone, the "
      "outputs start at zero. Defaults of --dim, --model and --loss are those of FILE.");
  add_limit_flag(flags, options.init_limit, "--init-limit", " of --init");
  flags.custom(
      "--init-vocab", "WORDS",
      [&options](const std::string& text) { options.init_vocab = parse_init_vocab(text); },
      "Which words to train: old (those of FILE; the counts of a model are kept, too), new (those of the "
      "text) or union (both). --min-count and --max-vocab select words of the text. With --loss hs the "
      "inner nodes of the tree start at zero unless the vocabulary and its counts are those of FILE, as "
      "with old (default union)",
      {"old", "new", "union"});
  flags.section("Checkpoints");
  flags.text("--resume", "FILE", options.resume,
             "Resume the run whose checkpoint is FILE, with its settings, texts and outputs. Only --input, "
             "--graph, --output, "
             "--format, --dtype, --vectors, --classes, --save-model, --metrics, --tensorboard, --device, "
             "--gpus, --threads, --table-type, "
             "--checkpoint-every and more "
             "--epochs may differ. The text must be the same. Further checkpoints go to the same FILE unless "
             "--checkpoint names another.");
  add_merge_flags(flags, options.merges);
  flags.parse(command.arguments);
  find_inputs(flags, options);
  find_device(flags, options);
  options.merges_given = merges_given(flags);
  if (command.fasttext_defaults && !options.resume.empty())
    throw UsageError(
        "--resume has the settings of its run, not fastText's: expected warp2vec train --resume");
  if (options.resume.empty()) set_default_lr(flags, options.config);
  if (command.fasttext_defaults && !flags.given("--lr")) options.config.lr = 0.05;
  if (options.resume.empty())
    find_graph(flags, options);
  else
    refuse_graph_flags(flags, "is that of the run which --resume continues: leave it out");
  options.config_file = flags.given_config_file();
  if (flags.given("--checkpoint-every") && options.checkpoint.empty() && options.resume.empty())
    throw UsageError("--checkpoint-every needs --checkpoint FILE");
  refuse_compressed({{"--save-model", options.save_model},
                     {"--checkpoint", options.checkpoint},
                     {"--metrics", options.metrics}});
  if (options.classes < 0)
    throw UsageError("--classes " + std::to_string(options.classes) + " is out of range: expected 0 or more");
  if (options.classes > 0) {
    // word2vec.c's flags imply a format of vectors.
    if (options.asked_format.value_or(VectorFormat::text) != VectorFormat::text &&
        options.asked_format != VectorFormat::binary)
      throw UsageError("--classes writes lines 'word class': leave out --format");
    options.asked_format = VectorFormat::text;
  }
  for (const std::string flag : {"--init-vocab", "--init-limit"})
    if (flags.given(flag) && options.init.empty()) throw UsageError(flag + " needs --init FILE");
  if (options.vectors.choice != VectorChoice::input && !options.config.loss.negative_sampling &&
      !options.config.loss.softmax)
    throw UsageError("--vectors " + to_string(options.vectors.choice) +
                     " needs --loss ns, ns+hs or softmax: hs learns no output vectors of words");
  if (!options.asked_format && !options.resume.empty() && !flags.given("--output")) return;
  options.vectors.format =
      output_format(options.output, options.asked_format, options.vectors.half, options.vectors.format);
}

Checkpoint load_resumed(const Rewritten& command, TrainOptions& options) {
  if (!options.init.empty())
    throw UsageError("--resume takes all values from the checkpoint: leave out --init");
  Checkpoint checkpoint = load_checkpoint(options.resume);
  options = resumed_options(checkpoint, options.resume);
  parse_flags(command, options);
  require_resumable(checkpoint, options);
  options.config.sharing = checkpoint.config.sharing;  // of --sharing auto
  return checkpoint;
}

// The defaults of some flags are those of the files that other flags name.
TrainOptions defaults_for(const TrainOptions& options, const std::optional<InitialValues>& init) {
  TrainOptions defaults;
  if (init) {
    defaults.config.dim = init->embeddings.input.cols();
    if (init->loss) defaults.config.loss = *init->loss;
    if (init->model) defaults.config.model = *init->model;
  }
  if (const std::optional<CorpusSettings> encoded = encoded_settings(options.inputs)) {
    defaults.config.min_count = encoded->min_count;
    defaults.config.max_vocab = encoded->max_vocab;
    defaults.init_vocab = InitVocab::new_words;
  }
  return defaults;
}

std::optional<InitialValues> load_init(const Rewritten& command, TrainOptions& options) {
  std::optional<InitialValues> init;
  if (!options.init.empty()) {
    init = load_initial_values(options.init, options.init_limit);
    say_repeated(options.init, init->repeated);
  }
  options = defaults_for(options, init);
  parse_flags(command, options);
  if (!init) return init;
  if (options.init_vocab == InitVocab::old_words && init->loss && !options.read_vocab.empty())
    throw UsageError("--init-vocab old takes the vocabulary from --init " + options.init +
                     ": leave out --read-vocab");
  try {
    require_fitting(*init, options.config);
  } catch (const Error& error) {
    throw UsageError("--init: " + std::string(error.what()));
  }
  return init;
}

EarlierRun load_earlier(const Rewritten& command, TrainOptions& options) {
  EarlierRun earlier;
  if (options.resume.empty())
    earlier.init = load_init(command, options);
  else
    earlier.resumed = load_resumed(command, options);
  if (const std::optional<CorpusSettings> encoded = encoded_settings(options.inputs))
    require_its_vocabulary(options, *encoded);
  return earlier;
}

// Of a run that is divided among ranks: the first one talks.
void check_divided(TrainOptions& options, const Ranks& ranks) {
  if (options.device.gpus > 0 || options.device.count() > 1)
    throw UsageError(
        (options.device.gpus > 0 ? "--gpus" : "--device " + to_string(options.device)) +
        ": each of several processes (mpirun) trains on one GPU: start one for each, with --device cuda");
  if (options.device.kind == DeviceKind::automatic) options.device.kind = DeviceKind::cpu;
  for (const auto& [flag, paths] :
       {std::pair("--input ", &options.inputs), std::pair("--graph ", &options.graph.paths)})
    for (const std::string& path : *paths)
      if (path == "-" || is_special_file(path))
        throw UsageError(flag + path +
                         ": each of several processes (mpirun) reads the text, so it must be a file");
  options.ranks = ranks.size();
  options.local_ranks = ranks.local_size();
  if (options.config.threads == 0) options.config.threads = usable_cpus_of_each(options.local_ranks);
  if (ranks.rank() > 0) options.quiet = true;
}

// `ranks`: null for a run that is not divided.
int train(const Rewritten& command, Ranks* ranks) {
  TrainOptions options;
  parse_flags(command, options);
  EarlierRun earlier = load_earlier(command, options);
  check_settings(options.config);
  if (options.inputs.empty() && options.graph.paths.empty())
    throw UsageError("train needs --input PATH (a text file, a folder, or '-') or --graph PATH");
  if (options.output.empty() && !options.dry_run)
    throw UsageError("train needs --output FILE for the vectors");

  if (ranks != nullptr) check_divided(options, *ranks);
  if (options.merges_given && ranks == nullptr && options.ranks == 1)
    throw UsageError(
        "--merge-every, --merge-rows and --merge-all-every are for several processes (mpirun) or GPUs "
        "(--gpus N)");
  // A plan is only printed, so it may end when its reader does.
  std::optional<SignalGuard> guard;
  if (!options.dry_run) guard.emplace(SignalAction::ignore_closed_pipes);
  ProgressDisplay display = ProgressDisplay::on_stderr(options.quiet, options.progress);
  for (const std::string& note : command.notes) display.say("note: " + note);
  // Finding GPUs takes a moment, so only if one may be used.
  const std::optional<CudaDevices> gpus =
      options.device.may_be_gpu() ? find_gpus() : std::optional<CudaDevices>();
  const DeviceRequest request = ranks != nullptr
                                    ? own_gpu(options.device, gpus, ranks->local_rank(), ranks->local_size())
                                    : options.device;
  const DeviceChoice device = choose_device(request, options.config, gpus);
  if (device.kind == DeviceKind::cuda && options.ranks > 1 && !options.dry_run) require_several_gpus();
  if (!options.dry_run) return TrainingRun(options, device, display, std::move(earlier), ranks).run();
  if (ranks == nullptr || ranks->rank() == 0) dry_run(options, earlier, display);
  if (ranks != nullptr) ranks->finish();
  return 0;
}

// What failed on this rank. If all fail for the same reason, the first one says so, and ends the others.
std::string on_rank(const Ranks& ranks, const char* message) {
  if (ranks.rank() == 0) return message;
  std::this_thread::sleep_for(std::chrono::seconds(1));
  return "rank " + std::to_string(ranks.rank()) + " of " + std::to_string(ranks.size()) + ": " + message;
}

int train(const Rewritten& command) {
  const std::unique_ptr<Ranks> ranks = find_ranks();
  if (!ranks) return train(command, nullptr);
  try {
    return train(command, ranks.get());
  } catch (const HelpRequested&) {
    ranks->finish();
    if (ranks->rank() > 0) return 0;
    throw;
  } catch (const UsageError& error) {
    throw UsageError(on_rank(*ranks, error.what()));
  } catch (const Error& error) {
    throw Error(on_rank(*ranks, error.what()));
  }
}

Rewritten rewrite_fasttext(const std::string& model, const Arguments& arguments) {
  Arguments all{"--model=" + model};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return rewrite_arguments(all, Dialect::fasttext);
}

}  // namespace

int run_train(const Arguments& arguments) { return train(rewrite_arguments(arguments)); }
int run_skipgram(const Arguments& arguments) { return train(rewrite_fasttext("skipgram", arguments)); }
int run_cbow(const Arguments& arguments) { return train(rewrite_fasttext("cbow", arguments)); }
int run_word2vec(const Arguments& arguments) {
  return train(rewrite_arguments(arguments, Dialect::word2vec_c));
}

}  // namespace warp2vec::cli
