#pragma once
/// The processes that mpirun started with this one.

#include <warp2vec/ranks.h>

#include <memory>

namespace warp2vec::cli {

/// Null unless mpirun, srun or the like started several. From then on, the process ends all of them if it
/// ends without Ranks::finish(). Throws Error if this program was built without MPI, if its library is not
/// here, or if it is not the one that started them.
std::unique_ptr<Ranks> find_ranks();

}  // namespace warp2vec::cli
