#include "kernels/backend/cuda_backend.h"

#include <warp2vec/error.h>

#include "host/training/checks.h"
#include "kernels/backend/cuda_devices.h"
#include "kernels/backend/device_embeddings.h"
#include "kernels/backend/device_tables.h"
#include "kernels/backend/in_flight.h"
#include "kernels/backend/kept_on_device.h"
#include "kernels/backend/model_of.h"
#include "kernels/cuda/nccl.h"
#include "kernels/cuda/profiler_range.h"
#include "kernels/cuda/stream.h"
#include "kernels/merging/device_agreement.h"
#include "kernels/softmax/softmax_trainer.h"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

void check(const Config& config) {
  if (config.dim > kMaxCudaDim)
    throw Error("--dim " + std::to_string(config.dim) + ": a GPU trains at most " +
                std::to_string(kMaxCudaDim) + "; --device cpu trains more");
}

/// The totals that warps accumulate on the device.
class DeviceTotals {
 public:
  explicit DeviceTotals(std::int64_t size) : loss_(size), loss_pairs_(size), pairs_(size) {}

  Totals view() const { return {loss_.data(), loss_pairs_.data(), pairs_.data()}; }

  void clear(const CudaStream& stream) const {
    clear(loss_, stream);
    clear(loss_pairs_, stream);
    clear(pairs_, stream);
  }

  /// Waits for `stream`, sums and clears. The sampled loss is extrapolated to all pairs.
  Trained take(const CudaStream& stream) const {
    stream.synchronize();
    const double loss = sum(loss_);
    const std::int64_t loss_pairs = sum(loss_pairs_);
    const std::int64_t pairs = sum(pairs_);
    clear(stream);
    return {loss_of_all(loss, loss_pairs, pairs), pairs};
  }

 private:
  template <class T>
  static void clear(const DeviceArray<T>& values, const CudaStream& stream) {
    WARP2VEC_CUDA_CHECK(
        cudaMemsetAsync(values.data(), 0, static_cast<std::size_t>(values.bytes()), stream.get()));
  }
  template <class T>
  static T sum(const DeviceArray<T>& values) {
    std::vector<T> copy(static_cast<std::size_t>(values.size()));
    WARP2VEC_CUDA_CHECK(cudaMemcpy(copy.data(), values.data(), static_cast<std::size_t>(values.bytes()),
                                   cudaMemcpyDeviceToHost));
    return std::accumulate(copy.begin(), copy.end(), T{});
  }

  DeviceArray<double> loss_;
  DeviceArray<std::int64_t> loss_pairs_;
  DeviceArray<std::int64_t> pairs_;
};

/// Queues batches on one stream: subsampling (which the full softmax leaves to the host), then training. The
/// host stays at most two batches ahead. Any thread may call, one at a time, and may use other devices
/// between calls: each call makes this device the thread's own.
class OneGpuBackend final : public CudaBackend {
 public:
  OneGpuBackend(const TrainingData& data, CudaDevice device, const CudaLimits& limits, bool divided)
      : data_(data),
        device_(std::move(device)),
        divided_(divided),
        plan_(plan_cuda(data, device_, limits, divided)),
        model_(model_of(data, plan_.tile_centres)),
        tables_(data, HotMatrices(data, centres_elsewhere(model_, plan_.in_flight)), uploader_),
        totals_(std::max<std::int64_t>(plan_.warps(), kSoftmaxBlocks)),
        scratch_(plan_.launch.shared ? 0 : plan_.blocks * plan_.launch.scratch_bytes) {
    tables_.set_views(model_);
    if (data.config.loss.softmax)
      softmax_ =
          std::make_unique<SoftmaxTrainer>(data, uploader_, plan_.batch_centres, plan_.softmax_centres);
  }

  ~OneGpuBackend() override { cudaSetDevice(device_.index); }  // to release what it owns

  const CudaDevice& device() const override { return device_; }
  const CudaMemoryPlan& memory() const override { return plan_.memory; }
  std::int64_t centres_in_flight() const override { return plan_.centres_in_flight(); }
  int busy_multiprocessors() const override {
    return softmax_ ? device_.multiprocessors : std::min(plan_.blocks, device_.multiprocessors);
  }
  bool tensor_cores() const override { return plan_.launch.tensor_cores; }
  CudaSeconds kernel_seconds() const override { return seconds_; }
  std::int64_t batch_size() const override { return plan_.batch_centres; }

  void upload(Embeddings& embeddings) override {
    require_shapes(embeddings, data_.config, data_.vocabulary.size());
    use_device();
    const ProfilerRange range("upload");
    embeddings_.emplace(embeddings, data_.config.table_type, uploader_);
    embeddings_->set_views(model_);
    if (!softmax_) {
      corpus_.emplace(data_.tokens, data_.vocabulary.size(), uploader_, plan_.memory.corpus_resident);
      kept_.emplace(*corpus_, data_.tokens.tokens(), tables_.thresholds(), data_.config.max_sentence,
                    plan_.batch_tokens);
    }
    totals_.clear(stream_);
    uploader_.finish_before(stream_);
    stream_.synchronize();
  }

  // For a streamed corpus the host would have to pack and copy every token, which costs as much as counting
  // them.
  KeptTokens kept_tokens(const TrainingData& data, std::uint32_t epoch) override {
    require_own(data, data_);
    if (softmax_ || !plan_.memory.corpus_resident) return data.kept_tokens(epoch);
    use_device();
    const ProfilerRange range("count kept tokens");
    const Draws draws{data.config.seed, epoch};
    counting_.begin(stream_);
    const std::vector<KeptCount> counts = kept_->count(draws, stream_);
    counting_.end(stream_);
    return {data.tokens, data.keep_thresholds, draws, data.config.max_sentence, counts};
  }

