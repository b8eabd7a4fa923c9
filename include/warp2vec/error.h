#pragma once
/// The exceptions that the library throws.

#include <warp2vec/export.h>

#include <stdexcept>

namespace warp2vec {

/// Bad input, a bad setting, or a failed read or write. The message names the file, line, offset or flag and
/// says what was expected; the CLI prints it as it is.
class WARP2VEC_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A device (a GPU) failed during training. Everything since the last checkpoint is lost.
class WARP2VEC_EXPORT DeviceError : public Error {
 public:
  using Error::Error;
};

}  // namespace warp2vec
