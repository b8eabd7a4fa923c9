#pragma once
/// What `bench` writes in its folder.

namespace warp2vec::cli::bench {

inline constexpr const char* kResultsFile = "results.json";
inline constexpr const char* kReportFile = "report.html";
inline constexpr const char* kRunFolder = "unfinished-run";  ///< emptied before each training

}  // namespace warp2vec::cli::bench
