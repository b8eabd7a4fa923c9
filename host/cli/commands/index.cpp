#include <warp2vec/keyed_vectors.h>
#include <warp2vec/neighbor_index.h>

#include "host/cli/commands/commands.h"
#include "host/cli/commands/query.h"
#include "host/cli/flags/output_check.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/text.h"
#include "host/io/atomic_file.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of words that are spread evenly over the vocabulary, the neighbours by both ways of search.
void verify(const KeyedVectors& vectors, const NeighborIndex& index, std::int64_t words, int threads) {
  constexpr std::int64_t kTop = 10;
  words = std::min(words, vectors.size());
  std::vector<std::int64_t> rows;
  for (std::int64_t i = 0; i < words; ++i)
    if (const std::int64_t row = vectors.size() * i / words; vectors.squared_length(row) > 0)
      rows.push_back(row);
  if (rows.empty()) throw Error("--verify: all vectors that it would ask for are zero");
  const auto search = [&](const NeighborIndex* with, double& per_second) {
    const auto start = std::chrono::steady_clock::now();
    auto found = vectors.top_k(rows, kTop, {.threads = threads, .index = with});
    per_second = static_cast<double>(rows.size()) / seconds_since(start);
    return found;
  };
  double exact_speed = 0;
  double index_speed = 0;
  const auto exact = search(nullptr, exact_speed);
  const auto near = search(&index, index_speed);
  std::int64_t all = 0;
  std::int64_t found = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    all += std::ssize(exact[i]);
    for (const NearestRow& row : exact[i]) found += std::count(near[i].begin(), near[i].end(), row);
  }
  std::cout << "recall@10  " << format_fixed(static_cast<double>(found) / static_cast<double>(all), 4)
            << " of " << with_commas(std::ssize(rows)) << " words\n"
            << "index      " << with_commas(static_cast<std::int64_t>(index_speed)) << " questions/s\n"
            << "exact      " << with_commas(static_cast<std::int64_t>(exact_speed))
            << " questions/s, compared at once\n";
}

}  // namespace

int run_index(const Arguments& arguments) {
  VectorFiles files;
  std::vector<std::string> words;
  std::int64_t verified = 0;
  Config config;
  Flags flags("index [FILE]",
              "Builds an index of vectors, with which 'neighbors', 'analogy' and 'nn' search among millions "
              "of words much faster, and find nearly all of the nearest. Files of fewer than " +
                  with_commas(kLeastIndexed) + " vectors need none: they are always searched exactly.",
              "Example:\n"
              "  warp2vec index vectors.bin --output vectors.index --verify 1000\n"
              "  warp2vec neighbors vectors.bin --index vectors.index\n");
  flags.text("--vectors", "FILE", files.vectors, or_first_word(kVectorsHelp));
  add_limit_flag(flags, files.limit);
  flags.text("--output", "FILE", files.index,
             "Where to write the index, without the vectors; completely or not at all.");
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.number("--verify", "N", verified,
               "Then look up the 10 neighbors of N words, with the index and exactly, and print how many of "
               "them the index finds and how fast both are; >= 0 (default 0)");
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  take_file("index", "--vectors", files.vectors, words);
  if (!words.empty()) throw UsageError("index takes one FILE, got also '" + words.front() + "'");
  if (files.index.empty()) throw UsageError("index needs --output FILE");
  refuse_compressed({{"--output", files.index}});
  if (verified < 0)
    throw UsageError("--verify " + std::to_string(verified) + " is out of range: expected 0 or more");
  check_distinct({{"--output", files.index}},
                 {{"--vectors", files.vectors}, {"--vectors", files.vectors + ".vocab"}});
  check_writable(files.index);

  const KeyedVectors vectors(load_vectors_of(files.vectors, files.limit));
  const int threads = thread_count(config);
  std::cerr << "indexing " << with_commas(vectors.size()) << " vectors on " << threads
            << (threads == 1 ? " thread\n" : " threads\n");
  const auto start = std::chrono::steady_clock::now();
  const NeighborIndex index = NeighborIndex::build(vectors, threads);
  index.save(files.index);
  std::cerr << "index: " << printable(files.index) << " after " << format_fixed(seconds_since(start), 1)
            << " s\n";
  if (verified > 0) verify(vectors, index, verified, threads);
  return 0;
}

}  // namespace warp2vec::cli
