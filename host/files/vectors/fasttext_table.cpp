// Layout (fastText's args.cc, dictionary.cc, densematrix.cc): magic and version; the settings; the words with
// their counts and, after them, labels; pairs of a pruned model; the input matrix, with a row for each word
// and then for each bucket of subwords; the output matrix.
#include "host/bytes/little_endian.h"
#include "host/files/vectors/vector_readers.h"
#include "host/training/matrix_rows.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace warp2vec {
namespace {

// The number 793712314 in 32 bits.
constexpr std::string_view kMagic = "\xba\x16\x4f\x2f";
constexpr std::int32_t kOldVersion = 11;
constexpr std::int32_t kVersion = 12;
constexpr std::int32_t kSupervised = 3;

struct Subwords {
  std::int32_t buckets = 0;
  std::int32_t shortest = 0;  // in characters
  std::int32_t longest = 0;   // 0 = there are none
};

struct FastTextModel {
  std::int32_t dim = 0;
  Subwords subwords;
  std::vector<std::string_view> words;
  std::vector<std::int64_t> counts;
  std::size_t rows = 0;  // offset of the input matrix
};

class Reader {
 public:
  explicit Reader(const VectorSource& source) : source_(source), at_(kMagic.size()) {}

  FastTextModel read() {
    FastTextModel model;
    const auto version = take<std::int32_t>("its version");
    if (version != kVersion && version != kOldVersion)
      fail("expected version 11 or 12 of fastText's format, found " + std::to_string(version));
    model.dim = take<std::int32_t>("its settings");
    skip<std::int32_t>(6);  // ws, epoch, minCount, neg, wordNgrams, loss
    const auto architecture = take<std::int32_t>("its settings");
    model.subwords.buckets = take<std::int32_t>("its settings");
    model.subwords.shortest = take<std::int32_t>("its settings");
    model.subwords.longest = take<std::int32_t>("its settings");
    skip<std::int32_t>(1);  // lrUpdateRate
    skip<double>(1);        // t
    if (version == kOldVersion && architecture == kSupervised) model.subwords.longest = 0;
    if (model.dim < 1) fail("a dimension of " + std::to_string(model.dim) + ": expected at least 1");
    if (model.subwords.longest > 0 && model.subwords.buckets < 1) fail("subwords, but no buckets for them");
    read_words(model);
    read_matrices(model);
    return model;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { source_.fail(at_, "fastText model: " + what); }

  void require(std::uint64_t bytes, const char* what) const {
    if (bytes > source_.bytes.size() - at_)
      source_.fail(source_.bytes.size(), std::string("the fastText model ends inside ") + what);
  }

  template <class Number>
  Number take(const char* what) {
    require(sizeof(Number), what);
    const auto value = number_at<Number>(source_.bytes, at_);
    at_ += sizeof value;
    return value;
  }

  template <class Number>
  void skip(std::size_t numbers) {
    require(numbers * sizeof(Number), "its settings");
    at_ += numbers * sizeof(Number);
  }

  void read_words(FastTextModel& model) {
    const auto size = take<std::int32_t>("its words");
    const auto words = take<std::int32_t>("its words");
    const auto labels = take<std::int32_t>("its words");
    skip<std::int64_t>(1);  // tokens of the text
    const auto pruned = take<std::int64_t>("its words");
    if (words < 1 || labels < 0 || std::int64_t{words} + labels != size)
      fail("expected a word or more, found " + std::to_string(words) + " words and " +
           std::to_string(labels) + " labels in " + std::to_string(size));
    for (std::int32_t i = 0; i < size; ++i) {
      const std::size_t end = source_.bytes.find('\0', at_);
      if (end == std::string_view::npos) require(std::numeric_limits<std::uint64_t>::max(), "its words");
      const std::string_view word = source_.bytes.substr(at_, end - at_);
      if (word.empty()) fail("a word is empty");
      at_ = end + 1;
      const auto count = take<std::int64_t>("its words");
      const bool is_label = take<std::int8_t>("its words") != 0;
      if (is_label != (i >= words)) fail("labels among the words");
      if (is_label) continue;
      model.words.push_back(word);
      model.counts.push_back(count);
    }
    if (pruned > 0) fail_quantized();
  }

  void read_matrices(FastTextModel& model) {
    if (take<std::int8_t>("its vectors") != 0) fail_quantized();
    const std::int64_t rows =
        std::ssize(model.words) + (model.subwords.longest > 0 ? model.subwords.buckets : 0);
    model.rows = matrix(model.dim, rows);
    if (take<std::int8_t>("its output matrix") != 0) fail_quantized();
    matrix(model.dim, 0);
    if (at_ != source_.bytes.size()) fail("expected the end of the file");
  }

  // The offset of its values. It has `least` rows or more.
  std::size_t matrix(std::int32_t dim, std::int64_t least) {
    const auto rows = take<std::int64_t>("a matrix");
    const auto cols = take<std::int64_t>("a matrix");
    const std::uint64_t row_bytes = static_cast<std::uint64_t>(dim) * sizeof(float);
    if (cols != dim || rows < least)
      fail("a matrix of " + std::to_string(rows) + " x " + std::to_string(cols) + ", expected " +
           std::to_string(least) + " x " + std::to_string(dim) + " or more");
    if (static_cast<std::uint64_t>(rows) > (source_.bytes.size() - at_) / row_bytes)
      require(std::numeric_limits<std::uint64_t>::max(), "a matrix");
    const std::size_t values = at_;
    at_ += static_cast<std::size_t>(rows) * row_bytes;
    return values;
  }

  [[noreturn]] void fail_quantized() const {
    fail("its vectors are quantized (.ftz), which is not read: expected the .bin file, or a .vec file");
  }

  const VectorSource& source_;
  std::size_t at_;
};

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80; }

// fastText's FNV-1a: bytes from 0x80 on are taken as negative numbers, so all higher bits change, too.
std::uint32_t hashed(std::uint32_t hash, char c) {
  constexpr std::uint32_t kPrime = 16777619;
  return (hash ^ static_cast<std::uint32_t>(static_cast<signed char>(c))) * kPrime;
}
constexpr std::uint32_t kNoHash = 2166136261;

// The buckets of the subwords of <word>: all sequences of so many characters, but neither < nor > alone.
template <class Use>
void for_each_subword(const Subwords& subwords, std::string_view word, const Use& use) {
  if (subwords.longest <= 0 || word == "</s>") return;
  const std::string text = "<" + std::string(word) + ">";
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (continues_character(text[begin])) continue;
    std::uint32_t hash = kNoHash;
    std::size_t end = begin;
    for (std::int32_t characters = 1; end < text.size() && characters <= subwords.longest; ++characters) {
      hash = hashed(hash, text[end++]);
      while (end < text.size() && continues_character(text[end])) hash = hashed(hash, text[end++]);
      const bool is_mark = characters == 1 && (begin == 0 || end == text.size());
      if (characters >= subwords.shortest && !is_mark)
        use(std::int64_t{hash % static_cast<std::uint32_t>(subwords.buckets)});
    }
  }
}

