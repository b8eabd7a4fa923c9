#include "host/cli/flags/arguments.h"

#include "host/cli/flags/usage_error.h"
#include "host/cli/terminal/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

namespace warp2vec::cli {
namespace {

enum class Origin { word2vec_c, fasttext, gensim, shared };

struct Alias {
  std::string_view name;
  std::string_view flag;  // "" if interpret() handles it
  Origin origin;
};

constexpr std::array kAliases{
    Alias{"train", "input", Origin::word2vec_c},
    Alias{"size", "dim", Origin::word2vec_c},
    Alias{"window", "window", Origin::word2vec_c},
    Alias{"sample", "sample", Origin::word2vec_c},
    Alias{"threads", "threads", Origin::word2vec_c},
    Alias{"iter", "epochs", Origin::word2vec_c},
    Alias{"min-count", "min-count", Origin::word2vec_c},
    Alias{"alpha", "lr", Origin::word2vec_c},
    Alias{"save-vocab", "save-vocab", Origin::word2vec_c},
    Alias{"read-vocab", "read-vocab", Origin::word2vec_c},
    Alias{"negative", "", Origin::word2vec_c},
    Alias{"hs", "", Origin::word2vec_c},
    Alias{"cbow", "", Origin::word2vec_c},
    Alias{"classes", "classes", Origin::word2vec_c},
    Alias{"debug", "", Origin::word2vec_c},
    Alias{"binary", "", Origin::word2vec_c},
    Alias{"output", "output", Origin::shared},
    Alias{"input", "input", Origin::fasttext},
    Alias{"dim", "dim", Origin::fasttext},
    Alias{"ws", "window", Origin::fasttext},
    Alias{"minCount", "min-count", Origin::fasttext},
    Alias{"neg", "", Origin::fasttext},
    Alias{"t", "sample", Origin::fasttext},
    Alias{"lr", "lr", Origin::fasttext},
    Alias{"epoch", "epochs", Origin::fasttext},
    Alias{"thread", "threads", Origin::fasttext},
    Alias{"loss", "loss", Origin::fasttext},
    Alias{"verbose", "", Origin::fasttext},
    Alias{"sentences", "input", Origin::gensim},
    Alias{"corpus-file", "input", Origin::gensim},
    Alias{"vector-size", "dim", Origin::gensim},
    Alias{"workers", "threads", Origin::gensim},
    Alias{"min-alpha", "min-lr", Origin::gensim},
    Alias{"max-final-vocab", "max-vocab", Origin::gensim},
    Alias{"shrink-windows", "", Origin::gensim},
    Alias{"sg", "", Origin::gensim},
    Alias{"cbow-mean", "", Origin::gensim},
};

const Alias* find_alias(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  const auto* found =
      std::find_if(kAliases.begin(), kAliases.end(), [&](const Alias& alias) { return alias.name == name; });
  return found == kAliases.end() ? nullptr : found;
}

bool looks_like_flag(std::string_view argument) {
  const std::size_t dashes = argument.starts_with("--") ? 2 : 1;
  return argument.size() > dashes && argument[0] == '-' &&
         std::isalpha(static_cast<unsigned char>(argument[dashes])) != 0;
}

[[noreturn]] void refuse_unknown(const std::string& argument) {
  std::vector<std::string> known;
  for (const Alias& alias : kAliases) {
    known.push_back("-" + std::string(alias.name));
    if (!alias.flag.empty()) known.push_back("--" + std::string(alias.flag));
  }
  const std::string meant = nearest(argument, known);
  throw UsageError("unknown flag " + argument + (meant.empty() ? "" : "; did you mean " + meant + "?") +
                   " (warp2vec train --help lists all flags)");
}

class Rewriter {
 public:
  // `word2vec_c`: whether all flags are word2vec.c's.
  explicit Rewriter(bool word2vec_c) : word2vec_c_(word2vec_c), cbow_by_default_(word2vec_c) {}

