#include "host/cli/bench/bench_options.h"

#include "host/cli/flags/device.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string_view>
#include <utility>

namespace warp2vec::cli::bench {

// Flags of train that take lists here.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kFlags{
    {{"--dim", "--dims"},
     {"--loss", "--losses"},
     {"--device", "--devices"},
     {"--max-vocab", "--vocab-sizes"}}};

std::string with_bench_flags(const std::string& message) {
  std::string out;
  for (std::size_t at = 0; at < message.size();) {
    const std::string_view rest = std::string_view(message).substr(at);
    const auto* const flag = std::find_if(kFlags.begin(), kFlags.end(), [&](const auto& names) {
      return rest.starts_with(names.first) &&
             rest.substr(names.first.size()).find_first_of("abcdefghijklmnopqrstuvwxyz-") != 0;
    });
    if (flag == kFlags.end()) {
      out += message[at++];
    } else {
      out += flag->second;
      at += flag->first.size();
    }
  }
  return out;
}

std::vector<Cell> all_cells(const Grid& grid) {
  std::vector<Cell> cells;
  for (const std::int64_t vocab_size : grid.vocab_sizes)
    for (const std::int32_t dim : grid.dims)
      for (const std::string& loss : grid.losses)
        for (const std::string& variant : grid.variants)
          for (const std::string& device : grid.devices)
            cells.push_back({device, loss, dim, vocab_size, variant});
  return cells;
}

std::string to_string(const Cell& cell) {
  return cell.device + ", " + cell.loss + (cell.dim > 0 ? ", d=" + std::to_string(cell.dim) : "") +
         (cell.vocab_size > 0 ? ", " + with_commas(cell.vocab_size) + " words" : "") +
         (cell.variant.empty() ? "" : ", " + cell.variant);
}

bool is_gpu(const std::string& device) { return device.starts_with("cuda"); }

void to_json(nlohmann::json& json, const Cell& cell) {
  json = {{"device", cell.device}, {"loss", cell.loss}, {"dim", cell.dim}, {"vocab_size", cell.vocab_size}};
  if (!cell.variant.empty()) json["variant"] = cell.variant;
}

void from_json(const nlohmann::json& json, Cell& cell) {
  cell = {json.at("device"), json.at("loss"), json.at("dim"), json.at("vocab_size"),
          json.value("variant", "")};
}

namespace {

// A flag that takes comma-separated values without duplicates.
template <class Value>
void add_list(Flags& flags, const std::string& flag, std::vector<Value>& values,
              const std::function<Value(const std::string&)>& parse, const std::string& help) {
  const auto take = [&values, flag, parse](const std::string& text) {
    const std::string given = flag + " " + text;
    values.clear();
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string part = text.substr(begin, end - begin);
      if (part.empty()) throw UsageError(given + ": there is nothing between two commas");
      try {
        values.push_back(parse(part));
      } catch (const Error& error) {
        throw UsageError(with_bench_flags(error.what()));
      }
      if (std::find(values.begin(), values.end() - 1, values.back()) != values.end() - 1)
        throw UsageError(std::string(given).append(": ").append(part).append(" is given twice"));
      begin = end + 1;
    }
  };
  flags.custom(flag, "A,B,...", take, help);
}

std::string device_name(const std::string& text) {
  try {
    const DeviceRequest request = parse_device(text);
    if (request.kind != DeviceKind::automatic) return to_string(request);
  } catch (const UsageError&) {  // it names auto, too
  }
  throw UsageError("--devices " + text + ": expected those to be compared, cpu, cuda, cuda:N or reference");
}

void add_settings(Flags& flags, Config& config) {
  flags.number("--epochs", "N", config.epochs, "Passes over the text (default 5)");
  add_min_count_flag(flags, config.min_count, "(default 5)");
  flags.number("--window", "N", config.window, "(default 5)");
  flags.number("--negative", "K", config.negative, "(default 5)");
  flags.number("--sample", "X", config.sample, "(default 0.001)");
  add_model_flags(flags, config);
  flags.number("--lr", "X", config.lr, "(default 0.025, with --model cbow 0.05)");
  add_sharing_flag(flags, config, "auto, tile, window or pair (default auto)");
  flags.custom(
      "--table-type", "TYPE",
      [&config](const std::string& text) { config.table_type = parse_table_type(text); },
      "float, or bf16 on a GPU (default float)");
  flags.number("--seed", "N", config.seed, "(default 1)");
  flags.number("--threads", "N", config.threads,
               "CPU threads, 1 to 1024; 0 = all of the machine's (default 0; of the study 1)");
}

