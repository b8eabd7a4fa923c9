#pragma once
/// What `neighbors` and `analogy` share: questions about vectors on the command line or, without any, line by
/// line from standard input, and answers as tables.

#include <warp2vec/keyed_vectors.h>

#include "host/cli/flags/arguments.h"

#include <cstdint>
#include <string>
#include <vector>

namespace warp2vec::cli {

/// Words near to the sum of some vectors minus that of others.
struct Question {
  std::string title;
  std::vector<std::string> positive;
  std::vector<std::string> negative = {};
};

struct QueryCommand {
  std::string name;
  std::string words;  ///< of a question, in the help
  std::string description;
  std::string footer;
  std::int64_t top;  ///< default of --top
  /// The questions in the words of the command line. Throws UsageError if there is none in them.
  std::vector<Question> (*questions)(const std::vector<std::string>& words);
  /// That in the words of a line. Throws UsageError likewise.
  Question (*question)(const std::vector<std::string>& words);
};

/// Returns the exit status: 1 if some line has no answer.
int run_query(const QueryCommand& command, const Arguments& arguments);

}  // namespace warp2vec::cli
