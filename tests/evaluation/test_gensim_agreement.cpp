#include <warp2vec/detail/random.h>
#include <warp2vec/evaluate.h>

#include "host/bytes/utf8.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/word_vectors_of.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

constexpr std::int32_t kDim = 20;
constexpr std::int64_t kLimits[] = {500, 1500, 1000000};

// An endless sequence of draws, the same in every run.
class Dice {
 public:
  std::size_t below(std::size_t n) { return to_below(next(), static_cast<std::uint32_t>(n)); }
  float unit() { return to_unit(next()); }

 private:
  std::uint32_t next() { return draws_.u32(Stream::negative, position_++); }
  Draws draws_{2024, 0};
  std::uint64_t position_ = 0;
};

// A word of syllables, each in lower or upper case: many differ in case alone.
std::string random_word(Dice& dice) {
  constexpr std::pair<std::string_view, std::string_view> kSyllables[] = {
      {"ab", "AB"}, {"co", "Co"}, {"ü", "Ü"}, {"ß", "SS"}, {"é", "É"},
      {"ж", "Ж"},   {"ς", "Σ"},   {"σ", "Σ"}, {"ﬁ", "FI"}, {"語", "語"}};
  std::string made;
  for (std::size_t n = 2 + dice.below(2); n > 0; --n) {
    const auto& [lower, upper] = kSyllables[dice.below(std::size(kSyllables))];
    made += dice.below(3) == 0 ? upper : lower;
  }
  return made;
}

WordVectors random_vectors(Dice& dice) {
  std::vector<std::pair<std::string, std::vector<float>>> rows;
  std::set<std::string> words;
  const auto add = [&](const std::string& word, const std::vector<float>& centre, float spread) {
    std::vector<float> row = centre;
    row.resize(kDim);
    for (float& value : row) value += spread * (dice.unit() - 0.5F);
    if (words.insert(word).second) rows.emplace_back(word, row);
  };
  // Variants of one word close together: all of the five nearest are forms of the question's words, or the
  // fifth is another word.
  for (const char* variant : {"tiger", "Tiger", "tIger", "tiGer", "tigEr", "TIger"}) add(variant, {10}, 0.1F);
  for (const char* variant : {"lion", "Lion", "lIon", "liOn", "LION"}) add(variant, {0, 10}, 0.1F);
  add("leopard", {0, 8, 6}, 0.1F);
  while (rows.size() < 2000) add(random_word(dice), {}, 1);
  return word_vectors_of(rows);
}

// Questions and answers by definition: among the words that differ from a, b and c by more than case, the one
// nearest to b - a + c.
class Solver {
 public:
  explicit Solver(const KeyedVectors& space) : space_(space) {
    for (std::int64_t row = 0; row < space.size(); ++row) {
      forms_.push_back(upper_case(space.word(row)));
      units_.push_back(space.unit(row));
      first_.emplace(forms_.back(), row);
    }
  }

  // The most frequent word that is the same as that of `row` up to case.
  std::int64_t first_form(std::int64_t row) const { return first_.at(form(row)); }

  std::int64_t solve(std::int64_t a, std::int64_t b, std::int64_t c) const {
    std::int64_t best = -1;
    double best_score = 0;
    for (std::int64_t row = 0; row < space_.size(); ++row) {
      if (form(row) == form(a) || form(row) == form(b) || form(row) == form(c)) continue;
      double score = 0;
      for (std::size_t d = 0; d < kDim; ++d)
        score += double{unit(row)[d]} * (double{unit(b)[d]} - double{unit(a)[d]} + double{unit(c)[d]});
      if (best < 0 || score > best_score) {
        best = row;
        best_score = score;
      }
    }
    return best;
  }

 private:
  const std::string& form(std::int64_t row) const { return forms_[static_cast<std::size_t>(row)]; }
  const std::vector<float>& unit(std::int64_t row) const { return units_[static_cast<std::size_t>(row)]; }
  const KeyedVectors& space_;
  std::vector<std::string> forms_;
  std::vector<std::vector<float>> units_;
  std::map<std::string, std::int64_t> first_;
};

