#include "host/cli/flags/flags.h"

#include "host/cli/terminal/text.h"
#include "host/io/input_file.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cerrno>
#include <istream>
#include <memory>
#include <stdexcept>
#include <vector>

namespace warp2vec::cli {
namespace {

constexpr std::size_t kFlagColumn = 30;
constexpr std::size_t kHelpWidth = 70;
constexpr const char* kTruth = "expected none, true or false";

// CLI11 takes whatever follows a flag as its value, even the next flag.
void refuse_flag_as_value(const std::string& flag, const std::string& value) {
  if (value.empty() || (value.starts_with("--") && value.size() > 2))
    throw UsageError(flag + " needs a value" + (value.empty() ? "" : ", found " + value));
}

// --ns_exponent is --ns-exponent.
void use_hyphens(Arguments& arguments) {
  for (std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.starts_with("--"))
      std::replace(
          argument.begin(),
          argument.begin() + static_cast<std::ptrdiff_t>(std::min(argument.find('='), argument.size())), '_',
          '-');
  }
}

// CLI11's reader, which takes a read error for the end of the file, and a byte-order mark for a setting.
class StrictConfig : public CLI::ConfigBase {
 public:
  explicit StrictConfig(std::function<Arguments(const Arguments&)> translate)
      : translate_(std::move(translate)) {}

  std::vector<CLI::ConfigItem> from_config(std::istream& in) const override {
    for (const unsigned char mark : {0xEF, 0xBB, 0xBF})
      if (in.peek() == mark) in.get();
    std::vector<CLI::ConfigItem> read = CLI::ConfigBase::from_config(in);
    if (in.bad()) throw CLI::FileError("read error");
    return translated(std::move(read));
  }

 private:
  std::vector<CLI::ConfigItem> translated(std::vector<CLI::ConfigItem> read) const {
    Arguments arguments;
    std::vector<CLI::ConfigItem> settings;
    for (CLI::ConfigItem& item : read) {
      if (item.parents.empty())
        for (const std::string& value : item.inputs) arguments.push_back("--" + item.name + "=" + value);
      else
        settings.push_back(std::move(item));  // of a section, which is unknown
    }
    try {
      arguments = translate_(arguments);
    } catch (const UsageError& error) {
      throw UsageError("--config: " + std::string(error.what()));
    }
    use_hyphens(arguments);
    for (const std::string& argument : arguments) {
      const std::size_t equals = argument.find('=');
      const std::string name = argument.substr(2, equals - 2);
      const auto same = std::find_if(settings.begin(), settings.end(), [&](const CLI::ConfigItem& item) {
        return item.parents.empty() && item.name == name;
      });
      CLI::ConfigItem& item = same == settings.end() ? settings.emplace_back() : *same;
      item.name = name;
      item.inputs.push_back(equals == std::string::npos ? "true" : argument.substr(equals + 1));
    }
    return settings;
  }

