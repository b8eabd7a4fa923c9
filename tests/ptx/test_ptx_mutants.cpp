// Faults injected into the PTX: here they must be detected, either by different results or by an error of the
// machine, and most of them by the tests for GPUs, too, which see only the results, and these up to rounding.
#include "tests/ptx/ptx_test.h"
#include "tests/support/tile_bounds.h"

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <ostream>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <unordered_set>
#include <vector>

namespace warp2vec {
namespace {

/// Replaces an instruction that matches.
struct Fault {
  enum class Kind { arithmetic, copies, barriers };

  const char* name;
  const char* pattern;
  const char* replacement;
  Kind kind = Kind::arithmetic;
  bool with_the_next = false;  ///< also replaces the next such instruction
};

/// What random faults do to an instruction, if the result is one that machine.h knows.
struct Change {
  const char* pattern;
  const char* replacement;
};
const std::vector<Change>& changes() {
  static const std::vector<Change> all = {
      {"^.*$", ""},
      {R"((setp\.)lt)", "$1le"},
      {R"((setp\.)le)", "$1lt"},
      {R"((setp\.)gt)", "$1ge"},
      {R"((setp\.)ge)", "$1gt"},
      {R"((setp\.)eq)", "$1ne"},
      {R"((setp\.)ne)", "$1eq"},
      {"^@!", "@"},
      {"^@%", "@!%"},
      {R"(\badd\.)", "sub."},
      {R"(\bsub\.)", "add."},
      {R"(\bmul\.rn)", "add.rn"},
      {R"(\bmul\.lo)", "add"},
      {R"(\band\.)", "or."},
      {R"(\bor\.)", "and."},
      {R"(\bxor\.)", "or."},
      {R"(\bshl\.b)", "shr.u"},
      {R"(\bshr\.[su])", "shl.b"},
      {R"(\bmin\.)", "max."},
      {R"(\bmax\.)", "min."},
      {R"(\bneg\.f32)", "mov.b32"},
      {R"(\bnot\.)", "mov."},
      {R"(^(selp\S* [^,]+, )([^,]+), ([^,]+),)", "$1$3, $2,"},
      {R"(^((?:sub|div|rem|setp\.[lg])\S* [^,]+, )([^,]+), ([^,]+)$)", "$1$3, $2"},
      {R"(^((?:fma|mad)\S* [^,]+, [^,]+, )([^,]+), ([^,]+)$)", "$1$3, $2"},
      {R"((\[%\w+)\])", "$1+4]"},
  };
  return all;
}

constexpr const char* kHalves = R"((cvt\.rn\.bf16x2\.f32 [^,]*, )([^,]*), (\S*))";

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"registers 1 and 2 of A swapped", R"((mma\.\S+ \{[^}]*\}, )\{([^,]*),([^,]*),([^,]*),)",
       "$1{$2,$4,$3,"},
      {"registers of B swapped", R"((mma\.\S+ \{[^}]*\}, \{[^}]*\}, )\{([^,]*),([^}]*)\})", "$1{$3,$2}"},
      {"matrices swapped", R"((ldmatrix\S+ )\{([^,]*),([^,]*),([^,]*),)", "$1{$2,$4,$3,"},
      {"matrices 16 bytes further", R"((ldmatrix.*)\]$)", "$1+16]"},
      {"matrices transposed", R"((ldmatrix.*x4)\.shared)", "$1.trans.shared"},
      {"matrices not transposed", R"((ldmatrix.*x4)\.trans)", "$1"},
      {"a copy left out", R"(cp\.async\.cg.*)", "", Fault::Kind::copies},
      {"copies not waited for", R"(cp\.async\.wait_group.*)", "", Fault::Kind::copies},
      {"halves swapped", kHalves, "$1$3, $2"},
      {"a shuffle from the lane itself", R"((shfl\.sync\.bfly\S* [^,]*, [^,]*, )[^,]*(,.*))", "$1 0$2"},
      {"a vector's values swapped", R"(^(red\..*, )\{([^,]*),([^,]*),)", "$1{$3,$2,"},
      // Those to counters of pairs are bounds, which may be large enough without one of them.
      {"an addition left out", R"(^(red\..*|atom\S*\.f32 .*))", ""},
      {"two barriers left out", R"(bar\.sync.*)", "", Fault::Kind::barriers, true},
      {"two barriers of a warp left out", R"(bar\.warp\.sync.*)", "", Fault::Kind::barriers, true},
  };
  return all;
}

/// Runs mutants of the training kernels. Afterwards the kernels are as they were.
class Mutants {
 public:
  struct Edit {
    std::int32_t line;
    std::string text;  ///< with the fault
  };
  using Edits = std::vector<Edit>;

