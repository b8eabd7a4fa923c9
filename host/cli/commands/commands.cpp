#include "host/cli/commands/commands.h"

#include <array>

namespace warp2vec::cli {
namespace {

constexpr std::array kCommands{
    Command{"train", run_train, "learn word vectors from text"},
    Command{"neighbors", run_neighbors, "show the words most similar to a word"},
    Command{"analogy", run_analogy, "solve A is to B as C is to ?"},
    Command{"probability", run_probability, "show the words that a saved model predicts near a word"},
    Command{"eval", run_eval, "evaluate vectors on human judgements and analogy questions"},
    Command{"vocab", run_vocab, "count the words of a text"},
    Command{"phrases", run_phrases, "join words that belong together, such as new_york, in a text"},
    Command{"encode", run_encode, "write a text as word ids, for training without reading it again"},
    Command{"export", run_export, "convert vectors to another format"},
    Command{"info", run_info,
            "describe this build and machine, or a file of vectors, words, a model or a corpus"},
    Command{"bench", run_bench, "measure and report speed, memory and quality of many settings"},
    Command{"plan", run_plan, "print the memory and cost of a training run in advance"},
    Command{"completion", run_completion, "print a completion script for bash, zsh or fish"},
    Command{"man", run_man, "print the manual page"},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace warp2vec::cli