// The mean of rows, as fastText computes it.
class Mean {
 public:
  explicit Mean(std::int32_t dim) : row_(static_cast<std::size_t>(dim)), sum_(row_) {}

  // Adds the row that read(float* to) reads.
  template <class Read>
  void add(const Read& read) {
    read(row_.data());
    for (std::size_t d = 0; d < sum_.size(); ++d) sum_[d] += row_[d];
    ++rows_;
  }
  std::int64_t rows() const { return rows_; }
  std::vector<float> take() {
    const auto scale = static_cast<float>(1.0 / static_cast<double>(rows_));
    for (float& value : sum_) value *= scale;
    return std::move(sum_);
  }

 private:
  std::vector<float> row_;
  std::vector<float> sum_;
  std::int64_t rows_ = 0;
};

// Reads rows of buckets from the file.
class ComposedVectors final : public SubwordVectors {
 public:
  // `rows`: where those of buckets begin.
  ComposedVectors(std::string path, std::shared_ptr<const InputFile> file, const Subwords& subwords,
                  std::int32_t dim, std::size_t rows)
      : path_(std::move(path)),
        file_(std::move(file)),
        state_(file_->state()),
        subwords_(subwords),
        dim_(dim),
        rows_(rows) {}

  std::optional<std::vector<float>> vector(std::string_view word) const override {
    Mean mean(dim_);
    const std::size_t row_bytes = static_cast<std::size_t>(dim_) * sizeof(float);
    for_each_subword(subwords_, word, [&](std::int64_t bucket) {
      mean.add([&](float* to) {
        const std::size_t at = rows_ + static_cast<std::size_t>(bucket) * row_bytes;
        file_->read_at(static_cast<std::int64_t>(at), reinterpret_cast<char*>(to), row_bytes);
      });
    });
    if (file_->state() != state_) throw Error(path_ + ": it has changed since it was read");
    if (mean.rows() == 0) return std::nullopt;
    std::vector<float> values = mean.take();
    if (!all_finite(values)) throw Error(path_ + ": the mean of the subwords of a word is not finite");
    return values;
  }

 private:
  std::string path_;
  std::shared_ptr<const InputFile> file_;
  FileState state_;
  Subwords subwords_;
  std::int32_t dim_;
  std::size_t rows_;
};

class FastTextTable final : public VectorTable {
 public:
  FastTextTable(const VectorSource& source, FastTextModel model)
      : VectorTable(std::move(model.words), model.dim), source_(source), model_(std::move(model)) {}

  // A word's vector, as fastText has it: the mean of its own row and those of its subwords.
  void copy(std::int64_t row, float* to) const override {
    Mean mean(dim_);
    const auto add = [&](std::int64_t of) { mean.add([&](float* at) { copy_row(of, at); }); };
    add(row);
    for_each_subword(model_.subwords, word(row), [&](std::int64_t bucket) { add(size() + bucket); });
    const std::vector<float> values = mean.take();
    if (!all_finite(values)) source_.fail(model_.rows, "the mean of the subwords of a word is not finite");
    std::copy(values.begin(), values.end(), to);
  }

  std::vector<std::int64_t> counts() const override { return model_.counts; }

  std::shared_ptr<const SubwordVectors> subwords(std::shared_ptr<const InputFile> file) const override {
    if (model_.subwords.longest <= 0) return nullptr;
    return std::make_shared<ComposedVectors>(source_.path, std::move(file), model_.subwords, dim_,
                                             offset_of(size()));
  }

 private:
  std::size_t offset_of(std::int64_t row) const {
    return model_.rows + static_cast<std::size_t>(row * dim_) * sizeof(float);
  }
  void copy_row(std::int64_t row, float* to) const { source_.copy_values(offset_of(row), to, dim_); }

  VectorSource source_;
  FastTextModel model_;
};

}  // namespace

bool is_fasttext(std::string_view bytes) { return bytes.starts_with(kMagic); }

std::unique_ptr<VectorTable> fasttext_table(const VectorSource& source) {
  return std::make_unique<FastTextTable>(source, Reader(source).read());
}

}  // namespace warp2vec
