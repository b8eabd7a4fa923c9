#include "host/cli/bench/measured_run.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace warp2vec::cli::bench {
namespace {

using nlohmann::json;

double seconds_of(const MeasuredRun& run, const char* phase) {
  const auto found = run.seconds.find(phase);
  return found == run.seconds.end() ? 0 : found->second;
}

double words_by(const MeasuredRun& run, double seconds) {
  return seconds > 0 ? static_cast<double>(run.trained_tokens) / seconds : 0;
}

}  // namespace

double MeasuredRun::training_speed() const {
  if (!is_gpu(cell.device)) return words_by(*this, seconds_of(*this, "train"));
  const double kernels = seconds_of(*this, kKernels);
  return kernels > 0 ? words_by(*this, kernels + seconds_of(*this, kSubsampling)) : 0;
}

double MeasuredRun::speed_together() const { return words_by(*this, seconds_of(*this, kTogether)); }

std::vector<LossPoint> thinned(const std::vector<LossPoint>& curve, std::size_t most) {
  const std::size_t group = (curve.size() + most - 1) / most;
  if (group <= 1) return curve;
  std::vector<LossPoint> out;
  for (std::size_t first = 0; first < curve.size(); first += group) {
    const std::size_t last = std::min(first + group, curve.size());
    LossPoint mean;
    for (std::size_t i = first; i < last; ++i) {
      mean.seconds += curve[i].seconds;
      mean.loss += curve[i].loss;
    }
    const auto count = static_cast<double>(last - first);
    out.push_back({mean.seconds / count, mean.loss / count});
  }
  return out;
}

void to_json(json& out, const MeasuredRun& run) {
  out = {{"cell", run.cell}, {"round", run.round}};
  if (!run.failure.empty()) {
    out["failure"] = run.failure;
    return;
  }
  out["seconds"] = run.seconds;
  out["vocabulary"] = run.vocabulary;
  out["trained_tokens"] = run.trained_tokens;
  out["pairs"] = run.pairs;
  out["peak_memory_bytes"] = run.peak_memory;
  out["gpu_memory_bytes"] = run.gpu_memory;
  out["loss"] = run.loss;
  out["quality"] = run.quality;
  json curve = json::array();
  for (const LossPoint& point : run.loss_curve) curve.push_back({point.seconds, point.loss});
  out["loss_curve"] = std::move(curve);
}

void from_json(const json& in, MeasuredRun& run) {
  in.at("cell").get_to(run.cell);
  in.at("round").get_to(run.round);
  run.failure = in.value("failure", "");
  if (!run.failure.empty()) return;
  in.at("seconds").get_to(run.seconds);
  in.at("vocabulary").get_to(run.vocabulary);
  in.at("trained_tokens").get_to(run.trained_tokens);
  in.at("pairs").get_to(run.pairs);
  in.at("peak_memory_bytes").get_to(run.peak_memory);
  in.at("gpu_memory_bytes").get_to(run.gpu_memory);
  in.at("loss").get_to(run.loss);
  in.at("quality").get_to(run.quality);
  run.loss_curve.clear();
  for (const json& point : in.at("loss_curve"))
    run.loss_curve.push_back({point.at(0).get<double>(), point.at(1).get<double>()});
}

}  // namespace warp2vec::cli::bench
