#include "host/cli/process/ranks.h"

#include <warp2vec/error.h>

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace warp2vec::cli {
namespace {

namespace fs = std::filesystem;

// How many processes were started together, by the variables of Open MPI, of MPICH and its kin, and of Slurm.
int processes() {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"})
    if (const char* const text = std::getenv(name)) return std::atoi(text);
  return 1;
}

// Beside the program, or where `cmake --install` puts it; "" if it is in neither place.
std::string library_path() {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& folder : {program, program / WARP2VEC_MODULES})
    if (const fs::path library = folder / "libwarp2vec_mpi.so"; fs::exists(library)) return library.string();
  return "";
}

}  // namespace

std::unique_ptr<Ranks> find_ranks() {
  const int size = processes();
  if (size <= 1) return nullptr;
  const std::string several = "this is one of " + std::to_string(size) + " processes, which train together ";
  const std::string path = library_path();
  if (path.empty()) throw Error(several + "only if warp2vec was built with MPI");
  // The MPI library loads parts of its own that expect its names.
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  void* const make = library != nullptr ? ::dlsym(library, "warp2vec_mpi_ranks") : nullptr;
  if (make == nullptr) throw Error(several + "by MPI: " + ::dlerror());
  std::unique_ptr<Ranks> ranks(reinterpret_cast<Ranks* (*)()>(make)());
  if (ranks->size() != size)
    throw Error(several + "by MPI, which knows of " + std::to_string(ranks->size()) +
                ": start them with the mpirun of the MPI that warp2vec was built with (under Slurm srun "
                "--mpi=pmix)");
  return ranks;
}

}  // namespace warp2vec::cli
