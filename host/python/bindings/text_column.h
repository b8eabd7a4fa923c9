#pragma once
/// Columns of texts, as pandas, polars, pyarrow and others have them, which are read where they are.

#include <nanobind/nanobind.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace warp2vec::python {

/// Each row is a sentence: a text, whose words are separated by white space as in text files, or a list of
/// words. Rows without a value have no words.
class TextColumn {
 public:
  using VisitWord = std::function<void(std::string_view)>;

  virtual ~TextColumn() = default;
  /// Calls `visit` for the words of each row, then `end_row`, in turn and without the GIL where no Python
  /// object is read. Ctrl-C ends it.
  virtual void for_each_word(const VisitWord& visit, const std::function<void()>& end_row) const = 0;
};

/// Of an object with __arrow_c_stream__ or __arrow_c_array__: strings, lists of strings, or a table of one
/// such column. Throws Error naming another type.
std::unique_ptr<TextColumn> arrow_column(nanobind::handle source);

/// Of a list of str; everything else is a row without a value.
std::unique_ptr<TextColumn> object_column(nanobind::list rows);

}  // namespace warp2vec::python
