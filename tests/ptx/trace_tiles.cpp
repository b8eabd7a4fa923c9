// Writes which instructions each warp executes where the tile kernels train at the default settings, for
// scripts/kernel_counts.py: a line `kernel ARCHITECTURE WARPS SHARED_BYTES NAME` for each kernel, then its
// instructions, `i TEXT`, then for each warp and interval between barriers a line
// `w WARP INTERVAL FIRST COUNT FIRST COUNT ...`: runs of consecutive instructions, in order.
#include "tests/ptx/ptx_test.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using Runs = std::vector<std::pair<std::int32_t, std::int32_t>>;

/// The runs of each interval and warp.
class Trace {
 public:
  void note(const ptx::Program& program, const ptx::Warp& warp, const ptx::Instruction& in) {
    if (!ptx::is_of_the_project(program.name)) return;
    // The instruction that enters a barrier belongs to the interval that it ends.
    Runs& runs = runs_[{warp.block->interval, warp.index}];
    if (!runs.empty() && runs.back().first + runs.back().second == in.index)
      ++runs.back().second;
    else
      runs.emplace_back(in.index, 1);
    program_ = &program;
    warps_ = warp.block->warps.size();
    shared_bytes_ = warp.block->shadow.size();
  }
  void write(int architecture) const {
    if (program_ == nullptr) return;
    std::printf("kernel %d %zu %zu %s\n", architecture, warps_, shared_bytes_, program_->name.c_str());
    for (const std::string& text : program_->text) std::printf("i %s\n", text.c_str());
    for (const auto& [place, runs] : runs_) {
      std::printf("w %u %u", place.second, place.first);
      for (const auto& [first, count] : runs) std::printf(" %d %d", first, count);
      std::printf("\n");
    }
  }

 private:
  const ptx::Program* program_ = nullptr;
  std::size_t warps_ = 0;
  std::size_t shared_bytes_ = 0;
  std::map<std::pair<std::uint32_t, unsigned>, Runs> runs_;
};

// As on an H100, each of whose blocks trains so many tiles that the loss is computed in one of three.
constexpr int kBlocks = 132;
constexpr std::int64_t kTiles = 24;

/// A line of text with the word counts of a text of 17 million words, by Zipf's law.
SyntheticCorpus text_of(std::int64_t tokens) {
  constexpr std::int64_t kWords = 70'000;
  std::vector<std::string> names;
  std::vector<std::pair<std::string_view, std::int64_t>> entries;
  std::vector<std::int64_t> counts;
  for (std::int64_t w = 0; w < kWords; ++w) {
    names.push_back("w" + std::to_string(w));
    counts.push_back(1'450'000 / (w + 1) + 1);
  }
  for (std::size_t w = 0; w < names.size(); ++w) entries.emplace_back(names[w], counts[w]);
  SyntheticCorpus corpus;
  corpus.vocabulary = Vocabulary(entries, 1, 0);
  const AliasTable table(corpus.vocabulary.counts(), 1.0);
  for (std::int64_t i = 0; i < tokens; ++i) {
    const U32x4 r = Draws{7, 0}.block(Stream::keep, static_cast<std::uint64_t>(i), 1);
    corpus.tokens.ids.push_back(table.view().draw(r.w[0], r.w[1]));
  }
  corpus.tokens.ends.push_back(tokens);
  return corpus;
}

void trace(const Config& config, int architecture) {
  emulation::device_settings().major = architecture / 10;
  emulation::device_settings().minor = architecture % 10;
  Trace trace;
  ptx::settings().options.observe = [&](const ptx::Program& program, const ptx::Warp& warp,
                                        const ptx::Instruction& in) {
    if (warp.block->index > 0 && ptx::is_of_the_project(program.name))
      throw ptx::Error("the first block is done");
    trace.note(program, warp, in);
  };
  try {
    run_from_long(text_of(std::int64_t{3} * kBlocks * kTiles * config.centres_per_tile()), config,
                  tensor_cores(kBlocks, 0));
  } catch (const std::exception& error) {  // at least that the other blocks were left out
    std::fprintf(stderr, "%s\n", error.what());
  }
  trace.write(architecture);
}

}  // namespace
}  // namespace warp2vec

// ARCHITECTURE LOSS SAMPLE DIM [bf16|cbow]
int main(int count, char** arguments) {
  using namespace warp2vec;
  if (count < 5) {
    std::fprintf(stderr, "usage: ptx_trace ARCHITECTURE LOSS SAMPLE DIM [bf16|cbow]\n");
    return 2;
  }
  Config config;
  config.loss = parse_loss(arguments[2]);
  config.sharing = Sharing::tile;
  config.sample = std::atof(arguments[3]);
  config.dim = std::atoi(arguments[4]);
  const std::string option = count > 5 ? arguments[5] : "";
  config.table_type = option == "bf16" ? TableType::bf16 : TableType::float32;
  config.model = option == "cbow" ? Architecture::cbow : Architecture::skip_gram;
  config.lr = default_lr(config.model);
  config.epochs = 1;
  config.threads = 1;
  trace(config, std::atoi(arguments[1]));
  return 0;
}
