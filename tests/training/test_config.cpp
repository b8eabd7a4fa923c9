#include <warp2vec/config.h>
#include <warp2vec/error.h>

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace warp2vec {
namespace {

// The message of the Error that validate() throws; "" if it throws none.
std::string complaint(const Config& config) {
  try {
    config.validate();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

template <class T>
std::string complaint_about(T Config::*field, T value) {
  Config config;
  config.*field = value;
  return complaint(config);
}

TEST(Config, DefaultsAreThoseOfTheField) {
  const Config config;
  EXPECT_EQ(complaint(config), "");
  EXPECT_EQ(config.dim, 100);
  EXPECT_EQ(config.window, 5);
  EXPECT_EQ(config.min_count, 5);
  EXPECT_EQ(config.negative, 5);
  EXPECT_EQ(config.ns_exponent, 0.75);
  EXPECT_EQ(config.sample, 1e-3);
  EXPECT_EQ(config.lr, 0.025);
  EXPECT_EQ(config.epochs, 5);
  EXPECT_EQ(config.max_sentence, 1000);
}

TEST(Config, EveryRangeIsCheckedAndTheMessageNamesFlagValueAndRange) {
  EXPECT_EQ(complaint_about(&Config::dim, 0), "--dim 0 is out of range: expected 1 to 4096");
  EXPECT_EQ(complaint_about(&Config::dim, 4097), "--dim 4097 is out of range: expected 1 to 4096");
  EXPECT_NE(complaint_about(&Config::window, 0), "");  // word2vec.c crashes with SIGFPE
  EXPECT_NE(complaint_about(&Config::window, 1001), "");
  EXPECT_NE(complaint_about<std::int64_t>(&Config::min_count, 0), "");
  EXPECT_NE(complaint_about<std::int64_t>(&Config::max_vocab, -1), "");
  EXPECT_NE(complaint_about(&Config::negative, 0), "");
  EXPECT_NE(complaint_about(&Config::negative, 1001), "");
  EXPECT_NE(complaint_about(&Config::ns_exponent, 11.0), "");
  EXPECT_NE(complaint_about(&Config::ns_exponent, std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_NE(complaint_about(&Config::sample, -1e-3), "");
  EXPECT_NE(complaint_about(&Config::sample, std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_NE(complaint_about(&Config::lr, 0.0), "");
  EXPECT_NE(complaint_about(&Config::lr, 1e30), "");  // word2vec.c crashes with SIGSEGV
  EXPECT_NE(complaint_about(&Config::lr, std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_NE(complaint_about(&Config::epochs, 0), "");
  EXPECT_NE(complaint_about<std::int64_t>(&Config::max_sentence, -1), "");
  EXPECT_NE(complaint_about(&Config::threads, -1), "");
  EXPECT_NE(complaint_about(&Config::tile_centres, -1), "");
  EXPECT_NE(complaint_about(&Config::tile_negatives, -1), "");
}

TEST(Config, PairsPerCentreFollowFromTheWindow) {
  Config config;
  config.window = 5;
  EXPECT_EQ(config.pairs_per_centre(), 6);  // a width of 1 to 5 on either side
  config.shrink_window = false;
  EXPECT_EQ(config.pairs_per_centre(), 10);
}

TEST(Config, NegativesPerTileKeepUpdatesStable) {
  Config config;
  EXPECT_EQ(config.negatives_per_tile(), 32);  // 0.025 * 64 * 6 * 5 / 1.6 = 30
  config.tile_centres = 64;
  config.lr = 0.0333;
  config.negative = 20;
  config.shrink_window = false;
  EXPECT_EQ(config.negatives_per_tile(), 267);  // 0.0333 * 64 * 10 * 20 / 1.6 = 266.4
  config.lr = 1;
  EXPECT_EQ(config.negatives_per_tile(), 1024);
  config.tile_negatives = 7;
  EXPECT_EQ(config.negatives_per_tile(), 7);
}

TEST(Config, TilesOfPathsKeepUpdatesStable) {
  Config config;
  EXPECT_EQ(config.path_tile_centres(), 8);  // 1.25 / (0.025 * 6) = 8.3
  config.window = 10;
  EXPECT_EQ(config.path_tile_centres(), 4);  // 1.25 / (0.025 * 11) = 4.5
  config.lr = 1;
  EXPECT_EQ(config.path_tile_centres(), 1);
  config.lr = 1e-4;
  EXPECT_EQ(config.path_tile_centres(), kMaxPathCentres);
  config.tile_centres = 3;
  EXPECT_EQ(config.path_tile_centres(), 3);
}

TEST(Config, LossAndSharingRoundTrip) {
  for (const char* name : {"ns", "hs", "ns+hs", "softmax"}) EXPECT_EQ(to_string(parse_loss(name)), name);
  EXPECT_EQ(to_string(parse_loss("ns,hs")), "ns+hs");
  EXPECT_THROW(parse_loss("cbow"), Error);
  for (const char* name : {"auto", "pair", "window", "tile"}) EXPECT_EQ(to_string(parse_sharing(name)), name);
  EXPECT_THROW(parse_sharing("batch"), Error);
  for (const char* name : {"float", "bf16"}) EXPECT_EQ(to_string(parse_table_type(name)), name);
  EXPECT_THROW(parse_table_type("fp16"), Error);
}

TEST(Config, SoftmaxStandsAlone) {
  Config config;
  config.loss = {true, false, true};
  EXPECT_NE(complaint(config), "");
  config.loss = {false, false, false};
  EXPECT_NE(complaint(config), "");
}

TEST(Config, Bf16TablesAreForTilesOfNegativeSampling) {
  Config config;
  config.table_type = TableType::bf16;
  config.validate();
  EXPECT_THROW(config.require_cpu(), Error);
  config.sharing = Sharing::window;
  EXPECT_THROW(config.validate(), Error);
  config.sharing = Sharing::tile;
  for (const char* loss : {"hs", "ns+hs", "softmax"}) {
    config.loss = parse_loss(loss);
    EXPECT_THROW(config.validate(), Error) << loss;
  }
  config.loss = parse_loss("ns");
  config.model = Architecture::cbow;
  EXPECT_EQ(complaint(config), "--table-type bf16 is for --model skipgram, not for --model cbow");
  config.table_type = TableType::float32;
  config.require_cpu();
}

TEST(Config, TilesHaveFewerCentresWhereContextsWouldGetTooManyGradients) {
  Config config;
  EXPECT_EQ(config.centres_per_tile(), 64);
  config.window = 10;
  config.negative = 10;
  EXPECT_EQ(config.centres_per_tile(), 64);  // 1 / (0.2 * 0.025 * 11) = 18 are more than a context's 11
  config.window = 50;
  EXPECT_EQ(config.centres_per_tile(), 18);
  config.lr = 0.2;
  config.negative = 64;
  EXPECT_EQ(config.centres_per_tile(), 1);
  config.tile_centres = 40;
  EXPECT_EQ(config.centres_per_tile(), 40);
  config.tile_centres = 0;
  config.loss = parse_loss("hs");
  EXPECT_EQ(config.centres_per_tile(), 64);
}

TEST(Config, ADeterministicRunTrainsOnOneThread) {
  Config config;
  config.threads = 3;
  EXPECT_EQ(training_threads(config), 3);
  config.deterministic = true;
  EXPECT_EQ(training_threads(config), 1);
  EXPECT_EQ(thread_count(config), 3) << "that count and encode";
}

TEST(Config, AutomaticSharingIsTileWhereThatTrainsWell) {
  Config config;
  EXPECT_EQ(config.sharing, Sharing::automatic);
  const auto chosen = [&config](std::int64_t words = 100000, bool on_gpu = false) {
    return choose_sharing(config, words, 1.5e6, on_gpu);
  };
  EXPECT_EQ(chosen(10000), Sharing::tile);
  EXPECT_EQ(chosen(9999), Sharing::pair);
  EXPECT_EQ(choose_sharing(config, 10000, 1.49e6), Sharing::pair);
  EXPECT_EQ(choose_sharing(config, 10000, 1.49e6, true), Sharing::pair);
  config.negative = 25;
  EXPECT_EQ(chosen(20000), Sharing::tile);
  EXPECT_EQ(chosen(19999), Sharing::pair);
  config.window = 38;  // 0.025 * 39 = 0.975
  EXPECT_EQ(chosen(), Sharing::tile);
  config.window = 40;  // a centre's row with 41 pairs
  EXPECT_EQ(chosen(), Sharing::pair);
  config.window = 5;
  config.lr = 0.1;  // tiles of fewer than two centres
  EXPECT_EQ(chosen(), Sharing::pair);
  config.sharing = Sharing::window;
  EXPECT_EQ(chosen(), Sharing::window);
  config.sharing = Sharing::automatic;
  config.loss = parse_loss("ns+hs");
  EXPECT_EQ(chosen(), Sharing::pair);
  config.negative = 5;
  config.lr = 0.025;
  EXPECT_EQ(chosen(), Sharing::tile);
  config.window = 10;
  EXPECT_EQ(chosen(), Sharing::pair);
  config.window = 5;
  config.loss = parse_loss("hs");
  EXPECT_EQ(chosen(), Sharing::pair);
  EXPECT_EQ(choose_sharing(config, 100000, 1000, true), Sharing::tile);
  EXPECT_EQ(chosen(100000, true), Sharing::tile);
  config.window = 10;
  EXPECT_EQ(chosen(100000, true), Sharing::pair);
  config.loss = parse_loss("softmax");
  EXPECT_EQ(chosen(10), Sharing::tile);
}

}  // namespace
}  // namespace warp2vec
