#include <warp2vec/evaluate.h>

#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/json_text.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <iostream>

namespace warp2vec::cli {
namespace {

using nlohmann::json;

struct Results {
  std::vector<PairsResult> pairs;
  std::vector<AnalogyResult> analogies;
};

double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : std::nan("");
}

std::string percent(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? format_fixed(100 * share(part, whole), 1) + "%" : "-";
}

std::string of(std::int64_t part, std::int64_t whole) {
  return std::to_string(part) + " of " + std::to_string(whole);
}

void write_text(std::ostream& out, const Results& results) {
  for (const PairsResult& r : results.pairs) {
    out << printable(r.file) << "\n  Spearman's rho "
        << (std::isnan(r.spearman) ? "undefined" : format_fixed(r.spearman, 4)) << "   pairs "
        << of(r.found, r.total) << " (" << percent(r.found, r.total) << ")\n";
  }
  for (const AnalogyResult& r : results.analogies) {
    std::size_t width = 10;
    for (const AnalogySection& section : r.sections)
      width = std::max(width, display_width(printable(section.name)));
    out << printable(r.file) << "\n  " << pad_right("section", width)
        << "  accuracy  correct           questions\n";
    const auto row = [&](const std::string& name, const AnalogySection& s) {
      out << "  " << pad_right(printable(name), width) << "  " << pad_right(percent(s.correct, s.found), 8)
          << "  " << pad_right(of(s.correct, s.found), 16) << "  " << of(s.found, s.total) << " ("
          << percent(s.found, s.total) << ")\n";
    };
    for (const AnalogySection& section : r.sections) row(section.name, section);
    row("semantic", r.semantic);
    row("syntactic", r.syntactic);
    row("all", r.all);
  }
}

json section_json(const std::string& name, const AnalogySection& s) {
  return {{"name", name},
          {"correct", s.correct},
          {"found", s.found},
          {"total", s.total},
          {"accuracy", share(s.correct, s.found)},
          {"coverage", share(s.found, s.total)}};
}

// Undefined numbers (NaN) become null.
json to_json(const Results& results, const std::string& path, const KeyedVectors& space) {
  json out{{"vectors", path},
           {"words", space.size()},
           {"dim", space.dim()},
           {"pairs", json::array()},
           {"analogies", json::array()}};
  for (const PairsResult& r : results.pairs)
    out["pairs"].push_back({{"file", r.file},
                            {"spearman", r.spearman},
                            {"found", r.found},
                            {"total", r.total},
                            {"coverage", share(r.found, r.total)}});
  for (const AnalogyResult& r : results.analogies) {
    json sections = json::array();
    for (const AnalogySection& section : r.sections) sections.push_back(section_json(section.name, section));
    out["analogies"].push_back({{"file", r.file},
                                {"sections", std::move(sections)},
                                {"semantic", section_json("semantic", r.semantic)},
                                {"syntactic", section_json("syntactic", r.syntactic)},
                                {"all", section_json("all", r.all)}});
  }
  return out;
}

// A result of nothing is a mistake: of case, of the language, or of the file.
void require_found(const Results& results, const std::string& path) {
  const auto require = [&path](const std::string& file, std::int64_t found, std::int64_t total,
                               const char* what) {
    if (found == 0)
      throw Error(file + ": none of its " + with_commas(total) + what + " has all of its words in " + path);
  };
  for (const PairsResult& r : results.pairs) require(r.file, r.found, r.total, " pairs");
  for (const AnalogyResult& r : results.analogies) require(r.file, r.all.found, r.all.total, " questions");
}

}  // namespace

int run_eval(const Arguments& arguments) {
  std::string path;
  std::int64_t limit = 0;
  std::vector<std::string> pair_files;
  std::vector<std::string> analogy_files;
  EvaluateOptions options;
  Config config;
  bool as_json = false;
  std::vector<std::string> words;
  Flags flags("eval [FILE]",
              "Evaluates word vectors: agreement with human judgements of word pairs, and analogy questions.",
              "Example:\n  warp2vec eval --vectors vectors.bin --pairs wordsim353.tsv --analogies "
              "questions-words.txt\n");
  flags.text("--vectors", "FILE", path, or_first_word(kVectorsHelp));
  add_limit_flag(flags, limit);
  flags.list("--pairs", "FILE", pair_files,
             "Lines 'word word score', separated by tab, comma, semicolon or spaces: Spearman's rank "
             "correlation, -1 to 1, of the scores and the similarities.");
  flags.list("--analogies", "FILE", analogy_files,
             "Lines 'a b c d' under ': section' titles: the share for which d is the word nearest to "
             "b - a + c.");
  flags.number("--restrict-vocab", "N", options.restrict_vocab,
               "Analogies use only the N most frequent words; 0 = all (default 30000)");
  flags.on_off("--case-sensitive", options.case_sensitive,
               "Distinguish 'Paris' from 'paris'; otherwise the more frequent one is used for both.");
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.on_off("--json", as_json, kJsonHelp);
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  take_file("eval", "--vectors", path, words);
  if (!words.empty()) throw UsageError("unexpected argument '" + words.front() + "'");
  if (pair_files.empty() && analogy_files.empty())
    throw UsageError("eval needs --pairs FILE or --analogies FILE");
  if (options.restrict_vocab < 0)
    throw UsageError("--restrict-vocab " + std::to_string(options.restrict_vocab) +
                     " is out of range: expected >= 0");

  options.threads = thread_count(config);
  const KeyedVectors space(load_vectors_of(path, limit));
  Results results;
  for (const std::string& file : pair_files) results.pairs.push_back(evaluate_pairs(space, file, options));
  for (const std::string& file : analogy_files)
    results.analogies.push_back(evaluate_analogies(space, file, options));
  if (as_json)
    write_json(std::cout, to_json(results, path, space), 2);
  else
    write_text(std::cout, results);
  require_found(results, path);
  return 0;
}

int run_compute_accuracy(const Arguments& arguments) {
  std::vector<std::string> words;
  std::int64_t limit = 0;
  Config config;
  Flags flags(
      "compute-accuracy FILE [N]",
      "The share of analogy questions, lines 'a b c d' under ': section' titles on standard input, for "
      "which d is the word nearest to b - a + c, with the word vectors in FILE, of which only the N most "
      "frequent words are used (default all).",
      "Example:\n  warp2vec compute-accuracy vectors.bin 30000 < questions-words.txt\n");
  add_limit_flag(flags, limit);
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  if (words.empty() || words.size() > 2)
    throw UsageError("compute-accuracy needs FILE and perhaps N, got " + std::to_string(words.size()) +
                     " arguments");
  EvaluateOptions options;
  options.restrict_vocab = words.size() > 1 ? parse_number<std::int64_t>("N", words[1]) : 0;
  if (options.restrict_vocab < 0) throw UsageError("N " + words[1] + " is out of range: expected >= 0");
  options.threads = thread_count(config);
  const KeyedVectors space(load_vectors_of(words[0], limit));
  Results results;
  results.analogies.push_back(evaluate_analogies(space, "/dev/stdin", options));
  results.analogies.back().file = "standard input";
  write_text(std::cout, results);
  require_found(results, words[0]);
  return 0;
}

}  // namespace warp2vec::cli
