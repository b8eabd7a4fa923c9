#pragma once
/// Recognises files that this program writes, so that they are not read as text, and data in text.

#include <cstddef>
#include <string_view>

namespace warp2vec {

/// The first 8 bytes of files in sections (host/files/section_file.h). As in PNG: no text begins with them,
/// and a transfer that converts line ends is detected.
inline constexpr std::string_view kModelMagic = "\x89W2V\r\n\x1a\n";
inline constexpr std::string_view kCheckpointMagic = "\x89W2C\r\n\x1a\n";
inline constexpr std::string_view kCorpusMagic = "\x89W2I\r\n\x1a\n";
inline constexpr std::string_view kIndexMagic = "\x89W2N\r\n\x1a\n";

/// How much of a file's beginning kind_of_product() needs, if the file has as much.
inline constexpr std::size_t kKindBytes = std::size_t{64} << 10;

/// What a file with this beginning is: "a model", "a checkpoint", "an encoded corpus", "an index of vectors",
/// "vectors" (in any
/// format; of two files, the one with the numbers), "metrics" or "TensorBoard's events". "" for anything
/// else: text, but also vocabularies and the words of vectors, which text may look like.
std::string_view kind_of_product(std::string_view beginning);

/// Whether this looks like the beginning of JSON Lines, an object in each line.
bool is_json_lines(std::string_view beginning);

/// Whether this is the beginning of a NumPy array of integers, of any size and byte order: other programs
/// write these.
bool is_array_of_integers(std::string_view beginning);

}  // namespace warp2vec
