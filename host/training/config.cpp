#include <warp2vec/config.h>
#include <warp2vec/detail/update_rule.h>
#include <warp2vec/error.h>

#include "host/training/check_range.h"
#include "host/training/job_limits.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace warp2vec {
void Config::validate() const {
  check_range("--dim", dim, 1, 4096);
  check_range("--window", window, 1, 1000);
  check_range<std::int64_t>("--min-count", min_count, 1, INT64_MAX);
  check_range<std::int64_t>("--max-vocab", max_vocab, 0, INT64_MAX);
  if (loss.negative_sampling) check_range("--negative", negative, 1, 1000);
  if (loss.softmax && (loss.negative_sampling || loss.hierarchical_softmax))
    throw Error("--loss softmax cannot be combined with ns or hs");
  if (!loss.softmax && !loss.negative_sampling && !loss.hierarchical_softmax)
    throw Error("--loss needs at least one of ns, hs, softmax");
  if (model != Architecture::cbow && cbow_sum) throw Error("--cbow-sum is for --model cbow");
  if (model != Architecture::cbow && cbow_gradient != Config{}.cbow_gradient)
    throw Error("--cbow-gradient " + to_string(cbow_gradient) + " is for --model cbow");
  if (model == Architecture::cbow && sharing == Sharing::window)
    throw Error(
        "--sharing window is not for --model cbow, where a window is one prediction: expected auto, "
        "tile or pair");
  check_range("--ns-exponent", ns_exponent, -10.0, 10.0);
  check_range("tile_centres", tile_centres, 0, 1024);
  check_range("tile_negatives", tile_negatives, 0, 1024);
  const bool may_tile = sharing == Sharing::tile || sharing == Sharing::automatic;
  if (table_type == TableType::bf16 && (!may_tile || to_string(loss) != "ns"))
    throw Error("--table-type bf16 is for --loss ns with --sharing tile, not for --loss " + to_string(loss) +
                " with --sharing " + to_string(sharing));
  if (table_type == TableType::bf16 && model == Architecture::cbow)
    throw Error("--table-type bf16 is for --model skipgram, not for --model cbow");
  check_range("--sample", sample, 0.0, 1.0);
  if (!(lr > 0 && lr <= 10)) {
    std::ostringstream message;
    message << "--lr " << lr << " is out of range: expected above 0, at most 10";
    throw Error(message.str());
  }
  check_range("--min-lr", min_lr, 0.0, lr);
  check_range("--epochs", epochs, 1, 1000000);
  check_range<std::int64_t>("--max-sentence", max_sentence, 0, INT64_MAX);
  check_range("--threads", threads, 0, 1024);
}

void Config::require_cpu() const {
  if (table_type == TableType::bf16) throw Error("--table-type bf16 needs a GPU: --device cuda");
}

double Config::pairs_per_centre() const { return shrink_window ? window + 1.0 : 2.0 * window; }

double Config::predictions_per_centre() const {
  return model == Architecture::cbow ? 1.0 : pairs_per_centre();
}

double Config::pairs_per_context() const {
  if (model != Architecture::cbow) return pairs_per_centre();
  // A context is in as many windows as a window has contexts.
  const auto of_width = [this](std::int32_t width) {
    return 2.0 * width * static_cast<double>(cbow_rule().pairs(2 * width));
  };
  if (!shrink_window) return of_width(window);
  double sum = 0;
  for (std::int32_t width = 1; width <= window; ++width) sum += of_width(width);
  return sum / window;
}

namespace {

// The number of centres that a context may be paired with before it would be damped; see HotView.
double undamped_centres(const Config& config) {
  return 1 / (kNegativeKappa * config.lr * (1.0 + config.negative));
}

}  // namespace

std::int32_t Config::centres_per_tile() const {
  constexpr std::int32_t kMax = 64;
  if (tile_centres > 0) return tile_centres;
  const double centres = undamped_centres(*this);
  if (!loss.negative_sampling || centres >= pairs_per_context()) return kMax;
  return static_cast<std::int32_t>(std::clamp<double>(centres, 1, kMax));
}

std::int32_t Config::negatives_per_tile() const {
  if (tile_negatives > 0) return tile_negatives;
  constexpr double kStableWeight = 1.6;
  const double wanted = lr * centres_per_tile() * predictions_per_centre() * negative / kStableWeight;
  const double least = model == Architecture::cbow ? 24 : 32;
  return static_cast<std::int32_t>(std::clamp(std::ceil(wanted), least, 1024.0));
}

