// Phrases: the rule against a plain one, whatever cuts the text into chunks, and the command.

#include <warp2vec/phrases.h>

#include "host/phrases/phrase_rule.h"
#include "tests/support/plain_sentences.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/thrown_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace warp2vec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Sentence = std::vector<std::string>;
using Text = std::vector<Sentence>;

// A straightforward implementation of the rules, for comparison: candidates as lists of words.
class PlainPhrases {
 public:
  PlainPhrases(const Text& text, const PhraseSettings& settings)
      : settings_(settings), connectors_(settings.connectors.begin(), settings.connectors.end()) {
    for (const Sentence& sentence : text)
      for (const std::string& word : sentence) {
        ++words_[word];
        ++total_;
      }
    for (const Sentence& sentence : text)
      walk(sentence, [this](const Sentence& candidate) {
        ++candidates_[candidate];
        return false;
      });
  }

  std::map<std::string, std::int64_t> list() const {
    std::map<std::string, std::int64_t> phrases;
    for (const auto& [candidate, count] : candidates_)
      if (is_phrase(candidate)) phrases[joined(candidate)] += count;
    return phrases;
  }

  std::string join(const Text& text) const {
    std::string out;
    for (const Sentence& sentence : text) {
      Sentence left = sentence;
      std::string line;
      for (std::size_t at = 0; at < left.size();) {
        const Sentence candidate = candidate_at(left, at);
        line += line.empty() ? "" : " ";
        const bool joins = !candidate.empty() && is_phrase(candidate);
        line += joins ? joined(candidate) : left[at];
        at += joins ? candidate.size() : 1;
      }
      out += line + "\n";
    }
    return out;
  }

 private:
  bool is_known(const std::string& word) const {
    const auto found = words_.find(word);
    return found != words_.end() && found->second >= settings_.min_count && !connectors_.contains(word);
  }

  // The candidate that begins at a word, or none.
  Sentence candidate_at(const Sentence& sentence, std::size_t at) const {
    if (!is_known(sentence[at])) return {};
    std::size_t end = at + 1;
    while (end < sentence.size() && connectors_.contains(sentence[end])) ++end;
    if (end == sentence.size() || !is_known(sentence[end])) return {};
    return {sentence.begin() + static_cast<std::ptrdiff_t>(at),
            sentence.begin() + static_cast<std::ptrdiff_t>(end) + 1};
  }

  template <class Take>
  void walk(const Sentence& sentence, Take take) {
    for (std::size_t at = 0; at < sentence.size(); ++at)
      if (const Sentence candidate = candidate_at(sentence, at); !candidate.empty()) take(candidate);
  }

  bool is_phrase(const Sentence& candidate) const {
    const auto found = candidates_.find(candidate);
    if (found == candidates_.end() || found->second < settings_.min_count) return false;
    const auto both = static_cast<double>(found->second);
    const auto first = static_cast<double>(words_.at(candidate.front()));
    const auto second = static_cast<double>(words_.at(candidate.back()));
    const auto total = static_cast<double>(total_);
    if (settings_.score == PhraseScore::npmi)
      return std::log(both * total / (first * second)) / std::log(total / both) > settings_.threshold;
    return (both - static_cast<double>(settings_.min_count)) * total / (first * second) > settings_.threshold;
  }

  std::string joined(const Sentence& words) const {
    std::string text = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) text += settings_.delimiter + words[i];
    return text;
  }

  PhraseSettings settings_;
  std::set<std::string> connectors_;
  std::map<std::string, std::int64_t> words_;
  std::map<Sentence, std::int64_t> candidates_;
  std::int64_t total_ = 0;
};

// Few words, so that most pairs occur often and many are phrases; long and short lines, some empty.
std::string random_text(unsigned seed) {
  std::mt19937 random(seed);
  const std::vector<std::string> words{
      "new",  "york", "of", "the",      "bank", "and", "a_longer_word_of_many_bytes",
      "rare", "x",    "y",  "\xC3\xBC", "zz",   "of",  "america"};
  std::string text;
  for (int i = 0; i < 1500; ++i) {
    const std::size_t word = std::min(random() % words.size(), random() % words.size());
    text += words[word];
    text += random() % 12 == 0 ? (random() % 4 == 0 ? "\n\n" : "\n") : (random() % 9 == 0 ? "  \t" : " ");
    if (word == 0 && random() % 2 == 0) text += "york ";
  }
  text += "new york";  // the last line has no newline
  return text;
}

std::string joined_in_chunks(const Corpus& corpus, const Phrases::Found& found, int threads,
                             std::size_t chunk_bytes) {
  std::string text;
  join_in_chunks(
      corpus, found, threads, [&text](std::string_view bytes) { text += bytes; }, {}, chunk_bytes);
  return text;
}

class PhraseRule : public testing::TestWithParam<unsigned> {};

