#pragma once
/// What `neighbors` and `analogy` share: questions about vectors on the command line or, without any, line by
/// line from standard input, and answers as tables or JSON.

#include <warp2vec/keyed_vectors.h>

#include "host/cli/flags/arguments.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Words near to the sum of some vectors minus that of others, or to a vector.
struct Question {
  std::string title;
  std::vector<std::string> positive;
  std::vector<std::string> negative = {};
  std::vector<float> vector = {};  ///< instead of words, if it has values
};

struct QueryCommand {
  std::string name;
  std::string words;  ///< of a question, in the help
  std::string description;
  std::string footer;
  std::int64_t top;  ///< default of --top
  /// The questions in the words of the command line. Throws UsageError if there is none in them.
  std::vector<Question> (*questions)(const std::vector<std::string>& words);
  /// Those in the words of a line. Throws UsageError likewise.
  std::vector<Question> (*of_line)(const std::vector<std::string>& words);
  std::string last_line = "";  ///< a line that ends the questions, "" = none does
};

/// How answers are printed.
enum class AnswerStyle {
  table,
  json,  ///< an object for each question, in a line
  plain  ///< fastText's lines "word similarity"
};

/// Returns the exit status: 1 if some line has no answer.
int run_query(const QueryCommand& command, const Arguments& arguments);

/// The files that answer.
struct VectorFiles {
  std::string vectors;
  std::string index = "";  ///< of them, "" = none
  std::int64_t limit = 0;  ///< only the first so many vectors are read, 0 = all
};

inline constexpr const char* kIndexHelp =
    "An index of these vectors, written by 'warp2vec index': finds neighbors among millions of words much "
    "faster, and nearly all of them (default: all vectors are compared)";

/// Answers the lines of standard input. Returns the exit status likewise.
int answer_lines(const QueryCommand& command, VectorFiles files, AnswerStyle style, int threads);

/// If `path` is "", moves the first of `words` there, and throws UsageError, naming `command` and `flag`, if
/// there is none or no such file.
void take_file(const std::string& command, const std::string& flag, std::string& path,
               std::vector<std::string>& words);

/// `help` of such a flag, with a sentence that says so.
std::string or_first_word(std::string help);

/// The help of --json of commands that print tables.
inline constexpr const char* kJsonHelp = "Print JSON instead of a table.";

}  // namespace warp2vec::cli