  void train(const Batch& batch) override {
    require_trainable(batch, embeddings_.has_value());
    use_device();
    name_epoch(batch.epoch->draws().epoch);
    const ProfilerRange range("queue a batch");
    BatchInFlight& place = in_flight_[next_];
    next_ = 1 - next_;
    place.done.synchronize();
    add_seconds_of(place);
    if (softmax_) {
      place.training.begin(stream_);
      softmax_predictions_ += softmax_->train(batch, model_, totals_.view().loss, stream_);
      place.training.end(stream_);
    } else {
      train_centres(batch, place);
    }
    stream_.record(place.done);
  }

  Trained drain() override {
    use_device();
    const ProfilerRange range("wait for batches");
    Trained trained = totals_.take(stream_);
    seconds_.subsampling += counting_.take();
    for (BatchInFlight& batch : in_flight_) add_seconds_of(batch);
    trained.pairs += std::exchange(softmax_predictions_, 0);
    return trained;
  }

  std::unique_ptr<Merging> merging(Ranks& ranks, Embeddings& embeddings) override {
    require_held(embeddings);
    if (!divided_) throw Error("a backend that was made for a run that is not divided has no room to merge");
    use_device();
    std::vector<MatrixView<float>> floats;
    std::vector<MatrixView<Bf16>> bf16;
    for (const MatrixView<float>& matrix : {model_.input, model_.output, model_.nodes})
      if (matrix.data != nullptr) floats.push_back(matrix);
    for (const MatrixView<Bf16>& matrix : {model_.input_bf16, model_.output_bf16})
      if (matrix.data != nullptr) bf16.push_back(matrix);
    return std::make_unique<DeviceAgreement>(ranks, device_.index, stream_, floats, bf16);
  }

  void checkpoint(Embeddings& embeddings) override {
    require_held(embeddings);
    use_device();
    const ProfilerRange range("checkpoint");
    embeddings_->download(embeddings, stream_);
  }
  void download(Embeddings& embeddings) override {
    require_held(embeddings);
    use_device();
    epoch_range_.reset();
    const ProfilerRange range("download");
    embeddings_->download(embeddings, stream_);
  }

 private:
  struct BatchInFlight {
    CudaEvent done;
    StreamTimer subsampling;
    StreamTimer training;
  };

  void use_device() const { WARP2VEC_CUDA_CHECK(cudaSetDevice(device_.index)); }

  // That they are copied to are of the device's shapes.
  void require_held(const Embeddings& embeddings) const {
    if (!embeddings_) throw Error("a backend has parameters to copy after upload()");
    require_shapes(embeddings, data_.config, data_.vocabulary.size());
  }

  void name_epoch(std::uint32_t epoch) {
    if (epoch_range_ && epoch == epoch_) return;
    epoch_range_.reset();
    epoch_range_.emplace("epoch " + std::to_string(epoch + 1));
    epoch_ = epoch;
  }

  // The batch must be done.
  void add_seconds_of(BatchInFlight& batch) {
    seconds_.subsampling += batch.subsampling.take();
    seconds_.kernels += batch.training.take();
  }

  void train_centres(const Batch& batch, BatchInFlight& place) {
    const std::int64_t halo = data_.config.window;
    place.subsampling.begin(stream_);
    const KeptView kept = kept_->read(*batch.epoch, batch.first - halo, batch.last + halo, stream_);
    place.subsampling.end(stream_);
    const Draws& draws = batch.epoch->draws();
    place.training.begin(stream_);
    launch_train(plan_.launch, plan_.blocks, model_,
                 {kept, batch.first - kept.first, batch.last - kept.first, {draws.seed, draws.epoch}},
                 totals_.view(), scratch_.data(), stream_.get());
    place.training.end(stream_);
  }

  const TrainingData& data_;
  const CudaDevice device_;
  const bool divided_;
  const CudaPlan plan_;
  Model model_;
  CudaStream stream_;
  Uploader uploader_;
  DeviceTables tables_;
  DeviceTotals totals_;
  DeviceArray<unsigned char> scratch_;
  std::unique_ptr<SoftmaxTrainer> softmax_;
  std::optional<DeviceEmbeddings> embeddings_;
  std::optional<DeviceCorpus> corpus_;
  std::optional<KeptOnDevice> kept_;
  StreamTimer counting_;
  std::array<BatchInFlight, 2> in_flight_;
  std::size_t next_ = 0;
  CudaSeconds seconds_;
  std::int64_t softmax_predictions_ = 0;
  std::optional<ProfilerRange> epoch_range_;
  std::uint32_t epoch_ = 0;  // of the range
};

}  // namespace

void require_nccl() { nccl(); }

std::unique_ptr<CudaBackend> make_cuda_backend(const TrainingData& data, int device, const CudaLimits& limits,
                                               bool divided) {
  check(data.config);
  if (divided) require_nccl();
  return std::make_unique<OneGpuBackend>(data, use_cuda_device(device), limits, divided);
}

std::unique_ptr<CudaBackend> make_cuda_backend(const TrainingData& data, int device, bool divided) {
  return make_cuda_backend(data, device, CudaLimits{}, divided);
}

}  // namespace warp2vec
