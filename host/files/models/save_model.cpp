#include <warp2vec/model.h>

#include "host/files/models/model_layout.h"
#include "host/files/models/model_parts.h"

namespace warp2vec {
namespace {

void save(const ModelParts& parts, const std::string& path) {
  require_loadable(parts, path);
  write_sections(
      kModelFile,
      model_sections({parts.config, parts.vocabulary.size()}, word_section_bytes(parts.vocabulary)), path,
      [&parts](const Section& section, const Sink& sink) { emit_section(section, parts, sink); });
}

}  // namespace

void save_model(const TrainedModel& model, const std::string& path) {
  save({model.config, model.vocabulary, model.embeddings, model.tree}, path);
}

void save_model(const TrainingData& data, const Embeddings& embeddings, const std::string& path) {
  save({data.config, data.vocabulary, embeddings, data.tree}, path);
}

}  // namespace warp2vec
