"""Checks warp2vec on a machine with a GPU: tests, sanitizers, and with `warp2vec bench` quality and speed, inside a
budget of time.

What was asked for is mandatory: the tests and, where there is compute-sanitizer, its tools; with --corpus also
training, with evaluation if there are files for it. Larger vectors, the large vocabulary and the CPU's figures follow
as time allows."""
import argparse
import functools
import json
import math
import os
import shutil
import signal
import statistics
import sys
import time
import machine  # noqa: E402
from check import Check, Failed, Skipped, TimedOut  # noqa: E402

CPU_VARIANTS = ("sharing=tile", "sharing=window", "sharing=pair")
GPU_VARIANTS = (*CPU_VARIANTS, "table-type=bf16")
CPU_VARIANT_OF = {"table-type=bf16": "sharing=tile"}  # what else is compared with that of its own name
GRACE = 5  # seconds in which bench writes its report after its time is over
TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
# How far below the CPU's median the GPU's may be. On 100 MB of text three seeds spread over up to 0.017
# (benchmarks/results/cpu-quality-wiki8.json); on a small text chance is larger.
TOLERANCE = 0.03


def nvidia_smi(check):
    if not shutil.which("nvidia-smi"):
        raise Skipped("not available")
    check.command(["nvidia-smi"], "devices.log")


def devices(check, programs):
    """Notes what the program says of itself, of the machine and of its GPUs."""
    check.results["info"] = check.command([programs["warp2vec"], "info"], "devices.log").strip().splitlines()
    check.results["listing"] = check.command([programs["warp2vec"], "info", "--devices"], "devices.log").strip()
    check.results["gpu"] = machine.usable_gpu(check.results["listing"])


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


def bench(check, programs, flags, text):
    """Measures `text` with `warp2vec bench`, which adds to the report in the folder 'bench'. An error if something failed, or if
    there was no time for it."""
    folder = check.path("bench")
    seconds = check.deadline - time.monotonic()
    check.command([programs["warp2vec"], "bench", *text, "--output", folder, *flags,
                   "--time-budget", f"{max(1.0, seconds - GRACE):.1f}"], "bench.log")
    with open(os.path.join(folder, "results.json"), encoding="utf-8") as results:
        part = json.load(results)["synthetic" if "--synthetic" in text else "trainings"]
    if "not_measured" in part:
        raise TimedOut("there was no time for " + "; ".join(part["not_measured"]))


def medians(runs, device):
    """Of quality, by loss, dim and variant, then by the name of the figure."""
    values = {}
    for run in runs:
        cell = run["cell"]
        if cell["device"] == device and "failure" not in run:
            own = values.setdefault((cell["loss"], cell["dim"], cell.get("variant", "")), {})
            for key, value in run["quality"].items():
                own.setdefault(key, []).append(value)
    return {cell: {key: statistics.median(own) for key, own in row.items()} for cell, row in values.items()}


def compare(check):
    """Fails if an evaluation of vectors trained by the GPU is clearly below one of those trained by the CPU."""
    with open(check.path("bench/results.json"), encoding="utf-8") as results:
        runs = json.load(results)["trainings"]["runs"]
    gpu, cpu = medians(runs, "cuda"), medians(runs, "cpu")
    both = {}
    for (loss, dim, variant), row in gpu.items():
        other = cpu.get((loss, dim, CPU_VARIANT_OF.get(variant, variant)), {})
        both[f"{loss}, d={dim}, {variant}"] = {key: row[key] - other[key] for key in row if key in other}
    if not any(both.values()):
        raise Skipped("there is nothing to compare")
    worse = [f"{run}: {key} by {-by:.3f}" for run, row in both.items() for key, by in row.items() if by < -TOLERANCE]
    if worse:
        raise Failed("the GPU is below the CPU: " + "; ".join(worse))
    return {"gpu_minus_cpu": both}


def trainings(check, programs, arguments):
    limit = 0.4 * arguments.budget  # one that hangs leaves time for the others
    text = ["--input", arguments.corpus, "--epochs", str(arguments.epochs), "--sample", "1e-4", "--rounds", "3"]
    for flag, files in (("--pairs", arguments.pairs), ("--analogies", arguments.analogies)):
        text += [part for path in files for part in (flag, path)]

    def step(name, mandatory, *flags, of=text):
        return check.step(name, functools.partial(bench, check, programs, flags, of), mandatory=mandatory,
                          limit=limit, least=2 * GRACE)

    gpu, cpu = ("--devices", "cuda"), ("--devices", "cpu")
    ns = ("--losses", "ns", "--variants")
    hs = ("--losses", "hs", "--variants", "sharing=tile")  # by itself a CPU trains it pair by pair
    step("ns on the GPU", True, *gpu, *ns, ",".join(GPU_VARIANTS))
    step("hs on the GPU", True, *gpu, *hs)
    step("ns on the GPU, d=300", False, *gpu, *ns, ",".join(GPU_VARIANTS), "--dims", "300")
    step("hs on the GPU, d=300", False, *gpu, *hs, "--dims", "300")
    many = ["--synthetic", "--vocab-sizes", str(arguments.words), "--epochs", "1", "--rounds", "3"]
    step(f"{arguments.words:,} words on the GPU, d=300", False, *gpu, *ns, "sharing=tile", "--dims", "300", of=many)
    on_cpu = [step("ns on the CPU", False, *cpu, *ns, ",".join(CPU_VARIANTS)),
              step("hs on the CPU", False, *cpu, *hs)]
    measured = any(record["status"] in ("pass", "timeout") for record in on_cpu)
    check.step("quality, GPU against CPU", lambda: compare(check), least=-math.inf,
               mandatory=measured and bool(arguments.pairs or arguments.analogies))


def parse():
    parser = argparse.ArgumentParser(prog="gpu-check.sh run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", default=machine.default_folder(), help="what 'pack' made, or a build folder")
    parser.add_argument("--output", required=True, help="folder for results.json, logs and the report of the bench")
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
    facts = {"driver": machine.driver(), "gpu": None, "date": time.strftime("%Y-%m-%d")}
    check = Check(arguments.output, arguments.budget, facts, machine.environment())
    check.step("nvidia-smi", lambda: nvidia_smi(check), mandatory=False, limit=60)
    check.step("devices", lambda: devices(check, programs), limit=60)
    if not check.results["gpu"]:
        check.results["status"] = "no GPU"
        check.save()
        sys.exit(f"gpu-check: no usable GPU: {check.results.get('listing') or 'the program does not run'}")

    check.step("gpu tests", lambda: test(check, programs), limit=0.4 * arguments.budget)
    sanitizer = machine.find_sanitizer()
    for tool in TOOLS:
        check.step("compute-sanitizer, " + tool, functools.partial(sanitize, check, programs, sanitizer, tool),
                   mandatory=sanitizer is not None, limit=0.12 * arguments.budget)
    if arguments.corpus:
        trainings(check, programs, arguments)
    else:
        check.step("quality and speed", functools.partial(skip, "no --corpus"), mandatory=False)
    unmet = check.finish()
    print(f"results: {check.path('results.json')}")
    if unmet:
        sys.exit("gpu-check: these did not pass: " + "; ".join(unmet))


def skip(reason):
    raise Skipped(reason)


if __name__ == "__main__":
    main()
