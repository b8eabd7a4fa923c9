#include <warp2vec/evaluate.h>
#include <warp2vec/train.h>

#include <iostream>
#include <string>
#include <utility>
#include <vector>

int main() try {
  const std::vector<std::vector<std::string>> sentences{{"the", "cat", "sat"}, {"the", "dog", "sat"}};
  warp2vec::Config config;
  config.dim = 50;
  config.min_count = 1;
  config.sample = 0;  // so small a text has no word to spare

  auto trained = warp2vec::train(sentences, config);  // words, counts and vectors
  const warp2vec::KeyedVectors vectors(std::move(trained.vectors));
  for (const auto& [word, similarity] : vectors.most_similar({"cat"}, {}, 3))
    std::cout << word << ' ' << similarity << '\n';
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
