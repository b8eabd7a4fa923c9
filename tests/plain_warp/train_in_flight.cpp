// Trains like the tensor cores of a GPU with a given number of words in flight, on one CPU thread, to
// determine the effect on the vectors. Takes the flags of `warp2vec train`, and --in-flight.
#include <warp2vec/corpus.h>
#include <warp2vec/detail/bf16.h>
#include <warp2vec/error.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/train_options.h"
#include "host/cli/report/metrics_file.h"
#include "host/cli/report/progress.h"
#include "host/cli/report/run_report.h"
#include "host/cli/run/vocabulary_source.h"
#include "kernels/backend/in_flight.h"
#include "kernels/backend/model_of.h"
#include "kernels/training/totals.h"
#include "kernels/training/train_dense_tiles.h"
#include "tests/plain_warp/host_block.h"
#include "tests/plain_warp/host_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

/// Has as many blocks as tiles are in flight. All read the rows of their next tile and compute its gradients,
/// then all update their rows. On a GPU blocks are at different stages of a tile and see more of each other's
/// updates, so this is the worst case.
template <Trains kTrains, class Value>
class InFlightBackend final : public Backend {
 public:
  InFlightBackend(const TrainingData& data, std::int32_t tile_centres, std::int64_t blocks)
      : model_(data, centres_in_flight(model_of(data, tile_centres), blocks, 1, kSizes.top_nodes),
               tile_centres),
        totals_(1),
        blocks_(blocks),
        bytes_(dense_tile_bytes<kTrains, Value, HostWarp, Centres>(model_.get(), kSizes, 1)),
        memory_(static_cast<std::size_t>(blocks * bytes_)) {}

  // As in the CUDA backend.
  std::int64_t batch_size() const override { return std::int64_t{65536} * model_.get().sharing_centres; }

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
    const Centres centres{span.view(), batch.first - span.first, batch.last - span.first,
                          batch.epoch->draws()};
    const std::int64_t tiles = (batch.last - batch.first + model.tile_centres - 1) / model.tile_centres;
    const std::int64_t longest = (tiles + blocks_ - 1) / blocks_;
    for (std::int64_t step = 0; step < longest; ++step) {
      // Calls `work(memory, tile)` for the blocks that have not reached the end of their chunk.
      const auto each_block = [&](const auto& work) {
        for (std::int64_t b = 0; b < blocks_; ++b) {
          const KeptRange own = chunk_of(tiles, b, blocks_);
          if (own.begin + step >= own.end) continue;
          Scratch scratch(memory_.data() + b * bytes_);
          work(Memory::take(scratch, model, kSizes, 1), own.begin + step);
        }
      };
      if constexpr (negatives_in(kTrains)) train_negatives(centres, each_block);
      if constexpr (paths_in(kTrains)) train_paths(centres, each_block);
    }
  }

 private:
  using Centres = CentreRange<Philox>;
  using Memory = DenseTileMemory<kTrains, Value, HostWarp, Centres>;

  // As on an H100 with 128 dimensions.
  static constexpr HsTileSizes kSizes{64, 64};

  template <class EachBlock>
  void train_negatives(const Centres& centres, const EachBlock& each_block) {
    const auto each_tile = [&](const auto& work) {
      each_block([&](const Memory& memory, std::int64_t t) {
        work(typename Memory::Negatives(model_.get(), tables_.get(), centres, memory.negative_tile),
             typename Memory::Negatives::Tile{t, memory.negative_metadata});
      });
    };
    each_tile([&](const auto& tiles, const auto& t) {
      tiles.sample(warp_, 0, 1, t);
      tiles.mask(warp_, 0, 1, t);
      tiles.damp(warp_, 0, 1, t);
      tiles.load(warp_, 0, 1, t, [] {});
      if constexpr (cbow_in(kTrains)) tiles.forward_windows(warp_, 0, 1, t);
      auto loss = HostWarp::zero();
      tiles.forward(warp_, 0, 1, t, true, loss);
      totals_.view().add_loss(warp_, 0, loss);
      totals_.view().add_pairs(warp_, 0, tiles.pairs(t), true);
    });
    each_tile([&](const auto& tiles, const auto& t) {
      tiles.backward(warp_, 0, 1, t);
      if constexpr (cbow_in(kTrains)) tiles.backward_windows(warp_, 0, 1, t);
    });
  }

  template <class EachBlock>
  void train_paths(const Centres& centres, const EachBlock& each_block) {
    const auto tiles_of = [&](const Memory& memory) {
      return typename Memory::Paths(model_.get(), kSizes, centres, memory.path_tile, memory.paths);
    };
    each_block([&](const Memory& memory, std::int64_t) {
      tiles_of(memory).copy_tree(warp_, 0, 1);
      tiles_of(memory).load_top_nodes(warp_, 0, 1);
    });
    const Model& model = model_.get();
    for (HsTileIndex q{0, 0}; q.sub_tile * model.path_tile_centres < model.tile_centres; ++q.sub_tile) {
      bool more = true;
      for (std::int32_t round = 0; more; ++round) {
        more = false;
        const auto each_tile = [&](const auto& work) {
          each_block([&](const Memory& memory, std::int64_t t) {
            const auto tiles = tiles_of(memory);
            const HsTileIndex own{t, q.sub_tile};
            if (!tiles.exists(own)) return;
            if (round == 0) tiles.sample(warp_, 0, 1, own);
            if (round < tiles.passes(own)) work(tiles, own);
            more |= round + 1 < tiles.passes(own);
          });
        };
        each_tile([&](const auto& tiles, HsTileIndex own) {
          tiles.mask(warp_, 0, 1, own, round);
          tiles.damp(warp_, 0, 1, own);
          tiles.load(warp_, 0, 1, own);
          if constexpr (cbow_in(kTrains)) tiles.forward_windows(warp_, 0, 1, own);
          auto loss = HostWarp::zero();
          tiles.forward(warp_, 0, 1, own, true, loss);
          totals_.view().add_loss(warp_, 0, loss);
          if (round == 0 && !negatives_in(kTrains))
            totals_.view().add_pairs(warp_, 0, tiles.pairs(own), true);
        });
        each_block([&](const Memory& memory, std::int64_t t) {
          const auto tiles = tiles_of(memory);
          const HsTileIndex own{t, q.sub_tile};
          if (!tiles.exists(own) || round >= tiles.passes(own)) return;
          tiles.backward(warp_, 0, 1, own);
          if constexpr (cbow_in(kTrains)) tiles.backward_windows(warp_, 0, 1, own);
        });
      }
    }
    each_block([&](const Memory& memory, std::int64_t) { tiles_of(memory).merge_top_nodes(warp_, 0, 1); });
  }

  HostModel model_;
  HostTotals totals_;
  HostWarp warp_;
  std::int64_t blocks_;
  std::int64_t bytes_;
  std::vector<unsigned char> memory_;
  HostTables<Value> tables_;
};

