#include "host/text/word_key.h"

namespace warp2vec::detail {

WordKey key_of_long_word(std::string_view word) {
  std::uint64_t hash = 0;
  std::uint64_t bytes = 0;
  std::string_view rest = word;
  for (; rest.size() > sizeof bytes; rest.remove_prefix(sizeof bytes)) {
    std::memcpy(&bytes, rest.data(), sizeof bytes);
    hash = mix(hash ^ bytes, kMixLow);
  }
  bytes = 0;
  std::memcpy(&bytes, rest.data(), rest.size());
  return {hash ^ bytes, word.size() | WordKey::kLong};
}

}  // namespace warp2vec::detail