  /// Trains without a fault, to find what is executed.
  explicit Mutants(const Training& training) : training_(training), options_(ptx::settings().options) {
    const std::uint64_t before = ptx::executed_instructions();
    ptx::settings().options.observe = [this](const ptx::Program&, const ptx::Warp& warp,
                                             const ptx::Instruction& in) { note_halves(warp, in); };
    right_ = training_.by_ptx();
    ptx::settings().options = options_;
    options_.most_instructions = 10 * (ptx::executed_instructions() - before);
    for (const Fault& fault : faults()) places_.push_back(places_of(fault));
  }
  ~Mutants() { start_anew(); }
  Mutants(const Mutants&) = delete;
  Mutants& operator=(const Mutants&) = delete;

  const Outcome& right() const { return right_; }

  /// The fault, one of faults(), in up to `most` + 1 of the places, evenly spread, that were executed.
  std::vector<Edits> edits(const Fault& fault, std::size_t most) const {
    const std::vector<Edit>& places = places_[static_cast<std::size_t>(&fault - faults().data())];
    const std::size_t count = places.size() - (fault.with_the_next && !places.empty() ? 1 : 0);
    const std::size_t step = std::max<std::size_t>(1, count / most);
    std::vector<Edits> all;
    for (std::size_t i = 0; i < count; i += step) {
      all.push_back({places[i]});
      if (fault.with_the_next) all.back().push_back(places[i + 1]);
    }
    return all;
  }

  /// Random faults: one of changes() each, or a number that is one higher.
  std::vector<Edit> random_edits(std::size_t count) const {
    std::vector<Edit> executed;
    for (const ptx::Program* const program : ptx::programs())
      if (ptx::is_of_the_project(program->name))
        for (std::size_t i = 0; i < program->code.size(); ++i)
          // A prefetch has no effect that shows.
          if (program->code[i].executed && program->text[i].find("prefetch") == std::string::npos)
            executed.push_back({program->code[i].line, program->text[i]});
    std::minstd_rand random(1);
    std::vector<Edit> edits;
    while (edits.size() < count) {
      const Edit& place = executed[random() % executed.size()];
      const std::vector<std::string> all = changed(place.text);
      edits.push_back({place.line, all[random() % all.size()]});
    }
    return edits;
  }

  /// Nothing if the training failed.
  std::optional<Outcome> run(const Edits& edits) const {
    start_anew();
    ptx::settings().options = options_;
    ptx::settings().edit = [&](const std::string& name, const std::string& ptx) {
      return ptx::is_of_the_project(name) ? edited(ptx, edits) : ptx;
    };
    std::optional<Outcome> outcome;
    try {
      outcome = training_.by_ptx();
      if (!ptx::failure().empty()) outcome.reset();
    } catch (const std::exception& error) {
      const std::string message = error.what();
      const bool of_training = message.find("diverged") != std::string::npos ||
                               message.find("no pair of words was trained") != std::string::npos;
      EXPECT_TRUE(of_training || !ptx::failure().empty()) << message;
    }
    return outcome;
  }

 private:
  static std::vector<std::string> changed(const std::string& text) {
    std::vector<std::string> all;
    const auto opcode = [](const std::string& instruction) {
      const std::size_t begin = instruction.front() == '@' ? instruction.find(' ') + 1 : 0;
      return instruction.substr(begin, instruction.find(' ', begin) - begin);
    };
    for (const Change& change : changes()) {
      const std::string other = std::regex_replace(text, std::regex(change.pattern), change.replacement,
                                                   std::regex_constants::format_first_only);
      if (other.empty() ||
          (other != text && (opcode(other) == opcode(text) || ptx::arithmetic().count(opcode(other)) > 0)))
        all.push_back(other);
    }
    std::smatch number;
    if (std::regex_match(text, number, std::regex(R"((.*, )(\d{1,9}))")))
      all.push_back(number.str(1) + std::to_string(std::stoi(number.str(2)) + 1));
    return all;
  }

  // To swap equal halves is no fault: rows past those of a tile, for example, are stored as zeros.
  void note_halves(const ptx::Warp& warp, const ptx::Instruction& in) {
    static const ptx::Handler converts = ptx::arithmetic().at("cvt.rn.bf16x2.f32").run;
    if (in.run != converts) return;
    const auto* const values = reinterpret_cast<const std::uint32_t*>(warp.registers + in.operand[0].offset);
    if (std::any_of(values, values + ptx::kLanes, [](std::uint32_t v) { return v >> 16 != (v & 0xFFFF); }))
      unequal_halves_.insert(in.line);
  }

