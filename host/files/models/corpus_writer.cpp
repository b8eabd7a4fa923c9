#include <warp2vec/detail/packed_token.h>
#include <warp2vec/encoded_corpus.h>

#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/corpus_layout.h"
#include "host/files/models/model_parts.h"
#include "host/files/section_writer.h"

namespace warp2vec {

static_assert(sizeof(PackedToken) == sizeof(std::uint32_t));

CorpusFileWriter::CorpusFileWriter(const Vocabulary& vocabulary, const CorpusSettings& settings,
                                   const std::string& path)
    : file_(std::make_unique<SectionWriter>(kCorpusFile, kCorpusSections.size(), path)) {
  const Sink sink = [this](std::string_view piece) { file_->write(piece); };
  file_->begin("settings");
  sink(encode_corpus_settings(settings, vocabulary.size()));
  file_->begin("words");
  emit_words(vocabulary, sink);
  file_->begin("counts");
  emit_counts(vocabulary, sink);
  file_->begin("tokens");
}

CorpusFileWriter::~CorpusFileWriter() = default;

void CorpusFileWriter::add(const TokenRun& run) {
  fingerprint_.add(run);
  std::span<const std::int64_t> ends = run.ends;
  if (!ends.empty() && ends.front() == tokens_) {
    packed_.back() |= PackedToken::kEnd;
    ends = ends.subspan(1);
  }
  const std::size_t held = packed_.size();
  packed_.resize(held + run.ids.size());
  pack_tokens({run.ids, ends}, tokens_, reinterpret_cast<PackedToken*>(packed_.data() + held));
  tokens_ += static_cast<std::int64_t>(run.ids.size());
  if (packed_.size() > 1) write_packed(packed_.size() - 1);
}

void CorpusFileWriter::write_packed(std::size_t tokens) {
  file_->write({reinterpret_cast<const char*>(packed_.data()), tokens * sizeof(std::uint32_t)});
  packed_.erase(packed_.begin(), packed_.begin() + static_cast<std::ptrdiff_t>(tokens));
}

void CorpusFileWriter::commit() {
  write_packed(packed_.size());
  file_->begin("text");
  file_->write(encode_text(fingerprint_.text()));
  file_->commit();
}

}  // namespace warp2vec
