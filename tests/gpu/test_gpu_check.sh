#!/usr/bin/env bash
# gpu-check.sh with the real programs on a machine without a GPU, and with a pretended one; or the stages good and fast
# with an emulated one. All stages are tested in tests/benchmarks/test_gpu_check.py.
# usage: test_gpu_check.sh SOURCE-FOLDER BUILD-FOLDER [emulated]
set -euo pipefail
check=$1/scripts/gpu-check.sh
build=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  cat "$work"/printed "$work"/*/log.txt >&2 || true
  exit 1
}

# expect RESULTS CONDITION: a condition of Python's on `r`, the results, and `steps`, each one's status.
expect() {
  python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
steps = {step["name"]: step["status"] for step in r.get("steps", [])}
sys.exit(not eval(sys.argv[2]))' "$1"/results.json "$2" || fail "$2"
}

# run_check OUT ARGUMENTS...: sets `status`.
run_check() {
  status=0
  timeout 300 "$check" run --output "$@" &>"$work"/printed || status=$?
}

# pretend_tests FOLDER: a program gpu_tests whose tests pass.
pretend_tests() {
  cat >"$1"/gpu_tests <<'END'
#!/usr/bin/env bash
[[ $WARP2VEC_REQUIRE_GPU == 1 ]]
echo "[==========] 1 test from 1 test suite ran. (1 ms total)"
END
  chmod +x "$1"/gpu_tests
}

# What 'warp2vec bench' really writes; the quality of so little training means nothing.
if [[ ${3:-} == emulated ]]; then
  echo "== an emulated GPU"
  mkdir "$work"/emulated
  ln -s "$build"/tests/emulated/emulated_warp2vec "$work"/emulated/warp2vec
  pretend_tests "$work"/emulated
  for ((i = 0; i < 150; i++)); do printf 'a%d b%d\n' $((i % 7)) $((i % 11)); done | paste -d' ' - - - - - >"$work"/text
  printf 'a1\tb1\t1\na1\tb2\t2\na2\tb3\t3\n' >"$work"/pairs
  run_check "$work"/measured --budget 200 --stages good,fast --bundle "$work"/emulated --against "$work"/emulated \
    --corpus "$work"/text --pairs "$work"/pairs --epochs 20
  expect "$work"/measured '{n for n, s in steps.items() if s != "pass"} <= {"nvidia-smi", "quality, GPU against CPU"}'
  expect "$work"/measured 'len(r["steps"][-1]["cells"]) == 5'
  expect "$work"/measured 'all("times_against" in cell for cell in r["steps"][-1]["cells"].values())'
  (($(find "$work"/measured -type f | wc -l) <= 8)) || fail "more than eight files"
  exit 0
fi

echo "== libraries for older machines"
mkdir "$work"/old
cat >"$work"/old/objdump <<'END'
#!/usr/bin/env bash
echo "0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.34) pthread_create"
[[ $2 != new ]] || echo "0000000000000000      DF *UND*	0000000000000000 (GLIBC_2.36) arc4random"
[[ $2 != cxx ]] || echo "0000000000000000      DF *UND*	0000000000000000 (GLIBCXX_3.4.30) _ZSt"
END
chmod +x "$work"/old/objdump
check_libraries() { PATH=$work/old:$PATH "$check" check-libraries "$@" &>"$work"/printed; }
check_libraries old older || fail "symbols of glibc 2.34"
! check_libraries old new || fail "symbols of glibc 2.36"
grep -q "new needs arc4random of GLIBC_2.35 or newer" "$work"/printed || fail "the symbol's name"
! check_libraries cxx old || fail "symbols of a new libstdc++"

echo "== no GPU"
CUDA_VISIBLE_DEVICES='' run_check "$work"/none --bundle "$build" --budget 60
((status == 1)) || fail "status $status"
grep -q "no usable GPU: no NVIDIA" "$work"/printed || fail "the message"
expect "$work"/none 'r["status"] == "no GPU" and r["gpu"] is None and r["listing"].startswith("no NVIDIA")'
expect "$work"/none 'r["seconds"] < 30 and steps["devices"] == "pass" and "short tests" not in steps'

echo "== a pretended GPU"
mkdir "$work"/bundle "$work"/tools
cat >"$work"/bundle/warp2vec <<END
#!/usr/bin/env bash
[[ \$* != "info --devices" ]] || { echo "cuda:0  Pretended GPU, compute capability 9.0" && exit; }
exec "$build"/warp2vec "\$@"
END
pretend_tests "$work"/bundle
# A tool with one failing check.
cat >"$work"/tools/compute-sanitizer <<'END'
#!/usr/bin/env bash
[[ $* != *racecheck* ]] || { echo "a race" && exit 9; }
END
chmod +x "$work"/bundle/* "$work"/tools/*

PATH=$work/tools:$PATH run_check "$work"/races --budget 100 --bundle "$work"/bundle
((status == 1)) || fail "status $status"
expect "$work"/races 'r["status"] == "failed" and r["gpu"].startswith("cuda:0")'
expect "$work"/races '[n for n, s in steps.items() if s == "fail"] == ["compute-sanitizer, racecheck"]'
expect "$work"/races 'steps["short tests"] == steps["all tests"] == "pass" and steps["ns on both"] == "unavailable"'

echo "== out of time"
echo 'while :; do sleep 1; done' >>"$work"/bundle/gpu_tests
run_check "$work"/late --budget 15 --stages correct --bundle "$work"/bundle
((status == 1)) || fail "status $status"
expect "$work"/late 'r["status"] == "failed" and r["seconds"] < 15 and steps["short tests"] == "timeout"'

echo "== tests that fail"
cp "$build"/tests/gpu/gpu_tests "$work"/bundle
CUDA_VISIBLE_DEVICES='' run_check "$work"/failing --budget 60 --stages correct --bundle "$work"/bundle
((status == 1)) || fail "status $status"
expect "$work"/failing 'steps["short tests"] == "fail" and "SanitizedDraws.EqualTheHostsBits" in r["steps"][2]["reason"]'
