#pragma once
/// Corpora as word ids in a file, which need not fit into memory and are neither counted nor encoded again;
/// see docs/corpus-format.md.

#include <warp2vec/corpus.h>
#include <warp2vec/error.h>
#include <warp2vec/export.h>
#include <warp2vec/text_fingerprint.h>
#include <warp2vec/token_stream.h>
#include <warp2vec/vocabulary.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace warp2vec {

class InputFile;
class ScratchFile;
class SectionWriter;
class TokenPacker;

/// How the words of an encoded corpus were selected.
struct CorpusSettings {
  std::int64_t min_count = 5;
  std::int64_t max_vocab = 0;
};

/// Writes the tokens that it receives to a file, atomically: nothing is under the final name before commit().
/// Holds none of them in memory. All functions throw Error: naming the file if it cannot be written, and for
/// tokens that do not follow those before them, are not of the vocabulary, or end sentences or files
/// elsewhere.
class WARP2VEC_EXPORT CorpusFileWriter final : public TokenSink {
 public:
  /// `path` must be a regular file, or not exist.
  CorpusFileWriter(const Vocabulary& vocabulary, const CorpusSettings& settings, const std::string& path);
  ~CorpusFileWriter() override;
  CorpusFileWriter(const CorpusFileWriter&) = delete;
  CorpusFileWriter& operator=(const CorpusFileWriter&) = delete;

  void add(const TokenRun& run) override;
  void end_file(const EncodedFile& file) override;
  /// To be called after the last file has ended.
  void commit();

 private:
  std::unique_ptr<SectionWriter> file_;
  std::unique_ptr<TokenPacker> packer_;
  FingerprintSink fingerprint_;
};

/// A file that CorpusFileWriter wrote. Tokens are read when they are needed, so that a file of any size can
/// be trained on; the system keeps in memory what there is room for.
class WARP2VEC_EXPORT EncodedCorpus final : public TokenSource {
 public:
  /// Checks the whole file, as strictly as load_model(): every section must match its checksum, and the
  /// tokens must be in the vocabulary and agree with the fingerprint's numbers. Throws Error naming the file,
  /// the section or offset, and what was expected.
  explicit EncodedCorpus(const std::string& path, const ReadProgress& progress = {});
  ~EncodedCorpus() override;
  EncodedCorpus(const EncodedCorpus&) = delete;
  EncodedCorpus& operator=(const EncodedCorpus&) = delete;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const CorpusSettings& settings() const { return settings_; }
  const TextFingerprint& text() const { return text_; }
  std::int64_t bytes() const { return bytes_; }  ///< of the file

  std::int64_t tokens() const override { return tokens_; }
  std::span<const EncodedFile> files() const override { return files_; }
  /// Throws Error if the file was cut short, or has other tokens now.
  TokenRun read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const override;

 private:
  void load(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const;
  TokenRun unpack(std::int64_t begin, TokenBuffer& buffer) const;
  void check_tokens(std::uint32_t expected_crc, const ReadProgress& progress) const;
  [[noreturn]] void fail_tokens(const std::string& what) const;

  std::unique_ptr<const InputFile> file_;
  std::int64_t bytes_ = 0;
  std::int64_t tokens_at_ = 0;  // offset in the file
  std::int64_t tokens_ = 0;
  CorpusSettings settings_;
  Vocabulary vocabulary_;
  TextFingerprint text_;
  std::vector<EncodedFile> files_;
};

/// The tokens of a text that do not fit into memory, for one run: in a file without a name, of which nothing
/// is left however the process ends. Takes all tokens first, and then gives them, 4 bytes each on the disk.
class WARP2VEC_EXPORT ScratchTokens final : public TokenSink, public TokenSource {
 public:
  /// `folder`: "" = that for temporary files ($TMPDIR, or /tmp). Throws Error if it cannot be written to.
  explicit ScratchTokens(const std::string& folder = "");
  ~ScratchTokens() override;
  ScratchTokens(const ScratchTokens&) = delete;
  ScratchTokens& operator=(const ScratchTokens&) = delete;

  /// Throws Error if the folder's disk is full.
  void add(const TokenRun& run) override;
  void end_file(const EncodedFile& file) override;

  // After the last file has ended:
  std::int64_t tokens() const override;
  std::span<const EncodedFile> files() const override { return files_; }
  TokenRun read(std::int64_t begin, std::int64_t end, TokenBuffer& buffer) const override;
  const TextFingerprint& text() const { return fingerprint_.text(); }
  std::int64_t bytes() const;  ///< on the disk

 private:
  std::unique_ptr<ScratchFile> file_;
  std::unique_ptr<TokenPacker> packer_;
  FingerprintSink fingerprint_;
  std::vector<EncodedFile> files_;
};

/// The settings of the encoded corpus `path`, without checking the rest of the file; nothing if it is another
/// kind of file, such as text, or does not exist. Throws Error for a damaged header.
WARP2VEC_EXPORT std::optional<CorpusSettings> settings_of_encoded(const std::string& path);

}  // namespace warp2vec
