#pragma once
/// The flags of a command: CLI11 with strict numbers, messages that name the flag, and a table of the flags.

#include "host/cli/flags/arguments.h"
#include "host/cli/flags/usage_error.h"

#include <charconv>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace warp2vec::cli {

/// A decimal number and nothing else: no "5abc", no "0x10", no overflow; for reals "1e-4" is one. Throws
/// UsageError naming `flag`.
template <class Number>
Number parse_number(const std::string& flag, const std::string& text) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc::result_out_of_range)
    throw UsageError(flag + " " + text + " is too large to represent");
  if (error != std::errc() || at != end)
    throw UsageError(flag + ": expected " + (std::is_integral_v<Number> ? "a whole number" : "a number") +
                     ", got '" + text + "'");
  return value;
}

struct FlagHelp {
  std::string section;
  std::string flag;
  std::string value_name;            ///< "" if the flag takes no value
  std::string help;                  ///< one paragraph
  std::vector<std::string> choices;  ///< values to offer; empty if they cannot be listed
  bool takes_several = false;        ///< values, each time that it is given
};

/// What a command's --help tells, without --help itself.
struct CommandHelp {
  std::string usage;  ///< what follows the program's name
  std::string description;
  std::string footer;
  std::vector<std::string> word_choices;  ///< for the words that follow without flags
  std::vector<FlagHelp> flags;            ///< in order of their sections
  std::string text;                       ///< all of it, as a terminal shows it
};

/// Unwinds a command that was given --help: there is nothing to do but to show it.
class HelpRequested : public std::exception {
 public:
  explicit HelpRequested(CommandHelp help) : help_(std::move(help)) {}
  const char* what() const noexcept override { return "help was asked for"; }
  const CommandHelp& help() const { return help_; }

 private:
  CommandHelp help_;
};

/// One command's parser, with --help in the project's style.
class Flags {
 public:
  /// `usage` is what follows the program's name, for example "neighbors WORD..."; `footer` ends the help.
  Flags(const std::string& usage, const std::string& description, const std::string& footer);
  ~Flags();

  /// Starts a section of the help; it holds the flags added from now on.
  void section(const std::string& title) { section_ = title; }

  /// `value_name` stands for the value in the help; `help` says what the flag is for, with unit, range and
  /// default.
  template <class Number>
  void number(const std::string& flag, const std::string& value_name, Number& value,
              const std::string& help) {
    custom(
        flag, value_name,
        [&value, flag](const std::string& text) { value = parse_number<Number>(flag, text); }, help);
  }
  void text(const std::string& flag, const std::string& value_name, std::string& value,
            const std::string& help);
  /// May be given several times, and with several values each time.
  void list(const std::string& flag, const std::string& value_name, std::vector<std::string>& values,
            const std::string& help);
  /// Sets `value` to `given` (which for a --no-... flag is false).
  void on_off(const std::string& flag, bool& value, const std::string& help, bool given = true);
  /// `parse` may throw Error; it is then a UsageError. `choices`: what it accepts, for shells to complete.
  void custom(const std::string& flag, const std::string& value_name,
              const std::function<void(const std::string&)>& parse, const std::string& help,
              std::vector<std::string> choices = {});
  /// Words that follow without flags. (CLI11's own lists would take "[x]" apart.) `choices`: for shells to
  /// complete.
  void positionals(std::vector<std::string>& words, std::vector<std::string> choices = {});
  /// A file of `flag = value` lines.
  void config_file();

  /// Throws UsageError, or HelpRequested if --help is among the arguments.
  void parse(Arguments arguments);
  /// Whether `flag` was on the command line or in the configuration file.
  bool given(const std::string& flag) const;
  /// The path that --config has; "" if it was not given.
  std::string given_config_file() const;

 private:
  void describe(CLI::Option* option, FlagHelp help);
  [[noreturn]] void refuse(const std::string& argument) const;
  void take_words();

  CommandHelp help_;
  std::unique_ptr<CLI::App> app_;
  std::string section_ = "Options";
  std::vector<std::string>* words_ = nullptr;
};

}  // namespace warp2vec::cli
