// Trains like a GPU's matrix units with a given number of words in flight, on one CPU thread: what that does
// to the vectors. Takes the flags of `warp2vec train`, and --in-flight.
#include <warp2vec/bf16.h>
#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "cli/metrics_file.h"
#include "cli/progress.h"
#include "cli/run_report.h"
#include "cli/train_options.h"
#include "cli/vocabulary_source.h"
#include "host_block.h"
#include "host_model.h"
#include "stretch.h"
#include "train_dense_tiles.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

/// As many blocks as tiles are in flight. All read the rows of their next tile and compute its gradients,
/// then all move their rows: a GPU's blocks are at different places of a tile and see more of each other's
/// steps, so this is the worst case.
template <class Value>
class InFlightBackend final : public Backend {
 public:
  InFlightBackend(const TrainingData& data, std::int64_t blocks)
      : model_(data, {.negatives = blocks * data.config.tile_centres}),
        totals_(1),
        blocks_(blocks),
        bytes_(dense_tile_bytes<Value, HostWarp>(model_.get(), 1)),
        memory_(static_cast<std::size_t>(blocks * bytes_)) {}

  // As the CUDA backend's.
  std::int64_t batch_size() const override { return std::int64_t{65536} * model_.get().tile_centres; }

  void upload(Embeddings& embeddings) override {
    model_.show(embeddings);
    tables_.take(embeddings);
  }
  void checkpoint(Embeddings& embeddings) override { download(embeddings); }
  void download(Embeddings& embeddings) override { tables_.put_back(embeddings); }
  Trained drain() override { return totals_.take(); }

  void train(const Batch& batch) override {
    const Model& model = model_.get();
    KeptSpan span;
    batch.epoch->read(batch.first - model.window, batch.last + model.window, span);
    const CentreRange<Philox> centres{span.view(), batch.first - span.first, batch.last - span.first,
                                      batch.epoch->draws()};
    const std::int64_t tiles = (batch.last - batch.first + model.tile_centres - 1) / model.tile_centres;
    const std::int64_t longest = (tiles + blocks_ - 1) / blocks_;
    for (std::int64_t step = 0; step < longest; ++step) {
      const auto each_block = [&](const auto& work) {
        for (std::int64_t b = 0; b < blocks_; ++b) {
          const KeptRange own = stretch(tiles, b, blocks_);
          if (own.begin + step >= own.end) continue;
          Scratch scratch(memory_.data() + b * bytes_);
          const DenseTile tile = DenseTile::take(scratch, model, 0);
          work(tile, TilePlace::of(model, centres, own.begin + step), tile.words_of(model, 0));
        }
      };
      each_block([&](const DenseTile& tile, const TilePlace& place, const TileWords& words) {
        compute(tile, place, words, centres);
      });
      each_block([&](const DenseTile& tile, const TilePlace& place, const TileWords& words) {
        move_rows(warp_, 0, 1, model, tables_.get(), tile, place, words, centres);
      });
    }
  }

 private:
  void compute(const DenseTile& tile, const TilePlace& place, const TileWords& words,
               const CentreRange<Philox>& centres) {
    const Model& model = model_.get();
    name_words(warp_, 0, 1, model, tables_.get(), centres, place, tile.shape, words);
    relate_words(warp_, 0, 1, model, place, tile.shape, words);
    copy_rows(warp_, 0, 1, tile, words, tables_.get(), [] {});
    auto loss = HostWarp::zero();
    score(warp_, 0, 1, model, tile, place, words, true, loss);
    totals_.view().add_loss(warp_, 0, loss);
    totals_.view().add_pairs(warp_, 0, pairs_of(warp_, place, words), true);
  }

  HostModel model_;
  HostTotals totals_;
  HostWarp warp_;
  std::int64_t blocks_;
  std::int64_t bytes_;
  std::vector<unsigned char> memory_;
  HostTables<Value> tables_;
};

std::unique_ptr<Backend> make_backend(const TrainingData& data, std::int64_t in_flight) {
  const std::int64_t blocks = std::max<std::int64_t>(1, in_flight / data.config.tile_centres);
  if (data.config.table_type == TableType::bf16) return std::make_unique<InFlightBackend<Bf16>>(data, blocks);
  return std::make_unique<InFlightBackend<float>>(data, blocks);
}

int run(const cli::Arguments& arguments) {
  cli::TrainOptions options;
  std::int64_t in_flight = 0;
  cli::Flags flags("", "Trains with a given number of words in flight.", "");
  flags.number("--in-flight", "N", in_flight, "Words in flight; a multiple of 64");
  cli::add_train_flags(flags, options);
  if (!flags.parse(arguments)) return 0;
  cli::check_settings(options.config);
  cli::ProgressDisplay display = cli::ProgressDisplay::on_stderr(options.quiet);
  cli::MetricsFile metrics(options.metrics);
  const Corpus corpus(options.inputs);
  const Vocabulary vocabulary = cli::count_vocabulary(corpus, options.config, display).vocabulary;
  const TokenStream tokens = encode(corpus, vocabulary, thread_count(options.config));
  const TrainingData data(options.config, vocabulary, tokens);
  Embeddings embeddings = initial_embeddings(vocabulary.size(), options.config);
  cli::RunReport report;
  report.training = train(data, *make_backend(data, in_flight), embeddings);
  report.seconds.train = report.training.seconds;
  save_vectors(vocabulary, embeddings.input, options.output, options.format);
  metrics.write(cli::summary_json(options, report, "finished", ""));
  return 0;
}

}  // namespace
}  // namespace warp2vec

int main(int argc, char** argv) try {
  return warp2vec::run({argv + 1, argv + argc});
} catch (const std::exception& error) {
  std::cerr << "benchmark_in_flight: error: " << error.what() << "\n";
  return 1;
}
