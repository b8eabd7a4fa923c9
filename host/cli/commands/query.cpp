#include "host/cli/commands/query.h"

#include "host/cli/commands/known_words.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/neighbor_table.h"
#include "host/cli/terminal/text.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <sstream>
#include <utility>

namespace warp2vec::cli {
namespace {

class Answers {
 public:
  Answers(std::string path, std::int64_t limit, std::int64_t top, int threads)
      : path_(std::move(path)), top_(top), threads_(threads), vectors_(load_vectors_of(path_, limit)) {}

  void check(const Question& question) const {
    check_known(vectors_, question.positive, path_);
    check_known(vectors_, question.negative, path_);
  }
  void write(const Question& question) {
    const auto nearest =
        vectors_.most_similar(question.positive, question.negative, top_, {.threads = threads_});
    if (written_) std::cout << "\n";
    write_neighbors(std::cout, question.title, nearest);
    written_ = true;
  }

 private:
  std::string path_;
  std::int64_t top_;
  int threads_;
  KeyedVectors vectors_;
  bool written_ = false;
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// A line without an answer does not end the others'.
int answer_lines(const QueryCommand& command, Answers& answers) {
  const bool prompted = ::isatty(STDIN_FILENO) == 1;
  bool all_answered = true;
  const auto prompt = [&] {
    if (prompted) std::cout << command.words << "> " << std::flush;
  };
  prompt();
  for (std::string line; std::getline(std::cin, line); prompt()) {
    const std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    try {
      const Question question = command.question(words);
      answers.check(question);
      answers.write(question);
    } catch (const Error& error) {
      std::cout << std::flush;
      std::cerr << "warp2vec: " << printable(error.what()) << "\n";
      all_answered = false;
    }
  }
  if (prompted) std::cout << "\n";
  return all_answered ? 0 : 1;
}

}  // namespace

int run_query(const QueryCommand& command, const Arguments& arguments) {
  std::string path;
  std::vector<std::string> words;
  std::int64_t limit = 0;
  std::int64_t top = command.top;
  Config config;
  Flags flags(command.name + " [FILE] [" + command.words + "]", command.description, command.footer);
  flags.text("--vectors", "FILE", path,
             std::string(kVectorsHelp) + " Without this flag the first word is FILE.");
  add_limit_flag(flags, limit);
  flags.number("--top", "N", top, "Words to show; >= 1 (default " + std::to_string(command.top) + ")");
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  if (path.empty() && !words.empty()) {
    path = words.front();
    words.erase(words.begin());
    if (!std::filesystem::exists(path))
      throw UsageError(command.name + " needs --vectors FILE, or FILE as its first word, got '" + path +
                       "', which does not exist");
  }
  if (path.empty()) throw UsageError(command.name + " needs --vectors FILE");
  if (top < 1) throw UsageError("--top " + std::to_string(top) + " is out of range: expected 1 or more");
  const std::vector<Question> questions = words.empty() ? std::vector<Question>() : command.questions(words);

  Answers answers(path, limit, top, thread_count(config));
  if (words.empty()) return answer_lines(command, answers);
  // All missing words are named at once.
  Question all;
  for (const Question& question : questions)
    for (const auto* const asked : {&question.positive, &question.negative})
      all.positive.insert(all.positive.end(), asked->begin(), asked->end());
  answers.check(all);
  for (const Question& question : questions) answers.write(question);
  return 0;
}

}  // namespace warp2vec::cli