std::string text_of(const WordVectors& vectors) {
  std::ostringstream text;
  text.precision(9);
  text << vectors.size() << ' ' << vectors.dim() << '\n';
  for (std::int64_t r = 0; r < vectors.size(); ++r) {
    text << vectors.words[static_cast<std::size_t>(r)];
    for (std::int32_t d = 0; d < vectors.dim(); ++d) text << ' ' << vectors.vectors.row(r)[d];
    text << '\n';
  }
  return text.str();
}

std::string pairs_for(const KeyedVectors& space, Dice& dice) {
  std::ostringstream text;
  text << "# a comment\nfirst\tsecond\tscore\n";
  const auto word = [&] { return space.word(static_cast<std::int64_t>(dice.below(2000))); };
  for (int i = 0; i < 300; ++i) {
    const std::string a = i % 20 == 0 ? "missing" : word();
    const std::string b = word();
    text << a << '\t' << b << '\t' << dice.below(40) << ".5\n";  // many ties
    if (i % 30 == 1) text << b << '\t' << a << "\t7\n";          // ties of the computed similarity
  }
  return text.str();
}

constexpr int kQuestions = 80;  // per section

std::string analogies_for(const KeyedVectors& space, Dice& dice) {
  const Solver solver(space);
  std::ostringstream text;
  for (const char* section :
       {"capital-common-countries", "gram1-adjective-to-adverb", "family", "gram9 plural"}) {
    text << ": " << section << '\n';
    for (int i = 0; i < kQuestions; ++i) {
      const auto row = [&] {
        const auto drawn = static_cast<std::int64_t>(dice.below(i % 2 == 0 ? 2000 : 600));
        return i % 4 == 0 ? drawn : solver.first_form(drawn);
      };
      const std::int64_t a = row();
      const std::int64_t b = i % 9 == 0 ? a : row();
      const std::int64_t c = row();
      const std::int64_t answer = i % 3 == 0 ? row() : solver.solve(a, b, c);
      text << space.word(a) << ' ' << (i % 25 == 0 ? "missing" : space.word(b)) << ' ' << space.word(c) << ' '
           << space.word(answer) << '\n';
    }
  }
  // The words' own forms fill the five nearest, so that the last of them is taken for the answer, or four.
  const std::string& x = space.word(40);
  text << ": forms\n"
       << x << ' ' << x << " tiger TIGER\n"
       << x << ' ' << x << " tiger " << space.word(50) << '\n'
       << x << ' ' << x << " lion leopard\n"
       << ": nothing known\nmissing tiger missing tiger\n: empty\n";
  return text.str();
}

constexpr const char* kQueries[] = {"tiger", "tiger lIon -leopard", "tiger tIger -lion Tiger"};

// One letter per line of the scripts whose case mappings are stable.
std::string letters() {
  std::ostringstream text;
  constexpr std::pair<int, int> kRanges[] = {{0x41, 0x7F},     {0xC0, 0x250},    {0x390, 0x52A},
                                             {0x531, 0x588},   {0x1E00, 0x2000}, {0x2C00, 0x2C2F},
                                             {0xFB00, 0xFB18}, {0xFF21, 0xFF5B}};
  for (const auto& [first, last] : kRanges)
    for (int point = first; point < last; ++point) {
      if (point < 0x80)
        text << static_cast<char>(point);
      else if (point < 0x800)
        text << static_cast<char>(0xC0 | (point >> 6)) << static_cast<char>(0x80 | (point & 0x3F));
      else
        text << static_cast<char>(0xE0 | (point >> 12)) << static_cast<char>(0x80 | ((point >> 6) & 0x3F))
             << static_cast<char>(0x80 | (point & 0x3F));
      text << '\n';
    }
  return text.str();
}

struct Finished {
  int status;
  std::string output;
};

Finished run(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
}

