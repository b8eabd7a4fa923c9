#include <warp2vec/error.h>
#include <warp2vec/evaluate.h>

#include "host/evaluation/fields.h"
#include "host/evaluation/nearest_rows.h"
#include "host/evaluation/word_matcher.h"
#include "host/io/lines.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace warp2vec {
namespace {

// Rows of the question "a is to b as c is to ?".
struct Asked {
  std::int64_t a, b, c;
};

struct Question {
  Asked rows;
  std::int64_t answer;
  std::size_t section;
};

// The words of a question; none if it has not four.
std::vector<std::string> four_words(std::string_view line) {
  constexpr std::size_t kWords = 4;
  for (const char separator : kSeparators) {
    std::vector<std::string> words = split_fields(line, separator);
    if (words.size() == kWords && std::find(words.begin(), words.end(), "") == words.end()) return words;
  }
  return {};
}

// The questions whose words are all known; also fills in the sections' names and totals.
std::vector<Question> read_questions(const std::string& path, const WordMatcher& matcher,
                                     std::vector<AnalogySection>& sections) {
  std::vector<Question> questions;
  TextLines lines(path);
  for (std::string_view line; lines.next(line);) {
    const std::size_t text = line.find_first_not_of(" \t");
    if (text == std::string_view::npos) continue;
    if (line[text] == ':') {
      const std::size_t begin = line.find_first_not_of(": \t");
      const std::size_t end = line.find_last_not_of(" \t,;");
      AnalogySection& section = sections.emplace_back();
      if (begin != std::string_view::npos) section.name = line.substr(begin, end - begin + 1);
      continue;
    }
    const std::vector<std::string> words = four_words(line);
    if (words.empty()) lines.fail("': section' or four words, separated by tab, comma, semicolon or spaces");
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
std::optional<std::int64_t> answer_of(const Asked& asked, const std::vector<NearestRow>& nearest,
                                      const WordMatcher& matcher) {
  const auto is_asked = [&](std::int64_t row) { return row == asked.a || row == asked.b || row == asked.c; };
  std::optional<std::int64_t> answer;
  int candidates = 0;
  for (const auto& [row, similarity] : nearest) {
    if (is_asked(row)) continue;
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
  const std::int64_t limit = searched_rows(space, {.restrict_vocab = options.restrict_vocab});
  const int threads = search_threads(options.threads);
  const WordMatcher matcher(space, limit, options.case_sensitive);
  const std::vector<Question> questions = read_questions(path, matcher, result.sections);

  constexpr std::int64_t kNearest = 8;  // a, b, c and five others
  const auto offset = [&](std::int64_t q, std::span<float> to) {
    const auto [a, b, c] = questions[static_cast<std::size_t>(q)].rows;
    const std::vector<float> of_a = space.unit(a);
    const std::vector<float> of_b = space.unit(b);
    const std::vector<float> of_c = space.unit(c);
    for (std::size_t d = 0; d < to.size(); ++d) to[d] = of_b[d] - of_a[d] + of_c[d];
  };
  const std::vector<std::vector<NearestRow>> nearest =
      nearest_rows(space, std::ssize(questions), offset, kNearest, limit, threads);
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
