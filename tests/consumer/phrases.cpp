// Phrases of sentences in memory, joined as they are trained.
#include <warp2vec/phrases.h>
#include <warp2vec/train.h>

#include <iostream>
#include <string_view>
#include <vector>

int main() try {
  const std::vector<std::vector<std::string_view>> sentences(
      20, {"i", "like", "new", "york", "and", "new", "york", "likes", "me"});
  warp2vec::PhraseSettings settings;
  settings.threshold = 1;
  const warp2vec::Phrases phrases(sentences, settings);
  const warp2vec::Sentences joined = [&](const warp2vec::Sentences::Visit& visit) {
    for (const auto& sentence : sentences) warp2vec::Sentences::visit_words(phrases.join(sentence), visit);
  };
  warp2vec::Config config;
  config.sample = 0;
  const auto trained = warp2vec::train(joined, config);
  for (const std::string& word : trained.vectors.words) std::cout << word << '\n';
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