void expect_equal(const AnalogyResult& ours, const nlohmann::json& theirs) {
  ASSERT_EQ(theirs.size(), ours.sections.size() + 1);
  const auto expect_section = [](const AnalogySection& section, const nlohmann::json& expected) {
    EXPECT_EQ(section.correct, expected[1].get<std::int64_t>()) << section.name;
    EXPECT_EQ(section.found - section.correct, expected[2].get<std::int64_t>()) << section.name;
  };
  for (std::size_t i = 0; i < ours.sections.size(); ++i) {
    EXPECT_EQ(ours.sections[i].name, theirs[i][0].get<std::string>());
    expect_section(ours.sections[i], theirs[i]);
  }
  expect_section(ours.all, theirs.back());
}

TEST(GensimAgreement, PairsAnalogiesNeighborsAndCaseAreEqual) {
  const TemporaryFolder folder;
  Dice dice;
  WordVectors vectors = random_vectors(dice);
  folder.write("vectors.txt", text_of(vectors));
  const KeyedVectors space(std::move(vectors));
  const std::string pairs = folder.write("pairs.tsv", pairs_for(space, dice));
  const std::string analogies = folder.write("analogies.txt", analogies_for(space, dice));
  std::string limits;
  for (const std::int64_t limit : kLimits) limits += std::to_string(limit) + "\n";
  folder.write("limits.txt", limits);
  std::string queries;
  for (const char* query : kQueries) queries += std::string(query) + "\n";
  folder.write("neighbors.txt", queries);
  folder.write("letters.txt", letters());

  const Finished oracle =
      run(WARP2VEC_PYTHON " " WARP2VEC_TESTS_FOLDER "/gensim_oracle.py " + folder.path(""));
  if (oracle.status == 127 || oracle.status == 77)
    GTEST_SKIP() << WARP2VEC_PYTHON " or its gensim is missing";
  ASSERT_EQ(oracle.status, 0);
  const nlohmann::json expected = nlohmann::json::parse(oracle.output);

  std::size_t case_of = 0;
  std::size_t run_of = 0;
  for (const bool case_sensitive : {false, true}) {
    EvaluateOptions options;
    options.case_sensitive = case_sensitive;
    options.threads = 2;
    const PairsResult judged = evaluate_pairs(space, pairs, options);
    EXPECT_NEAR(judged.spearman, expected["pairs"][case_of][0].get<double>(), 1e-9);
    const auto missing = static_cast<double>(judged.total - judged.found);
    EXPECT_NEAR(100 * missing / static_cast<double>(judged.total),
                expected["pairs"][case_of][1].get<double>(), 1e-9);
    ++case_of;
    for (const std::int64_t limit : kLimits) {
      SCOPED_TRACE("restricted to " + std::to_string(limit));
      options.restrict_vocab = limit;
      const AnalogyResult answered = evaluate_analogies(space, analogies, options);
      expect_equal(answered, expected["analogies"][run_of++]);
      EXPECT_EQ(answered.sections[4].correct, case_sensitive ? 0 : 2);  // ": forms"
      EXPECT_EQ(answered.all.total, 4 * kQuestions + 4);
      // Without correct answers the comparison would mean little.
      EXPECT_GT(answered.all.correct, limit < 2000 ? 10 : 100);
    }
  }

  for (std::size_t q = 0; q < std::size(kQueries); ++q) {
    SCOPED_TRACE(kQueries[q]);
    std::vector<std::string> positive;
    std::vector<std::string> negative;
    std::istringstream query(kQueries[q]);
    for (std::string word; query >> word;) {
      if (word.starts_with('-'))
        negative.push_back(word.substr(1));
      else
        positive.push_back(word);
    }
    const std::vector<Neighbor> ours = space.most_similar(positive, negative, 20);
    const nlohmann::json& theirs = expected["neighbors"][q];
    ASSERT_EQ(ours.size(), theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
      EXPECT_EQ(ours[i].word, theirs[i][0].get<std::string>());
      EXPECT_NEAR(ours[i].similarity, theirs[i][1].get<double>(), 1e-6);
    }
  }

  std::istringstream input(letters());
  std::size_t letter_number = 0;
  for (std::string letter; std::getline(input, letter); ++letter_number)
    EXPECT_EQ(upper_case(letter), expected["letters"][letter_number].get<std::string>()) << letter;
  EXPECT_EQ(letter_number, expected["letters"].size());
}

}  // namespace
}  // namespace warp2vec
