#include "host/cli/terminal/json_text.h"

#include <nlohmann/json.hpp>

namespace warp2vec::cli {

void write_json(std::ostream& out, const nlohmann::json& value, int indent) {
  out << value.dump(indent, ' ', true, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace warp2vec::cli
