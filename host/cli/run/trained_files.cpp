#include "host/cli/run/trained_files.h"

#include <warp2vec/model.h>
#include <warp2vec/word_classes.h>
#include <warp2vec/word_vectors.h>

#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/text.h"
#include "host/compression/compression.h"
#include "host/io/atomic_file.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <system_error>
#include <thread>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

// Returns why `write` failed, or "".
std::string attempt(const std::function<void(const std::string&)>& write, const std::string& path) {
  try {
    write(path);
    return "";
  } catch (const std::exception& error) {  // for example, no memory for a buffer
    return error.what();
  }
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

}  // namespace

std::string with_suffix(const std::string& path, const std::string& suffix) {
  const std::string place =
      !suffix.empty() && is_special_file(path) ? fs::path(path).filename().string() : path;
  const std::size_t end = without_compression(place).size();
  return place.substr(0, end) + suffix + place.substr(end);
}

TrainedFiles::TrainedFiles(const TrainingData& data, const Embeddings& embeddings,
                           const TrainOptions& options, const std::string& suffix,
                           std::chrono::milliseconds pause)
    : pause_(pause) {
  const VectorFormat format = options.vectors.format;
  parts_.push_back(
      {with_suffix(options.output, suffix),
       [&data, &embeddings, &options](const std::string& path) {
         if (options.classes > 0)
           save_word_classes(data.vocabulary,
                             word_classes(embeddings.input, options.classes, thread_count(options.config)),
                             path);
         else if (options.ids)
           save_vectors_of_ids(data.vocabulary, embeddings, options.num_ids, path, options.vectors);
         else
           save_vectors(data.vocabulary, embeddings, path, options.vectors);
       },
       [format](const std::string& path) { return vector_files(path, format); }});
  if (!options.save_model.empty())
    parts_.push_back({with_suffix(options.save_model, suffix),
                      [&data, &embeddings](const std::string& path) { save_model(data, embeddings, path); },
                      [](const std::string& path) { return std::vector<std::string>{path}; }});
}

void TrainedFiles::note(const std::string& failure) { failure_ += (failure_.empty() ? "" : "; ") + failure; }

void TrainedFiles::save() {
  constexpr int kAttempts = 3;
  for (Part& part : parts_) {
    // What a pipe has received cannot be taken back.
    const int attempts = is_special_file(part.wanted) ? 1 : kAttempts;
    std::string failure;
    for (int i = 0; i < attempts; ++i) {
      if (i > 0) std::this_thread::sleep_for(pause_);
      failure = attempt(part.write, part.wanted);
      if (failure.empty()) break;
    }
    if (failure.empty())
      part.place = part.wanted;
    else
      note(failure);
  }
}

bool TrainedFiles::rescue(Part& part, const std::string& folder) {
  constexpr int kNames = 100;
  const std::string wanted = (fs::path(folder) / fs::path(part.wanted).filename()).string();
  const std::string name = with_suffix(wanted, kRescued);
  for (int i = 1; i <= kNames; ++i) {
    const std::string path = i == 1 ? name : with_suffix(wanted, kRescued + ("-" + std::to_string(i)));
    const std::vector<std::string> files = part.files(path);
    if (std::any_of(files.begin(), files.end(), exists)) continue;
    const std::string failure = attempt(part.write, path);
    if (!failure.empty()) {
      note(failure);
      return false;
    }
    part.place = path;
    return true;
  }
  note("cannot write " + name + ": there are " + std::to_string(kNames) + " such files");
  return false;
}

void TrainedFiles::rescue() {
  std::error_code ignored;
  const std::vector<fs::path> folders{fs::current_path(ignored), fs::temp_directory_path(ignored)};
  for (Part& part : parts_) {
    if (!part.place.empty()) continue;
    for (const fs::path& folder : folders)
      if (!folder.empty() && rescue(part, folder.string())) break;
  }
}

std::string TrainedFiles::places(const std::string& vectors) const {
  const auto place = [](const Part& part, const char* verb) {
    return part.place.empty() ? std::string(verb) + " lost" : std::string(verb) + " in " + part.place;
  };
  return vectors + " " + place(parts_.front(), "are") +
         (parts_.size() > 1 ? ", the model " + place(parts_.back(), "is") : "");
}

std::string save_last_checkpoint(const TrainingFailed& failure, const TrainingData& data,
                                 const Embeddings& embeddings, const TrainOptions& options,
                                 std::chrono::milliseconds pause) {
  const std::string message = std::string("the GPU failed: ") + failure.what();
  const std::int64_t tokens = failure.state().summary.tokens;
  if (tokens == 0) return message + "; nothing was saved, since it failed before a checkpoint";
  TrainedFiles files(data, embeddings, options, kPartial, pause);
  files.save();
  const std::string vectors = "the vectors after " + with_commas(tokens) + " words";
  if (files.failure().empty()) return message + "; " + files.places(vectors);
  files.rescue();
  return message + "; and saving " + vectors + " failed: " + files.failure() + "; " +
         files.places("the vectors");
}

}  // namespace warp2vec::cli
