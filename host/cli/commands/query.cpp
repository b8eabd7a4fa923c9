#include "host/cli/commands/query.h"

#include <warp2vec/neighbor_index.h>

#include "host/cli/commands/known_words.h"
#include "host/cli/flags/train_options.h"
#include "host/cli/flags/vector_files.h"
#include "host/cli/terminal/json_text.h"
#include "host/cli/terminal/line_reader.h"
#include "host/cli/terminal/neighbor_table.h"
#include "host/cli/terminal/text.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

namespace warp2vec::cli {
namespace {

using nlohmann::json;

class Answers {
 public:
  Answers(VectorFiles files, std::int64_t top, int threads, AnswerStyle style)
      : path_(std::move(files.vectors)),
        top_(top),
        threads_(threads),
        style_(style),
        vectors_(load_vectors_of(path_, files.limit)) {
    if (!files.index.empty()) index_ = NeighborIndex::load(files.index, vectors_);
  }

  /// Whether the word has a vector, for check_known().
  bool find(const std::string& word) const {
    return vectors_.find(word).has_value() || vectors_.composed(word).has_value();
  }

  void check(const Question& question) const {
    check_known(*this, question.positive, path_);
    check_known(*this, question.negative, path_);
    if (!question.vector.empty() && std::ssize(question.vector) != vectors_.dim())
      throw Error("a vector of " + std::to_string(question.vector.size()) + " values, but those of " + path_ +
                  " have " + std::to_string(vectors_.dim()));
  }

  /// The words that begin so, the most frequent first.
  std::vector<std::string_view> words_with(std::string_view beginning) const {
    std::vector<std::string_view> words;
    for (std::int64_t row = 0; row < vectors_.size(); ++row)
      if (vectors_.word(row).starts_with(beginning)) words.emplace_back(vectors_.word(row));
    return words;
  }

  void write(const Question& question) {
    const SearchOptions search{.threads = threads_, .index = index_ ? &*index_ : nullptr};
    const auto nearest = question.vector.empty()
                             ? vectors_.most_similar(question.positive, question.negative, top_, search)
                             : vectors_.similar_by_vector(question.vector, top_, search);
    if (style_ == AnswerStyle::json) return write_json(std::cout, to_json(question, nearest));
    if (style_ == AnswerStyle::plain) {
      for (const Neighbor& neighbor : nearest)
        std::cout << printable(neighbor.word) << " " << format_significant(neighbor.similarity, 6) << "\n";
      return;
    }
    if (written_) std::cout << "\n";
    write_neighbors(std::cout, question.title, nearest);
    written_ = true;
  }

  void refuse(const std::string& line, const std::string& why) const {
    if (style_ == AnswerStyle::json) write_json(std::cout, {{"query", line}, {"error", why}});
    std::cout << std::flush;
    std::cerr << "warp2vec: " << printable(why) << "\n";
  }

 private:
  static json to_json(const Question& question, const std::vector<Neighbor>& nearest) {
    json neighbors = json::array();
    for (const Neighbor& neighbor : nearest)
      neighbors.push_back({{"word", neighbor.word}, {"similarity", neighbor.similarity}});
    json answer{{"query", question.title}, {"neighbors", std::move(neighbors)}};
    if (question.vector.empty()) {
      answer["positive"] = question.positive;
      answer["negative"] = question.negative;
    } else {
      answer["vector"] = question.vector;
    }
    return answer;
  }

  std::string path_;
  std::int64_t top_;
  int threads_;
  AnswerStyle style_;
  KeyedVectors vectors_;
  std::optional<NeighborIndex> index_;
  bool written_ = false;
};

// A line without an answer does not end the others'.
int answer_lines(const QueryCommand& command, Answers& answers) {
  bool all_answered = true;
  LineReader lines(command.words + "> ",
                   [&](std::string_view beginning) { return answers.words_with(beginning); });
  while (const std::optional<std::string> line = lines.next()) {
    if (!command.last_line.empty() && *line == command.last_line) break;
    const std::vector<std::string> words = words_in(*line);
    if (words.empty()) continue;
    try {
      for (const Question& question : command.of_line(words)) {
        answers.check(question);
        answers.write(question);
      }
    } catch (const Error& error) {
      answers.refuse(*line, error.what());
      all_answered = false;
    }
  }
  return all_answered ? 0 : 1;
}

}  // namespace

std::string or_first_word(std::string help) { return help += " Without this flag the first word is FILE."; }

void take_file(const std::string& command, const std::string& flag, std::string& path,
               std::vector<std::string>& words) {
  if (path.empty() && !words.empty()) {
    path = words.front();
    words.erase(words.begin());
    if (!std::filesystem::exists(path))
      throw UsageError(command + " needs " + flag + " FILE, or FILE as its first word, got '" + path +
                       "', which does not exist");
  }
  if (path.empty()) throw UsageError(command + " needs " + flag + " FILE");
}

int answer_lines(const QueryCommand& command, VectorFiles files, AnswerStyle style, int threads) {
  Answers answers(std::move(files), command.top, threads, style);
  return answer_lines(command, answers);
}

int run_query(const QueryCommand& command, const Arguments& arguments) {
  VectorFiles files;
  std::vector<std::string> words;
  std::int64_t top = command.top;
  bool as_json = false;
  Config config;
  Flags flags(command.name + " [FILE] [" + command.words + "]", command.description, command.footer);
  flags.text("--vectors", "FILE", files.vectors, or_first_word(kVectorsHelp));
  flags.text("--index", "FILE", files.index, kIndexHelp);
  add_limit_flag(flags, files.limit);
  flags.number("--top", "N", top, "Words to show; >= 1 (default " + std::to_string(command.top) + ")");
  flags.number("--threads", "N", config.threads, kThreadsHelp);
  flags.on_off("--json", as_json, "Print a JSON object for each question, in a line, instead of tables.");
  flags.positionals(words);
  flags.parse(arguments);
  check_settings(config);
  take_file(command.name, "--vectors", files.vectors, words);
  if (top < 1) throw UsageError("--top " + std::to_string(top) + " is out of range: expected 1 or more");
  const std::vector<Question> questions = words.empty() ? std::vector<Question>() : command.questions(words);

  Answers answers(std::move(files), top, thread_count(config),
                  as_json ? AnswerStyle::json : AnswerStyle::table);
  if (words.empty()) return answer_lines(command, answers);
  // All missing words are named at once.
  Question all;
  for (const Question& question : questions)
    for (const auto* const asked : {&question.positive, &question.negative})
      all.positive.insert(all.positive.end(), asked->begin(), asked->end());
  answers.check(all);
  for (const Question& question : questions) answers.check(question);
  for (const Question& question : questions) answers.write(question);
  return 0;
}

}  // namespace warp2vec::cli
