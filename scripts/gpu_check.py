"""Checks warp2vec on a machine with a GPU: tests, sanitizers, and with `warp2vec bench` quality and speed, inside a
budget of time.

What was asked for is mandatory: the tests and, where there is compute-sanitizer, its tools; with --corpus also
training, with evaluation if there are files for it. Larger vectors, the large vocabulary and the CPU's figures follow
as time allows."""
import argparse
import glob
import json
import math
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

CPU_VARIANTS = "sharing=tile,sharing=window,sharing=pair"
GPU_VARIANTS = CPU_VARIANTS + ",table-type=bf16"
CPU_VARIANT_OF = {"table-type=bf16": "sharing=tile"}  # the CPU variant to compare with, if its name differs
RESERVE = 5  # seconds of the budget reserved for the report
GRACE = 5  # seconds for bench to write its report after its time is over
TOOLS = ("memcheck", "racecheck", "initcheck", "synccheck")
# How far the GPU's median may be below the CPU's. On 100 MB of text the range of three seeds is up to 0.017
# (benchmarks/results/cpu-quality-wiki8.json); small texts vary more.
TOLERANCE = 0.03


class Ended(Exception):
    """Ends a step that has not passed."""

    def __init__(self, status, reason, printed=""):
        """`status`: 'fail', 'timeout' or 'skipped'. `printed`: the output of the program that failed."""
        super().__init__(reason)
        self.status, self.printed = status, printed


class Check:
    """Runs steps and writes results.json after each of them, so that at most one step is lost if the check is ended
    early."""

    def __init__(self, folder, budget, programs):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.programs, self.environment = folder, programs, environment()
        self.started = time.monotonic()
        self.end = self.deadline = self.started + budget - RESERVE
        self.results = {"status": "unfinished", "driver": None, "gpu": None, "date": time.strftime("%Y-%m-%d"),
                        "budget": budget, "seconds": 0.0, "steps": []}
        self.save()

    def save(self):
        self.results["seconds"] = round(time.monotonic() - self.started, 2)
        new = self.folder / "results.json.new"
        new.write_text(json.dumps(self.results, indent=2) + "\n")
        new.replace(self.folder / "results.json")

    def step(self, name, work, *arguments, mandatory=True, limit=math.inf, least=2.0):
        """Calls work(self, *arguments), which returns figures or raises, and returns the status. `limit`: maximum
        seconds. With less than `least` seconds left the step is not started."""
        record = {"name": name, "status": "pass", "seconds": 0.0, "mandatory": mandatory}
        start = time.monotonic()
        self.deadline = min(self.end, start + limit)
        try:
            if self.end - start < least:
                raise Ended("skipped", "out of time")
            record.update(work(self, *arguments) or {})
        except Ended as reason:
            record.update(status=reason.status, reason=str(reason))
        except (OSError, LookupError, ValueError) as reason:
            record.update(status="fail", reason=f"{type(reason).__name__}: {reason}")
        record["seconds"] = round(time.monotonic() - start, 2)
        self.results["steps"].append(record)
        self.save()
        why = ": " + record["reason"] if "reason" in record else ""
        print(f"{record['status']:8}{record['seconds']:8.1f} s  {name}{why}", flush=True)
        return record["status"]

    def command(self, command, log, more_environment=None):
        """Runs a program until the step's deadline and appends its output to `log`. Returns this output."""
        name = os.path.basename(command[0])
        with open(self.folder / log, "a+b") as printed:
            printed.write(("\n$ " + " ".join(command) + "\n").encode())
            printed.flush()
            begin = printed.tell()
            # A session of its own, so that the program's child processes end with it.
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed,
                                       env={**self.environment, **(more_environment or {})}, start_new_session=True)
            try:
                status = process.wait(max(0.1, self.deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise Ended("timeout", f"{name} was stopped, see {log}") from None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            printed.seek(begin)
            text = printed.read().decode(errors="replace")
        if status != 0:
            last = (text.strip().splitlines() or ["it printed nothing"])[-1]
            raise Ended("fail", f"{name} exited with {status}, see {log}: {last}", text)
        return text

    def run_tests(self, log, *flags, tool=()):
        self.command([*tool, self.programs["gpu_tests"], *flags], log, {"WARP2VEC_REQUIRE_GPU": "1"})

    def benched(self, part):
        return json.loads((self.folder / "bench/results.json").read_text(encoding="utf-8"))[part]


def find_programs(folder):
    """The programs in a bundle or in a build folder."""
    places = os.pathsep.join(os.path.abspath(os.path.join(folder, place)) for place in ("", "tests/gpu"))
    programs = {name: shutil.which(name, path=places) for name in ("warp2vec", "gpu_tests")}
    for name, path in programs.items():
        if not path:
            sys.exit(f"gpu-check: {folder} has no program {name}; see 'gpu-check.sh pack'")
    return programs


def environment():
    """Adds the usual folders of cuBLAS, which only the full softmax needs."""
    folders = ["/usr/local/cuda/lib64", *(os.path.join(place, "nvidia", "*", "lib") for place in sys.path)]
    libraries = [path for folder in folders for path in glob.glob(os.path.join(folder, "libcublas.so*"))]
    paths = [os.environ.get("LD_LIBRARY_PATH"), *dict.fromkeys(map(os.path.dirname, libraries))]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, paths))}


