#include "host/bytes/little_endian.h"
#include "host/files/vectors/vector_readers.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string>

namespace warp2vec {
namespace {

using nlohmann::json;

constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // as in the format's own library

struct Tensor {
  std::string type;
  std::vector<std::int64_t> shape;
  std::string_view bytes;
  std::size_t offset = 0;  // in the file
};

class Header {
 public:
  explicit Header(const VectorSource& source) : source_(source) {
    const auto size = number_at<std::uint64_t>(source.bytes, 0);
    if (size > kMaxHeaderBytes || size > source.bytes.size() - kLengthBytes)
      source.fail(0, "the header has " + std::to_string(size) + " bytes, but " +
                         std::to_string(source.bytes.size() - kLengthBytes) + " follow");
    data_ = kLengthBytes + static_cast<std::size_t>(size);
    tensors_ = json::parse(source.bytes.substr(kLengthBytes, static_cast<std::size_t>(size)), nullptr, false);
    if (!tensors_.is_object()) source.fail(kLengthBytes, "the header is not a JSON object");
  }

  // The format has neither gaps nor anything behind the last tensor.
  void require_end(std::uint64_t bytes) const {
    const std::size_t size = source_.bytes.size() - data_;
    if (bytes != size)
      source_.fail(data_, "expected " + std::to_string(bytes) +
                              " bytes of 'vectors', 'words' and 'counts', but " + std::to_string(size) +
                              " follow");
  }

  bool has(const char* name) const { return tensors_.contains(name); }

  // Throws unless its bytes are in the file, and as many as its type and shape say.
  Tensor tensor(const char* name) const {
    const auto refuse = [&](const std::string& what) {
      source_.fail(kLengthBytes, "the tensor '" + std::string(name) + "' " + what);
    };
    if (!has(name)) refuse("is missing: expected 'vectors' and 'words', as --format safetensors writes them");
    Tensor tensor;
    std::vector<std::uint64_t> offsets;
    try {
      tensors_.at(name).at("dtype").get_to(tensor.type);
      tensors_.at(name).at("shape").get_to(tensor.shape);
      tensors_.at(name).at("data_offsets").get_to(offsets);
    } catch (const json::exception&) {
      refuse("has no valid dtype, shape and data_offsets");
    }
    const std::size_t size = source_.bytes.size() - data_;
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > size)
      refuse("is not within the " + std::to_string(size) + " bytes after the header");
    tensor.offset = data_ + static_cast<std::size_t>(offsets[0]);
    tensor.bytes = source_.bytes.substr(tensor.offset, static_cast<std::size_t>(offsets[1] - offsets[0]));
    std::int64_t bytes = bytes_of(tensor.type);
    for (const std::int64_t length : tensor.shape)
      if (length < 0 || __builtin_mul_overflow(bytes, length, &bytes)) bytes = -1;
    if (bytes != std::ssize(tensor.bytes))
      refuse("has " + std::to_string(tensor.bytes.size()) + " bytes, which its type and shape do not make");
    return tensor;
  }

 private:
  static std::int64_t bytes_of(const std::string& type) {
    if (type == "U8") return 1;
    if (type == "F16" || type == "BF16") return 2;
    if (type == "F32") return 4;
    return type == "F64" || type == "I64" ? 8 : -1;
  }

  const VectorSource& source_;
  std::size_t data_ = 0;  // where the tensors begin
  json tensors_;
};

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  lines.reserve(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1);
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

FloatType type_of(const VectorSource& source, const std::string& name) {
  if (name == "F16") return FloatType::float16;
  if (name == "BF16") return FloatType::bfloat16;
  if (name == "F32") return FloatType::float32;
  if (name == "F64") return FloatType::float64;
  source.fail(kLengthBytes, "the tensor 'vectors' has the type " + name + ", expected F16, BF16, F32 or F64");
}

class SafetensorsTable final : public VectorTable {
 public:
  SafetensorsTable(const VectorSource& source, std::vector<std::string_view> words, const Tensor& vectors,
                   std::vector<std::int64_t> counts)
      : VectorTable(std::move(words), static_cast<std::int32_t>(vectors.shape[1])),
        source_(source),
        values_(vectors.offset),
        type_(type_of(source, vectors.type)),
        counts_(std::move(counts)) {}

  void copy(std::int64_t row, float* to) const override {
    const std::size_t bytes = size_of(type_);
    const std::size_t at = values_ + static_cast<std::size_t>(row * dim_) * bytes;
    if (type_ == FloatType::float32)
      source_.copy_values(at, to, dim_);
    else
      source_.copy_values(at, to, dim_, type_, bytes);
  }

  std::vector<std::int64_t> counts() const override { return counts_; }

 private:
  VectorSource source_;
  std::size_t values_;  // offset
  FloatType type_;
  std::vector<std::int64_t> counts_;
};

}  // namespace

bool is_safetensors(std::string_view bytes) {
  return bytes.size() > kLengthBytes + 1 && number_at<std::uint64_t>(bytes, 0) <= kMaxHeaderBytes &&
         bytes.substr(kLengthBytes).starts_with("{\"");
}

std::unique_ptr<VectorTable> safetensors_table(const VectorSource& source) {
  const Header header(source);
  const Tensor vectors = header.tensor("vectors");
  const Tensor text = header.tensor("words");
  if (vectors.shape.size() != 2 || vectors.shape[0] < 1 || vectors.shape[1] < 1 ||
      vectors.shape[1] > std::numeric_limits<std::int32_t>::max())
    source.fail(kLengthBytes, "the tensor 'vectors' has another shape than words x values, both at least 1");
  if (text.type != "U8") source.fail(kLengthBytes, "the tensor 'words' is not of the type U8");
  std::vector<std::string_view> words = split_lines(text.bytes);
  if (std::ssize(words) != vectors.shape[0])
    source.fail(text.offset, "found " + std::to_string(words.size()) + " words, expected " +
                                 std::to_string(vectors.shape[0]) + ", one for each vector");
  if (std::any_of(words.begin(), words.end(), [](std::string_view word) { return word.empty(); }))
    source.fail(text.offset, "a word is empty");
  std::vector<std::int64_t> counts;
  std::uint64_t bytes = vectors.bytes.size() + text.bytes.size();
  if (header.has("counts")) {
    const Tensor stored = header.tensor("counts");
    if (stored.type != "I64" || stored.shape != std::vector{vectors.shape[0]})
      source.fail(stored.offset, "the tensor 'counts' is not one I64 for each vector");
    for (std::size_t at = 0; at < stored.bytes.size(); at += sizeof(std::int64_t))
      counts.push_back(number_at<std::int64_t>(stored.bytes, at));
    bytes += stored.bytes.size();
  }
  header.require_end(bytes);
  return std::make_unique<SafetensorsTable>(source, std::move(words), vectors, std::move(counts));
}

}  // namespace warp2vec