/// `tile_centres`: see model_of().
std::unique_ptr<Backend> make_backend(const TrainingData& data, std::int64_t in_flight,
                                      std::int32_t tile_centres) {
  const Model model = model_of(data, tile_centres);
  const std::int64_t centres = model.negative_sampling ? model.tile_centres : model.path_tile_centres;
  const std::int64_t blocks = std::max<std::int64_t>(1, in_flight / centres);
  if (model.table_type == TableType::bf16)
    return std::make_unique<InFlightBackend<Trains::negatives, Bf16>>(data, tile_centres, blocks);
  return with_trains(model, [&]<Trains kTrains>() -> std::unique_ptr<Backend> {
    return std::make_unique<InFlightBackend<kTrains, float>>(data, tile_centres, blocks);
  });
}

int run(const cli::Arguments& arguments) {
  cli::TrainOptions options;
  std::int64_t in_flight = 0;
  std::int32_t tile_centres = 0;
  cli::Flags flags("", "Trains with a given number of words in flight.", "");
  flags.number(
      "--in-flight", "N", in_flight,
      "Words in flight: whole tiles, of 64 words with negative sampling and of 8 with hierarchical softmax");
  flags.number("--tile-centres", "N", tile_centres,
               "Centres of a tile, a part of those that share negatives; 0 = all (default)");
  cli::add_train_flags(flags, options);
  flags.parse(arguments);
  cli::check_settings(options.config);
  cli::ProgressDisplay display = cli::ProgressDisplay::on_stderr(options.quiet);
  cli::MetricsFile metrics(options.metrics);
  const Corpus corpus(options.inputs);
  const Vocabulary vocabulary = cli::count_vocabulary(corpus, options, display).vocabulary;
  const TokenStream tokens = encode(corpus, vocabulary, thread_count(options.config));
  const TrainingData data(options.config, vocabulary, tokens);
  Embeddings embeddings = initial_embeddings(vocabulary.size(), options.config);
  cli::RunReport report;
  report.training = train(data, *make_backend(data, in_flight, tile_centres), embeddings);
  report.seconds.train = report.training.seconds;
  save_vectors(vocabulary, embeddings.input, options.output, options.vectors);
  metrics.write(cli::summary_json(options, report, "finished", ""));
  return 0;
}

}  // namespace
}  // namespace warp2vec

int main(int argc, char** argv) try {
  return warp2vec::run({argv + 1, argv + argc});
} catch (const warp2vec::cli::HelpRequested& asked) {
  std::cout << asked.help().text;
  return 0;
} catch (const std::exception& error) {
  std::cerr << "train_in_flight: error: " << error.what() << "\n";
  return 1;
}
