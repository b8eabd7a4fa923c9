#pragma once
/// The error message of a call.

#include <warp2vec/error.h>

#include <string>

namespace warp2vec {

/// The message of the Error that `call` throws; "" if it throws none.
template <class Call>
std::string thrown_message(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace warp2vec
