"""Checks warp2vec on a machine with a GPU: tests, sanitizers, quality and speed, inside a budget of time.

What was asked for is mandatory: the tests and, where there is compute-sanitizer, its tools; with --corpus also
training, with evaluation if there are files for it. Speed, the large vocabulary and the CPU's figures follow as
time allows."""
import argparse
import functools
import json
import math
import os
import shutil
import signal
import statistics
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.dirname(HERE), os.path.join(HERE, "..", "..", "benchmarks")]

import machine  # noqa: E402
from check import Check, Failed, Skipped, TimedOut  # noqa: E402
from measure.gpu import driver, usable_gpu  # noqa: E402
from measure.machine import commit  # noqa: E402
from measure.machine import machine as computer  # noqa: E402
from measure.quality import evaluation_flags  # noqa: E402
from measure.training import closing_summary, figures  # noqa: E402
from measure.zipf_text import write_zipf_text  # noqa: E402

CPU_RULES = {"tile": [], "window": ["--sharing", "window"], "pair": ["--sharing", "pair"], "hs": ["--loss", "hs"]}
RULES = {**CPU_RULES, "tile-bf16": ["--table-type", "bf16"]}
CPU_RULE_OF = {"tile-bf16": "tile"}  # what else is compared with the rule of its own name
SEEDS = (1, 2, 3)
TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
# How far below the CPU's median the GPU's may be. On 100 MB of text three seeds spread over up to 0.017
# (benchmarks/results/cpu-quality-wiki8.json); on a small text chance is larger.
TOLERANCE = 0.03


def nvidia_smi(check):
    if not shutil.which("nvidia-smi"):
        raise Skipped("not available")
    check.command(["nvidia-smi"], "devices.log")


def test(check, programs):
    report = check.path("gpu-tests.json")
    failure = ""
    try:
        check.command([programs["gpu_tests"], "--gtest_output=json:" + report], "gpu-tests.log",
                      more_environment={"WARP2VEC_REQUIRE_GPU": "1"})
    except Failed as reason:
        if not os.path.exists(report):  # it crashed
            raise
        failure = str(reason)
    with open(report) as text:
        tests = [(suite["name"] + "." + case["name"], case) for suite in json.load(text)["testsuites"]
                 for case in suite["testsuite"]]
    failed = [name for name, case in tests if case.get("failures")]
    if failure or failed:
        raise Failed(f"{len(failed)} of {len(tests)} tests failed: {' '.join(failed)}")
    return {"tests": len(tests), "skipped": [name for name, case in tests if case.get("result") == "SKIPPED"]}


def sanitize(check, programs, sanitizer, tool):
    if not sanitizer:
        raise Skipped("not available")
    try:
        check.command([sanitizer, "--tool", tool, "--error-exitcode", "9", "--print-limit", "20",
                       programs["gpu_tests"], "--gtest_filter=*Sanitized*"], "sanitizers.log",
                      more_environment={"WARP2VEC_REQUIRE_GPU": "1"})
    except Failed as reason:
        if "Device not supported" in reason.printed:
            raise Skipped("not available: the tool does not support this device") from None
        raise


def train(check, programs, folder, flags, log):
    """The summary that the program writes, and what an evaluation of the vectors would need."""
    vectors, metrics = os.path.join(folder, "vectors.bin"), os.path.join(folder, "metrics.jsonl")
    start = time.monotonic()
    check.command([programs["warp2vec"], "train", "--output", vectors, "--metrics", metrics, "--quiet", *flags], log)
    seconds = time.monotonic() - start
    return closing_summary(metrics), seconds, vectors


