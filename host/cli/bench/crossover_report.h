#pragma once
/// What the crossover study came to: a line for each kind of work, where lines cross, and tables and charts
/// of them.

#include "host/cli/bench/bench_options.h"
#include "host/cli/bench/page.h"
#include "host/cli/bench/summary.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <vector>

namespace warp2vec::cli::bench {

/// Seconds of one unit over the number of words.
struct StudyLine {
  std::string device;
  std::string what;  ///< a loss, or kDraw, kAliasTable, kTree
  std::map<std::int64_t, Spread> seconds;
};

/// Whether it is of trained pairs.
bool is_loss(const StudyLine& line);

/// One for each device and kind of work, in the order of the runs. Runs that failed are left out. Throws
/// nlohmann::json::exception for what are not runs of the study.
std::vector<StudyLine> study_lines(const nlohmann::json& runs);

/// What is compared: two losses on one device, or a GPU and the CPU with one loss.
enum class Compared { losses, devices };

/// From about `words` words on `cheaper` takes less time for a pair than `dearer`.
struct Crossing {
  std::string under;    ///< the device of two losses, the loss of two devices
  std::string cheaper;  ///< a loss, or a device
  std::string dearer;
  double words = 0;
  bool clear = true;  ///< the slowest round of the cheaper one is faster than the fastest of the dearer one,
                      ///< at the measured sizes on both sides of the crossing
};

/// Where the medians of two lines change order, interpolated between measured sizes on logarithmic scales.
std::vector<Crossing> crossings(const std::vector<StudyLine>& lines, Compared compared);

/// "cpu: ns is cheaper than softmax from here on".
std::string name_of(const Crossing& crossing);

/// Of each two lines that can be compared every crossing, or which one is the cheaper at every size, and how
/// many times.
std::vector<std::string> crossing_texts(const std::vector<StudyLine>& lines, Compared compared);

/// "12.3 ns", "4.56 us", "7.8 ms", "2.1 s"; seconds >= 0.
std::string short_time(double seconds);

/// Medians with ranges, a row for each size: the losses on each device, and what is drawn and built.
std::vector<NamedTable> study_tables(const std::vector<StudyLine>& lines);

/// What descriptions of word2vec claim, each beside what was measured here; empty where nothing fits.
Table claims_table(const std::vector<StudyLine>& lines);

/// Charts of the times and of building, the claims, and all figures.
std::vector<Section> crossover_sections(const std::vector<StudyLine>& lines);

}  // namespace warp2vec::cli::bench
