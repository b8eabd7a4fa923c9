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

// `other`: of koan, GloVe or word2vec++.
enum class Origin { word2vec_c, fasttext, gensim, other, shared };

struct Alias {
  std::string_view name;
  std::string_view flag;  // "" if interpret() handles it
  Origin origin;
  bool takes_value = true;
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
    Alias{"output", "", Origin::shared},
    Alias{"seed", "seed", Origin::shared},
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
    Alias{"pretrainedVectors", "init", Origin::fasttext},
    Alias{"saveOutput", "", Origin::fasttext, false},
    Alias{"minn", "", Origin::fasttext},
    Alias{"maxn", "", Origin::fasttext},
    Alias{"sentences", "input", Origin::gensim},
    Alias{"corpus-file", "input", Origin::gensim},
    Alias{"vector-size", "dim", Origin::gensim},
    Alias{"workers", "threads", Origin::gensim},
    Alias{"min-alpha", "min-lr", Origin::gensim},
    Alias{"max-final-vocab", "max-vocab", Origin::gensim},
    Alias{"shrink-windows", "", Origin::gensim},
    Alias{"sg", "", Origin::gensim},
    Alias{"cbow-mean", "", Origin::gensim},
    Alias{"window-size", "window", Origin::other},
    Alias{"vocab-file", "read-vocab", Origin::other},
    Alias{"file", "input", Origin::other},
    Alias{"embedding-path", "output", Origin::other},
    Alias{"context-size", "window", Origin::other},
    Alias{"negatives", "", Origin::other},
    Alias{"learning-rate", "lr", Origin::other},
    Alias{"min-learning-rate", "min-lr", Origin::other},
    Alias{"downsample-threshold", "sample", Origin::other},
    Alias{"pretrained-path", "init", Origin::other},
    Alias{"continue-vocab", "init-vocab", Origin::other},
    Alias{"vocab-size", "max-vocab", Origin::other},
    Alias{"max-vocab", "max-vocab", Origin::other},  // for -V, which plan takes, too
    Alias{"no-progress", "", Origin::other, false},
    Alias{"train-file", "input", Origin::other},
    Alias{"model-file", "output", Origin::other},
    Alias{"min-word-freq", "min-count", Origin::other},
    Alias{"with-hs", "", Origin::other, false},
    Alias{"with-skip-gram", "", Origin::other, false},
};

// What changes nothing at these values; at others it is refused.
struct Inert {
  std::string_view name;
  std::string_view values;  // with spaces between; "*" = all
  std::string_view reason;
  Origin origin;
  bool takes_value = true;
};

constexpr std::string_view kClassifiers = "it is for classifiers, and warp2vec trains word vectors";
constexpr std::string_view kPython = "there is no Python here";

constexpr std::array kInert{
    Inert{"max-vocab-size", "None 0",
          "counts are exact, in the memory of --count-memory; --max-vocab keeps the most frequent words",
          Origin::gensim},
    Inert{"sorted-vocab", "1 True true", "words are always in the order of their counts", Origin::gensim},
    Inert{"null-word", "0 False false", "there is no word in place of missing contexts", Origin::gensim},
    Inert{"batch-words", "*", "", Origin::gensim},
    Inert{"compute-loss", "*", "", Origin::gensim},
    Inert{"comment", "*", "", Origin::gensim},
    Inert{"hashfxn", "hash None", kPython, Origin::gensim},
    Inert{"trim-rule", "None", kPython, Origin::gensim},
    Inert{"callbacks", "None () []", kPython, Origin::gensim},
    Inert{"accuracy", "", "'warp2vec eval --analogies' evaluates, after training", Origin::gensim},
    Inert{"bucket", "*", "", Origin::fasttext},
    Inert{"lrUpdateRate", "*", "", Origin::fasttext},
    Inert{"label", "*", "", Origin::fasttext},
    Inert{"minCountLabel", "*", "", Origin::fasttext},
    Inert{"wordNgrams", "1", kClassifiers, Origin::fasttext},
    Inert{"autotune-validation", "", kClassifiers, Origin::fasttext},
    Inert{"autotune-metric", "", kClassifiers, Origin::fasttext},
    Inert{"autotune-predictions", "", kClassifiers, Origin::fasttext},
    Inert{"autotune-duration", "", kClassifiers, Origin::fasttext},
    Inert{"autotune-modelsize", "", kClassifiers, Origin::fasttext},
    Inert{"cutoff", "", "vectors are not quantised", Origin::fasttext},
    Inert{"dsub", "", "vectors are not quantised", Origin::fasttext},
    Inert{"qnorm", "", "vectors are not quantised", Origin::fasttext, false},
    Inert{"qout", "", "vectors are not quantised", Origin::fasttext, false},
    Inert{"retrain", "", "vectors are not quantised", Origin::fasttext, false},
    Inert{"symmetric", "1", "contexts are on both sides of a word", Origin::other},
    Inert{"discard", "true", "rare words are dropped", Origin::other},
    Inert{"shuffle-sentences", "false", "sentences are read in their order", Origin::other},
    Inert{"buffer-size", "*", "", Origin::other},
    Inert{"partitioned", "*", "", Origin::other},
};