def quality(check, programs, folder, arguments, flags):
    summary, _, vectors = train(check, programs, folder, flags, "quality.log")
    result = {"pairs": [], "analogies": []}
    if arguments.pairs or arguments.analogies:
        path = os.path.join(folder, "quality.json")
        check.command([programs["warp2vec"], *evaluation_flags(vectors, arguments.pairs, arguments.analogies)],
                      "quality.log", output=path)
        with open(path) as text:
            result = json.load(text)
    row = figures(summary, result)
    del row["seconds"]
    bad = [name for name, value in row.items() if not isinstance(value, (int, float)) or not math.isfinite(value)]
    if bad:
        raise Failed(f"no finite number: {' '.join(bad)}")
    return row


def speed(check, programs, folder, flags):
    summary, seconds, _ = train(check, programs, folder, flags, "speed.log")
    trained = summary["counts"]["trained_tokens"]
    return {"train_words_per_second": summary["words_per_second"], "end_to_end_words_per_second": trained / seconds,
            "phases": summary["seconds"], "loss": summary["epoch_loss"][-1],
            "centres_in_flight": summary["device"].get("centres_in_flight")}


def many_words(check, programs, folder, words):
    text = os.path.join(folder, "many-words.txt")
    if not write_zipf_text(text, words, lambda: time.monotonic() > check.deadline):
        raise TimedOut("writing the text took too long")
    flags = ["--input", text, "--min-count", "1", "--epochs", "1", "--dim", "300", "--device", "cuda"]
    row = speed(check, programs, folder, flags)
    os.remove(os.path.join(folder, "vectors.bin"))
    return {"words": words, "dim": 300, **row}


def medians(steps, group):
    """By name of the run: medians of all figures of the steps of a group that passed."""
    rows = {}
    for step in steps:
        if step.get("group") == group and step["status"] == "pass":
            rows.setdefault(step["run"], []).append(step)
    apart = ("seconds", "mandatory", "seed")
    result = {}
    for run, own in rows.items():
        numbers = [key for key, value in own[0].items() if isinstance(value, (int, float)) and key not in apart]
        result[run] = {"runs": len(own), **{key: statistics.median(step[key] for step in own) for key in numbers}}
    return result


def compare(results):
    """Fails if an evaluation of vectors trained by the GPU is clearly below one of those trained by the CPU."""
    gpu, cpu = results["quality"], results["quality_cpu"]
    both = {}
    for run, row in gpu.items():
        other = cpu.get(CPU_RULE_OF.get(run, run))
        if other:
            both[run] = {key: row[key] - other[key] for key in row
                         if key.startswith(("spearman ", "analogies ")) and key in other}
    if not any(both.values()):
        raise Skipped("there is nothing to compare")
    worse = [f"{run}: {key} by {-by:.3f}" for run, row in both.items() for key, by in row.items() if by < -TOLERANCE]
    if worse:
        raise Failed("the GPU is below the CPU: " + "; ".join(worse))
    return {"gpu_minus_cpu": both}


def trainings(check, programs, folder, arguments):
    steps = check.results["steps"]
    limit = 0.25 * arguments.budget  # one that hangs leaves time for the others
    settings = ["--input", arguments.corpus, "--epochs", str(arguments.epochs), "--sample", "1e-4"]

    def quality_step(device, seed, rule):
        flags = [*settings, *RULES[rule], "--dim", "100", "--seed", str(seed), "--device", device]
        on_gpu = device == "cuda"
        check.step(f"quality, {rule}, seed {seed}, {device}",
                   functools.partial(quality, check, programs, folder, arguments, flags), mandatory=on_gpu,
                   limit=limit, kind=(device, rule), group="quality" if on_gpu else "quality_cpu", run=rule, seed=seed)

    def speed_round(seed):
        for dim in (100, 300):
            for rule, flags in RULES.items():
                flags = [*settings, *flags, "--dim", str(dim), "--seed", str(seed), "--device", "cuda"]
                check.step(f"speed, {rule}, d={dim}, round {seed}",
                           functools.partial(speed, check, programs, folder, flags), mandatory=False,
                           limit=limit, kind=("speed", rule, dim), group="speed", run=f"{rule}, d={dim}", seed=seed)

    for seed in SEEDS:
        for rule in RULES:
            quality_step("cuda", seed, rule)
    speed_round(SEEDS[0])
    for rule in CPU_RULES:
        quality_step("cpu", SEEDS[0], rule)
    check.step(f"{arguments.words:,} words, d=300",
               functools.partial(many_words, check, programs, folder, arguments.words),
               mandatory=False, group="many_words", run="tile")
    for seed in SEEDS[1:]:
        speed_round(seed)
    for seed in SEEDS[1:]:
        for rule in CPU_RULES:
            quality_step("cpu", seed, rule)
    for group in ("quality", "quality_cpu", "speed"):
        check.results[group] = medians(steps, group)
    compared = {CPU_RULE_OF.get(run, run) for run in check.results["quality"]} & check.results["quality_cpu"].keys()
    check.step("quality, GPU against CPU", lambda: compare(check.results), mandatory=bool(compared),
               least=-math.inf)