TEST_P(PhraseRule, IsThePlainOneWhereverTheTextIsCut) {
  const std::string text = random_text(GetParam());
  const TemporaryFolder folder;
  folder.write("text", text);
  const Text sentences = plain_sentences(text);
  for (const bool npmi : {false, true}) {
    for (const bool with_connectors : {false, true}) {
      PhraseSettings settings;
      settings.min_count = 3;
      settings.score = npmi ? PhraseScore::npmi : PhraseScore::word2vec;
      settings.threshold = npmi ? 0.02 : 1.2;
      settings.threads = 3;
      if (with_connectors) settings.connectors = {"of", "the", "never"};
      settings.memory.bytes = GetParam() % 2 == 0 ? 1 : 0;
      settings.memory.scratch_folder = folder.path("");
      const PlainPhrases plain(sentences, settings);
      const std::string expected = plain.join(sentences);
      ASSERT_NE(expected, text);
      for (const std::size_t chunk_bytes :
           {std::size_t{1}, std::size_t{7}, std::size_t{60}, std::size_t{1} << 20}) {
        const Corpus corpus({folder.path("text")});
        const auto found = find_in_chunks(corpus, settings, {}, chunk_bytes);
        std::map<std::string, std::int64_t> list;
        for (const Phrase& phrase : found->list) list[phrase.text] += phrase.count;
        EXPECT_EQ(list, plain.list());
        EXPECT_GE(list.size(), 3U);
        EXPECT_EQ(joined_in_chunks(corpus, *found, 3, chunk_bytes), expected) << chunk_bytes;
      }
      const Phrases in_memory(
          [&](const std::function<void(std::span<const std::string_view>)>& take) {
            for (const Sentence& sentence : sentences)
              take(std::vector<std::string_view>(sentence.begin(), sentence.end()));
          },
          settings);
      std::string joined;
      for (const Sentence& sentence : sentences) {
        const std::vector<std::string_view> words(sentence.begin(), sentence.end());
        std::string line;
        for (const std::string& word : in_memory.join(words)) line += (line.empty() ? "" : " ") + word;
        joined += line + "\n";
      }
      EXPECT_EQ(joined, expected);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, PhraseRule, testing::Values(1U, 2U, 3U));

class PhrasesTest : public testing::Test {
 protected:
  Corpus corpus(const std::string& text) {
    folder_.write("text", text);
    return Corpus({folder_.path("text")});
  }

  TemporaryFolder folder_;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(PhrasesTest, ScoresAreThoseOfTheFormulas) {
  // c(a) = 6, c(b) = 8, c(a b) = 6, N = 20.
  const Corpus text = corpus(repeated("a b\n", 6) + "b\nb\n" + repeated("c\n", 6));
  PhraseSettings settings;
  settings.min_count = 2;
  settings.threshold = 0;
  const Phrases phrases(text, settings);
  ASSERT_EQ(phrases.list().size(), 1U);
  EXPECT_EQ(phrases.list()[0].text, "a_b");
  EXPECT_EQ(phrases.list()[0].count, 6);
  EXPECT_DOUBLE_EQ(phrases.list()[0].score, (6. - 2) / (6. * 8) * 20);
  settings.score = PhraseScore::npmi;
  EXPECT_DOUBLE_EQ(Phrases(text, settings).list()[0].score,
                   std::log((6. / 20) / (6. / 20 * 8. / 20)) / -std::log(6. / 20));
}

TEST_F(PhrasesTest, FurtherPassesFindLongerPhrases) {
  const std::string other = repeated("x\ny\nz\n", 30);
  const Corpus text = corpus(repeated("new york times square\n", 9) + other);
  PhraseSettings settings;
  settings.min_count = 2;
  const double once[] = {1};
  const double twice[] = {1, 1};
  JoinedText joined = join_phrases(text, settings, once, folder_.path("once"));
  EXPECT_EQ(folder_.read("once").substr(0, 22), "new_york times_square\n");
  EXPECT_EQ(joined.phrases, 18);
  EXPECT_EQ(joined.words, 18 + 90);
  joined = join_phrases(text, settings, twice, folder_.path("twice"));
  EXPECT_EQ(folder_.read("twice").substr(0, 22), "new_york_times_square\n");
  EXPECT_EQ(joined.words, 9 + 90);
  ASSERT_EQ(joined.list.size(), 1U);
  EXPECT_EQ(joined.list[0].text, "new_york_times_square");
}

TEST_F(PhrasesTest, AFailureLeavesNothing) {
  const Corpus text = corpus("a b a b a b a b a b a b");
  PhraseSettings settings;
  const double thresholds[] = {1};
  settings.min_count = 100;
  EXPECT_THAT(thrown_message([&] { join_phrases(text, settings, thresholds, folder_.path("out")); }),
              HasSubstr("no word appears"));
  EXPECT_THAT(folder_.names(), ElementsAre("text"));
}

TEST_F(PhrasesTest, SettingsOutOfRangeAreErrors) {
  const auto message = [](auto change) {
    PhraseSettings settings;
    change(settings);
    return thrown_message([&] { settings.validate(); });
  };
  EXPECT_EQ(message([](PhraseSettings&) {}), "");
  EXPECT_THAT(message([](PhraseSettings& s) { s.min_count = 0; }), HasSubstr("min_count 0"));
  EXPECT_THAT(message([](PhraseSettings& s) { s.threshold = -1; }), HasSubstr("threshold -1"));
  EXPECT_THAT(message([](PhraseSettings& s) { s.threshold = std::nan(""); }), HasSubstr("threshold"));
  EXPECT_THAT(message([](PhraseSettings& s) { s.score = PhraseScore::npmi; }), HasSubstr("-1 to 1"));
  EXPECT_THAT(message([](PhraseSettings& s) { s.delimiter = ' '; }), HasSubstr("delimiter"));
  EXPECT_THAT(message([](PhraseSettings& s) { s.connectors = {"of the"}; }), HasSubstr("'of the'"));
}

TEST_F(PhrasesTest, ExceptionsOfSentencesPassThrough) {
  const Sentences fails = [](const auto&) { throw std::runtime_error("no more"); };
  EXPECT_THROW(Phrases(fails, {}), std::runtime_error);
  const Sentences none = [](const auto&) {};
  EXPECT_EQ(thrown_message([&] { Phrases(none, {}); }), "the sentences, 0 of them, hold no words");
}

}  // namespace
}  // namespace warp2vec