// Returns `config` with the settings of a variant, such as "sharing=pair sample=1e-4".
Config with_variant(Config config, const std::string& variant) {
  Arguments arguments;
  std::istringstream settings(variant);
  for (std::string setting; settings >> setting;) {
    for (const auto& [single, list] : kFlags)
      if ("--" + setting.substr(0, setting.find('=')) == single)
        throw UsageError("--variants " + variant + ": expected " + std::string(list) +
                         ", which takes several values");
    arguments.push_back("--" + setting);
  }
  Flags flags("bench", "", "");
  add_settings(flags, config);
  try {
    const bool default_lr_of_all = config.lr == default_lr(config.model);
    flags.parse(arguments);
    if (default_lr_of_all) set_default_lr(flags, config);
    check_settings(config);
  } catch (const HelpRequested&) {
    throw UsageError("--variants " + variant + ": expected settings");
  } catch (const UsageError& error) {
    throw UsageError("--variants " + variant + ": " + error.what());
  }
  return config;
}

void add_grid(Flags& flags, BenchOptions& options) {
  flags.section("What is compared: every combination of");
  add_list<std::string>(flags, "--devices", options.grid.devices, device_name,
                        "cpu, cuda, cuda:N, reference (default: cpu, and cuda if there is a usable GPU)");
  add_list<std::string>(
      flags, "--losses", options.grid.losses,
      [](const std::string& text) { return to_string(parse_loss(text)); },
      "ns, hs, ns+hs, softmax, whose cost grows with the vocabulary (default ns,hs; of the study "
      "ns,hs,softmax)");
  add_list<std::int32_t>(flags, "--dims", options.grid.dims,
                         std::bind_front(parse_number<std::int32_t>, "--dims"),
                         "Numbers per word vector, each 1 to 4096 (default 100)");
  add_list<std::int64_t>(
      flags, "--vocab-sizes", options.grid.vocab_sizes,
      std::bind_front(parse_number<std::int64_t>, "--vocab-sizes"),
      "Only so many of the most frequent words, 0 = all (default 0); words of a synthetic text, 2 to "
      "10,000,000 (default 1000000; of the study 10 to 3,000,000 in twelve steps)");
  add_list<std::string>(
      flags, "--variants", options.grid.variants, std::identity(),
      "Settings from the section below, without dashes, several of them with spaces between: "
      "'sharing=tile,sharing=pair,threads=1 epochs=2' are three (default: one, with nothing changed)");
  flags.number("--rounds", "N", options.rounds,
               "How often each combination is measured, 1 to 1000 (default 3). Round N trains with --seed + "
               "N - 1.");
  flags.number("--seeds", "N", options.rounds, "The same as --rounds: each combination with N seeds.");
}

[[noreturn]] void refuse_range(const std::string& flag, std::int64_t value, const std::string& expected) {
  throw UsageError(flag + " " + std::to_string(value) + " is out of range: expected " + expected);
}

void check_study(const BenchOptions& options) {
  if (options.study != "crossover")
    throw UsageError("--study " + options.study + " is not known: expected crossover");
  if (!options.inputs.empty() || options.synthetic)
    throw UsageError("--study crossover makes its own text: it takes no --input and no --synthetic");
  if (!options.pairs.empty() || !options.analogies.empty())
    throw UsageError("--study crossover measures time only: it takes no --pairs and no --analogies");
  if (options.grid.dims.size() > 1) throw UsageError("--study crossover takes a single value of --dims");
  if (options.grid.variants != Grid{}.variants) throw UsageError("--study crossover takes no --variants");
}

void check_files(const BenchOptions& options) {
  std::vector<NamedPath> outputs;
  for (const char* name : {kResultsFile, kReportFile, kRunFolder, kTextFolder})
    outputs.push_back({"--output", (std::filesystem::path(options.output) / name).string(), true});
  std::vector<NamedPath> inputs;
  const auto add = [&inputs](const char* flag, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) inputs.push_back({flag, path});
  };
  add("--input", options.inputs);
  add("--pairs", options.pairs);
  add("--analogies", options.analogies);
  if (!options.peers.empty()) add("--peers", {options.peers});
  check_distinct(outputs, inputs);
}

}  // namespace