  Rewritten run(const Arguments& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::string& argument = arguments[i];
      const bool two_dashes = argument.starts_with("--");
      if (!looks_like_flag(argument) || argument == "-h") {
        out_.arguments.push_back(argument);
        continue;
      }
      const std::size_t equals = two_dashes ? argument.find('=') : std::string::npos;
      const std::string written = argument.substr(0, equals);
      const Alias* alias = find_alias(written.substr(two_dashes ? 2 : 1));
      if (alias == nullptr) {
        if (!two_dashes) refuse_unknown(argument);
        if (written == "--format") format_given_ = true;
        if (written == "--model") model_given_ = true;
        out_.arguments.push_back(argument);
        continue;
      }
      std::string value;
      if (equals != std::string::npos) {
        value = argument.substr(equals + 1);
      } else if (i + 1 < arguments.size() && !looks_like_flag(arguments[i + 1])) {
        value = arguments[++i];
      }
      if (value.empty()) throw UsageError(written + " needs a value");
      if (!two_dashes) {
        word2vec_c_ = word2vec_c_ || alias->origin == Origin::word2vec_c;
        fasttext_ = fasttext_ || alias->origin == Origin::fasttext;
      }
      take(*alias, written, value);
    }
    add_objective();
    add_defaults_of_old_flags();
    return out_;
  }

 private:
  void add(std::string_view flag, const std::string& value) {
    out_.arguments.push_back("--" + std::string(flag) + "=" + value);
  }

  static bool switched_on(const std::string& written, const std::string& value) {
    if (value == "0" || value == "1") return value == "1";
    throw UsageError(written + " " + value + ": expected 0 or 1");
  }

  void take(const Alias& alias, const std::string& written, const std::string& value) {
    if (alias.flag == "loss")
      loss_ = value;
    else if (!alias.flag.empty())
      add(alias.flag, value);
    else
      interpret(alias.name, written, value);
  }

  // Flags that are not a plain renaming.
  void interpret(std::string_view name, const std::string& written, const std::string& value) {
    if (name == "negative" || name == "neg") {
      if (negative_) throw UsageError(written + " is given twice");
      negative_ = value;
    } else if (name == "hs") {
      hs_ = switched_on(written, value);
    } else if (name == "cbow") {
      set_model(written, switched_on(written, value) ? "cbow" : "skipgram");
    } else if (name == "sg") {
      set_model(written, switched_on(written, value) ? "skipgram" : "cbow");
    } else if (name == "cbow-mean") {
      if (!switched_on(written, value)) out_.arguments.emplace_back("--cbow-sum");
    } else if (name == "binary") {
      add("format", switched_on(written, value) ? "binary" : "text");
      format_given_ = true;
    } else if (name == "shrink-windows") {
      if (!switched_on(written, value)) out_.arguments.emplace_back("--no-shrink-window");
    } else if (value == "0") {  // debug, verbose
      out_.arguments.emplace_back("--quiet");
    }
  }

  void set_model(const std::string& written, const std::string& model) {
    if (model_given_) throw UsageError(written + ": the model is given twice");
    model_given_ = true;
    add("model", model);
  }

  // word2vec.c and gensim choose the objective by two numbers, hs and negative; warp2vec by --loss.
  void add_objective() {
    if (hs_ && loss_) throw UsageError("--loss and -hs set the same thing; give one of them");
    const bool no_negatives = negative_ == "0";
    if (hs_ == true) {
      loss_ = no_negatives ? "hs" : "ns+hs";
    } else if (no_negatives && (!loss_ || loss_ == "ns")) {
      throw UsageError(
          "-negative 0 without -hs 1 leaves nothing to train: expected -hs 1 or -negative 1 or more");
    }
    if (loss_) add("loss", *loss_);
    if (negative_ && !(no_negatives && (loss_ == "hs" || loss_ == "softmax"))) add("negative", *negative_);
  }

  void add_defaults_of_old_flags() {
    if (word2vec_c_ && !format_given_) add("format", "text");
    if (cbow_by_default_ && !model_given_)
      add("model", "cbow");
    else if (word2vec_c_ && !model_given_)
      out_.notes.emplace_back(
          "skip-gram is trained, as with word2vec.c's -cbow 0; its default, CBOW, is trained with -cbow 1");
    if (fasttext_ && !word2vec_c_)
      out_.notes.emplace_back(
          "whole words are trained, without fastText's subwords; flags that are not given keep warp2vec's "
          "defaults");
  }

  Rewritten out_;
  std::optional<std::string> loss_;
  std::optional<std::string> negative_;
  std::optional<bool> hs_;
  bool model_given_ = false;
  bool format_given_ = false;
  bool word2vec_c_;
  bool cbow_by_default_;
  bool fasttext_ = false;
};

}  // namespace

Rewritten rewrite_arguments(const Arguments& arguments, bool word2vec_c) {
  return Rewriter(word2vec_c).run(arguments);
}

}  // namespace warp2vec::cli
