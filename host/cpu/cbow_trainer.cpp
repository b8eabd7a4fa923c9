#include "host/cpu/cbow_trainer.h"

#include "host/cpu/simd/simd_kernels.h"
#include "host/training/softmax_tile.h"

#include <algorithm>

namespace warp2vec {

CbowTrainer::CbowTrainer(const TrainingData& data, const TrainedMatrices& matrices, Embeddings& embeddings,
                         PrivateRowsPlan nodes, int threads)
    : data_(data),
      matrices_(matrices),
      embeddings_(embeddings),
      threads_(threads),
      batch_(data),
      nodes_(embeddings.nodes.view(), nodes) {
  const Config& config = data.config;
  if (config.loss.softmax) {
    softmax_.emplace(data, embeddings);
    return;
  }
  const std::int32_t centres = tiled() ? config.centres_per_tile() : 1;
  h_ = ContextCopies(centres, config.dim);
  h_updates_ = Matrix(h_.rows.rows(), config.dim);
  window_sums_ = CbowWindows::running_sums(config, centres);
  if (!config.loss.negative_sampling || !tiled()) return;
  const std::int32_t negatives = config.negatives_per_tile();
  z_ = Matrix(negatives, config.dim);
  z_updates_ = Matrix(negatives, config.dim);
  scores_ = Matrix(negatives, static_cast<std::int32_t>(h_.rows.rows()));
}

// In the order of the reference.
void CbowTrainer::list_steps() {
  const Config& config = data_.config;
  const std::int64_t tile = tiled() ? config.centres_per_tile() : 1;
  const std::int64_t paths = tiled() ? config.path_tile_centres() : 1;
  steps_.clear();
  for (std::int64_t i = batch_.begin(); i < batch_.end(); i += tile) {
    const std::int64_t end = std::min(batch_.end(), i + tile);
    if (config.loss.negative_sampling) steps_.push_back({false, i, end});
    if (!config.loss.hierarchical_softmax) continue;
    for (std::int64_t p = i; p < end; p += paths) steps_.push_back({true, p, std::min(end, p + paths)});
  }
}

// While one step is trained, the rows of the next one are prefetched.
Trained CbowTrainer::train(const Batch& batch) {
  batch_.read(batch);
  Trained trained;
  trained.pairs = batch_.pairs();
  if (softmax_) {
    for (std::int64_t i = batch_.begin(); i < batch_.end(); i += data_.config.centres_per_tile())
      trained.loss += train_softmax_tile(*softmax_, data_.config, batch_, i, threads_);
    return trained;
  }
  list_steps();
  prepare(steps_.front(), prepared_[0]);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    if (s + 1 < steps_.size()) prepare(steps_[s + 1], prepared_[(s + 1) % 2]);
    trained.loss += train(prepared_[s % 2]);
  }
  nodes_.merge();
  return trained;
}

void CbowTrainer::prepare(const Step& step, Prepared& prepared) {
  prepared.windows.list(batch_, data_.config, step.begin, step.end, embeddings_);
  prepared.targets.clear();
  prepared.ends.clear();
  prepared.signs.clear();
  prepared.from.clear();
  prepared.collisions.clear();
  prepared.shares_negatives = tiled() && !step.paths;
  if (prepared.windows.size() == 0) return;
  if (step.paths)
    add_paths(prepared);
  else if (tiled())
    add_shared_negatives(step, prepared);
  else
    add_negatives(step, prepared);
  prepared.signs.resize(
      static_cast<std::size_t>(simd::padded(static_cast<std::int64_t>(prepared.signs.size()))));
  const float lr = batch_.lr(step.begin);
  prepared.windows.damp(step.paths ? matrices_.input_under_tree : matrices_.input, lr);
  prepared.targets.damp(step.paths ? matrices_.nodes : matrices_.output, lr);
  prepared.windows.prefetch(h_updates_.stride());
  simd::prefetch(prepared.targets.rows.data(), prepared.targets.size(), h_updates_.stride());
}

void CbowTrainer::add_target(float* row, std::int64_t number, float sign, std::size_t h,
                             Prepared& prepared) const {
  prepared.targets.add(row, number, 1);
  prepared.signs.push_back(sign);
  prepared.from.push_back(h_.rows.row(static_cast<std::int64_t>(h)));
}

// Sharing::pair: the centre, and K negatives of its own.
void CbowTrainer::add_negatives(const Step& step, Prepared& prepared) {
  const auto add = [&](WordId word, float sign) {
    add_target(embeddings_.output.row(row_of(word)), row_of(word), sign, 0, prepared);
  };
  const WordId centre = batch_.word(step.begin);
  add(centre, 1);
  for (const WordId negative : negative_draws_.draw(batch_.draws(), data_.negatives.view(),
                                                    batch_.position(step.begin), 0, data_.config.negative))
    if (negative != centre) add(negative, -1);
  prepared.ends.push_back(prepared.targets.size());
}

