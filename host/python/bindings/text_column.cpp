#include "host/python/bindings/text_column.h"

#include <warp2vec/error.h>

#include "host/bytes/byte_class.h"
#include "host/python/bindings/sentence_words.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nb = nanobind;

// Arrow's C data and stream interfaces (https://arrow.apache.org/docs/format/CDataInterface.html): the layout
// that producers and consumers share.
extern "C" {
struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  std::int64_t flags;
  std::int64_t n_children;
  ArrowSchema** children;
  ArrowSchema* dictionary;
  void (*release)(ArrowSchema*);
  void* private_data;
};
struct ArrowArray {
  std::int64_t length;
  std::int64_t null_count;
  std::int64_t offset;
  std::int64_t n_buffers;
  std::int64_t n_children;
  const void** buffers;
  ArrowArray** children;
  ArrowArray* dictionary;
  void (*release)(ArrowArray*);
  void* private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
  int (*get_next)(ArrowArrayStream*, ArrowArray* out);
  const char* (*get_last_error)(ArrowArrayStream*);
  void (*release)(ArrowArrayStream*);
  void* private_data;
};
}

namespace warp2vec::python {
namespace {

// One of the structures above, which it releases.
template <class T>
class Owned {
 public:
  Owned() = default;
  explicit Owned(T* moved) : value_(std::exchange(*moved, T{})) {}
  Owned(Owned&& other) noexcept : value_(std::exchange(other.value_, T{})) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() {
    if (value_.release != nullptr) value_.release(&value_);
  }

  T* get() { return &value_; }
  const T& operator*() const { return value_; }

 private:
  T value_{};
};

template <class T>
T* in_capsule(nb::handle capsule, const char* name) {
  void* const pointer = PyCapsule_GetPointer(capsule.ptr(), name);
  if (pointer == nullptr) throw nb::python_error();
  return static_cast<T*>(pointer);
}

template <class Offset>
std::pair<std::int64_t, std::int64_t> range_at(const ArrowArray& array, std::int64_t row) {
  const auto* const offsets = static_cast<const Offset*>(array.buffers[1]) + array.offset + row;
  return {static_cast<std::int64_t>(offsets[0]), static_cast<std::int64_t>(offsets[1])};
}

bool has_value(const ArrowArray& array, std::int64_t row) {
  const auto* const valid = static_cast<const std::uint8_t*>(array.buffers[0]);
  const std::int64_t at = array.offset + row;
  return valid == nullptr || (valid[at / 8] >> (at % 8) & 1) != 0;
}

enum class Strings { small, large, views };

std::string_view string_at(const ArrowArray& array, Strings kind, std::int64_t row) {
  if (kind == Strings::views) {
    // 16 bytes: the length, and the text if it has at most 12, else its beginning, its buffer, and where
    // there.
    const char* const view = static_cast<const char*>(array.buffers[1]) + 16 * (array.offset + row);
    std::array<std::int32_t, 4> fields;
    std::memcpy(fields.data(), view, sizeof fields);
    const auto size = static_cast<std::size_t>(fields[0]);
    if (size <= 12) return {view + 4, size};
    return {static_cast<const char*>(array.buffers[2 + fields[2]]) + fields[3], size};
  }
  const auto [begin, end] =
      kind == Strings::small ? range_at<std::int32_t>(array, row) : range_at<std::int64_t>(array, row);
  return {static_cast<const char*>(array.buffers[2]) + begin, static_cast<std::size_t>(end - begin)};
}

std::optional<Strings> strings_of(const ArrowSchema& schema) {
  const std::string_view format = schema.format;
  if (format == "u") return Strings::small;
  if (format == "U") return Strings::large;
  if (format == "vu") return Strings::views;
  return {};
}

void split(std::string_view text, const TextColumn::VisitWord& visit) {
  const char* const end = text.data() + text.size();
  for (const char* at = text.data();;) {
    const char* const begin = std::find_if(at, end, is_word_byte);
    if (begin == end) return;
    at = std::find_if_not(begin, end, is_word_byte);
    visit({begin, static_cast<std::size_t>(at - begin)});
  }
}

constexpr std::int64_t kRowsBetweenInterrupts = 1 << 14;

class ArrowColumn : public TextColumn {
 public:
  ArrowColumn(Owned<ArrowSchema> schema, std::vector<Owned<ArrowArray>> chunks)
      : schema_(std::move(schema)), chunks_(std::move(chunks)) {
    const ArrowSchema* column = &*schema_;
    if (std::string_view(column->format) == "+s") {
      if (column->n_children != 1)
        throw Error("a table of " + std::to_string(column->n_children) +
                    " columns: expected one, of strings or lists of strings");
      is_table_ = true;
      column = column->children[0];
    }
    const std::string_view format = column->format;
    is_list_ = format == "+l" || format == "+L";
    has_large_lists_ = format == "+L";
    const ArrowSchema& strings = is_list_ ? *column->children[0] : *column;
    const auto kind = strings_of(strings);
    if (!kind)
      throw Error("a column of Arrow's type '" + std::string(column->format) +
                  (strings.dictionary != nullptr ? "' with a dictionary" : "'") +
                  ": expected strings or lists of strings");
    kind_ = *kind;
  }

