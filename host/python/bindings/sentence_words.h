#pragma once
/// The words of Python's sentences.

#include <nanobind/nanobind.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace warp2vec::python {

// The UTF-8 of a str, without a copy: CPython keeps it with the object.
inline std::string_view utf8(PyObject* word, std::int64_t sentence, std::int64_t index) {
  Py_ssize_t size = 0;
  if (!PyUnicode_Check(word))
    throw nanobind::type_error(("sentence " + std::to_string(sentence) + ", word " + std::to_string(index) +
                                " is " +
                                nanobind::cast<std::string>(nanobind::repr(nanobind::handle(word).type())) +
                                ": expected str (train_ids() takes integers)")
                                   .c_str());
  const char* const bytes = PyUnicode_AsUTF8AndSize(word, &size);
  if (bytes == nullptr) throw nanobind::python_error();
  return {bytes, static_cast<std::size_t>(size)};
}

// Ctrl-C works in Python code; here it must be asked for.
inline void raise_interrupt() {
  if (PyErr_CheckSignals() != 0) throw nanobind::python_error();
}

/// Tells Python every so many sentences how far reading has come.
struct SentenceReport {
  std::int64_t every = 0;  ///< 0 = never
  nanobind::object call;   ///< call(sentences, words, distinct words)

  void operator()(std::int64_t sentences, std::int64_t words, std::int64_t types) const {
    if (every > 0 && sentences % every == 0) call(sentences, words, types);
  }
};

/// Visits the words of an iterable of iterables of str: visit(the str, its UTF-8), which are valid only
/// during the call. `begin_sentence` gets the number of the sentence, from 0.
template <class Begin, class Visit, class End>
void for_each_word(nanobind::handle sentences, Begin begin_sentence, Visit visit, End end_sentence) {
  std::int64_t sentence = 0;
  for (const nanobind::handle words : nanobind::iter(sentences)) {
    begin_sentence(sentence);
    std::int64_t index = 0;
    const auto take = [&](PyObject* word) { visit(word, utf8(word, sentence, index++)); };
    if (PyList_Check(words.ptr())) {
      for (Py_ssize_t i = 0; i < PyList_Size(words.ptr()); ++i) take(PyList_GetItem(words.ptr(), i));
    } else {
      for (const nanobind::handle word : nanobind::iter(words)) take(word.ptr());
    }
    end_sentence();
    if (++sentence % 256 == 0) raise_interrupt();
  }
}

}  // namespace warp2vec::python
