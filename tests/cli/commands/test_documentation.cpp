// The manual page and the shell completions that the program prints.
#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/flags/train_options.h"
#include "tests/support/subprocess.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class CliDocumentation : public testing::Test {
 protected:
  Finished run(const std::vector<std::string>& command) const {
    return Subprocess(command, folder_.path()).wait();
  }

  bool has(const std::string& program) const {
    return run({"/bin/sh", "-c", "command -v " + program}).status == 0;
  }

  // What the program prints, as a file.
  std::string written(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{WARP2VEC_PROGRAM};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Finished done = run(command);
    EXPECT_EQ(done.status, 0) << done.err;
    return folder_.write("printed", done.out);
  }

  // What bash completes for the last of `words`, in the folder `here`.
  std::vector<std::string> completed(const std::vector<std::string>& words) const {
    const std::string script =
        "source \"$0\" && cd \"$1\" && shift && COMP_WORDS=(warp2vec \"$@\") COMP_CWORD=$# && _warp2vec && "
        "((${#COMPREPLY[@]} == 0)) || printf '%s\\n' \"${COMPREPLY[@]}\"";
    std::vector<std::string> command{"/bin/bash", "-c", script, written({"completion", "bash"}),
                                     folder_.path("here")};
    command.insert(command.end(), words.begin(), words.end());
    const Finished done = run(command);
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(done.err, "");
    std::istringstream lines(done.out);
    std::vector<std::string> offers;
    for (std::string line; std::getline(lines, line);) offers.push_back(line);
    return offers;
  }

  TemporaryFolder folder_;
};

class CliBashCompletion : public CliDocumentation {
 protected:
  CliBashCompletion() {
    folder_.write("here/text one", "");
    folder_.write("here/texts/two", "");
  }
  void SetUp() override {
    if (!has("bash")) GTEST_SKIP() << "bash is missing";
  }
};

TEST_F(CliBashCompletion, OffersCommandsAndTheirFlags) {
  EXPECT_THAT(completed({"tr"}), ElementsAre("train"));
  const std::vector<std::string> all = completed({""});
  for (const Command& command : commands()) EXPECT_THAT(all, Contains(command.name));
  EXPECT_THAT(completed({"--v"}), ElementsAre("--version"));
  EXPECT_THAT(completed({"train", "--lo"}), ElementsAre("--loss"));
  EXPECT_THAT(completed({"train", "--quiet", "--h"}), ElementsAre("--help"));
  EXPECT_THAT(completed({"train", "--dim", "5", ""}), Contains("--window"));
  EXPECT_THAT(completed({"eval", "--lo"}), IsEmpty());
  EXPECT_THAT(completed({"none", "--lo"}), IsEmpty());
}

TEST_F(CliBashCompletion, OffersTheValuesOfAFlag) {
  EXPECT_THAT(completed({"train", "--loss", "n"}), ElementsAre("ns", "ns+hs"));
  EXPECT_THAT(completed({"train", "--loss", "=", "h"}), ElementsAre("hs"));  // as bash splits --loss=h
  EXPECT_THAT(completed({"train", "--sharing", "="}), ElementsAre("auto", "tile", "window", "pair"));
  EXPECT_THAT(completed({"export", "--format", "t"}), ElementsAre("text", "tensorboard"));
  EXPECT_THAT(completed({"train", "--dim", ""}), IsEmpty());
  EXPECT_THAT(completed({"completion", "z"}), ElementsAre("zsh"));
}

TEST_F(CliBashCompletion, OffersFilesWhereAFlagTakesThem) {
  EXPECT_THAT(completed({"train", "--input", "te"}), UnorderedElementsAre("text one", "texts"));
  EXPECT_THAT(completed({"train", "--input", "-", "b", "te"}), UnorderedElementsAre("text one", "texts"));
  EXPECT_THAT(completed({"train", "--input", "a", "--lo"}), ElementsAre("--loss"));
  EXPECT_THAT(completed({"train", "--output", "te"}), UnorderedElementsAre("text one", "texts"));
  EXPECT_THAT(completed({"train", "--output", "a", "te"}), IsEmpty());
  EXPECT_THAT(completed({"bench", "--output", "te"}), ElementsAre("texts"));
}

TEST_F(CliDocumentation, OtherShellsUnderstandTheirCompletions) {
  for (const char* shell : {"zsh", "fish"}) {
    const std::string script = written({"completion", shell});
    if (!has(shell)) continue;
    const Finished checked = run({"/usr/bin/env", shell, "-n", script});
    EXPECT_EQ(checked.status, 0) << checked.err;
  }
}

TEST_F(CliDocumentation, CompletionNeedsAKnownShell) {
  for (const std::vector<std::string>& shells : {std::vector<std::string>{}, std::vector<std::string>{"tcsh"},
                                                 std::vector<std::string>{"bash", "zsh"}}) {
    std::vector<std::string> command{WARP2VEC_PROGRAM, "completion"};
    command.insert(command.end(), shells.begin(), shells.end());
    const Finished refused = run(command);
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("completion needs one of bash, zsh and fish"));
  }
}

// As in a manual page.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '-' ? "\\-" : std::string(1, c);
  return out;
}

TEST_F(CliDocumentation, TheManualPageHasEveryFlagOfEveryCommand) {
  const std::string page = read_whole_file(written({"man"}));
  for (const Command& command : commands()) {
    if (command.original == nullptr) {  // else its flags are in that one's section
      EXPECT_THAT(page, HasSubstr("\n.B warp2vec " + roff(command.name) + "\n"));
    }
    std::istringstream help(run({WARP2VEC_PROGRAM, command.name, "--help"}).out);
    for (std::string word; help >> word;) {
      if (!word.starts_with("--") || word.size() == 2) continue;
      const std::string flag = word.substr(0, word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-"));
      EXPECT_THAT(page, HasSubstr(roff(flag))) << command.name;
    }
  }
}

TEST_F(CliDocumentation, TheManualPageIsWellFormed) {
  const std::string page = written({"man"});
  const bool has_mandoc = has("mandoc");
  if (!has_mandoc && !has("man")) GTEST_SKIP() << "mandoc and man are missing";
  const Finished checked = has_mandoc ? run({"/usr/bin/env", "mandoc", "-T", "lint", "-W", "error", page})
                                      : run({"/usr/bin/env", "LC_ALL=C.UTF-8", "man", "--warnings", "-E",
                                             "UTF-8", "-l", "-Tutf8", "-Z", page});
  EXPECT_EQ(checked.status, 0) << checked.out;
  EXPECT_EQ(checked.err, "");
}

TEST(CliChoices, AreThoseThatFlagsAccept) {
  const auto parse = [](const Arguments& arguments) {
    TrainOptions options;
    Flags flags("train", "", "");
    add_train_flags(flags, options);
    flags.parse(arguments);
  };
  CommandHelp help;
  try {
    parse({"--help"});
  } catch (const HelpRequested& asked) {
    help = asked.help();
  }
  int with_choices = 0;
  for (const FlagHelp& flag : help.flags) {
    if (flag.choices.empty()) continue;
    ++with_choices;
    for (const std::string& choice : flag.choices) EXPECT_NO_THROW(parse({flag.flag, choice})) << choice;
    EXPECT_THROW(parse({flag.flag, "none"}), UsageError);
  }
  EXPECT_EQ(with_choices,
            10);  // --format, --dtype, --vectors, --model, --cbow-gradient, --loss, --sharing, --table-type,
                  // --progress, --device
}

}  // namespace
}  // namespace warp2vec::cli
