// Faults injected into the PTX must be detected, either by different results or by an error of the machine.
#include "tests/ptx/ptx_test.h"

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace warp2vec {
namespace {

/// Replaces an instruction that matches.
struct Fault {
  const char* name;
  const char* pattern;
  const char* replacement;
  bool with_the_next = false;  ///< also replaces the next such instruction
};

const std::vector<Fault>& faults() {
  static const std::vector<Fault> all = {
      {"registers 1 and 2 of A swapped", R"((mma\.\S+ \{[^}]*\}, )\{([^,]*),([^,]*),([^,]*),)",
       "$1{$2,$4,$3,"},
      {"registers of B swapped", R"((mma\.\S+ \{[^}]*\}, \{[^}]*\}, )\{([^,]*),([^}]*)\})", "$1{$3,$2}"},
      {"matrices swapped", R"((ldmatrix\S+ )\{([^,]*),([^,]*),([^,]*),)", "$1{$2,$4,$3,"},
      {"matrices 16 bytes further", R"((ldmatrix.*)\]$)", "$1+16]"},
      {"matrices transposed", R"((ldmatrix.*x4)\.shared)", "$1.trans.shared"},
      {"matrices not transposed", R"((ldmatrix.*x4)\.trans)", "$1"},
      {"a copy left out", R"(cp\.async\.cg.*)", ""},
      {"copies not waited for", R"(cp\.async\.wait_group.*)", ""},
      {"halves swapped", R"((cvt\.rn\.bf16x2\.f32 [^,]*, )([^,]*), (\S*))", "$1$3, $2"},
      {"a shuffle from the lane itself", R"((shfl\.sync\.bfly\S* [^,]*, [^,]*, )[^,]*(,.*))", "$1 0$2"},
      {"a vector's values swapped", R"(^(red\..*, )\{([^,]*),([^,]*),)", "$1{$3,$2,"},
      // Those to counters of pairs are bounds, which may be large enough without one of them.
      {"an addition left out", R"(^(red\..*|atom\S*\.f32 .*))", ""},
      {"two barriers left out", R"(bar\.sync.*)", "", true},
      {"two barriers of a warp left out", R"(bar\.warp\.sync.*)", "", true},
  };
  return all;
}

class PtxMutants : public PtxTest {
 public:
  void SetUp() override { use_architecture(90, 90); }

 protected:
  struct Place {
    std::int32_t line;
    std::string text;  // with the fault
  };

  /// Tries each fault at up to `most` places that were executed in the training kernel.
  void expect_noticed(const Training& training, std::size_t most) {
    const Outcome right = training.by_ptx();
    ptx::settings().options.most_instructions = 10 * ptx::executed_instructions();
    std::vector<std::vector<Place>> all_places;  // determined before other programs run
    for (const Fault& fault : faults()) all_places.push_back(places_of(fault));
    int tried = 0;
    for (std::size_t f = 0; f < faults().size(); ++f) {
      const std::vector<Place>& places = all_places[f];
      const bool pairs = faults()[f].with_the_next;
      // The plain kernel has more barriers than it needs, neighbours among them.
      if (pairs && !training.tensor_cores) continue;
      const std::size_t count = places.size() - (pairs && !places.empty() ? 1 : 0);
      const std::size_t step = std::max<std::size_t>(1, count / most);
      for (std::size_t i = 0; i < count; i += step, ++tried) {
        std::vector<Place> edits{places[i]};
        if (pairs) edits.push_back(places[i + 1]);
        EXPECT_TRUE(is_noticed(training, right, edits))
            << faults()[f].name << ", line " << places[i].line << ": " << places[i].text;
      }
    }
    EXPECT_GE(tried, 5);
    RecordProperty("faults", tried);
    start_anew();
  }

 private:
  static std::vector<Place> places_of(const Fault& fault) {
    const std::regex pattern(fault.pattern);
    std::vector<Place> places;
    for (const ptx::Program* const program : ptx::programs()) {
      if (!ptx::is_of_the_project(program->name)) continue;
      for (std::size_t i = 0; i < program->code.size(); ++i) {
        const std::string& text = program->text[i];
        if (!program->code[i].executed || !std::regex_search(text, pattern)) continue;
        places.push_back({program->code[i].line, std::regex_replace(text, pattern, fault.replacement)});
      }
    }
    return places;
  }

  static bool is_noticed(const Training& training, const Outcome& right, const std::vector<Place>& edits) {
    const auto start = ptx::settings().options;
    start_anew();
    ptx::settings().options = start;
    ptx::settings().edit = [&](const std::string& name, const std::string& ptx) {
      return ptx::is_of_the_project(name) ? edited(ptx, edits) : ptx;
    };
    try {
      const Outcome outcome = training.by_ptx();
      return !ptx::failure().empty() || outcome.summary.pairs != right.summary.pairs ||
             outcome.summary.epoch_loss != right.summary.epoch_loss ||
             !equal_bits(outcome.embeddings, right.embeddings);
    } catch (const std::exception& error) {
      const bool diverged = std::string(error.what()).find("diverged") != std::string::npos;
      EXPECT_TRUE(diverged || !ptx::failure().empty()) << error.what();
      return true;
    }
  }

  static std::string edited(const std::string& ptx, const std::vector<Place>& edits) {
    std::istringstream in(ptx);
    std::string out;
    std::int32_t number = 0;
    for (std::string line; std::getline(in, line); out += line + "\n") {
      ++number;
      for (const Place& edit : edits)
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
                      Kernel{{"ns+hs", Sharing::tile, 64}, false}),
    [](const auto& parameter) {
      return rule_name({parameter.param.rule, 0}) + (parameter.param.tensor_cores ? "" : "_plain");
    });

}  // namespace
}  // namespace warp2vec
