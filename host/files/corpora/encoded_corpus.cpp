#include <warp2vec/encoded_corpus.h>
#include <warp2vec/error.h>

#include "host/bytes/crc32.h"
#include "host/files/corpora/corpus_layout.h"
#include "host/files/corpora/packed_tokens.h"
#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/model_parts.h"
#include "host/io/input_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

namespace warp2vec {

EncodedCorpus::EncodedCorpus(const std::string& path, const ReadProgress& progress)
    : file_(std::make_unique<InputFile>(path)), bytes_(file_->size()) {
  const CorpusFile file(*file_);
  settings_ = file.settings();
  vocabulary_ = decode_vocabulary(
      file.content("words"), file.content("counts"), file.words(),
      [&](bool in_words, const std::string& what) { file.fail(in_words ? "words" : "counts", what); });
  const std::string text = file.content("text");
  try {
    text_ = decode_text(text);
  } catch (const Error& error) {
    file.fail("text", error.what());
  }
  const Section& tokens = file.section("tokens");
  tokens_at_ = static_cast<std::int64_t>(tokens.offset);
  tokens_ = static_cast<std::int64_t>(tokens.bytes / sizeof(WordId));
  for (const TextFingerprint::File& one : text_.files)
    files_.push_back({one.name, (files_.empty() ? 0 : files_.back().end) + one.ids, one.tokens});
  if (files_.back().end != tokens_)
    file.fail("text", "its files have " + std::to_string(files_.back().end) + " tokens, but the file has " +
                          std::to_string(tokens_));
  check_tokens(tokens.crc, progress);
}

EncodedCorpus::~EncodedCorpus() = default;

TokenRun EncodedCorpus::read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const {
  load(begin, end, buffer);
  return unpack(begin, buffer);
}

void EncodedCorpus::load(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const {
  if (!load_tokens(*file_, tokens_at_, tokens_, begin, end, buffer))
    fail_tokens("the file ends before token " + std::to_string(end) + " of " + std::to_string(tokens_) +
                ": it was cut short since it was opened");
}

TokenRun EncodedCorpus::unpack(std::int64_t begin, TokenBuffer& buffer) const {
  std::int64_t highest = 0;
  const TokenRun run = unpack_tokens(begin, buffer, highest);
  // Also if the file has been changed since it was checked: ids are rows of matrices.
  if (highest >= vocabulary_.size())
    fail_tokens("found the id " + std::to_string(highest) + " of a word: expected less than " +
                std::to_string(vocabulary_.size()));
  return run;
}

void EncodedCorpus::check_tokens(std::uint32_t expected_crc, const ReadProgress& progress) const {
  std::uint32_t crc = 0;
  std::int64_t begin = 0;
  TokenBuffer buffer;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    std::int64_t sentences = 0;
    std::int64_t last_end = begin;
    for (std::int64_t end = 0; begin < files_[i].end; begin = end) {
      end = std::min(files_[i].end, begin + kTokensAtATime);
      load(begin, end, buffer);
      crc = crc32_of({reinterpret_cast<const char*>(buffer.ids.data()), buffer.ids.size() * sizeof(WordId)},
                     crc);
      const TokenRun run = unpack(begin, buffer);
      sentences += static_cast<std::int64_t>(run.ends.size());
      if (!run.ends.empty()) last_end = run.ends.back();
      if (progress) progress(tokens_at_ + end * static_cast<std::int64_t>(sizeof(WordId)), end);
    }
    if (sentences != text_.files[i].sentences || last_end != files_[i].end)
      fail_tokens("expected " + std::to_string(text_.files[i].sentences) + " sentences of " + files_[i].name +
                  " up to token " + std::to_string(files_[i].end) + ", found " + std::to_string(sentences) +
                  " up to token " + std::to_string(last_end));
  }
  if (crc != expected_crc) fail_tokens("the tokens do not match their checksum: the file is damaged");
}

void EncodedCorpus::fail_tokens(const std::string& what) const {
  throw Error(file_->name() + ": section \"tokens\": " + what);
}

std::optional<CorpusSettings> settings_of_encoded(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const InputFile file(path);
  std::array<char, kCorpusFile.magic.size()> first{};
  const std::size_t size = file.read_at(0, first.data(), first.size());
  if (!is_of_kind(kCorpusFile, {first.data(), size})) return {};
  return CorpusFile(file).settings();
}

}  // namespace warp2vec
