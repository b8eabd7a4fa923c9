#include <warp2vec/checkpoint.h>
#include <warp2vec/cuda.h>
#include <warp2vec/model.h>
#include <warp2vec/trainer.h>

#include "host/python/bindings/arrays.h"
#include "host/python/bindings/bindings.h"
#include "host/vocabulary/words.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nb = nanobind;

namespace warp2vec::python {
namespace {

#ifdef WARP2VEC_PYTHON_CUDA
CudaDevices cuda_devices() { return find_cuda_devices(); }
std::unique_ptr<Backend> cuda_backend(const TrainingData& data, int gpu) {
  return make_cuda_backend(data, gpu);
}
#else
CudaDevices cuda_devices() { return {{}, {"this build has no CUDA"}}; }
std::unique_ptr<Backend> cuda_backend(const TrainingData& /*data*/, int /*gpu*/) {
  throw Error("this build has no CUDA");
}
#endif

// Called from C++ while another thread may run Python. What it raises stops the run, whose vectors remain
// those so far, and is raised again after that.
class PythonObserver {
 public:
  PythonObserver(nb::object observe, std::int32_t epochs) : observe_(std::move(observe)), epochs_(epochs) {}

  bool operator()(const Progress& progress) {
    const nb::gil_scoped_acquire acquired;
    pairs_ = progress.pairs_done;
    ended_ = progress.epoch_end && progress.epoch + 1 == epochs_;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      return observe_.is_none() || nb::cast<bool>(observe_(progress));
    } catch (...) {
      raised_ = std::current_exception();
      return false;
    }
  }

  void raise_again() const {
    if (raised_) std::rethrow_exception(raised_);
  }

  bool trained_nothing() const { return ended_ && pairs_ == 0; }

 private:
  nb::object observe_;
  const std::int32_t epochs_;
  std::int64_t pairs_ = 0;
  bool ended_ = false;
  std::exception_ptr raised_;
};

/// Where a run is saved, and how often.
struct CheckpointFile {
  std::string path;
  CheckpointWriter::Interval interval;
  nb::object told;  ///< told(words, failure) after each checkpoint; no failure is ""
};

// The checkpoints of a run, if there are any.
class RunFiles {
 public:
  RunFiles(const CheckpointFile* file, const Checkpoint* resumed, const TrainingData& data,
           const Embeddings& embeddings)
      : file_(file) {
    // The vectors that callbacks see at the end of an epoch are on the host.
    checkpoints_.epoch_end = {};
    if (file == nullptr && resumed == nullptr) return;
    TextFingerprint text = fingerprint_of(data.tokens, thread_count(data.config));
    if (resumed != nullptr) {
      require_same_text(resumed->text, text);
      checkpoints_.start = resumed->state;
    }
    if (file == nullptr) return;
    require_words(data.vocabulary, file->path);
    writer_.emplace(data, embeddings, std::move(text), std::vector<std::string>(), file->path,
                    file->interval);
    checkpoints_.sink = &*writer_;
  }

  const Checkpoints& checkpoints() const { return checkpoints_; }

  void tell() {
    if (!writer_) return;
    const std::vector<CheckpointWriter::Result> results = writer_->results();
    if (results.empty()) return;
    const nb::gil_scoped_acquire acquired;
    for (const CheckpointWriter::Result& result : results) file_->told(result.tokens, result.failure);
  }
  /// Waits for the last checkpoint.
  void finish() {
    if (writer_) writer_->finish();
    tell();
  }
  /// Saves what is left of a run whose device failed.
  void save(const Embeddings& embeddings, const TrainingState& state) {
    if (writer_) writer_->take(embeddings, state);
    finish();
  }

 private:
  const CheckpointFile* file_;
  std::optional<CheckpointWriter> writer_;
  Checkpoints checkpoints_;
};

TrainingSummary train_model(Config config, const Vocabulary& vocabulary, const TokenStream& tokens,
                            Embeddings& embeddings, std::optional<int> gpu, nb::object observe,
                            const CheckpointFile* checkpoint, const Checkpoint* resumed) {
  PythonObserver observer(std::move(observe), config.epochs);
  TrainingSummary summary;
  {
    const nb::gil_scoped_release released;
    if (resumed != nullptr) require_same_settings(resumed->config, config);
    config.sharing =
        choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config), gpu.has_value());
    const TrainingData data(config, vocabulary, tokens);
    RunFiles files(checkpoint, resumed, data, embeddings);
    const std::unique_ptr<Backend> backend = gpu ? cuda_backend(data, *gpu) : make_cpu_backend(data);
    const auto observed = [&](const Progress& progress) {
      files.tell();
      return observer(progress);
    };
    try {
      summary = train(data, *backend, embeddings, observed, files.checkpoints());
    } catch (const TrainingFailed& failure) {
      files.save(embeddings, failure.state());
      throw;
    } catch (const Error&) {
      if (!observer.trained_nothing()) throw;
      summary.tokens = tokens.tokens() * config.epochs;  // as in gensim, that is no error: Word2Vec warns
    }
    files.finish();
  }
  observer.raise_again();
  return summary;
}