  std::function<Arguments(const Arguments&)> translate_;
};

// The cause of a failure to read a file, which CLI11 does not know.
std::string why_unreadable(const std::string& path, const char* otherwise) {
  try {
    read_whole(path);
    return otherwise;
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

Flags::Flags(const std::string& usage, const std::string& description, const std::string& footer)
    : help_{usage, description, footer, {}, {}, ""},
      app_(std::make_unique<CLI::App>(wrap(description, kFlagColumn + kHelpWidth) + "\n",
                                      "warp2vec " + usage)) {
  app_->get_formatter()->column_width(kFlagColumn);
  app_->footer(footer);
  app_->set_help_flag("-h,--help", "Print this help and exit.");
}

Flags::~Flags() = default;

bool Flags::given(const std::string& flag) const { return options_.at(flag)->count() > 0; }

void Flags::describe(CLI::Option* option, FlagHelp help) {
  help.section = section_;
  options_.emplace(help.flag, option);
  option->group(section_)->description(wrap(help.help, kHelpWidth));
  if (!help.value_name.empty()) option->option_text(help.value_name + (help.takes_several ? " ..." : ""));
  help_.flags.push_back(std::move(help));
}

void Flags::text(const std::string& flag, const std::string& value_name, std::string& value,
                 const std::string& help) {
  custom(
      flag, value_name, [&value](const std::string& given) { value = given; }, help);
}

void Flags::list(const std::string& flag, const std::string& value_name, std::vector<std::string>& values,
                 const std::string& help) {
  const auto take = [&values, flag](const std::vector<std::string>& given) {
    for (const std::string& value : given) refuse_flag_as_value(flag, value);
    values = given;
    return true;
  };
  describe(app_->add_option_function<std::vector<std::string>>(flag, take),
           {"", flag, value_name, help, {}, true});
}

void Flags::on_off(const std::string& flag, bool& value, const std::string& help, bool given) {
  const auto take = [&value, given](std::int64_t count) { value = count > 0 ? given : !given; };
  // CLI11 from 2.4 on takes anything for false.
  const auto expect_truth = [](const std::string& text) -> std::string {
    errno = 0;
    CLI::detail::to_flag_value(text);
    return errno == 0 ? "" : kTruth;
  };
  describe(app_->add_flag_function(flag, take)->check(expect_truth)->take_last(),
           {"", flag, "", help, {}, false});
}

void Flags::custom(const std::string& flag, const std::string& value_name,
                   const std::function<void(const std::string&)>& parse, const std::string& help,
                   std::vector<std::string> choices) {
  const auto take = [parse, flag](const std::string& value) {
    refuse_flag_as_value(flag, value);
    try {
      parse(value);
    } catch (const Error& error) {
      throw UsageError(error.what());
    }
  };
  describe(app_->add_option_function<std::string>(flag, take)->take_last(),
           {"", flag, value_name, help, std::move(choices), false});
}

void Flags::positionals(std::vector<std::string>& words, std::vector<std::string> choices) {
  words_ = &words;
  help_.word_choices = std::move(choices);
  app_->allow_extras();
}

void Flags::config_file(const std::function<Arguments(const Arguments&)>& translate) {
  describe(
      app_->set_config("--config")->take_last(),
      {"",
       "--config",
       "FILE",
       "Read settings from a file of lines 'flag = value', with flags named without dashes (dim = 200), or "
       "as gensim's arguments (vector_size = 200); "
       "'#' starts a comment; quote values with spaces or commas. Flags on the command line take "
       "precedence; unknown names are errors.",
       {},
       false});
  app_->allow_config_extras(false);
  app_->config_formatter(std::make_shared<StrictConfig>(translate));
}

std::string Flags::given_config_file() const {
  return given("--config") ? app_->get_config_ptr()->as<std::string>() : "";
}

void Flags::refuse(const std::string& argument) const {
  if (!argument.starts_with('-')) throw UsageError("unexpected argument '" + argument + "'");
  std::vector<std::string> known;
  for (const CLI::Option* option : app_->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  const std::string written = argument.substr(0, argument.find('='));
  const std::string meant = nearest(written, known);
  throw UsageError("unknown flag " + written + (meant.empty() ? "" : "; did you mean " + meant + "?") + " (" +
                   app_->get_name().substr(0, app_->get_name().find(' ', sizeof "warp2vec")) +
                   " --help lists all flags)");
}

void Flags::take_words() {
  bool only_words = false;
  for (const std::string& argument : app_->remaining()) {
    if (argument == "--" && !only_words) {
      only_words = true;
    } else if (!only_words && argument.size() > 1 && argument.starts_with('-')) {
      refuse(argument);
    } else {
      words_->push_back(argument);
    }
  }
}

void Flags::parse(Arguments arguments) {
  use_hyphens(arguments);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app_->parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    help_.text = app_->help();
    throw HelpRequested(help_);
  } catch (const CLI::ExtrasError&) {
    for (const std::string& argument : app_->remaining()) {
      if (argument != "--") refuse(argument);
    }
    throw;
  } catch (const CLI::ConfigError& error) {
    const std::string what = error.what();
    const std::string prefix = "INI was not able to parse ";
    throw UsageError(what.starts_with(prefix)
                         ? "--config: unknown setting '" + what.substr(prefix.size()) + "'"
                         : "--config: " + what);
  } catch (const CLI::FileError& error) {
    throw UsageError("--config: " + why_unreadable(given_config_file(), error.what()));
  } catch (const CLI::ParseError& error) {
    throw UsageError(error.what());
  } catch (const std::logic_error&) {  // of std::stoll, from CLI11's reading of on_off() flags
    throw UsageError(std::string("a flag that takes no value was given one: ") + kTruth);
  }
  if (words_ != nullptr) take_words();
}

}  // namespace warp2vec::cli
