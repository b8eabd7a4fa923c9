#include "host/text/encoded_share.h"

#include "host/distributed/gather.h"
#include "host/vocabulary/vocabulary_selection.h"

#include <utility>
#include <vector>

namespace warp2vec {
namespace {

// For each rank, what it has, and of each of its files where it ends and how many words it has there.
std::vector<std::int64_t> numbers_of(const EncodedShare& share) {
  const TokenStream& tokens = share.tokens;
  std::vector<std::int64_t> numbers{tokens.tokens(), std::ssize(tokens.ends),
                                    std::ssize(tokens.encoded_files), share.seen_in_last_file};
  for (const EncodedFile& file : tokens.encoded_files) {
    numbers.push_back(file.end);
    numbers.push_back(file.tokens);
  }
  return numbers;
}

}  // namespace

TokenStream joined(Ranks& ranks, EncodedShare own, const Vocabulary& vocabulary,
                   const std::function<std::string(std::size_t)>& name_of_file) {
  TokenStream all;
  const std::vector<std::int64_t> own_numbers = numbers_of(own);
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> ends;
  gather<std::int64_t>(ranks, own_numbers, numbers);
  gather<std::int64_t>(ranks, own.tokens.ends, ends);
  own.tokens.ends = {};
  gather<WordId>(ranks, own.tokens.ids, all.ids);
  all.ends.reserve(ends.size());
  std::int64_t begin = 0;         // of the share's ids
  std::int64_t seen_in_file = 0;  // in the shares before
  std::int64_t seen_in_all = 0;
  auto end = ends.begin();
  for (auto number = numbers.begin(); number != numbers.end();) {
    const std::int64_t tokens = *number++;
    const std::int64_t sentences = *number++;
    const std::int64_t files = *number++;
    const std::int64_t seen_in_last_file = *number++;
    for (std::int64_t i = 0; i < sentences; ++i) {
      const std::int64_t position = begin + *end++;
      if (position > (all.ends.empty() ? 0 : all.ends.back())) all.ends.push_back(position);
    }
    for (std::int64_t i = 0; i < files; ++i) {
      const std::int64_t file_end = begin + *number++;
      const std::int64_t seen = std::exchange(seen_in_file, 0) + *number++;
      all.encoded_files.push_back({name_of_file(all.encoded_files.size()), file_end, seen});
      seen_in_all += seen;
    }
    seen_in_file += seen_in_last_file;
    begin += tokens;
  }
  if (all.tokens() == 0) refuse_unknown(seen_in_all, vocabulary);
  return all;
}

}  // namespace warp2vec
