#!/usr/bin/env bash
# gpu-check.sh on a machine without a GPU, and its whole way with a pretended one.
# usage: test_gpu_check.sh SOURCE-FOLDER BUILD-FOLDER
set -euo pipefail
check=$1/scripts/gpu-check.sh
build=$(realpath -- "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "FAILED: $1" >&2
  cat "$work"/printed "$work"/*/*.log >&2 || true
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

echo "== no GPU"
CUDA_VISIBLE_DEVICES='' run_check "$work"/none --bundle "$build" --budget 60
((status == 1)) || fail "status $status"
grep -q "no usable GPU: no NVIDIA" "$work"/printed || fail "the message"
expect "$work"/none 'r["status"] == "no GPU" and r["gpu"] is None and r["message"].startswith("no NVIDIA")'
expect "$work"/none 'r["seconds"] < 30 and steps["devices"] == "pass" and "gpu tests" not in steps'

echo "== a pretended GPU"
mkdir "$work"/bundle "$work"/tools
cat >"$work"/bundle/warp2vec <<END
#!/usr/bin/env bash
[[ \$* != "info --devices" ]] || { echo "cuda:0  Pretended GPU" && exit; }
set -- "\${@/#cuda/cpu}"
exec "$build"/warp2vec "\${@/#bf16/float}"
END
cat >"$work"/bundle/gpu_tests <<'END'
#!/usr/bin/env bash
[[ $WARP2VEC_REQUIRE_GPU == 1 ]]
echo '{"testsuites": [{"name": "Gpu", "testsuite": [{"name": "A", "result": "COMPLETED"}]}]}' >"${1#*json:}"
END
# A tool of which one check finds something.
cat >"$work"/tools/compute-sanitizer <<'END'
#!/usr/bin/env bash
[[ $* != *racecheck* ]] || { echo "a race" && exit 9; }
END
chmod +x "$work"/bundle/* "$work"/tools/*
echo pretended >"$work"/bundle/commit
awk 'BEGIN { srand(1); for (i = 0; i < 3000; ++i) { for (j = 0; j < 10; ++j) printf "w%d ", 200 ^ rand(); print "" } }' |
  gzip >"$work"/text.gz
printf 'w1\tw2\t9\nw3\tw4\t5\nw5\tw6\t2\nw7\tw8\t4\n' >"$work"/pairs.tsv
given=(--bundle "$work"/bundle --corpus "$work"/text.gz --pairs "$work"/pairs.tsv --epochs 1 --words 3000)

PATH=$work/tools:$PATH run_check "$work"/races --budget 250 "${given[@]}"
((status == 1)) || fail "status $status"
expect "$work"/races 'r["status"] == "failed" and r["commit"] == "pretended" and r["gpu"].startswith("cuda:0")'
expect "$work"/races '[n for n, s in steps.items() if s == "fail"] == ["compute-sanitizer, racecheck"]'
rules='("tile", "window", "pair", "hs")'
expect "$work"/races "all(r[g][k]['runs'] == 3 for g in ('quality', 'quality_cpu') for k in $rules)"
expect "$work"/races 'r["quality"]["tile-bf16"]["runs"] == 3 and "tile-bf16" not in r["quality_cpu"]'
expect "$work"/races 'r["quality"]["tile"]["spearman pairs.tsv"] == r["quality_cpu"]["tile"]["spearman pairs.tsv"]'
expect "$work"/races 'len(r["speed"]) == 10 and all(s["train_words_per_second"] > 0 for s in r["speed"].values())'
expect "$work"/races 'steps["3,000 words, d=300"] == "pass" and steps["quality, GPU against CPU"] == "pass"'
expect "$work"/races 'len(r["steps"][-1]["gpu_minus_cpu"]) == 5'

echo "== the bench"
timeout 300 "$check" bench --output "$work"/bench --program "$work"/bundle/warp2vec --corpus "$work"/text.gz \
  --pairs "$work"/pairs.tsv --vocabularies 3000 --dims 20 --samples 1e-4 --rules tile pair --words 1 --cpu-words 1 \
  --rounds 1 &>"$work"/printed || fail "the bench"
expect "$work"/bench 'r["status"] == "finished" and r["commit"] == "pretended" and r["gpu"].startswith("cuda:0")'
both='[("tile", "cuda"), ("pair", "cuda"), ("tile", "cpu"), ("pair", "cpu")]'
expect "$work"/bench "[(s['rule'], s['device']) for s in r['summary'] if s['kind'] == 'quality'] == $both"

echo "== out of time"
run_check "$work"/late --budget 9 "${given[@]}" --epochs 200
((status == 1)) || fail "status $status"
expect "$work"/late 'r["status"] == "failed" and r["seconds"] < 9 and steps["gpu tests"] == "pass"'
expect "$work"/late 'steps["speed, hs, d=300, round 3"] == "skipped" and r["steps"][-2]["reason"] == "out of time"'

echo "== tests that fail"
cp "$build"/tests/gpu/gpu_tests "$work"/bundle
CUDA_VISIBLE_DEVICES='' run_check "$work"/failing --budget 60 --bundle "$work"/bundle
((status == 1)) || fail "status $status"
expect "$work"/failing 'steps["gpu tests"] == "fail" and "SanitizedDraws.EqualTheHostsBits" in r["steps"][2]["reason"]'