// Sharing::tile: the centres, and M negatives for all of them.
void CbowTrainer::add_shared_negatives(const Step& step, Prepared& prepared) {
  const std::vector<std::int64_t>& centres = prepared.windows.centres();
  for (std::size_t h = 0; h < centres.size(); ++h) {
    const WordId centre = batch_.word(centres[h]);
    add_target(embeddings_.output.row(row_of(centre)), row_of(centre), 1, h, prepared);
    prepared.ends.push_back(prepared.targets.size());
  }
  const std::int64_t tile = batch_.ordinal(step.begin) / data_.config.centres_per_tile();
  const auto count = static_cast<std::int32_t>(z_.rows());
  const float pairs =
      tile_negative_weight(1, data_.config.negative, count) * static_cast<float>(centres.size());
  words_.clear();
  for (const std::int64_t centre : centres) words_.push_back(batch_.word(centre));
  std::int64_t m = 0;
  for (const WordId negative : negative_draws_.draw(batch_.draws(), data_.negatives.view(), tile, 0, count)) {
    prepared.targets.add(embeddings_.output.row(row_of(negative)), row_of(negative), pairs);
    prepared.from.push_back(z_updates_.row(m));
    // Rarely any: counting needs no branches.
    if (std::count(words_.begin(), words_.end(), negative) > 0)
      for (std::size_t h = 0; h < words_.size(); ++h)
        if (words_[h] == negative)
          prepared.collisions.push_back(m * scores_.stride() + static_cast<std::int64_t>(h));
    ++m;
  }
}

// The nodes of each centre's path.
void CbowTrainer::add_paths(Prepared& prepared) {
  const HuffmanView tree = data_.tree.view();
  const std::vector<std::int64_t>& centres = prepared.windows.centres();
  for (std::size_t h = 0; h < centres.size(); ++h) {
    const WordId word = batch_.word(centres[h]);
    for (int depth = 0; depth < tree.length(word); ++depth) {
      const PathStep step = tree.step(word, depth);
      add_target(nodes_.visit(step.node), step.node, step.right ? -1.0F : 1.0F, h, prepared);
    }
    prepared.ends.push_back(prepared.targets.size());
  }
}

// H with the tile's negatives: scores, gradients, and the updates of both, those of the negatives in
// z_updates_. Returns the loss.
double CbowTrainer::train_shared_negatives(const Prepared& prepared) {
  const std::int64_t stride = h_updates_.stride();
  const std::int64_t hidden = prepared.windows.size();
  const std::int64_t columns = simd::padded(hidden);
  const std::int64_t negatives = z_.rows();
  simd::gather(prepared.targets.rows.data() + prepared.ends.back(), negatives, stride, z_.row(0));
  h_.transpose(hidden);
  negative_sizes_.assign(static_cast<std::size_t>(columns), 0.0F);
  std::fill_n(negative_sizes_.begin(), hidden,
              tile_negative_weight(1, data_.config.negative, static_cast<std::int32_t>(negatives)));
  simd::multiply(negatives, columns, data_.config.dim, rows_of(z_), h_.columns.row(0), h_.columns.stride(),
                 scores_.row(0), scores_.stride(), false);
  for (const std::int64_t score : prepared.collisions) scores_.row(0)[score] = simd::kMasked;
  const double loss =
      simd::negative_gradients(negatives, columns, negative_sizes_.data(), scores_.row(0), scores_.stride());
  simd::multiply(hidden, stride, negatives, transpose_of(scores_), z_.row(0), stride, h_updates_.row(0),
                 stride, false);
  simd::multiply(negatives, stride, hidden, rows_of(scores_), h_.rows.row(0), stride, z_updates_.row(0),
                 stride, false);
  return loss;
}

double CbowTrainer::train(const Prepared& prepared) {
  const std::int64_t hidden = prepared.windows.size();
  if (hidden == 0) return 0;
  const std::int64_t stride = h_updates_.stride();
  prepared.windows.hidden(window_sums_, h_.rows);
  double loss = 0;
  if (prepared.shares_negatives)
    loss = train_shared_negatives(prepared);
  else
    std::fill_n(h_updates_.row(0), hidden * stride, 0.0F);

  const std::int64_t own = prepared.ends.back();
  if (const std::int64_t targets = prepared.targets.size(); gradients_.cols() < targets)
    gradients_ = Matrix(1, static_cast<std::int32_t>(targets));
  float* const gradients = gradients_.row(0);
  simd::dots(own, prepared.from.data(), prepared.targets.rows.data(), stride, gradients);
  loss += simd::sign_gradients(own, prepared.signs.data(), gradients);

  // First everything that reads the targets' old values.
  std::int64_t first = 0;
  for (std::int64_t h = 0; h < hidden; ++h) {
    const std::int64_t end = prepared.ends[static_cast<std::size_t>(h)];
    simd::add_combination(h_updates_.row(h), 1, nullptr, end - first, gradients + first,
                          prepared.targets.rows.data() + first, stride);
    first = end;
  }
  prepared.windows.update_contexts(h_updates_, window_sums_);
  std::fill_n(gradients + own, prepared.targets.size() - own, 1.0F);
  simd::add_rows(prepared.targets.size(), prepared.targets.rows.data(), prepared.targets.scales.data(),
                 gradients, prepared.from.data(), stride);
  return loss;
}

}  // namespace warp2vec
