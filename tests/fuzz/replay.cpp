// Feeds a target its seeds, which must be accepted, and damaged copies of them, always the same ones: what
// libFuzzer does better, for every compiler and within a second.
//   fuzz_replay TARGET COPIES        fuzz_replay TARGET --write-seeds FOLDER
//   fuzz_replay TARGET FILE...       to repeat a finding: an exception leaves the file finding-TARGET

#include "tests/fuzz/targets.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

namespace warp2vec::fuzz {
namespace {

// One to four changes at random places: set a byte, flip a bit, remove, insert or copy bytes, truncate.
std::string damaged(std::string bytes, std::mt19937& random) {
  static const std::string kTelling = std::string("\0\n\r 019-+.e'(){},\xff\x7f\x80", 20);
  const auto below = [&random](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
  for (std::size_t changes = 1 + below(4); changes > 0 && !bytes.empty(); --changes) {
    // Half of the changes near the start, where the headers are.
    const std::size_t at =
        below(2) == 0 ? below(bytes.size()) : below(std::min<std::size_t>(bytes.size(), 80));
    switch (below(6)) {
      case 0:
        bytes[at] = kTelling[below(kTelling.size())];
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + below(5));
        break;
      case 3:
        bytes.insert(at, 1 + below(5), kTelling[below(kTelling.size())]);
        break;
      case 4:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(30)));
        break;
      default:
        if (below(4) == 0) bytes.resize(at);
    }
  }
  return bytes;
}

int replay(const Target& target, int copies) {
  std::mt19937 random(1);
  const std::vector<std::string> seeds = target.seeds();
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    if (target.read(seeds[i])) continue;
    std::cerr << "seed " << i << " is refused\n";
    return 1;
  }
  int accepted = 0;
  for (int i = 0; i < copies; ++i) {
    const std::string bytes = damaged(seeds[static_cast<std::size_t>(i) % seeds.size()], random);
    try {
      if (target.read(bytes)) ++accepted;
    } catch (...) {
      std::ofstream("finding-" + std::string(target.name), std::ios::binary) << bytes;
      throw;
    }
  }
  std::cout << target.name << ": " << seeds.size() << " seeds, " << copies << " damaged copies, of which "
            << accepted << " were accepted\n";
  return 0;
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    std::cerr << "usage: fuzz_replay TARGET COPIES | --write-seeds FOLDER | FILE...\n";
    return 2;
  }
  const Target& one = target(arguments[0]);
  if (arguments[1] == "--write-seeds" && arguments.size() == 3) {
    std::filesystem::create_directories(arguments[2]);
    int number = 0;
    for (const std::string& seed : one.seeds())
      std::ofstream(arguments[2] + "/seed" + std::to_string(number++), std::ios::binary) << seed;
    return 0;
  }
  int copies = 0;
  const std::string& given = arguments[1];
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), copies);
  if (error == std::errc() && end == given.data() + given.size()) return replay(one, copies);
  for (auto file = arguments.begin() + 1; file != arguments.end(); ++file) {
    std::ifstream in(*file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::cout << *file << (one.read(bytes) ? ": accepted\n" : ": refused\n");
  }
  return 0;
}

}  // namespace
}  // namespace warp2vec::fuzz

int main(int argc, char** argv) {
  try {
    return warp2vec::fuzz::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "fuzz_replay: " << error.what() << "\n";
    return 1;
  }
}
