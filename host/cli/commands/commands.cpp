#include "host/cli/commands/commands.h"

#include <algorithm>
#include <array>

namespace warp2vec::cli {
namespace {

constexpr std::array kCommands{
    Command{"train", run_train, "learn word vectors from text"},
    Command{"neighbors", run_neighbors, "show the words most similar to a word"},
    Command{"analogy", run_analogy, "solve A is to B as C is to ?"},
    Command{"index", run_index, "prepare a fast search for neighbors among many vectors"},
    Command{"probability", run_probability, "show the words that a saved model predicts near a word"},
    Command{"eval", run_eval, "evaluate vectors on human judgements and analogy questions"},
    Command{"vocab", run_vocab, "count the words of a text"},
    Command{"phrases", run_phrases, "join words that belong together, such as new_york, in a text"},
    Command{"walks", run_walks, "write random walks on a graph as text"},
    Command{"encode", run_encode, "write a text as word ids, for training without reading it again"},
    Command{"export", run_export, "convert vectors to another format"},
    Command{"info", run_info,
            "describe this build and machine, or a file of vectors, words, a model or a corpus"},
    Command{"bench", run_bench, "measure and report speed, memory and quality of many settings"},
    Command{"plan", run_plan, "print the memory and cost of a training run in advance"},
    Command{"completion", run_completion, "print a completion script for bash, zsh or fish"},
    Command{"man", run_man, "print the manual page"},
    Command{"help", run_help, "explain a command"},
    Command{"word2vec", run_word2vec, "train, but CBOW and text unless asked for otherwise", Tool::word2vec_c,
            "train"},
    Command{"word2phrase", run_phrases, "phrases", Tool::word2vec_c, "phrases"},
    Command{"distance", run_distance, "neighbors, 40 of them", Tool::word2vec_c, "neighbors"},
    Command{"word-analogy", run_word_analogy, "analogy, with 40 answers", Tool::word2vec_c, "analogy"},
    Command{"compute-accuracy", run_compute_accuracy, "eval --analogies, of questions from standard input",
            Tool::word2vec_c, "eval"},
    Command{"skipgram", run_skipgram, "train, with fastText's defaults; writes MODEL.vec", Tool::fasttext,
            "train"},
    Command{"cbow", run_cbow, "the same with --model cbow", Tool::fasttext, "train"},
    Command{"nn", run_nn, "neighbors of each word of standard input", Tool::fasttext},
    Command{"analogies", run_analogies, "A - B + C for each line of standard input", Tool::fasttext},
    Command{"print-word-vectors", run_print_word_vectors, "print the vectors of the words of standard input",
            Tool::fasttext},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const auto* const found =
      std::find_if(kCommands.begin(), kCommands.end(), [&](const Command& c) { return c.name == name; });
  return found == kCommands.end() ? nullptr : found;
}

}  // namespace warp2vec::cli
