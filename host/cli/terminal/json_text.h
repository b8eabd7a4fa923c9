#pragma once
/// JSON for programs that read what a command prints.

#include <nlohmann/json_fwd.hpp>

#include <ostream>

namespace warp2vec::cli {

/// Writes `value` and a newline, in one line unless `indent` is 0 or more. ASCII only, so that no terminal
/// obeys a word; JSON's escapes keep it exact, except for bytes that are not UTF-8.
void write_json(std::ostream& out, const nlohmann::json& value, int indent = -1);

}  // namespace warp2vec::cli
