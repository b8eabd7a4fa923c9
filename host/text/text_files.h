#pragma once
/// The files of a Corpus.

#include <warp2vec/corpus.h>

#include "host/compression/compression.h"
#include "host/io/byte_stream.h"
#include "host/io/input_file.h"
#include "host/io/scratch_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec {

/// The regular files in a folder, recursively and sorted by path, but for hidden ones and temporary files of
/// AtomicFile.
struct FolderFiles {
  std::vector<std::string> texts;         ///< what a Corpus reads
  std::vector<Corpus::NotRead> not_read;  ///< what this program wrote
};

/// Throws Error naming the folder, in it or below it, or the file that cannot be read.
FolderFiles files_in(const std::string& folder);

/// A NumPy array of ids.
struct IdArray {
  std::size_t header = 0;        ///< bytes before the values
  std::int64_t value_bytes = 0;  ///< 4 or 8
  std::int64_t values = 0;
  std::int64_t columns = 0;  ///< 0 = of one dimension
};

struct Corpus::File {
  std::string name;  ///< the path, or "standard input"
  Compression compression = Compression::none;
  FileState state;  ///< when the Corpus was constructed
  /// The unnamed copy of an input that can be read only once; null for a file that is opened by name.
  std::shared_ptr<const InputFile> spooled;
  std::optional<IdArray> array{};  ///< none for text
  bool json_lines = false;         ///< see Corpus::json_lines()

  /// Throws Error if the file is not the same as then: each pass must read the same text.
  std::shared_ptr<const InputFile> open() const;
  /// Its content, decompressed; of a plain file from byte `begin` on. Throws Error like open().
  std::unique_ptr<ByteStream> content(std::int64_t begin = 0) const {
    return ByteStream::open(open(), name, state, compression, begin);
  }
};

/// Bytes [begin, end) of a file on disk, from a word's beginning to behind white space, or from a value's
/// beginning, or, with those before it, the file's, to a value's end; a compressed file is always whole.
struct TextPart {
  const Corpus::File* file = nullptr;  ///< owned by the Corpus
  std::int64_t begin = 0;
  std::int64_t end = 0;

  bool ends_file() const { return end == file->state.size; }
};

/// All of the text.
std::vector<TextPart> parts_of(const Corpus& corpus);

/// Share number `rank` of `ranks`: those of all ranks are the text in order, and have about as many bytes on
/// disk, as far as its files can be divided. May be empty.
std::vector<TextPart> share_of(const Corpus& corpus, int rank, int ranks);

/// Collective: share_of() of this rank. Throws Error on all ranks if one has files of other sizes, or with
/// other bytes at their beginning, in the middle or at the end: the texts as a whole are not compared.
std::vector<TextPart> own_share(const Corpus& corpus, Ranks& ranks);

/// Tells `progress`, of the whole corpus, how far `parts` of it have been read, as if others came as far.
ReadProgress progress_of(const std::vector<TextPart>& parts, const Corpus& corpus,
                         const ReadProgress& progress);

/// Throws Error: the corpus holds no words.
[[noreturn]] void refuse_empty(const Corpus& corpus);

/// Plain text that was written to a scratch file; `name` is for messages.
Corpus corpus_of(const ScratchFile& text, const std::string& name);

}  // namespace warp2vec
