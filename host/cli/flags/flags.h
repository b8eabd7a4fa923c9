#pragma once
/// The flags of a command: CLI11 with strict numbers, errors that name the flag, and a list of all flags.

#include "host/cli/flags/arguments.h"
#include "host/cli/flags/usage_error.h"

#include <charconv>
#include <exception>
#include <functional>
#include <map>
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

/// Parses a decimal number strictly: no "5abc", no "0x10", no overflow; reals may have an exponent, "1e-4".
/// Throws UsageError naming `flag`.
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

/// The same, and throws UsageError for a number below `least`.
template <class Number>
Number parse_at_least(const std::string& flag, const std::string& text, Number least) {
  const auto value = parse_number<Number>(flag, text);
  if (value < least)
    throw UsageError(flag + " " + text + " is out of range: expected " + std::to_string(least) + " or more");
  return value;
}

struct FlagHelp {
  std::string section;
  std::string flag;
  std::string value_name;            ///< "" if the flag takes no value
  std::string help;                  ///< one paragraph
  std::vector<std::string> choices;  ///< possible values; empty if they cannot be listed
  bool takes_several = false;        ///< whether it takes several values at a time
};

/// The content of a command's --help, without --help itself.
struct CommandHelp {
  std::string usage;  ///< what follows the program's name
  std::string description;
  std::string footer;
  std::vector<std::string> word_choices;  ///< for positional words
  std::vector<FlagHelp> flags;            ///< ordered by section
  std::string text;                       ///< formatted for a terminal
};

/// Thrown by --help, to unwind the command.
class HelpRequested : public std::exception {
 public:
  explicit HelpRequested(CommandHelp help) : help_(std::move(help)) {}
  const char* what() const noexcept override { return "help requested"; }
  const CommandHelp& help() const { return help_; }

 private:
  CommandHelp help_;
};

/// One command's parser, with --help in the project's style. Of a flag with one value that is repeated the
/// last one counts, and names of flags may have underscores for hyphens.
class Flags {
 public:
  /// `usage` is what follows the program's name, for example "neighbors WORD..."; `footer` ends the help.
  Flags(const std::string& usage, const std::string& description, const std::string& footer);
  ~Flags();

  /// Starts a section of the help for the flags that are added next.
  void section(const std::string& title) { section_ = title; }

  /// `value_name` is the placeholder of the value in the help; `help` describes the flag, with unit, range
  /// and default.
  template <class Number>
  void number(const std::string& flag, const std::string& value_name, Number& value,
              const std::string& help) {
    custom(
        flag, value_name,
        [&value, flag](const std::string& text) { value = parse_number<Number>(flag, text); }, help);
  }
  void text(const std::string& flag, const std::string& value_name, std::string& value,
            const std::string& help);
  /// May be repeated, and takes several values at a time.
  void list(const std::string& flag, const std::string& value_name, std::vector<std::string>& values,
            const std::string& help);
  /// Sets `value` to `given` (which for a --no-... flag is false).
  void on_off(const std::string& flag, bool& value, const std::string& help, bool given = true);
  /// An Error thrown by `parse` becomes a UsageError. `choices`: accepted values, for completion.
  void custom(const std::string& flag, const std::string& value_name,
              const std::function<void(const std::string&)>& parse, const std::string& help,
              std::vector<std::string> choices = {});
  /// Positional words. (CLI11's own would split "[x]".) `choices`: for completion.
  void positionals(std::vector<std::string>& words, std::vector<std::string> choices = {});
  /// A file of `flag = value` lines. `translate`: of the same as arguments, "--flag=value".
  void config_file(const std::function<Arguments(const Arguments&)>& translate);

  /// Throws UsageError, or HelpRequested if --help is among the arguments.
  void parse(Arguments arguments);
  /// Whether `flag` was on the command line or in the configuration file.
  bool given(const std::string& flag) const;
  /// The path given by --config; "" if there is none.
  std::string given_config_file() const;

 private:
  void describe(CLI::Option* option, FlagHelp help);
  [[noreturn]] void refuse(const std::string& argument) const;
  void take_words();

  CommandHelp help_;
  std::unique_ptr<CLI::App> app_;
  // CLI11's own search aborts if there is no memory for it.
  std::map<std::string, const CLI::Option*, std::less<>> options_;
  std::string section_ = "Options";
  std::vector<std::string>* words_ = nullptr;
};

}  // namespace warp2vec::cli
