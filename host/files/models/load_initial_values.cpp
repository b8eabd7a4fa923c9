#include <warp2vec/model.h>
#include <warp2vec/warm_start.h>
#include <warp2vec/word_vectors.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {

InitialValues load_initial_values(const std::string& path, std::int64_t limit) {
  InitialValues values;
  values.path = path;
  if (is_model(path)) {
    if (limit != 0)
      throw Error(path +
                  " is a model, whose outputs belong to all of its words: expected no limit, or vectors");
    TrainedModel model = load_model(path);
    values.loss = model.config.loss;
    values.model = model.config.model;
    values.vocabulary = std::move(model.vocabulary);
    values.embeddings = std::move(model.embeddings);
    values.tree = std::move(model.tree);
    return values;
  }
  WordVectors vectors = load_vectors(path, {limit});
  std::vector<std::pair<std::string_view, std::int64_t>> words;
  words.reserve(vectors.words.size());
  for (const std::string& word : vectors.words) words.emplace_back(word, 1);
  values.vocabulary = Vocabulary(words, 1, 0);
  values.embeddings.input = std::move(vectors.vectors);
  values.repeated = vectors.repeated;
  return values;
}

}  // namespace warp2vec
