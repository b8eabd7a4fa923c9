#include <warp2vec/detail/checked_tokens.h>
#include <warp2vec/error.h>
#include <warp2vec/text_fingerprint.h>

#include "host/bytes/crc32.h"
#include "host/io/parallel.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

template <class T>
std::uint32_t crc_of(std::span<const T> values, std::uint32_t crc) {
  return crc32_of({reinterpret_cast<const char*>(values.data()), values.size_bytes()}, crc);
}

void require_ends(std::span<const EncodedFile> files, std::int64_t tokens) {
  std::int64_t end = 0;
  for (const EncodedFile& file : files) {
    if (file.end < end || file.end > tokens || (&file == &files.back() && file.end != tokens))
      throw Error("the tokens of " + file.name + " end at " + std::to_string(file.end) + ": expected " +
                  (&file == &files.back() ? "" : std::to_string(end) + " to ") + std::to_string(tokens));
    end = file.end;
  }
}

}  // namespace

void FingerprintSink::add(const TokenRun& run) {
  ids_crc_ = crc_of(run.ids, ids_crc_);
  sentences_ += static_cast<std::int64_t>(run.ends.size());
  // Counted from the file's beginning.
  std::vector<std::int64_t> ends(run.ends.begin(), run.ends.end());
  for (std::int64_t& end : ends) end -= file_begin_;
  ends_crc_ = crc_of(std::span<const std::int64_t>(ends), ends_crc_);
}

void FingerprintSink::end_file(const EncodedFile& file) {
  const std::int64_t sentences = std::exchange(sentences_, 0);
  const std::uint32_t crc = crc32_of_both(std::exchange(ids_crc_, 0), std::exchange(ends_crc_, 0),
                                          static_cast<std::uint64_t>(sentences) * sizeof(std::int64_t));
  text_.files.push_back({file.name, file.tokens, file.end - file_begin_, sentences, crc});
  file_begin_ = file.end;
}

TextFingerprint fingerprint_of(const TokenSource& tokens, int threads) {
  std::vector<EncodedFile> files(tokens.files().begin(), tokens.files().end());
  if (files.empty()) files.push_back({"the text", tokens.tokens(), tokens.tokens()});
  require_ends(files, tokens.tokens());
  TextFingerprint text;
  text.files.resize(files.size());
  parallel_for(static_cast<std::int64_t>(files.size()), threads, [&](std::int64_t task) {
    const auto i = static_cast<std::size_t>(task);
    TokenBuffer buffer;
    std::int64_t begin = i == 0 ? 0 : files[i - 1].end;
    FingerprintSink sink(begin);
    for (; begin < files[i].end; begin += kTokensAtATime)
      sink.add(read_checked(tokens, begin, std::min(files[i].end, begin + kTokensAtATime), kMaxVocabulary,
                            buffer));
    sink.end_file(files[i]);
    text.files[i] = sink.text().files.front();
  });
  return text;
}

}  // namespace warp2vec
