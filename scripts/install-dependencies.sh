#!/usr/bin/env bash
# Installs missing packages for building, testing or checking warp2vec: with apt, or for building and testing with dnf.
# usage: scripts/install-dependencies.sh build|test|python|oracle|mpi|lint|fuzz|peers|grid|lists...
# (oracle: gensim, with which results are compared; lists: only update the package lists)
set -euo pipefail

build=(g++ cmake make libcli11-dev nlohmann-json3-dev libhwy-dev zlib1g-dev libzstd-dev libbz2-dev liblzma-dev libutf8proc-dev libhnswlib-dev libedit-dev)
test=(libgtest-dev libgmock-dev librandom123-dev libboost-context-dev pkgconf python3 iproute2)
fedora_build=(gcc-c++ cmake make cli11-devel json-devel highway-devel zlib-devel libzstd-devel bzip2-devel xz-devel utf8proc-devel libedit-devel)
fedora_test=(gtest-devel gmock-devel boost-devel pkgconf-pkg-config python3 iproute)
python=(python3-dev python3-venv) # what the Python package is built with; the rest comes from PyPI
fedora_python=(python3-devel)
oracle=(python3-gensim) # which takes longer to install than all the rest; without it, tests that need it are skipped
mpi=(libopenmpi-dev openmpi-bin) # training under mpirun; without it, its tests are skipped
lint=(clang-format-14 clang-tidy-14 shellcheck)
fuzz=(clang libclang-rt-14-dev)
# What benchmarks/compare_peers measures. With the distribution's default BLAS instead of OpenBLAS, gensim takes 1.4 times
# as long.
peers=(python3-gensim fasttext libopenblas0-serial)
grid=(python3-sklearn) # benchmarks/quality_grid evaluates the vectors of nodes with it

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "$0: '$*' needs root or sudo" >&2
    return 1
  fi
}

# Installs those of the given packages that are missing.
install_missing() {
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
      missing+=("$package")
  done
  ((${#missing[@]})) || return 0

  echo "Installing ${missing[*]}"
  as_root apt-get update -qq || echo "Continuing with the existing package lists" >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "${missing[@]}" &>"$log" || {
    cat "$log" >&2
    return 1
  }
}

# The same with dnf.
install_with_dnf() {
  local package missing=()
  for package in "$@"; do
    rpm --query --whatprovides "$package" &>/dev/null || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "Installing ${missing[*]}"
  as_root dnf install --quiet --assumeyes --setopt=install_weak_deps=False "${missing[@]}"
}

if (($# == 0)); then
  echo "usage: $0 build|test|python|oracle|mpi|lint|fuzz|peers|grid|lists..." >&2
  exit 2
fi
if ! command -v apt-get >/dev/null; then
  if ! command -v dnf >/dev/null; then
    echo "$0: neither apt nor dnf was found; please install the equivalents of ${build[*]} ${test[*]}" >&2
    exit 1
  fi
  for purpose in "$@"; do
    case $purpose in
      build) install_with_dnf "${fedora_build[@]}" ;;
      test) install_with_dnf "${fedora_test[@]}" ;;
      python) install_with_dnf "${fedora_python[@]}" ;;
      oracle) echo "Continuing without gensim: some tests will be skipped" >&2 ;;
      mpi) echo "Continuing without MPI: some tests will be skipped" >&2 ;;
      *)
        echo "$0: '$purpose' is supported with apt only; with dnf, build, test and python are" >&2
        exit 2
        ;;
    esac
  done
  exit
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for purpose in "$@"; do
  case $purpose in
    build) install_missing "${build[@]}" ;;
    test) install_missing "${test[@]}" ;;
    python) install_missing "${python[@]}" ;;
    oracle)
      install_missing "${oracle[@]}" || echo "Continuing without ${oracle[*]}: some tests will be skipped" >&2
      ;;
    mpi) install_missing "${mpi[@]}" ;;
    lint) install_missing "${lint[@]}" ;;
    fuzz) install_missing "${fuzz[@]}" ;;
    peers) install_missing "${peers[@]}" ;;
    grid) install_missing "${grid[@]}" ;;
    lists) as_root apt-get update -qq ;;
    *)
      echo "$0: unknown purpose '$purpose': expected build, test, python, oracle, mpi, lint, fuzz, peers, grid or lists" >&2
      exit 2
      ;;
  esac
done
