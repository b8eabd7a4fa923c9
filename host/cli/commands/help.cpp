#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/terminal/text.h"
#include "host/cli/terminal/version.h"

#include <iostream>
#include <string>
#include <vector>

namespace warp2vec::cli {
namespace {

std::vector<std::string> names_of_commands() {
  std::vector<std::string> names;
  names.reserve(commands().size());
  for (const Command& command : commands()) names.emplace_back(command.name);
  return names;
}

void list_commands(Tool tool, std::size_t width) {
  for (const Command& command : commands())
    if (command.tool == tool) std::cout << "  " << pad_right(command.name, width) << command.summary << "\n";
}

}  // namespace

void print_help() {
  std::cout << "warp2vec " << version()
            << ": word vectors from text (word2vec: skip-gram and CBOW)\n\n"
               "Usage: warp2vec COMMAND [OPTIONS]\n\nCommands:\n";
  list_commands(Tool::warp2vec, 12);
  std::cout << "\nword2vec.c's programs, also under their own names (ln -s warp2vec word2vec):\n";
  list_commands(Tool::word2vec_c, 20);
  std::cout << "\nfastText's commands, with its flags:\n";
  list_commands(Tool::fasttext, 20);
  std::cout << "\n'warp2vec help COMMAND' or 'warp2vec COMMAND --help' explains a command.\n\n"
               "A first try:\n"
               "  warp2vec train --input text.txt --output vectors.bin\n"
               "  warp2vec neighbors vectors.bin house\n\n"
               "Exit status: "
            << kExitStatus << "\n";
}

const Command& require_command(const std::string& name) {
  if (const Command* const command = find_command(name)) return *command;
  for (const char* other : {"supervised", "quantize", "test", "test-label", "predict", "predict-prob"})
    if (name == other)
      throw UsageError(name +
                       " is not available: warp2vec trains word vectors (warp2vec train), not "
                       "classifiers");
  const std::string meant = nearest(name, names_of_commands());
  throw UsageError("unknown command '" + name + "'" + (meant.empty() ? "" : "; did you mean " + meant + "?") +
                   " (warp2vec --help lists the commands)");
}

int run_help(const Arguments& arguments) {
  std::vector<std::string> names;
  Flags flags("help [COMMAND]", "Lists the commands, or explains one.", "Example:\n  warp2vec help train\n");
  flags.positionals(names, names_of_commands());
  flags.parse(arguments);
  if (names.size() > 1) throw UsageError("help explains one command, got '" + joined(names, " ") + "'");
  if (!names.empty()) return require_command(names.front()).run({"--help"});
  print_help();
  return 0;
}

}  // namespace warp2vec::cli
