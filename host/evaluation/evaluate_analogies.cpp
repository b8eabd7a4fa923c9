#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/evaluation/nearest_to_offsets.h"
#include "host/evaluation/word_matcher.h"
#include "host/io/lines.h"

#include <cstddef>
#include <span>

namespace warp2vec {
namespace {

struct Question {
  Offset rows;  // of a, b and c
  std::int64_t answer;
  std::size_t section;
};

// The questions whose words are all known; also fills in the sections' names and totals.
std::vector<Question> read_questions(const std::string& path, const WordMatcher& matcher,
                                     std::vector<AnalogySection>& sections) {
  std::vector<Question> questions;
  TextLines lines(path);
  for (std::string_view line; lines.next(line);) {
    const std::vector<std::string_view> words = split_at_whitespace(line);
    if (words.empty()) continue;
    if (words[0] == ":") {
      const std::size_t begin = line.find_first_not_of(": \t");
      const std::size_t end = line.find_last_not_of(" \t");
      AnalogySection& section = sections.emplace_back();
      if (begin != std::string_view::npos) section.name = line.substr(begin, end - begin + 1);
      continue;
    }
    if (words.size() != 4) lines.fail("': section' or four words");
    // Questions before the first heading belong to an unnamed section.
    if (sections.empty()) sections.emplace_back();
    ++sections.back().total;
    const std::optional<std::int64_t> a = matcher.find(words[0]);
    const std::optional<std::int64_t> b = matcher.find(words[1]);
    const std::optional<std::int64_t> c = matcher.find(words[2]);
    const std::optional<std::int64_t> d = matcher.find(words[3]);
    if (a && b && c && d) questions.push_back({{*a, *b, *c}, *d, sections.size() - 1});
  }
  return questions;
}

// gensim's rule: of the five nearest rows other than a, b and c, the first that is not a case variant of
// them; the last of the five if all are.
std::optional<std::int64_t> answer_of(const Offset& asked, const NearestRows& nearest,
                                      const WordMatcher& matcher) {
  const auto is_asked = [&](std::int64_t row) { return row == asked.a || row == asked.b || row == asked.c; };
  std::optional<std::int64_t> answer;
  int candidates = 0;
  for (const std::int64_t row : nearest) {
    if (row < 0 || is_asked(row)) continue;
    answer = matcher.representative(row);
    if (!is_asked(*answer) || ++candidates == 5) break;
  }
  return answer;
}

void add(AnalogySection& sum, const AnalogySection& section) {
  sum.correct += section.correct;
  sum.found += section.found;
  sum.total += section.total;
}

}  // namespace

AnalogyResult evaluate_analogies(const KeyedVectors& space, const std::string& path,
                                 const EvaluateOptions& options) {
  AnalogyResult result;
  result.file = path;
  result.semantic.name = "semantic";
  result.syntactic.name = "syntactic";
  result.all.name = "all";
  const WordMatcher matcher(space, options.restrict_vocab, options.case_sensitive);
  const std::vector<Question> questions = read_questions(path, matcher, result.sections);

  std::vector<Offset> offsets;
  offsets.reserve(questions.size());
  for (const Question& question : questions) offsets.push_back(question.rows);
  const std::vector<NearestRows> nearest =
      nearest_to_offsets(space, matcher.limit(), offsets, options.threads);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    AnalogySection& section = result.sections[questions[i].section];
    ++section.found;
    if (answer_of(questions[i].rows, nearest[i], matcher) == questions[i].answer) ++section.correct;
  }
  for (const AnalogySection& section : result.sections) {
    add(section.name.starts_with("gram") ? result.syntactic : result.semantic, section);
    add(result.all, section);
  }
  if (result.all.total == 0) throw Error(path + ": expected questions of four words, found none");
  return result;
}

}  // namespace warp2vec
