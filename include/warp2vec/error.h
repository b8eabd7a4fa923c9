#pragma once
/// The exceptions that a user of the library or the CLI meets.

#include <warp2vec/export.h>

#include <stdexcept>

namespace warp2vec {

/// Bad input, a bad setting, or a failed read or write. The message names the file, line, offset or flag and
/// says what was expected; the CLI prints it as it is.
class WARP2VEC_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device (a GPU) failed in the middle of its work. What it had not yet given back is lost.
class WARP2VEC_EXPORT DeviceError : public Error {
 public:
  using Error::Error;
};

}  // namespace warp2vec
