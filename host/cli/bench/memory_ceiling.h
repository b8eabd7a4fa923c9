#pragma once
/// Upper bounds on training speed from memory bandwidth.
///
/// Each row that a kept word needs is read and written once: bytes = rows * padded dim * bytes per value * 2.
/// Rows per kept word:
///
///     pair     P * (2 + K)                each pair has one context, one centre and K negatives
///     window   P + 1 + K                  each window has P contexts, one centre and K negatives
///     tile     ((N + 2W) + N + M) / N     N centres in a row have N + 2W contexts and share M negatives
///     hs       (L + 2W) / L + T / N + B   L centres in a row have L + 2W contexts, N share the first T inner
///                                         nodes of the tree, and each has B further nodes
///     ns+hs    tile + hs
///
/// P: contexts per centre, counted; K: --negative; W: --window; N, M, L: sizes of the tiles; T = 64; B: mean
/// number of nodes on a kept word's path, without the first T. Rows that stay in a cache need not be read
/// from memory, so a training can exceed a ceiling.

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace warp2vec::cli::bench {

/// Computed from the final summary of `train --metrics`; 0 if there is no formula for the configuration.
/// Throws nlohmann::json::exception if `summary` is not such a summary.
double bytes_per_kept_word(const nlohmann::json& summary);

/// Memory bandwidth of a GPU in bytes per second, from NVIDIA's data sheets, by the complete name that the
/// driver reports (a laptop GPU or a partition has less). Nothing for an unknown name.
std::optional<double> gpu_bandwidth(const std::string& name);

/// Memory bandwidth of this machine in bytes read and written per second, measured by copying on `threads`
/// threads: the best of the copies within a fifth of a second.
double measured_bandwidth(int threads);

}  // namespace warp2vec::cli::bench
