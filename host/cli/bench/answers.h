#pragma once
/// What a benchmark says to the three questions that it is run for.

#include "host/cli/bench/findings.h"

#include <string>
#include <vector>

namespace warp2vec::cli::bench {

struct Answer {
  std::string question;
  std::vector<std::string> texts;  ///< at least one
};

/// GPU or CPU (from the trainings and from the crossover study), which loss (from the trainings: speed and
/// quality), and from which vocabulary on (from the crossover study). What was not measured is said to be so,
/// with the way to measure it.
std::vector<Answer> answers(const Findings& findings);

}  // namespace warp2vec::cli::bench
