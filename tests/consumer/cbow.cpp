// CBOW on the lines of argv[1], lower-cased by a tokenizer, for half a second; then asks the vectors so far.
#include <warp2vec/keyed_vectors.h>
#include <warp2vec/train.h>

#include <cctype>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

std::vector<std::string> letters_only(std::string_view line) {
  std::vector<std::string> words(1);
  for (const char c : line) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalpha(letter))
      words.back() += static_cast<char>(std::tolower(letter));
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

int main(int argc, char** argv) try {
  if (argc != 2) throw warp2vec::Error("expected a text file");
  std::vector<std::string> lines;
  std::ifstream in(argv[1]);
  for (std::string line; std::getline(in, line);) lines.push_back(line);

  warp2vec::Config config;
  config.model = warp2vec::Architecture::cbow;
  config.lr = warp2vec::default_lr(config.model);
  config.epochs = 1000000;  // more than there is time for
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  warp2vec::TrainCall call;
  call.observer = [end](const warp2vec::Progress& progress) {
    if (progress.epoch_end && progress.epoch % 100 == 0)
      std::cout << "epoch " << progress.epoch + 1 << ": loss " << progress.loss << '\n';
    return std::chrono::steady_clock::now() < end;
  };
  auto trained = warp2vec::train(warp2vec::tokenized(lines, letters_only), config, call);
  if (!trained.summary.interrupted) throw warp2vec::Error("training was not stopped");

  const warp2vec::KeyedVectors vectors(std::move(trained.vectors));
  const std::vector<std::int64_t> rows{0, 1, 2};
  const auto nearest = vectors.top_k(rows, 3, {.threads = warp2vec::thread_count(config)});
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