def skip(_, reason):
    raise Ended("skipped", reason)


def nvidia_smi(check):
    if not shutil.which("nvidia-smi"):
        raise Ended("skipped", "not available")
    check.command(["nvidia-smi"], "devices.log")
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total,power.limit,clocks.max.sm", "--format=csv"]
    check.results["driver"] = check.command(query, "devices.log").strip()


def devices(check):
    """Records what the program reports about itself, the machine and its GPUs; the first usable one becomes 'gpu'."""
    info = [check.programs["warp2vec"], "info"]
    check.results["info"] = check.command(info, "devices.log").strip().splitlines()
    check.results["listing"] = check.command([*info, "--devices"], "devices.log").strip()
    check.results["gpu"] = next((line for line in check.results["listing"].splitlines()
                                 if re.match(r"cuda:\d+ ", line)), None)


def test(check):
    report = check.folder / "gpu-tests.json"
    all_passed = True
    try:
        check.run_tests("gpu-tests.log", f"--gtest_output=json:{report}")
    except Ended as reason:
        if reason.status != "fail" or not report.exists():  # it crashed
            raise
        all_passed = False
    tests = [(suite["name"] + "." + case["name"], case)
             for suite in json.loads(report.read_text())["testsuites"] for case in suite["testsuite"]]
    failed = [name for name, case in tests if case.get("failures")]
    if failed or not all_passed:
        raise Ended("fail", f"{len(failed)} of {len(tests)} tests failed: {' '.join(failed)}")
    return {"tests": len(tests), "skipped": [name for name, case in tests if case.get("result") == "SKIPPED"]}


def sanitize(check, sanitizer, tool):
    if not sanitizer:
        raise Ended("skipped", "not available")
    try:
        check.run_tests("sanitizers.log", "--gtest_filter=*Sanitized*",
                        tool=[sanitizer, "--tool", tool, "--error-exitcode", "9", "--print-limit", "20"])
    except Ended as reason:
        if "Device not supported" in reason.printed:
            raise Ended("skipped", "not available: the tool does not support this device") from None
        raise


def bench(check, text, flags):
    """Measures `text` with `warp2vec bench`, which adds to the report in the folder 'bench'. Raises if something
    failed, or if there was not enough time."""
    seconds = max(1.0, check.deadline - time.monotonic() - GRACE)
    check.command([check.programs["warp2vec"], "bench", *text, "--output", str(check.folder / "bench"), *flags.split(),
                   "--time-budget", f"{seconds:.1f}"], "bench.log")
    part = check.benched("synthetic" if "--synthetic" in text else "trainings")
    if "not_measured" in part:
        raise Ended("timeout", "there was no time for " + "; ".join(part["not_measured"]))