std::int32_t Config::path_tile_centres() const {
  constexpr double kStablePairs = 1.25;
  const double most = std::min(kMaxPathCentres, centres_per_tile());
  return static_cast<std::int32_t>(std::clamp(kStablePairs / (lr * predictions_per_centre()), 1.0, most));
}

std::int64_t min_words_to_share(const Config& config) {
  return config.loss.negative_sampling && config.negative > 20 ? 20000 : 10000;
}

Sharing choose_sharing(const Config& config, std::int64_t words, double kept_tokens, bool on_gpu) {
  constexpr double kMinCentres = 4;
  constexpr double kMaxNegativeUpdate = 1;
  constexpr double kMaxPathUpdate = 0.25;
  if (config.sharing != Sharing::automatic) return config.sharing;
  if (config.loss.softmax || config.table_type == TableType::bf16) return Sharing::tile;
  if (!config.loss.negative_sampling && !on_gpu) return Sharing::pair;
  const double update = config.lr * config.predictions_per_centre();  // of a centre, a negative or a node
  const bool too_many_gradients =
      (config.loss.negative_sampling &&
       (undamped_centres(config) < std::min(kMinCentres, config.pairs_per_context()) ||
        update > kMaxNegativeUpdate)) ||
      (config.loss.hierarchical_softmax && update > kMaxPathUpdate);
  const bool too_little = words < min_words_to_share(config) ||
                          (config.loss.negative_sampling && kept_tokens < kMinTokensToShare);
  return too_little || too_many_gradients ? Sharing::pair : Sharing::tile;
}

double default_lr(Architecture model) { return model == Architecture::cbow ? 0.05 : 0.025; }

Architecture parse_architecture(const std::string& text) {
  if (text == "skipgram") return Architecture::skip_gram;
  if (text == "cbow") return Architecture::cbow;
  throw Error("--model " + text + " is not known: expected skipgram or cbow");
}

std::string to_string(Architecture model) { return model == Architecture::cbow ? "cbow" : "skipgram"; }

CbowGradient parse_cbow_gradient(const std::string& text) {
  if (text == "exact") return CbowGradient::exact;
  if (text == "full") return CbowGradient::full;
  throw Error("--cbow-gradient " + text + " is not known: expected exact or full");
}

std::string to_string(CbowGradient gradient) { return gradient == CbowGradient::full ? "full" : "exact"; }

Loss parse_loss(const std::string& text) {
  if (text == "ns") return {true, false, false};
  if (text == "hs") return {false, true, false};
  if (text == "softmax") return {false, false, true};
  if (text == "ns+hs" || text == "hs+ns" || text == "ns,hs" || text == "hs,ns") return {true, true, false};
  throw Error("--loss " + text + " is not known: expected ns, hs, ns+hs or softmax");
}

std::string to_string(const Loss& loss) {
  if (loss.softmax) return "softmax";
  if (loss.negative_sampling && loss.hierarchical_softmax) return "ns+hs";
  return loss.hierarchical_softmax ? "hs" : "ns";
}

Sharing parse_sharing(const std::string& text) {
  if (text == "auto") return Sharing::automatic;
  if (text == "pair") return Sharing::pair;
  if (text == "window") return Sharing::window;
  if (text == "tile") return Sharing::tile;
  throw Error("--sharing " + text + " is not known: expected auto, tile, window or pair");
}

std::string to_string(Sharing sharing) {
  switch (sharing) {
    case Sharing::automatic:
      return "auto";
    case Sharing::pair:
      return "pair";
    case Sharing::window:
      return "window";
    case Sharing::tile:
      break;
  }
  return "tile";
}

TableType parse_table_type(const std::string& text) {
  if (text == "float") return TableType::float32;
  if (text == "bf16") return TableType::bf16;
  throw Error("--table-type " + text + " is not known: expected float or bf16");
}

std::string to_string(TableType type) { return type == TableType::bf16 ? "bf16" : "float"; }

int thread_count(const Config& config) {
  if (config.threads > 0) return config.threads;
  static const int usable = usable_cpus();
  return usable;
}

int training_threads(const Config& config) { return config.deterministic ? 1 : thread_count(config); }

}  // namespace warp2vec
