// CBOW on the lines of argv[1], lower-cased by a tokenizer, with an observer that stops after two epochs.
#include <warp2vec/train.h>

#include <cctype>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
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
  warp2vec::TrainCall call;
  call.observer = [](const warp2vec::Progress& progress) {
    if (progress.epoch_end) std::cout << "epoch " << progress.epoch + 1 << ": loss " << progress.loss << '\n';
    return !(progress.epoch_end && progress.epoch == 1);
  };
  const auto trained = warp2vec::train(warp2vec::tokenized(lines, letters_only), config, call);
  if (!trained.summary.interrupted || trained.summary.epoch_loss.size() != 2)
    throw warp2vec::Error("expected a run that was stopped after two epochs");
  warp2vec::save_vectors(trained.vectors, "cbow.bin", warp2vec::VectorFormat::binary);
} catch (const warp2vec::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
