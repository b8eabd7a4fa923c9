#include <warp2vec/encoded_corpus.h>
#include <warp2vec/error.h>

#include "host/files/corpora/packed_tokens.h"
#include "host/io/scratch_file.h"

namespace warp2vec {

ScratchTokens::ScratchTokens(const std::string& folder)
    : file_(std::make_unique<ScratchFile>("the ids of the text's words", folder)),
      packer_(std::make_unique<TokenPacker>()) {}

ScratchTokens::~ScratchTokens() = default;

void ScratchTokens::add(const TokenRun& run) {
  file_->append(packer_->add(run));
  fingerprint_.add(run);
}

void ScratchTokens::end_file(const EncodedFile& file) {
  file_->append(packer_->end_file(file));
  fingerprint_.end_file(file);
  files_.push_back(file);
}

std::int64_t ScratchTokens::tokens() const { return packer_->tokens(); }

std::int64_t ScratchTokens::bytes() const { return file_->size(); }

TokenRun ScratchTokens::read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const {
  if (!load_tokens(*file_->file(), 0, tokens(), begin, end, buffer))
    throw Error("cannot read " + file_->file()->name() + ": the temporary file ends before token " +
                std::to_string(end));
  std::int64_t highest = 0;
  return unpack_tokens(begin, buffer, highest);
}

}  // namespace warp2vec
