#include "host/training/divergence.h"

#include <warp2vec/error.h>

#include "host/bytes/utf8.h"
#include "host/training/hot_rows.h"
#include "host/training/matrix_rows.h"

#include <cmath>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

// The mean loss of enough pairs to average out chance. In sound runs it is at most that of untrained vectors,
// where all scores are 0: the maximum observed for learning rates up to 0.2 was 1.01 times that. With
// slightly too large updates, up to twice as much was observed in a run that recovered; diverging runs reach
// 60 times as much and then have no bound.
constexpr std::int64_t kJudgedPairs = 10'000;
constexpr double kMaxTimesUntrained = 3;

// Rows stop growing once scores saturate: at a score of 30 the gradient is 1e-13. Both rows of a pair grow,
// so lengths of about 10 are enough; sound runs reach 5 to 20. Rows of length 1000 would have scores of a
// million.
constexpr double kLongestRow = 1000;

std::string short_text(double value) {
  std::ostringstream text;
  text.precision(4);
  text << value;
  return text.str();
}

[[noreturn]] void fail(const Config& config, const std::string& where, const std::string& sign) {
  throw Error("training diverged" + where + " (" + sign + "): " + smaller_updates(config));
}

void require_sound(const Matrix& matrix, const Config& config,
                   const std::function<std::string(std::int64_t)>& name) {
  for (std::int64_t r = 0; r < matrix.rows(); ++r) {
    const double square = dot(row_values(matrix, r), row_values(matrix, r));
    if (square <= kLongestRow * kLongestRow) continue;
    fail(config, "",
         name(r) + (all_finite(row_values(matrix, r)) ? " has the length " + short_text(std::sqrt(square)) +
                                                            ", where at most some tens are usual"
                                                      : " is not finite"));
  }
}

}  // namespace

std::string smaller_updates(const Config& config) {
  Config usual;
  usual.lr = default_lr(config.model);
  // Up to this rate, updates from one pair at a time are stable.
  constexpr double kHighLr = 0.2;
  const bool together = config.sharing != Sharing::pair && !config.loss.softmax;
  const std::string share_less =
      config.table_type == TableType::bf16 ? "--sharing pair with --table-type float" : "--sharing pair";
  const std::string lower_lr =
      config.lr > usual.lr ? "a lower --lr (the default is " + short_text(usual.lr) + ")" : "a lower --lr";
  if (config.lr > kHighLr)
    return "try " + lower_lr + (together ? ", and " + share_less + " if that is not enough" : "");
  // With sharing and with full softmax, updates are computed from the same values, and add up.
  std::vector<std::string> remedies;
  if (together) remedies.push_back(share_less);
  if (together || config.loss.softmax) {
    if (config.window > usual.window) remedies.emplace_back("a smaller --window");
    if (config.loss.negative_sampling && config.negative > usual.negative)
      remedies.emplace_back("a smaller --negative");
  }
  std::string text = "try ";
  for (const std::string& remedy : remedies) text += remedy + (&remedy == &remedies.back() ? " or " : ", ");
  return text + lower_lr;
}

double untrained_loss(const TrainingData& data) {
  const Config& config = data.config;
  const double log_2 = std::log(2.0);
  if (config.loss.softmax) return std::log(static_cast<double>(data.vocabulary.size()));
  double loss = 0;
  if (config.loss.negative_sampling) loss += (1.0 + config.negative) * log_2;
  if (config.loss.hierarchical_softmax) loss += CentreShares(data).path_nodes_outside_top(0) * log_2;
  return loss;
}

LossWatch::LossWatch(const TrainingData& data, TrainingState& state)
    : config_(data.config),
      untrained_(untrained_loss(data)),
      unjudged_(state.unjudged),
      judged_(state.judged) {}

void LossWatch::add(const Trained& trained, std::int32_t epoch, bool end) {
  const std::string where = " in epoch " + std::to_string(epoch + 1);
  if (!std::isfinite(trained.loss)) fail(config_, where, "the loss is not a finite number");
  unjudged_.loss += trained.loss;
  unjudged_.pairs += trained.pairs;
  // A small remainder at the end proves nothing, unless there is nothing else.
  const bool enough = unjudged_.pairs >= kJudgedPairs || (end && !judged_ && unjudged_.pairs > 0);
  if (!enough) return;
  const double mean = unjudged_.loss / static_cast<double>(unjudged_.pairs);
  if (mean > kMaxTimesUntrained * untrained_)
    fail(config_, where,
         "the loss is " + short_text(mean) + " a " +
             (config_.model == Architecture::cbow ? "prediction" : "pair") +
             ", where untrained vectors have " + short_text(untrained_));
  unjudged_ = {};
  judged_ = true;
}

void require_sound(const Embeddings& embeddings, const TrainingData& data) {
  const auto vector_of = [&data](const char* kind) {
    return [&data, kind](std::int64_t row) {
      return "the " + std::string(kind) + " of " + in_quotes(data.vocabulary.word(static_cast<WordId>(row)));
    };
  };
  require_sound(embeddings.input, data.config, vector_of("vector"));
  require_sound(embeddings.output, data.config, vector_of("output vector"));
  require_sound(embeddings.nodes, data.config, [](std::int64_t row) {
    return "the vector of node " + std::to_string(row) + " of the Huffman tree";
  });
}

}  // namespace warp2vec