void add_bench_flags(Flags& flags, BenchOptions& options) {
  flags.section("Files");
  flags.list("--input", "PATH", options.inputs,
             "Text to train on, as for 'warp2vec train', but not '-'; patterns are expanded.");
  flags.on_off("--synthetic", options.synthetic,
               "Instead of --input: texts with --vocab-sizes different words, Zipf-distributed, six words of "
               "text for each of them; --min-count is 1.");
  flags.text("--output", "FOLDER", options.output,
             "Where results.json and report.html go. Running the same command again resumes it; further "
             "combinations, and the study, are added to the same report.");
  flags.list("--pairs", "FILE", options.pairs, "Word pairs with scores, as for 'warp2vec eval'.");
  flags.list("--analogies", "FILE", options.analogies, "Analogy questions, as for 'warp2vec eval'.");
  flags.text("--peers", "FILE", options.peers,
             "results.json of benchmarks/compare_peers, to become a section of the report, or all of it if "
             "there is neither --input nor --synthetic nor --study.");
  add_grid(flags, options);
  flags.section("Training, the same for all; 'warp2vec train --help' explains them");
  add_settings(flags, options.config);
  flags.section("Run");
  flags.number("--time-budget", "SECONDS", options.time_budget,
               "End after so many seconds; what there was no time for is named, and the same command goes on "
               "with it (default: no limit)");
  flags.number("--bandwidth", "GB/S", options.bandwidth,
               "Memory bandwidth of the GPU, for the share of it that training uses (default: known by the "
               "GPU's name; the CPU's is measured)");
  flags.text(
      "--study", "NAME", options.study,
      "Instead of training on --input: crossover, the time for one trained pair under each loss over "
      "the size of the vocabulary, on synthetic text, with the sizes where one loss overtakes another. "
      "It is not affected by --epochs, --min-count and --sample.");
  flags.on_off("--quiet", options.quiet, "Print nothing but the table and errors.");
}

void check_options(const BenchOptions& options) {
  if (options.output.empty()) throw UsageError("bench needs --output FOLDER");
  if (options.rounds < 1 || options.rounds > 1000) refuse_range("--rounds", options.rounds, "1 to 1000");
  if (!options.study.empty()) {
    check_study(options);
  } else if (options.inputs.empty() == !options.synthetic && !options.only_peers()) {
    throw UsageError("bench needs one of --input PATH, --synthetic and --study crossover");
  }
  for (const std::string& input : options.inputs)
    if (input == "-") throw UsageError("--input -: bench reads its text several times, so it needs a file");
  for (const std::int32_t dim : options.grid.dims)
    if (dim < 1 || dim > 4096) refuse_range("--dims", dim, "1 to 4096");
  const bool synthetic = options.synthetic || !options.study.empty();
  for (const std::int64_t words : options.grid.vocab_sizes) {
    if (synthetic && (words < 2 || words > 10'000'000)) refuse_range("--vocab-sizes", words, "2 to 10000000");
    if (words < 0) refuse_range("--vocab-sizes", words, ">= 0");
  }
  for (const double value : {options.time_budget, options.bandwidth})
    if (!(value >= 0)) throw UsageError("--time-budget and --bandwidth: expected a number above 0");
  check_settings(options.config);
  for (const std::string& variant : options.grid.variants) with_variant(options.config, variant);
  check_files(options);
}

std::vector<Cell> trained_cells(const BenchOptions& options) {
  std::vector<Cell> cells = all_cells(options.grid);
  std::erase_if(cells, [&](const Cell& cell) {
    const Config config = config_of(options, cell, 1);
    return config.table_type == TableType::bf16 && (!is_gpu(cell.device) || cell.loss != "ns");
  });
  return cells;
}

Config config_of(const BenchOptions& options, const Cell& cell, int round) {
  Config config = with_variant(options.config, cell.variant);
  config.loss = parse_loss(cell.loss);
  config.dim = cell.dim;
  config.max_vocab = options.synthetic ? 0 : cell.vocab_size;
  if (options.synthetic) config.min_count = 1;
  config.seed += static_cast<std::uint64_t>(round - 1);
  return config;
}

std::vector<std::string> train_flags(const BenchOptions& options, const Cell& cell, int round) {
  const Config config = config_of(options, cell, round);
  nlohmann::json settings = shared_settings(config);
  settings.update({{"device", cell.device},
                   {"loss", to_string(config.loss)},
                   {"dim", config.dim},
                   {"max_vocab", config.max_vocab}});
  std::vector<std::string> flags;
  for (const auto& [name, value] : settings.items()) {
    flags.push_back("--" + name);
    std::replace(flags.back().begin(), flags.back().end(), '_', '-');
    flags.back() += "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return flags;
}

nlohmann::json shared_settings(const Config& config) {
  return {{"epochs", config.epochs},
          {"model", to_string(config.model)},
          {"cbow_sum", config.cbow_sum},
          {"cbow_gradient", to_string(config.cbow_gradient)},
          {"min_count", config.min_count},
          {"window", config.window},
          {"negative", config.negative},
          {"sample", config.sample},
          {"lr", config.lr},
          {"seed", config.seed},
          {"sharing", to_string(config.sharing)},
          {"table_type", to_string(config.table_type)},
          {"threads", thread_count(config)}};
}

}  // namespace warp2vec::cli::bench
