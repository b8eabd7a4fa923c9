#include "host/cli/commands/commands.h"

#include <array>

namespace warp2vec::cli {
namespace {

constexpr std::array kCommands{
    Command{"train", run_train, "learn word vectors from text"},
    Command{"neighbors", run_neighbors, "show the words that are most similar to a word"},
    Command{"analogy", run_analogy, "solve A is to B as C is to ?"},
    Command{"probability", run_probability, "show the words that a saved model expects near a word"},
    Command{"eval", run_eval, "measure vectors against human judgement and analogy questions"},
    Command{"vocab", run_vocab, "count the words of a text"},
    Command{"export", run_export, "write vectors in another format"},
    Command{"info", run_info, "describe this build and machine, or a file of vectors, words or a model"},
    Command{"bench", run_bench, "measure speed, memory and quality of many settings, and report them"},
    Command{"plan", run_plan, "print memory and cost of a training run before it is started"},
    Command{"completion", run_completion, "print a completion script for bash, zsh or fish"},
    Command{"man", run_man, "print the manual page"},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace warp2vec::cli
