#pragma once
/// A mistake on the command line, as opposed to one in the data.

#include <warp2vec/error.h>

namespace warp2vec::cli {

/// Exit code 2; every other Error is exit code 1.
class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace warp2vec::cli
