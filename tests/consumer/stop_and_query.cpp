#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/keyed_vectors.h>
#include <warp2vec/trainer.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <utility>
#include <vector>

// Trains on the text in argv[1] for half a second, and asks the vectors so far.
int main(int argc, char** argv) try {
  if (argc != 2) throw warp2vec::Error("expected a text file");
  warp2vec::Config config;
  config.dim = 50;
  config.min_count = 2;
  config.epochs = 1000000;  // more than there is time for
  const int threads = warp2vec::thread_count(config);

  const warp2vec::Corpus corpus({argv[1]});
  const auto counts = warp2vec::count_words(corpus, config.min_count, config.max_vocab, threads);
  const auto tokens = warp2vec::encode(corpus, counts.vocabulary, threads);
  const warp2vec::TrainingData data(config, counts.vocabulary, tokens);
  const auto backend = warp2vec::make_cpu_backend(data);
  auto embeddings = warp2vec::initial_embeddings(counts.vocabulary.size(), config);

  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  const auto summary = warp2vec::train(data, *backend, embeddings, [end](const warp2vec::Progress&) {
    return std::chrono::steady_clock::now() < end;
  });
  if (!summary.interrupted) throw warp2vec::Error("training was not stopped");

  const warp2vec::KeyedVectors vectors(counts.vocabulary, std::move(embeddings.input));
  const std::vector<std::int64_t> rows{0, 1, 2};
  const auto nearest = vectors.top_k(rows, 3, {.threads = threads});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::cout << vectors.word(rows[i]) << ':';
    for (const auto& [row, similarity] : nearest[i])
      std::cout << ' ' << vectors.word(row) << ' ' << similarity;
    std::cout << '\n';
  }
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
