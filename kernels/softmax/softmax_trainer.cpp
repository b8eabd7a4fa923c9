#include "kernels/softmax/softmax_trainer.h"

#include "host/training/softmax_tile.h"

#include <algorithm>

namespace warp2vec {
namespace {

template <class T>
std::int64_t bytes_of(const std::vector<T>& values) {
  return static_cast<std::int64_t>(values.size() * sizeof(T));
}

}  // namespace

SoftmaxTrainer::SoftmaxTrainer(const TrainingData& data, Uploader& uploader, std::int64_t centres,
                               std::int32_t group)
    : data_(data),
      uploader_(uploader),
      device_contexts_(centres * 2 * data.config.window),
      device_windows_(cbow() ? max_predictions(data.config, centres) + 1 : 0),
      device_centres_(max_predictions(data.config, centres)),
      hidden_(max_predictions(data.config, group) * Matrix::padded(data.config.dim)),
      updates_(hidden_.size()),
      scores_(max_predictions(data.config, group) * data.vocabulary.size()) {
  WARP2VEC_CUBLAS_CHECK(cublas().create(&cublas_));
}

SoftmaxTrainer::~SoftmaxTrainer() { cublas().destroy(cublas_); }

std::int64_t SoftmaxTrainer::train(const Batch& batch, const Model& model, double* losses,
                                   const CudaStream& stream) {
  list_predictions(batch);
  upload_lists(stream);
  WARP2VEC_CUBLAS_CHECK(cublas().set_stream(cublas_, stream.get()));
  std::int64_t begin = 0;
  for (const Group& group : groups_) {
    const SoftmaxPredictions predictions{device_contexts_.data() + (cbow() ? 0 : begin),
                                         cbow() ? device_windows_.data() + begin : nullptr,
                                         data_.config.cbow_rule(),
                                         device_centres_.data() + begin,
                                         group.lr,
                                         static_cast<std::int32_t>(group.end - begin)};
    if (predictions.size > 0) train_group(predictions, model, losses, stream);
    begin = group.end;
  }
  stream.record(lists_done_);
  return begin;
}

// On the host: negligible next to products with the whole vocabulary.
void SoftmaxTrainer::list_predictions(const Batch& batch) {
  const Config& config = data_.config;
  const Draws& draws = batch.epoch->draws();
  KeptSpan span;
  batch.epoch->read(batch.first - config.window, batch.last + config.window, span);
  const KeptView kept = span.view();
  contexts_.clear();
  windows_.assign(cbow() ? 1 : 0, 0);
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
    for (std::int64_t i = window.begin; i < window.end; ++i)
      if (i != centre) contexts_.push_back(static_cast<std::int32_t>(kept.words[i]));
    const std::int32_t contexts = window.size() - 1;
    const std::int32_t predictions = cbow() ? std::min(contexts, 1) : contexts;
    centres_.insert(centres_.end(), static_cast<std::size_t>(predictions),
                    static_cast<std::int32_t>(kept.words[centre]));
    if (cbow() && predictions > 0) windows_.push_back(static_cast<std::int32_t>(contexts_.size()));
    groups_.back().end = static_cast<std::int64_t>(centres_.size());
  }
}

void SoftmaxTrainer::upload_lists(const CudaStream& stream) {
  uploader_.upload(device_contexts_.data(), contexts_.data(), bytes_of(contexts_), &lists_done_);
  uploader_.upload(device_windows_.data(), windows_.data(), bytes_of(windows_), &lists_done_);
  uploader_.upload(device_centres_.data(), centres_.data(), bytes_of(centres_), &lists_done_);
  uploader_.finish_before(stream);
}

// S = H Y^T; S becomes the gradients G; H is updated by G Y and Y by G^T H, where H = X for skip-gram. cuBLAS
// is column-major: these rows are its columns, and the factors of a product are swapped.
void SoftmaxTrainer::train_group(const SoftmaxPredictions& predictions, const Model& model, double* losses,
                                 const CudaStream& stream) {
  const auto words = static_cast<int>(model.output.rows);
  const auto stride = static_cast<int>(model.output.stride);
  const int dim = model.output.cols;
  const float one = 1;
  const float zero = 0;
  launch_gather(model.input, predictions, hidden_.data(), stream.get());
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_T, CUBLAS_OP_N, words, predictions.size, dim, &one,
                                       model.output.data, stride, hidden_.data(), stride, &zero,
                                       scores_.data(), words));
  launch_softmax(predictions, scores_.data(), words, losses, stream.get());
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_N, CUBLAS_OP_N, stride, predictions.size, words,
                                       &one, model.output.data, stride, scores_.data(), words, &zero,
                                       updates_.data(), stride));
  WARP2VEC_CUBLAS_CHECK(cublas().sgemm(cublas_, CUBLAS_OP_N, CUBLAS_OP_T, stride, words, predictions.size,
                                       &one, hidden_.data(), stride, scores_.data(), words, &one,
                                       model.output.data, stride));
  launch_scatter_add(model.input, predictions, updates_.data(), stream.get());
}

}  // namespace warp2vec
