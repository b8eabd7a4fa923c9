#include <warp2vec/token_stream.h>

#include <algorithm>
#include <cstddef>

namespace warp2vec {

TokenRun TokenStream::read(std::int64_t begin, std::int64_t end, TokenBuffer& /*buffer*/) const {
  const auto first = std::upper_bound(ends.begin(), ends.end(), begin);
  const auto last = std::upper_bound(first, ends.end(), end);
  return {std::span(ids).subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
          {first, last}};
}

}  // namespace warp2vec
