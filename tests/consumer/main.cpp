#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>
#include <warp2vec/trainer.h>
#include <warp2vec/word_vectors.h>

#include <iostream>

// Trains on the text in argv[1], saves the vectors, and prints the words nearest to the most frequent one.
int main(int argc, char** argv) try {
  if (argc != 2) throw warp2vec::Error("expected a text file");
  warp2vec::Config config;
  config.dim = 50;
  config.min_count = 2;
  const int threads = warp2vec::thread_count(config);

  const warp2vec::Corpus corpus({argv[1]});
  const auto counts = warp2vec::count_words(corpus, config.min_count, config.max_vocab, threads);
  const auto tokens = warp2vec::encode(corpus, counts.vocabulary, threads);

  const warp2vec::TrainingData data(config, counts.vocabulary, tokens);
  const auto backend = warp2vec::make_cpu_backend(data);
  auto embeddings = warp2vec::initial_embeddings(counts.vocabulary.size(), config);
  warp2vec::train(data, *backend, embeddings);
  warp2vec::save_vectors(counts.vocabulary, embeddings.input, "vectors.bin", warp2vec::VectorFormat::binary);

  const warp2vec::KeyedVectors vectors(warp2vec::load_vectors("vectors.bin"));
  for (const auto& [word, similarity] : vectors.most_similar({vectors.word(0)}, {}, 5))
    std::cout << word << ' ' << similarity << '\n';
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