  std::vector<Edit> places_of(const Fault& fault) const {
    const std::regex pattern(fault.pattern);
    std::vector<Edit> places;
    for (const ptx::Program* const program : ptx::programs()) {
      if (!ptx::is_of_the_project(program->name)) continue;
      for (std::size_t i = 0; i < program->code.size(); ++i) {
        const std::string& text = program->text[i];
        if (!program->code[i].executed || !std::regex_search(text, pattern)) continue;
        if (fault.pattern == kHalves && unequal_halves_.count(program->code[i].line) == 0) continue;
        places.push_back({program->code[i].line, std::regex_replace(text, pattern, fault.replacement)});
      }
    }
    return places;
  }

  static std::string edited(const std::string& ptx, const Edits& edits) {
    std::istringstream in(ptx);
    std::string out;
    std::int32_t number = 0;
    for (std::string line; std::getline(in, line); out += line + "\n") {
      ++number;
      for (const Edit& edit : edits)
        if (edit.line == number) line = edit.text.empty() ? "" : edit.text + ";";
    }
    return out;
  }

  static void start_anew() {
    cudaGetLastError();  // of a run that failed
    emulation::reset_device(emulation::DeviceSettings(emulation::device_settings()));
    ptx::reset();
    ptx::settings() = {};
  }

  const Training& training_;
  ptx::Options options_;
  Outcome right_;
  std::unordered_set<std::int32_t> unequal_halves_;  // lines of conversions
  std::vector<std::vector<Edit>> places_;            // of each fault
};

class PtxMutants : public PtxTest {
 public:
  void SetUp() override { use_architecture(90, 90); }

 protected:
  /// Tries each fault at some `most` places that were executed in the training kernel.
  static void expect_noticed(const Training& training, std::size_t most) {
    const Mutants mutants(training);
    int tried = 0;
    for (const Fault& fault : faults()) {
      // The plain kernel has more barriers than it needs, neighbours among them.
      if (fault.with_the_next && !training.tensor_cores) continue;
      for (const Mutants::Edits& edits : mutants.edits(fault, most)) {
        ++tried;
        EXPECT_TRUE(is_noticed(mutants.right(), mutants.run(edits)))
            << fault.name << ", line " << edits.front().line << ": " << edits.front().text;
      }
    }
    EXPECT_GE(tried, 5);
    RecordProperty("faults", tried);
  }

  static bool is_noticed(const Outcome& right, const std::optional<Outcome>& outcome) {
    return !outcome || outcome->summary.pairs != right.summary.pairs ||
           outcome->summary.epoch_loss != right.summary.epoch_loss ||
           !equal_bits(outcome->embeddings, right.embeddings);
  }
};

/// What the kernel for tiles, or the plain one, trains.
struct Kernel {
  Rule rule;
  bool tensor_cores = true;
};
void PrintTo(const Kernel& kernel, std::ostream* out) { PrintTo(kernel.rule, out); }

Training training_of(const Kernel& kernel) {
  static const SyntheticCorpus corpus = runs_corpus(400, 200);
  Config config = config_of(kernel.rule);
  config.epochs = 1;
  config.sample = 0;
  return {corpus, config, kernel.tensor_cores};
}

TEST_F(PtxMutants, OfATileKernelAreNoticed) { expect_noticed(training_of({{"ns", Sharing::tile, 100}}), 1); }

class PtxMutantsOf : public PtxMutants, public ::testing::WithParamInterface<Kernel> {};

TEST_P(PtxMutantsOf, AreNoticed) { expect_noticed(training_of(GetParam()), 4); }

INSTANTIATE_TEST_SUITE_P(
    Kernels, PtxMutantsOf,
    ::testing::Values(Kernel{{"ns", Sharing::tile, 100}}, Kernel{{"ns", Sharing::tile, 100, TableType::bf16}},
                      Kernel{{"hs", Sharing::tile, 100}}, Kernel{{"ns+hs", Sharing::tile, 100}},
                      Kernel{{"ns+hs", Sharing::tile, 64}, false}, Kernel{cbow("ns", Sharing::tile, 100)},
                      Kernel{cbow("ns+hs", Sharing::tile, 100)},
                      Kernel{cbow("ns+hs", Sharing::tile, 64), false}),
    [](const auto& parameter) {
      return rule_name({parameter.param.rule, 0}) + (parameter.param.tensor_cores ? "" : "_plain");
    });

/// Faults of all kinds, first in a short training, then in several with many blocks and damped updates. Some
/// of the rest are without an effect; docs/design.md, "On a GPU", has the numbers.
class PtxRandomMutantsOf : public PtxMutants, public ::testing::WithParamInterface<Kernel> {};

