#include "host/cli/terminal/version.h"

#include "commit.h"

namespace warp2vec::cli {

const char* version() { return WARP2VEC_VERSION; }

const char* commit() { return WARP2VEC_COMMIT; }

}  // namespace warp2vec::cli
