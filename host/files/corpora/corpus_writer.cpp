#include <warp2vec/encoded_corpus.h>

#include "host/files/corpora/corpus_layout.h"
#include "host/files/corpora/packed_tokens.h"
#include "host/files/models/checkpoint_layout.h"
#include "host/files/models/model_parts.h"
#include "host/files/section_writer.h"
#include "host/vocabulary/words.h"

namespace warp2vec {

CorpusFileWriter::CorpusFileWriter(const Vocabulary& vocabulary, const CorpusSettings& settings,
                                   const std::string& path)
    : file_(std::make_unique<SectionWriter>(kCorpusFile, kCorpusSections.size(), path)),
      packer_(std::make_unique<TokenPacker>(vocabulary.size())) {
  require_words(vocabulary, path);
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
  file_->write(packer_->add(run));
  fingerprint_.add(run);
}

void CorpusFileWriter::end_file(const EncodedFile& file) {
  file_->write(packer_->end_file(file));
  fingerprint_.end_file(file);
}

void CorpusFileWriter::commit() {
  file_->begin("text");
  file_->write(encode_text(fingerprint_.text()));
  file_->commit();
}

}  // namespace warp2vec