TEST_P(PtxRandomMutantsOf, AreNoticed) {
  constexpr std::size_t kFaults = 100;
  std::vector<Mutants::Edit> left;
  const auto keep_unnoticed = [&](const Training& training, const std::vector<Mutants::Edit>& edits) {
    const Mutants mutants(training);
    left.clear();
    for (const Mutants::Edit& edit : edits.empty() ? mutants.random_edits(kFaults) : edits)
      if (!is_noticed(mutants.right(), mutants.run({edit}))) left.push_back(edit);
  };
  const Training training = training_of(GetParam());
  keep_unnoticed(training, {});
  const SyntheticCorpus corpus = runs_corpus(100, 1000);
  const bool cbow = GetParam().rule.model == Architecture::cbow;
  std::vector<Config> configs = cbow ? damped_cbow_configs() : damped_configs();
  if (!cbow) configs.push_back(damped_nodes_config(GetParam().rule.loss));
  for (const Config& config : configs)
    if (to_string(config.loss) == GetParam().rule.loss && config.sharing == Sharing::tile && !left.empty())
      keep_unnoticed({corpus, config, true, kBlocksThatDampNodes}, std::vector<Mutants::Edit>(left));
  for (const Mutants::Edit& edit : left)
    std::printf("not noticed: line %d: %s\n", edit.line, edit.text.c_str());
  std::printf("%zu of %zu noticed\n", kFaults - left.size(), kFaults);
  RecordProperty("noticed", static_cast<int>(kFaults - left.size()));
  EXPECT_LE(left.size(), kFaults / 5);
}

INSTANTIATE_TEST_SUITE_P(Kernels, PtxRandomMutantsOf,
                         ::testing::Values(Kernel{{"ns", Sharing::tile, 100}},
                                           Kernel{{"hs", Sharing::tile, 100}},
                                           Kernel{cbow("ns", Sharing::tile, 100)}),
                         [](const auto& parameter) {
                           return rule_name({parameter.param.rule, 0});
                         });

class PtxBounds : public PtxTest, public ::testing::WithParamInterface<Rule> {
 public:
  void SetUp() override { use_architecture(90, 90); }

 protected:
  static Training training(std::int32_t dim, std::int64_t tokens) {
    static SyntheticCorpus corpus;
    corpus = tile_corpus(tokens);
    Rule rule = GetParam();
    rule.dim = dim;
    return {corpus, tile_config(rule), true, 1, 8};
  }
};

INSTANTIATE_TEST_SUITE_P(Kernels, PtxBounds,
                         ::testing::Values(Rule{"ns", Sharing::tile, 100},
                                           Rule{"ns", Sharing::tile, 100, TableType::bf16},
                                           Rule{"hs", Sharing::tile, 100}, Rule{"ns+hs", Sharing::tile, 100},
                                           cbow("ns", Sharing::tile, 100), cbow("ns+hs", Sharing::tile, 100)),
                         rule_name);

TEST_P(PtxBounds, TheKernelsReachHalfOfThem) {
  for (const std::int32_t dim : {24, 128}) {
    const Training right = training(dim, 4000);
    const TileBounds bounds = tile_bounds(right.config);
    const Outcome host = right.by_plain_loops();
    std::uint64_t seed = 0;  // of the order of warps
    for (const ptx::Sums sums : {ptx::Sums::in_order, ptx::Sums::truncated}) {
      ptx::settings().options.sums = sums;
      ptx::settings().options.shuffled = true;
      ptx::settings().options.seed = ++seed;
      const Outcome outcome = right.by_ptx();
      EXPECT_EQ(beyond({bounds.loss / 2, bounds.vectors / 2}, outcome, host), "") << dim << " " << seed;
      std::printf("d=%d: loss %.1e, vectors %.1e\n", dim,
                  std::fabs(outcome.summary.epoch_loss[0] / host.summary.epoch_loss[0] - 1),
                  difference_share(outcome, host));
    }
  }
}

// Those that compute something else; a GPU may happen to hide the others, such as a barrier left out.
TEST_P(PtxBounds, MutantsExceedThem) {
  const Training right = training(100, 1000);
  const TileBounds bounds = tile_bounds(right.config);
  const Outcome host = right.by_plain_loops();
  Mutants mutants(right);
  int tried = 0;
  int noticed = 0;
  for (const Fault& fault : faults()) {
    if (fault.kind != Fault::Kind::arithmetic) continue;
    for (const Mutants::Edits& edits : mutants.edits(fault, 3)) {
      ++tried;
      const std::optional<Outcome> outcome = mutants.run(edits);
      if (!outcome || !beyond(bounds, *outcome, host).empty()) {
        ++noticed;
        continue;
      }
      std::printf("not noticed: %s: %s, vectors %.1e\n", fault.name, edits.front().text.c_str(),
                  difference_share(*outcome, host));
    }
  }
  std::printf("%d of %d noticed\n", noticed, tried);
  RecordProperty("tried", tried);
  RecordProperty("noticed", noticed);
  EXPECT_GE(tried, 15);
  EXPECT_GE(noticed, tried * 95 / 100);
}

}  // namespace
}  // namespace warp2vec
