#!/usr/bin/env bash
# Checks warp2vec on a machine with a GPU, in limited time and without a network, git or a compiler there.
#   gpu-check.sh pack --output FOLDER [--architectures "90"] [--build FOLDER]
#       builds the program and its GPU tests, and puts them with all that they need into FOLDER, but for
#       glibc 2.34 (RHEL 9) or newer, and its libstdc++ and libgcc_s
#   FOLDER/gpu-check.sh run --output OUT --budget SECONDS [--stages A,B,...] [--against FOLDER]
#       [--corpus FILE --pairs FILE... --analogies FILE...] tests and measures; see 'gpu-check.sh run --help'
set -euo pipefail
here=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")")

# check_libraries FILE...: fails if one needs symbols of a newer glibc, libstdc++ or libgcc_s than RHEL 9 and its like
# have, and names them.
check_libraries() {
  local file newer=''
  for file; do
    newer+=$(objdump -T "$file" | awk -v file="${file##*/}" '
      BEGIN { newest["GLIBC_2."] = 34; newest["GLIBCXX_3.4."] = 29; newest["CXXABI_1.3."] = 13; newest["GCC_"] = 11 }
      !/[*]UND[*]/ { next }
      { for (name in newest)
          if (match($0, "[(]" name "[0-9]+") && substr($0, RSTART + 1 + length(name)) + 0 > newest[name])
            print "  " file " needs " $NF " of " name newest[name] + 1 " or newer" }')
    newer+=${newer:+$'\n'}
  done
  [[ ! $newer ]] || { printf 'gpu-check: not for every machine:\n%s' "$newer" >&2 && return 1; }
}

wrong() {
  sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

pack() {
  local output='' architectures=90 build=$here/../build/gpu-check
  while (($#)); do
    case $1 in
      --output) output=$2 ;;
      --architectures) architectures=${2// /;} ;;
      --build) build=$2 ;;
      *) wrong ;;
    esac
    shift 2
  done
  [[ $output ]] || wrong
  # The old kind of run path also leads to the libraries that libraries need. Shared, libstdc++ needs the glibc that it
  # was built with; static, only its std::random_device does, for arc4random, and no program here uses that.
  cmake -S "$here"/.. -B "$build" -DCMAKE_BUILD_TYPE=Release -DWARP2VEC_CUDA=ON \
    -DCMAKE_CUDA_ARCHITECTURES="$architectures" -DCMAKE_BUILD_RPATH="\$ORIGIN/lib" \
    -DCMAKE_EXE_LINKER_FLAGS="-Wl,--disable-new-dtags -static-libstdc++ -Wl,--defsym=arc4random=abort" --log-level=WARNING
  cmake --build "$build" --target warp2vec gpu_tests --parallel "$(nproc)"
  local programs=("$build"/warp2vec "$build"/tests/gpu/gpu_tests)
  mkdir -p "$output"/lib
  cp "${programs[@]}" "$output"
  strip "$output"/warp2vec "$output"/gpu_tests
  # Everything that they are linked with but what each machine has.
  ldd "${programs[@]}" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' | sort -u |
    grep -Ev '/(libc|libm|libdl|librt|libpthread|libresolv|libgcc_s|libstdc\+\+)\.so[.0-9]*$' | xargs -d '\n' cp -L -t "$output"/lib
  check_libraries "$output"/{warp2vec,gpu_tests,lib/*}
  cp "$here"/{gpu-check.sh,gpu_check.py,gpu_steps.py} "$output"
  "$output"/warp2vec info
  du -sh --apparent-size "$output"
}

case ${1-} in
  check-libraries) check_libraries "${@:2}" ;; # for tests
  pack) pack "${@:2}" ;;
  run) exec python3 -B "$here"/gpu_check.py "${@:2}" ;;
  *) wrong ;;
esac
