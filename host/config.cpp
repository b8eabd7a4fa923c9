#include <warp2vec/config.h>
#include <warp2vec/error.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <thread>

namespace warp2vec {
namespace {

template <class T>
void check_range(const char* flag, T value, T low, T high) {
  if (value >= low && value <= high) return;
  std::ostringstream message;
  message << flag << " " << value << " is out of range: expected " << low << " to " << high;
  throw Error(message.str());
}

}  // namespace

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
  check_range("--ns-exponent", ns_exponent, -10.0, 10.0);
  check_range("--tile-centres", tile_centres, 0, 1024);
  check_range("--tile-negatives", tile_negatives, 0, 1024);
  if (table_type == TableType::bf16 && (sharing != Sharing::tile || to_string(loss) != "ns"))
    throw Error("--table-type bf16 is for --loss ns with --sharing tile, not for --loss " + to_string(loss) +
                " with --sharing " + to_string(sharing));
  check_range("--sample", sample, 0.0, 1.0);
  if (!(lr > 0 && lr <= 10)) {
    std::ostringstream message;
    message << "--lr " << lr << " is out of range: expected above 0, at most 10";
    throw Error(message.str());
  }
  check_range("--epochs", epochs, 1, 1000000);
  check_range<std::int64_t>("--max-sentence", max_sentence, 0, INT64_MAX);
  check_range("--threads", threads, 0, 1024);
}

void Config::require_cpu() const {
  if (table_type == TableType::bf16) throw Error("--table-type bf16 needs a GPU: --device cuda");
}

double Config::pairs_per_centre() const { return shrink_window ? window + 1.0 : 2.0 * window; }

std::int32_t Config::centres_per_tile() const {
  if (tile_centres > 0) return tile_centres;
  static const double L=getenv("XL")?atof(getenv("XL")):2.0;
  const double pairs = L / (0.2 * lr * (1 + negative));
  const double centres = pairs >= pairs_per_centre() ? 64.0 : pairs;
  return static_cast<std::int32_t>(std::clamp(centres, 1.0, 64.0));
}

std::int32_t Config::negatives_per_tile() const {
  if (tile_negatives > 0) return tile_negatives;
  static const double W=getenv("XW")?atof(getenv("XW")):1.6;
  const double wanted = lr * centres_per_tile() * pairs_per_centre() * negative / W;
  return static_cast<std::int32_t>(std::clamp(std::ceil(wanted), 32.0, 1024.0));
}

std::int32_t Config::path_tile_centres() const {
  constexpr double kStablePairs = 1.25;
  const double most = std::min(kMostPathCentres, centres_per_tile());
  return static_cast<std::int32_t>(std::clamp(kStablePairs / (lr * pairs_per_centre()), 1.0, most));
}

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
  if (text == "pair") return Sharing::pair;
  if (text == "window") return Sharing::window;
  if (text == "tile") return Sharing::tile;
  throw Error("--sharing " + text + " is not known: expected pair, window or tile");
}

std::string to_string(Sharing sharing) {
  switch (sharing) {
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
  const unsigned hardware = std::thread::hardware_concurrency();
  return hardware > 0 ? static_cast<int>(hardware) : 1;
}

}  // namespace warp2vec