// One letter of koan's or word2vec++'s: another spelling of `name`, or, where they mean different things, of
// none of `both`.
struct Letter {
  char letter;
  std::string_view name;
  std::string_view both = {};
};

constexpr std::array kLetters{
    Letter{'f', "file"},
    Letter{'c', "context-size"},
    Letter{'n', "negatives"},
    Letter{'k', "min-count"},
    Letter{'b', "cbow"},
    Letter{'V', "max-vocab"},
    Letter{'p', "embedding-path"},
    Letter{'r', "pretrained-path"},
    Letter{'w', "window"},
    Letter{'a', "alpha"},
    Letter{'g', "with-skip-gram"},
    Letter{'B', "buffer-size"},
    Letter{'L', "partitioned"},
    Letter{'P', "no-progress"},
    Letter{'d', "", "koan's --dim and word2vec++'s --word-delimiters"},
    Letter{'e', "", "koan's --epochs and word2vec++'s --end-of-sentence"},
    Letter{'i', "", "koan's --discard and word2vec++'s --iter"},
    Letter{'l', "", "koan's --learning-rate and word2vec++'s --sample"},
    Letter{'m', "", "koan's --min-learning-rate and word2vec++'s --min-word-freq"},
    Letter{'o', "", "koan's --downsample-threshold and word2vec++'s --model-file"},
    Letter{'s', "", "koan's --shuffle-sentences and word2vec++'s --size"},
    Letter{'v', "", "koan's --continue-vocab and word2vec++'s --verbose"},
    Letter{'x', "", "koan's --ns-exponent and word2vec++'s --stop-words-file"},
};

// The name that a flag of one letter stands for; `name` itself otherwise.
std::string spelled_out(const std::string& name) {
  if (name.size() != 1) return name;
  const auto* const found = std::find_if(kLetters.begin(), kLetters.end(),
                                         [&](const Letter& entry) { return entry.letter == name[0]; });
  if (found == kLetters.end()) return name;
  if (!found->both.empty())
    throw UsageError("-" + name + " is " + std::string(found->both) + ": give the long name");
  return std::string(found->name);
}

template <class Names>
auto find_name(const Names& names, std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  const auto* found =
      std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.name == name; });
  return found == names.end() ? nullptr : found;
}

bool is_one_of(std::string_view value, std::string_view values) {
  if (values == "*") return true;
  return (" " + std::string(values) + " ").find(" " + std::string(value) + " ") != std::string::npos;
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
  for (const Inert& inert : kInert) known.push_back("-" + std::string(inert.name));
  const std::string meant = nearest(argument, known);
  throw UsageError("unknown flag " + argument + (meant.empty() ? "" : "; did you mean " + meant + "?") +
                   " (warp2vec train --help lists all flags)");
}

