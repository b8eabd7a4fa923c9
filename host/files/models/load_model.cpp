#include <warp2vec/error.h>
#include <warp2vec/model.h>

#include "host/files/models/model_file.h"
#include "host/io/input_file.h"

namespace warp2vec {

TrainedModel load_model(const std::string& path) {
  const FileMapping mapping(path);
  const ModelFile file(kModelFile, path, mapping.text());
  TrainedModel model;
  model.config = file.settings().config;
  model.vocabulary = file.vocabulary();
  model.tree = file.tree(model.vocabulary);
  model.embeddings = file.embeddings();
  return model;
}

}  // namespace warp2vec
