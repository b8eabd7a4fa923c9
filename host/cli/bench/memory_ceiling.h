#pragma once
/// How fast memory lets a training be at best.
///
/// Each row that a kept word needs is read and written once: bytes = rows * padded dim * bytes of a value
/// * 2. Rows of a kept word:
///
///     pair     P * (2 + K)                each pair has one context, one centre and K negatives
///     window   P + 1 + K                  each window has P contexts, one centre and K negatives
///     tile     ((N + 2W) + N + M) / N     N centres in a row have N + 2W contexts and share M negatives
///     hs       (L + 2W) / L + T / N + B   L centres in a row have L + 2W contexts, N share the first T inner
///                                         nodes of the tree, and each has B further nodes
///     ns+hs    tile + hs
///
/// P: contexts of a centre, counted; K: --negative; W: --window; N, M, L: sizes of the tiles; T = 64; B:
/// nodes on a kept word's path without the first T, the mean. Rows that stay in a cache need not come from
/// memory, so that a training may be above a ceiling.

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace warp2vec::cli::bench {

/// From the closing summary of `train --metrics`; 0 for what has no formula. Throws
/// nlohmann::json::exception.
double bytes_per_kept_word(const nlohmann::json& summary);

/// Of a GPU's memory, bytes a second, by the whole name that the driver gives (a part of a GPU, or a
/// laptop's, has less), from NVIDIA's data sheets.
std::optional<double> gpu_bandwidth(const std::string& name);

/// Of this machine's memory, bytes read and written a second, by copying with `threads` threads: the best of
/// the copies of a fifth of a second.
double measured_bandwidth(int threads);

}  // namespace warp2vec::cli::bench