def show(results):
    for group in ("quality", "quality_cpu", "speed"):
        for run, row in results.get(group, {}).items():
            print(f"{group:12}{run:16}" + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))


def parse():
    parser = argparse.ArgumentParser(prog="gpu-check.sh run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", default=machine.default_folder(), help="what 'pack' made, or a build folder")
    parser.add_argument("--output", required=True, help="folder for results.json and logs")
    parser.add_argument("--budget", type=float, required=True, help="seconds that all may take")
    parser.add_argument("--corpus", help="text to train on: plain, .gz, .zst, .bz2 or .xz")
    parser.add_argument("--pairs", nargs="+", action="extend", default=[], help="word-pair files")
    parser.add_argument("--analogies", nargs="+", action="extend", default=[], help="analogy files")
    parser.add_argument("--epochs", type=int, default=5, help="of each training on the corpus (default 5)")
    parser.add_argument("--words", type=int, default=3000000, help="of the large vocabulary (default 3,000,000)")
    arguments = parser.parse_args()
    for path in [arguments.corpus, *arguments.pairs, *arguments.analogies]:
        if path and not os.path.exists(path):
            parser.error(f"there is no file {path}")
    return arguments


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("gpu-check: terminated"))  # so that programs end with it
    programs = machine.find_programs(arguments.bundle)
    facts = {"commit": commit(arguments.bundle), "machine": computer(), "driver": driver(), "gpu": None,
             "date": time.strftime("%Y-%m-%d")}
    check = Check(arguments.output, arguments.budget, facts, machine.environment())
    check.step("nvidia-smi", lambda: nvidia_smi(check), mandatory=False, limit=60)
    listing = []
    check.step("devices", lambda: listing.append(check.command([programs["warp2vec"], "info", "--devices"],
                                                               "devices.log")), limit=60)
    check.results["gpu"] = usable_gpu("".join(listing))
    if not check.results["gpu"]:
        check.results.update(status="no GPU", message="".join(listing).strip() or "the program does not run")
        check.save()
        sys.exit(f"gpu-check: no usable GPU: {check.results['message']}")

    check.step("gpu tests", lambda: test(check, programs), limit=0.4 * arguments.budget)
    sanitizer = machine.find_sanitizer()
    for tool in TOOLS:
        check.step("compute-sanitizer, " + tool, functools.partial(sanitize, check, programs, sanitizer, tool),
                   mandatory=sanitizer is not None, limit=0.12 * arguments.budget)
    with tempfile.TemporaryDirectory() as folder:
        if arguments.corpus:
            trainings(check, programs, folder, arguments)
        else:
            check.step("quality and speed", functools.partial(skip, "no --corpus"), mandatory=False)
    unmet = check.finish()
    show(check.results)
    print(f"results: {check.path('results.json')}")
    if unmet:
        sys.exit("gpu-check: these did not pass: " + "; ".join(unmet))


def skip(reason):
    raise Skipped(reason)


if __name__ == "__main__":
    main()
