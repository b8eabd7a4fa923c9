#pragma once
/// The version of warp2vec.

namespace warp2vec::cli {

/// "0.1.0".
const char* version();

/// The commit that the program was built from, "9953f7012" or, with uncommitted changes, "9953f7012+changes";
/// "unknown" if it was not built from a git repository.
const char* commit();

}  // namespace warp2vec::cli