  void for_each_word(const VisitWord& visit, const std::function<void()>& end_row) const override {
    const nb::gil_scoped_release released;
    std::int64_t rows = 0;
    for (const Owned<ArrowArray>& chunk : chunks_) {
      const ArrowArray& column = is_table_ ? *(*chunk).children[0] : *chunk;
      // Rows of a table begin where the table does; its own rows without a value do not occur.
      const std::int64_t first = is_table_ ? (*chunk).offset : 0;
      for (std::int64_t row = first; row < first + (*chunk).length; ++row) {
        if (has_value(column, row)) visit_row(column, row, visit);
        end_row();
        if (++rows % kRowsBetweenInterrupts == 0) {
          const nb::gil_scoped_acquire acquired;
          raise_interrupt();
        }
      }
    }
  }

 private:
  void visit_row(const ArrowArray& column, std::int64_t row, const VisitWord& visit) const {
    if (!is_list_) return split(string_at(column, kind_, row), visit);
    const auto [begin, end] =
        has_large_lists_ ? range_at<std::int64_t>(column, row) : range_at<std::int32_t>(column, row);
    const ArrowArray& words = *column.children[0];
    for (std::int64_t word = begin; word < end; ++word)
      if (has_value(words, word)) visit(string_at(words, kind_, word));
  }

  Owned<ArrowSchema> schema_;
  std::vector<Owned<ArrowArray>> chunks_;
  bool is_table_ = false;
  bool is_list_ = false;
  bool has_large_lists_ = false;
  Strings kind_ = Strings::small;
};

class ObjectColumn : public TextColumn {
 public:
  explicit ObjectColumn(nb::list rows) : rows_(std::move(rows)) {}

  void for_each_word(const VisitWord& visit, const std::function<void()>& end_row) const override {
    std::int64_t number = 0;
    for (const nb::handle row : rows_) {
      if (PyUnicode_Check(row.ptr())) split(utf8(row.ptr(), number, 0), visit);
      end_row();
      if (++number % kRowsBetweenInterrupts == 0) raise_interrupt();
    }
  }

 private:
  nb::list rows_;
};

}  // namespace

std::unique_ptr<TextColumn> arrow_column(nb::handle source) {
  std::vector<Owned<ArrowArray>> chunks;
  if (!nb::hasattr(source, "__arrow_c_stream__")) {
    const nb::object pair = source.attr("__arrow_c_array__")();
    Owned<ArrowSchema> schema(in_capsule<ArrowSchema>(pair[0], "arrow_schema"));
    chunks.emplace_back(in_capsule<ArrowArray>(pair[1], "arrow_array"));
    return std::make_unique<ArrowColumn>(std::move(schema), std::move(chunks));
  }
  const nb::object capsule = source.attr("__arrow_c_stream__")();
  Owned<ArrowArrayStream> stream(in_capsule<ArrowArrayStream>(capsule, "arrow_array_stream"));
  const auto require = [&stream](int code) {
    if (code == 0) return;
    const char* const reason = (*stream).get_last_error(stream.get());
    throw Error("a column that Arrow cannot read: " + std::string(reason != nullptr ? reason : "no reason"));
  };
  Owned<ArrowSchema> schema;
  require((*stream).get_schema(stream.get(), schema.get()));
  while (true) {
    Owned<ArrowArray> chunk;
    require((*stream).get_next(stream.get(), chunk.get()));
    if ((*chunk).release == nullptr) break;
    chunks.push_back(std::move(chunk));
  }
  return std::make_unique<ArrowColumn>(std::move(schema), std::move(chunks));
}

std::unique_ptr<TextColumn> object_column(nb::list rows) {
  return std::make_unique<ObjectColumn>(std::move(rows));
}

}  // namespace warp2vec::python
