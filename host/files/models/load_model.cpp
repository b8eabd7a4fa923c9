#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/files/models/model_file.h"
#include "host/io/mapped_file.h"

#include <string_view>

namespace warp2vec {

bool is_model(const std::string& path) {
  return read_mapped(path, [](std::string_view bytes) { return is_of_kind(kModelFile, bytes); });
}

TrainedModel load_model(const std::string& path) {
  return read_mapped(path, [&path](std::string_view bytes) {
    const ModelFile file(kModelFile, path, bytes);
    TrainedModel model;
    model.config = file.settings().config;
    model.vocabulary = file.vocabulary();
    model.tree = file.tree(model.vocabulary);
    model.embeddings = file.embeddings();
    return model;
  });
}

}  // namespace warp2vec