// Twice as long as word2vec.c's, as gensim's are: uniform in [-1, 1) / dim.
Embeddings gensim_embeddings(std::int64_t words, const Config& config) {
  Embeddings embeddings = initial_embeddings(words, config);
  for (std::int64_t row = 0; row < words; ++row) {
    float* const values = embeddings.input.row(row);
    std::transform(values, values + config.dim, values, [](float value) { return 2 * value; });
  }
  return embeddings;
}

// Rows of embeddings that hold the words of others begin with their values.
void copy_rows(Embeddings& to, const Embeddings& from, const Array<const std::int32_t, 1>& rows) {
  const auto copy = [&](Matrix& target, const Matrix& source) {
    if (target.rows() == 0 || source.rows() == 0) return;
    for (std::size_t row = 0; row < rows.size(); ++row)
      std::copy_n(source.row(static_cast<std::int64_t>(row)), source.stride(), target.row(rows(row)));
  };
  copy(to.input, from.input);
  copy(to.output, from.output);
}

}  // namespace

void bind_training(nb::module_& core) {
  nb::class_<Embeddings>(core, "Embeddings")
      .def("__init__", [](Embeddings* self, std::int64_t words,
                          const Config& config) { new (self) Embeddings(gensim_embeddings(words, config)); })
      .def("copy_rows", &copy_rows)
      .def_prop_ro(
          "input",
          [](nb::handle_t<Embeddings> self) { return view(nb::cast<Embeddings&>(self).input, self); }, kOwned)
      .def_prop_ro(
          "output",
          [](nb::handle_t<Embeddings> self) { return view(nb::cast<Embeddings&>(self).output, self); },
          kOwned)
      .def_prop_ro(
          "nodes",
          [](nb::handle_t<Embeddings> self) { return view(nb::cast<Embeddings&>(self).nodes, self); },
          kOwned);

  nb::class_<Progress>(core, "Progress")
      .def_ro("epoch", &Progress::epoch)
      .def_ro("tokens_done", &Progress::tokens_done)
      .def_ro("tokens_total", &Progress::tokens_total)
      .def_ro("loss", &Progress::loss)
      .def_ro("lr", &Progress::lr)
      .def_ro("seconds", &Progress::seconds)
      .def_ro("words_per_second", &Progress::words_per_second)
      .def_ro("epoch_end", &Progress::epoch_end);
  nb::class_<TrainingSummary>(core, "TrainingSummary")
      .def_ro("epoch_loss", &TrainingSummary::epoch_loss)
      .def_ro("tokens", &TrainingSummary::tokens)
      .def_ro("kept_tokens", &TrainingSummary::kept_tokens)
      .def_ro("pairs", &TrainingSummary::pairs)
      .def_ro("seconds", &TrainingSummary::seconds)
      .def_ro("interrupted", &TrainingSummary::interrupted);

  nb::class_<CudaDevice>(core, "CudaDevice")
      .def_ro("index", &CudaDevice::index)
      .def_ro("name", &CudaDevice::name)
      .def_ro("memory", &CudaDevice::memory);
  nb::class_<CudaDevices>(core, "CudaDevices")
      .def_ro("usable", &CudaDevices::usable)
      .def_ro("problems", &CudaDevices::problems);
  core.def("cuda_devices", &cuda_devices);

  nb::class_<CheckpointFile>(core, "CheckpointFile")
      .def("__init__", [](CheckpointFile* self, std::string path, const std::string& every, nb::object told) {
        new (self) CheckpointFile{std::move(path), parse_interval(every), std::move(told)};
      });
  nb::class_<Checkpoint>(core, "Checkpoint")
      .def_ro("config", &Checkpoint::config)
      .def_ro("vocabulary", &Checkpoint::vocabulary, nb::rv_policy::reference_internal)
      .def("take_embeddings", [](Checkpoint& self) { return std::move(self.embeddings); });
  core.def("load_checkpoint", [](const std::string& path) {
    const nb::gil_scoped_release released;
    return load_checkpoint(path);
  });
  core.def("is_unfinished", [](const std::string& checkpoint) {
    const nb::gil_scoped_release released;
    return is_unfinished(checkpoint);
  });

  core.def("train", &train_model, nb::arg("config"), nb::arg("vocabulary"), nb::arg("tokens"),
           nb::arg("embeddings"), nb::arg("gpu").none(), nb::arg("observe").none(),
           nb::arg("checkpoint").none() = nb::none(), nb::arg("resumed").none() = nb::none());

  nb::class_<TrainedModel>(core, "TrainedModel")
      .def_ro("config", &TrainedModel::config)
      .def_ro("vocabulary", &TrainedModel::vocabulary, nb::rv_policy::reference_internal)
      .def("take_embeddings", [](TrainedModel& self) { return std::move(self.embeddings); });
  core.def("load_model", [](const std::string& path) {
    const nb::gil_scoped_release released;
    return load_model(path);
  });
  core.def("save_model", [](const Config& config, const Vocabulary& vocabulary, const Embeddings& embeddings,
                            const std::string& path) {
    const nb::gil_scoped_release released;
    Config saved = config;
    if (saved.sharing == Sharing::automatic)
      saved.sharing = choose_sharing(config, vocabulary.size(), expected_kept_tokens(vocabulary, config));
    const TokenStream none({WordId{0}}, {1});  // what is saved does not depend on the text
    save_model(TrainingData(saved, vocabulary, none), embeddings, path);
  });
}

}  // namespace warp2vec::python