def compare(check):
    """Fails if a median of vectors trained on the GPU is clearly below that of vectors trained on the CPU."""
    runs = [run for run in check.benched("trainings")["runs"] if "failure" not in run]
    found = {}  # by device, loss, dim and variant, then by figure
    for run in runs:
        cell = run["cell"]
        own = found.setdefault((cell["device"], cell["loss"], cell["dim"], cell.get("variant", "")), {})
        for key, value in run["quality"].items():
            own.setdefault(key, []).append(value)
    both = {}
    for (device, loss, dim, variant), row in found.items():
        if device == "cuda":
            other = found.get(("cpu", loss, dim, CPU_VARIANT_OF.get(variant, variant)), {})
            both[f"{loss}, d={dim}, {variant}"] = {key: statistics.median(row[key]) - statistics.median(other[key])
                                                   for key in row if key in other}
    if not any(both.values()):
        raise Ended("skipped", "there is nothing to compare")
    worse = [f"{run}: {key} by {-by:.3f}" for run, row in both.items() for key, by in row.items() if by < -TOLERANCE]
    if worse:
        raise Ended("fail", "the GPU is below the CPU: " + "; ".join(worse))
    return {"gpu_minus_cpu": both}


def trainings(check, arguments):
    text = ["--input", arguments.corpus, "--epochs", str(arguments.epochs), "--sample", "1e-4", "--rounds", "3"]
    for flag, files in (("--pairs", arguments.pairs), ("--analogies", arguments.analogies)):
        text += [part for path in files for part in (flag, path)]
    many = ["--synthetic", "--vocab-sizes", str(arguments.words), "--epochs", "1", "--rounds", "3"]
    ns_on_gpu, ns_on_cpu = (f"--losses ns --variants {variants}" for variants in (GPU_VARIANTS, CPU_VARIANTS))
    hs = "--losses hs --variants sharing=tile"  # the default of a CPU is to train it pair by pair

    def step(name, device, flags, mandatory=False, of=text):
        # If one hangs, there is still time for the others.
        return check.step(name, bench, of, f"--devices {device} {flags}", mandatory=mandatory, least=2 * GRACE,
                          limit=0.4 * arguments.budget)

    step("ns on the GPU", "cuda", ns_on_gpu, mandatory=True)
    step("hs on the GPU", "cuda", hs, mandatory=True)
    step("ns on the GPU, d=300", "cuda", ns_on_gpu + " --dims 300")
    step("hs on the GPU, d=300", "cuda", hs + " --dims 300")
    step(f"{arguments.words:,} words on the GPU, d=300", "cuda", "--losses ns --variants sharing=tile --dims 300",
         of=many)
    on_cpu = [step("ns on the CPU", "cpu", ns_on_cpu), step("hs on the CPU", "cpu", hs)]
    check.step("quality, GPU against CPU", compare, least=-math.inf,
               mandatory=bool({"pass", "timeout"} & {*on_cpu} and (arguments.pairs or arguments.analogies)))


def parse():
    here = Path(__file__).resolve().parent
    build = here if (here / "warp2vec").exists() else here.parent / "build/release"
    parser = argparse.ArgumentParser(prog="gpu-check.sh run", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", default=build, help="what 'pack' made, or a build folder")
    parser.add_argument("--output", type=Path, required=True,
                        help="folder for results.json, logs and the report of the bench")
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("gpu-check: terminated"))  # so that child processes end with it
    check = Check(arguments.output, arguments.budget, find_programs(arguments.bundle))
    check.step("nvidia-smi", nvidia_smi, mandatory=False, limit=60)
    check.step("devices", devices, limit=60)
    if not check.results["gpu"]:
        check.results["status"] = "no GPU"
        check.save()
        sys.exit(f"gpu-check: no usable GPU: {check.results.get('listing') or 'the program does not run'}")

    check.step("gpu tests", test, limit=0.4 * arguments.budget)
    sanitizer = shutil.which("compute-sanitizer") or shutil.which("compute-sanitizer", path="/usr/local/cuda/bin")
    for tool in TOOLS:
        check.step("compute-sanitizer, " + tool, sanitize, sanitizer, tool, mandatory=sanitizer is not None,
                   limit=0.12 * arguments.budget)
    if arguments.corpus:
        trainings(check, arguments)
    else:
        check.step("quality and speed", skip, "no --corpus", mandatory=False)
    unmet = [step["name"] for step in check.results["steps"] if step["mandatory"] and step["status"] != "pass"]
    check.results["status"] = "failed" if unmet else "passed"
    check.save()
    print(f"results: {check.folder / 'results.json'}")
    if unmet:
        sys.exit("gpu-check: these did not pass: " + "; ".join(unmet))


if __name__ == "__main__":
    main()
