#include "kernels/softmax/softmax_trainer.h"

#include "host/training/softmax_tile.h"

#include <algorithm>

namespace warp2vec {
namespace {

std::int64_t max_pairs(const TrainingData& data, std::int64_t centres) {
  return centres * 2 * data.config.window;
}

template <class T>
std::int64_t bytes_of(const std::vector<T>& values) {
  return static_cast<std::int64_t>(values.size() * sizeof(T));
}

}  // namespace

SoftmaxTrainer::SoftmaxTrainer(const TrainingData& data, Uploader& uploader, std::int64_t centres,
                               std::int32_t group)
    : data_(data),
      uploader_(uploader),
      device_contexts_(max_pairs(data, centres)),
      device_centres_(max_pairs(data, centres)),
      rows_(max_pairs(data, group) * Matrix::padded(data.config.dim)),
      updates_(rows_.size()),
      scores_(max_pairs(data, group) * data.vocabulary.size()) {
  WARP2VEC_CUBLAS_CHECK(cublas().create(&cublas_));
}

SoftmaxTrainer::~SoftmaxTrainer() { cublas().destroy(cublas_); }

std::int64_t SoftmaxTrainer::train(const Batch& batch, const Model& model, double* losses,
                                   const CudaStream& stream) {
  list_pairs(batch);
  upload_pairs(stream);
  WARP2VEC_CUBLAS_CHECK(cublas().set_stream(cublas_, stream.get()));
  std::int64_t begin = 0;
  for (const Group& group : groups_) {
    const SoftmaxPairs pairs{device_contexts_.data() + begin, device_centres_.data() + begin, group.lr,
                             static_cast<std::int32_t>(group.end - begin)};
    if (pairs.size > 0) train_group(pairs, model, losses, stream);
    begin = group.end;
  }
  stream.record(pairs_done_);
  return begin;
}

// On the host: negligible next to products with the whole vocabulary.
void SoftmaxTrainer::list_pairs(const Batch& batch) {
  const Config& config = data_.config;
  const Draws& draws = batch.epoch->draws();
  KeptSpan span;
  batch.epoch->read(batch.first - config.window, batch.last + config.window, span);
  const KeptView kept = span.view();
  contexts_.clear();
  centres_.clear();
  groups_.clear();
  const std::int64_t begin = batch.first - kept.first;
  const std::int64_t end = batch.last - kept.first;
  std::int64_t tile_end = begin;
  std::int64_t group_end = begin;
  for (std::int64_t centre = begin; centre < end; ++centre) {
    const std::int64_t position = kept.positions[centre];
    if (centre == tile_end) tile_end = std::min(end, centre + config.centres_per_tile());
    if (centre == group_end) {
      group_end += softmax_centres({kept.words + centre, kept.words + tile_end}, config);
      groups_.push_back({0, data_.lr_at(draws.epoch, position)});
    }
    const KeptRange window =
        kept.around(centre, window_width(draws, position, config.window, config.shrink_window));
    for (std::int64_t i = window.begin; i < window.end; ++i) {
      if (i == centre) continue;
      contexts_.push_back(static_cast<std::int32_t>(kept.words[i]));
      centres_.push_back(static_cast<std::int32_t>(kept.words[centre]));
    }
    groups_.back().end = static_cast<std::int64_t>(contexts_.size());
  }
}

void SoftmaxTrainer::upload_pairs(const CudaStream& stream) {
  uploader_.upload(device_contexts_.data(), contexts_.data(), bytes_of(contexts_), &pairs_done_);
  uploader_.upload(device_centres_.data(), centres_.data(), bytes_of(centres_), &pairs_done_);
  uploader_.finish_before(stream);
}

// S = X Y^T; S becomes the gradients G; X is updated by G Y and Y by G^T X. cuBLAS is
// column-major: these rows are its columns, and the factors of a product are swapped.
void SoftmaxTrainer::train_group(const SoftmaxPairs& pairs, const Model& model, double* losses,
                                 const CudaStream& stream) {
  const auto words = static_cast<int>(model.output.rows);
  const auto stride = static_cast<int>(model.output.stride);
  const int dim = model.output.cols;
  const float one = 1;
  const float zero = 0;
  launch_gather(model.input, pairs, rows_.data(), stream.get());
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_T, CUBLAS_OP_N, words, pairs.size, dim, &one,
                                       model.output.data, stride, rows_.data(), stride, &zero, scores_.data(),
                                       words));
  launch_softmax(pairs, scores_.data(), words, losses, stream.get());
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_N, CUBLAS_OP_N, stride, pairs.size, words, &one,
                                       model.output.data, stride, scores_.data(), words, &zero,
                                       updates_.data(), stride));
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_N, CUBLAS_OP_T, stride, words, pairs.size, &one,
                                       rows_.data(), stride, scores_.data(), words, &one, model.output.data,
                                       stride));
  launch_scatter_add(model.input, pairs, updates_.data(), stream.get());
}

}  // namespace warp2vec