class Rewriter {
 public:
  explicit Rewriter(Dialect dialect) : dialect_(dialect), word2vec_c_(dialect == Dialect::word2vec_c) {}

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
      const std::string name = two_dashes ? written.substr(2) : spelled_out(written.substr(1));
      const Alias* const alias = find_alias(name);
      const Inert* const inert = find_name(kInert, name);
      if (alias == nullptr && inert == nullptr) {
        if (!two_dashes) refuse_unknown(argument);
        if (written == "--format") format_given_ = true;
        if (written == "--model") model_given_ = true;
        out_.arguments.push_back(argument);
        continue;
      }
      const bool takes_value = alias != nullptr ? alias->takes_value : inert->takes_value;
      std::string value = takes_value ? "" : "1";
      if (equals != std::string::npos) {
        value = argument.substr(equals + 1);
      } else if (i + 1 < arguments.size() &&
                 (takes_value ? !looks_like_flag(arguments[i + 1]) : is_one_of(arguments[i + 1], "0 1"))) {
        value = arguments[++i];
      }
      if (value.empty()) throw UsageError(written + " needs a value");
      const Origin origin = alias != nullptr ? alias->origin : inert->origin;
      if (!two_dashes && name == written.substr(1)) {
        word2vec_c_ = word2vec_c_ || origin == Origin::word2vec_c;
        fasttext_ = fasttext_ || origin == Origin::fasttext;
      }
      if (alias != nullptr)
        take(*alias, written, value);
      else if (!is_one_of(value, inert->values))
        refuse(takes_value ? std::string(written).append(" ").append(value) : written, inert->reason);
    }
    require_no_subwords();
    add_objective();
    add_defaults_of_old_flags();
    return out_;
  }

 private:
  const Alias* find_alias(const std::string& name) const {
    const Alias* const found = find_name(kAliases, name);
    const bool is_flag_of_plan = dialect_ == Dialect::plan && found != nullptr && found->name == "vocab-size";
    return is_flag_of_plan ? nullptr : found;
  }

  [[noreturn]] static void refuse(const std::string& given, std::string_view reason) {
    throw UsageError(std::string(given).append(": ").append(reason));
  }

  void add(std::string_view flag, const std::string& value) {
    out_.arguments.push_back("--" + std::string(flag) + "=" + value);
  }

  static bool switched_on(const std::string& written, const std::string& value) {
    if (is_one_of(value, "1 True true")) return true;
    if (is_one_of(value, "0 False false")) return false;
    throw UsageError(written + " " + value + ": expected 0 or 1, or False or True");
  }

  void take(const Alias& alias, const std::string& written, const std::string& value) {
    if (alias.origin == Origin::gensim && value == "None") return;  // as if it were not given
    if (alias.flag == "loss")
      loss_ = value;
    else if (!alias.flag.empty())
      add(alias.flag, value);
    else
      interpret(alias.name, written, value);
  }

  // Flags that are not a plain renaming.
  void interpret(std::string_view name, const std::string& written, const std::string& value) {
    if (name == "negative" || name == "neg" || name == "negatives") {
      negative_ = value;
    } else if (name == "hs") {
      hs_ = switched_on(written, value);
    } else if (name == "with-hs") {
      if (switched_on(written, value)) loss_ = "hs";
    } else if (name == "cbow") {
      set_model(switched_on(written, value) ? "cbow" : "skipgram");
    } else if (name == "sg" || name == "with-skip-gram") {
      set_model(switched_on(written, value) ? "skipgram" : "cbow");
    } else if (name == "cbow-mean") {
      add("cbow-sum", switched_on(written, value) ? "false" : "true");
    } else if (name == "binary") {
      add("format", switched_on(written, value) ? "binary" : "text");
      format_given_ = true;
    } else if (name == "shrink-windows") {
      add("no-shrink-window", switched_on(written, value) ? "false" : "true");
    } else if (name == "output") {
      take_output(written, value);
    } else if (name == "minn") {
      minn_ = written + " " + value;
    } else if (name == "maxn") {
      maxn_ = written + " " + value;
    } else if (name == "saveOutput") {
      if (switched_on(written, value))
        out_.notes.emplace_back(
            "-saveOutput writes nothing: --vectors output and --save-model save output vectors");
    } else if (name == "no-progress") {
      if (switched_on(written, value)) out_.arguments.emplace_back("--quiet");
    } else if (value == "0") {  // debug, verbose
      out_.arguments.emplace_back("--quiet");
    }
  }

  void set_model(const std::string& model) {
    model_given_ = true;
    add("model", model);
  }

  // fastText writes MODEL.vec and MODEL.bin.
  void take_output(const std::string& written, const std::string& value) {
    const bool is_model = dialect_ == Dialect::fasttext && written == "-output" && value != "-";
    add("output", is_model ? value + ".vec" : value);
    if (is_model)
      model_note_ =
          value + ".vec is written, but not " + value + ".bin (--save-model writes all that was learnt)";
  }

  // -maxn 0 means none whatever -minn is.
  void require_no_subwords() const {
    const auto is_none = [](const std::string& given) { return given.ends_with(" 0"); };
    if (is_none(maxn_)) return;
    for (const std::string& given : {maxn_, minn_})
      if (!given.empty() && !is_none(given))
        throw UsageError(given + ": subwords are not trained, expected -maxn 0");
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
    const bool is_verb = dialect_ == Dialect::fasttext;
    if (word2vec_c_ && !format_given_ && !is_verb) add("format", "text");
    if (dialect_ == Dialect::word2vec_c && !model_given_)
      add("model", "cbow");
    else if (word2vec_c_ && !model_given_)
      out_.notes.emplace_back(
          "skip-gram is trained, as with word2vec.c's -cbow 0; its default, CBOW, is trained with -cbow 1");
    const std::string without = "whole words are trained, without fastText's subwords";
    out_.fasttext_defaults = is_verb;
    if (is_verb) {
      if (maxn_.empty()) out_.notes.push_back(without + " (as with its -maxn 0)");
      if (!model_note_.empty()) out_.notes.push_back(model_note_);
    } else if (fasttext_ && !word2vec_c_) {
      out_.notes.push_back(without + "; flags that are not given keep warp2vec's defaults");
    }
  }

  Rewritten out_;
  Dialect dialect_;
  std::optional<std::string> loss_;
  std::optional<std::string> negative_;
  std::optional<bool> hs_;
  std::string minn_;  // as given, "-minn 3"
  std::string maxn_;
  std::string model_note_;
  bool model_given_ = false;
  bool format_given_ = false;
  bool word2vec_c_;
  bool fasttext_ = false;
};

}  // namespace

Rewritten rewrite_arguments(const Arguments& arguments, Dialect dialect) {
  return Rewriter(dialect).run(arguments);
}

}  // namespace warp2vec::cli
