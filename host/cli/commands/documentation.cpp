// The manual page and the completions of shells, from the flags that --help shows.
#include "host/cli/commands/commands.h"
#include "host/cli/flags/flags.h"
#include "host/cli/terminal/version.h"

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace warp2vec::cli {
namespace {

struct DescribedCommand {
  std::string name;
  std::string summary;
  CommandHelp help;
};

std::vector<DescribedCommand> describe_commands() {
  std::vector<DescribedCommand> described;
  for (const Command& command : commands()) {
    try {
      command.run({"--help"});
      throw std::logic_error(std::string(command.name) + " --help was not answered");
    } catch (const HelpRequested& asked) {
      described.push_back({command.name, command.summary, asked.help()});
    }
  }
  return described;
}

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : separator) + part;
  return all;
}

// `text` with `escape` before each of `characters`.
std::string escaped(std::string_view text, std::string_view characters, const std::string& escape) {
  std::string out;
  for (const char c : text) out += (characters.find(c) != std::string_view::npos ? escape : "") + c;
  return out;
}

// The beginning of a flag's help, as far as one line of a menu needs it.
std::string brief(const std::string& help) {
  std::size_t end = help.size();
  for (const char* separator : {". ", ": ", "; ", " ("}) end = std::min(end, help.find(separator));
  const std::string text = help.substr(0, end);
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

bool names_file(const FlagHelp& flag) { return flag.value_name == "FILE" || flag.value_name == "PATH"; }
bool names_folder(const FlagHelp& flag) { return flag.value_name == "FOLDER"; }

// bash

void write_bash(std::ostream& out, const std::vector<DescribedCommand>& all) {
  std::vector<std::string> names;
  names.reserve(all.size() + 2);
  for (const DescribedCommand& command : all) names.push_back(command.name);
  names.insert(names.end(), {"--help", "--version"});
  out << "# Completes the commands, flags and values of warp2vec in bash; made by 'warp2vec completion "
         "bash'.\n"
         "_warp2vec() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} words='"
      << joined(names, " ")
      << "' files='' flag='' i=$COMP_CWORD\n"
         "  [[ $word != '=' ]] || word=''\n"
         "  # The flag before the cursor; 'FLAG ...' if values are between.\n"
         "  while ((--i > 1)); do\n"
         "    [[ ${COMP_WORDS[i]} != -?* ]] || { flag=${COMP_WORDS[i]}$flag && break; }\n"
         "    [[ ${COMP_WORDS[i]} == '=' ]] || flag=' ...'\n"
         "  done\n"
         "  [[ $word != -* ]] || flag=''\n"
         "  ((COMP_CWORD == 1)) || case ${COMP_WORDS[1]} in\n";
  for (const DescribedCommand& command : all) {
    std::vector<std::string> offered = command.help.word_choices;
    for (const FlagHelp& flag : command.help.flags) offered.push_back(flag.flag);
    offered.emplace_back("--help");
    out << "    " << command.name << ")\n      words='" << joined(offered, " ") << "'\n      case $flag in\n";
    for (const FlagHelp& flag : command.help.flags) {
      if (flag.value_name.empty()) continue;
      out << "        " << flag.flag << (flag.takes_several ? " | '" + flag.flag + " ...'" : "")
          << ") words='" << joined(flag.choices, " ") << "'"
          << (names_file(flag)     ? " files=-f"
              : names_folder(flag) ? " files=-d"
                                   : "")
          << " ;;\n";
    }
    out << "      esac\n      ;;\n";
  }
  out << "    *) words='' ;;\n"
         "  esac\n"
         "  if [[ $files ]]; then\n"
         "    compopt -o filenames 2>/dev/null\n"
         "    mapfile -t COMPREPLY < <(compgen \"$files\" -- \"$word\")\n"
         "  else\n"
         "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
         "  fi\n"
         "}\n"
         "complete -F _warp2vec warp2vec\n";
}

// zsh

std::string zsh_quoted(const std::string& text) { return "'" + escaped(text, "'", "'\\'") + "'"; }

std::string zsh_spec(const FlagHelp& flag) {
  std::string spec = flag.takes_several ? "*" : "";
  spec += flag.flag + "[" + escaped(brief(flag.help), "[]:\\", "\\") + "]";
  if (flag.value_name.empty()) return spec;
  spec += (flag.takes_several ? ":*-*:" : ":") + escaped(flag.value_name, ":", "\\") + ":";
  if (names_file(flag)) return spec + "_files";
  if (names_folder(flag)) return spec + "_directories";
  return spec + (flag.choices.empty() ? " " : "(" + joined(flag.choices, " ") + ")");
}

void write_zsh(std::ostream& out, const std::vector<DescribedCommand>& all) {
  out << "#compdef warp2vec\n"
         "# Completes the commands, flags and values of warp2vec in zsh; made by 'warp2vec completion zsh'.\n"
         "local -a commands=(\n";
  for (const DescribedCommand& command : all)
    out << "  " << zsh_quoted(command.name + ":" + escaped(command.summary, ":", "\\")) << "\n";
  out << ")\n"
         "if ((CURRENT == 2)); then\n"
         "  _describe command commands\n"
         "  return\n"
         "fi\n"
         "shift words\n"
         "((CURRENT--))\n"
         "case $words[1] in\n";
  for (const DescribedCommand& command : all) {
    out << "  " << command.name << ")\n    _arguments";
    for (const FlagHelp& flag : command.help.flags) out << " \\\n      " << zsh_quoted(zsh_spec(flag));
    if (!command.help.word_choices.empty())
      out << " \\\n      ': :(" << joined(command.help.word_choices, " ") << ")'";
    out << " \\\n      '--help[Print help and exit]'\n    ;;\n";
  }
  out << "esac\n";
}

// fish

std::string fish_quoted(const std::string& text) { return "'" + escaped(text, "'\\", "\\") + "'"; }

void write_fish(std::ostream& out, const std::vector<DescribedCommand>& all) {
  out << "# Completes the commands, flags and values of warp2vec in fish; made by 'warp2vec completion "
         "fish'.\n"
         "complete -c warp2vec -f\n";
  for (const DescribedCommand& command : all) {
    out << "complete -c warp2vec -n __fish_use_subcommand -a " << command.name << " -d "
        << fish_quoted(command.summary) << "\n";
    const std::string begin = "complete -c warp2vec -n '__fish_seen_subcommand_from " + command.name + "' ";
    for (const FlagHelp& flag : command.help.flags) {
      out << begin << "-l " << flag.flag.substr(2);
      if (names_file(flag))
        out << " -rF";
      else if (names_folder(flag))
        out << " -xa '(__fish_complete_directories)'";
      else if (!flag.value_name.empty())
        out << " -x" << (flag.choices.empty() ? "" : "a " + fish_quoted(joined(flag.choices, " ")));
      out << " -d " << fish_quoted(brief(flag.help)) << "\n";
    }
    if (!command.help.word_choices.empty())
      out << begin << "-a " << fish_quoted(joined(command.help.word_choices, " ")) << "\n";
  }
}

// The manual page, in the macros of man(7)

std::string roff(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    line_begins = c == '\n';
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

void write_command(std::ostream& out, const DescribedCommand& command) {
  const std::size_t name_end = command.name.size();
  out << ".SH " << roff(command.name) << "\n.B warp2vec " << roff(command.name) << "\n";
  if (command.help.usage.size() > name_end) out << roff(command.help.usage.substr(name_end + 1)) << "\n";
  out << "[\\fIOPTIONS\\fR]\n.PP\n" << roff(command.help.description) << "\n";
  std::string section;
  for (const FlagHelp& flag : command.help.flags) {
    if (flag.section != section) out << ".SS " << roff(flag.section) << "\n";
    section = flag.section;
    out << ".TP\n\\fB" << roff(flag.flag) << "\\fR";
    if (!flag.value_name.empty())
      out << " \\fI" << roff(flag.value_name) << "\\fR" << (flag.takes_several ? " ..." : "");
    out << "\n" << roff(flag.help) << "\n";
  }
  // "Examples:" and a line each, perhaps with more to know below.
  const std::string& footer = command.help.footer;
  out << ".SS Examples\n.nf\n" << roff(footer.substr(footer.find('\n') + 1)) << ".fi\n";
}

void write_man(std::ostream& out, const std::vector<DescribedCommand>& all) {
  out << ".TH WARP2VEC 1 \"\" \"warp2vec " << roff(version())
      << "\" \"User Commands\"\n"
         ".SH NAME\nwarp2vec \\- word vectors from text (word2vec, skip\\-gram)\n"
         ".SH SYNOPSIS\n\\fBwarp2vec\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n.PP\n"
         "\\fBwarp2vec\\fR [\\fICOMMAND\\fR] \\fB\\-\\-help\\fR | \\fB\\-\\-version\\fR\n"
         ".SH DESCRIPTION\nThe commands, each explained in a section of its own:\n";
  for (const DescribedCommand& command : all)
    out << ".TP\n\\fB" << roff(command.name) << "\\fR\n" << roff(command.summary) << "\n";
  for (const DescribedCommand& command : all) write_command(out, command);
  out << ".SH EXIT STATUS\n0 if all went well, 1 after an error, 2 after wrong usage, and 128 + N if signal "
         "N "
         "stopped the program.\n";
}

}  // namespace

int run_completion(const Arguments& arguments) {
  std::vector<std::string> shells;
  Flags flags(
      "completion SHELL",
      "Prints a script that makes a SHELL (bash, zsh or fish) complete warp2vec's commands, flags and "
      "values. An installation has all three where shells look for them.",
      "Example:\n  source <(warp2vec completion bash)\n");
  flags.positionals(shells, {"bash", "zsh", "fish"});
  flags.parse(arguments);
  const std::string shell = shells.size() == 1 ? shells[0] : "";
  if (shell != "bash" && shell != "zsh" && shell != "fish")
    throw UsageError("completion needs one of bash, zsh and fish, got '" + joined(shells, " ") + "'");
  const std::vector<DescribedCommand> all = describe_commands();
  (shell == "bash" ? write_bash : shell == "zsh" ? write_zsh : write_fish)(std::cout, all);
  return 0;
}

int run_man(const Arguments& arguments) {
  Flags flags("man", "Prints the manual page of warp2vec, for man(1) to format.",
              "Example:\n  warp2vec man | man -l -\n");
  flags.parse(arguments);
  write_man(std::cout, describe_commands());
  return 0;
}

}  // namespace warp2vec::cli
