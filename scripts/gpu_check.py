"""Checks warp2vec on a machine with a GPU inside a budget of time, in stages that each have a share of it: start,
correct (a short list of tests), good (quality beside the CPU's), fast (speed), sanitizers, and rest (counters, all
tests, other rules, large tables). What one leaves over goes to the next."""
import argparse
import bz2
import csv
import gzip
import json
import lzma
import os
import re
import shutil
import signal
import statistics
import sys
import tempfile
from pathlib import Path

from gpu_steps import Ended, Step, Steps

SHARES = {"start": 10, "correct": 20, "good": 20, "fast": 25, "sanitizers": 15, "rest": 10}  # in their order
# One block beside the host, many blocks, and what these build on.
SHORT_TESTS = ("SanitizedDraws*:SanitizedCounts*:GpuTensorCores*:GpuSubsampling*:GpuTraining.Many*:"
               "Rules/GpuKernels*/ns_tile_*:Rules/GpuKernels*/hs_tile_*")
ROUNDS = 3
GRACE = 5  # seconds for bench to write its report after its time is over
CPU_VARIANT_OF = {"table-type=bf16": "sharing=tile"}  # the CPU variant to compare with, if its name differs
# How far the GPU's median may be below the CPU's. On 100 MB of text the range of three seeds is up to 0.017
# (benchmarks/results/cpu-quality-wiki8.json); small texts vary more.
TOLERANCE = 0.03
SAMPLES = ("1e-4", "1e-3")
FAST_DIM, FAST_EPOCHS = 128, 60  # on 100 MB of text 10^9 words
# Its window does not shrink: 3 has as many pairs as 5 that do.
FULL_W2V = (f"-size {FAST_DIM} -window 3 -negative 5 -min-count 5 -iter 20 -threads 16 -streams 4 -msl 100 "
            "-no-export 1 -debug 0").split()
# Beside the full set: additions in the L2 cache, and instructions.
NCU = ["--clock-control", "none", "--set", "full", "--metrics", "lts__t_sectors_op_red.sum,lts__t_requests_op_red.sum,"
       "smsp__inst_executed.sum,smsp__issue_active.avg.pct_of_peak_sustained_active",
       "--kernel-name", "regex:dense_tile", "--launch-skip", "1", "--launch-count", "1", "--force-overwrite"]
OPENERS = {".bz2": bz2.open, ".gz": gzip.open, ".xz": lzma.open}


def find_program(folder, name):
    """A program of a bundle or of a build folder."""
    path = shutil.which(name, path=os.pathsep.join(os.path.abspath(Path(folder, place)) for place in ("", "tests/gpu")))
    return path or sys.exit(f"gpu-check: {folder} has no program {name}; see 'gpu-check.sh pack'")


def fast_variant(sample):
    return f"sharing=tile sample={sample} epochs={FAST_EPOCHS}"


class Check(Steps):
    """The stages, which list their steps, and the work of each kind of step."""

    def __init__(self, arguments, scratch):
        """`scratch`: a folder for everything that is no result."""
        super().__init__(arguments.output, arguments.budget)
        self.arguments, self.scratch, self.text = arguments, scratch, arguments.corpus
        self.gpu_tests = find_program(arguments.bundle, "gpu_tests")
        self.programs = {"bench": find_program(arguments.bundle, "warp2vec")}  # by the name of their results
        if arguments.against:
            self.programs["against"] = find_program(arguments.against, "warp2vec")
        self.full_w2v = {sample: {} for sample in SAMPLES}  # words a second by round

    def start(self):
        return [Step("nvidia-smi", self.nvidia_smi, mandatory=False), Step("devices", self.devices),
                *([Step("unpack", self.unpack)] if Path(self.text or "").suffix in OPENERS else [])]

    def correct(self):
        return [Step("short tests", self.test, (SHORT_TESTS,))]

    def good(self):
        flags = f"--devices cuda,cpu --rounds {ROUNDS} --losses"
        return [Step("ns on both", self.bench, (f"{flags} ns", "sharing=tile,table-type=bf16")),
                Step("hs on both", self.bench, (f"{flags} hs", "sharing=tile")),
                Step("quality, GPU against CPU", self.compare, timed=False)]

    def fast(self):
        variants = ",".join([*map(fast_variant, SAMPLES), fast_variant(SAMPLES[0]) + " table-type=bf16"])
        flags = f"--devices cuda --losses ns,hs --dims {FAST_DIM} --rounds"
        steps = []
        for number in range(1, ROUNDS + 1):  # interleaved, so that a slower GPU slows all of them down
            steps += [Step(f"speed of {name}, round {number}", self.bench, (f"{flags} {number}", variants, name),
                           number == 1) for name in self.programs]
            if self.arguments.full_w2v and self.text:
                steps += [Step(f"speed of FULL-W2V, sample {sample}, round {number}", self.time_full_w2v,
                               (sample, number), number == 1) for sample in SAMPLES]
        return [*steps, Step("speed by cell", self.speed, timed=False)]

    def sanitizers(self):
        return [Step("compute-sanitizer, " + tool, self.sanitize, (tool,)) for tool in
                ("memcheck", "racecheck", "synccheck", "initcheck")]

    def rest(self):
        words, tiles = self.arguments.words, "sharing=tile,table-type=bf16"
        flags = "--rounds 1 --losses ns --devices cuda"
        large = (("window and pair on both", flags + ",cpu", "sharing=window,sharing=pair"),
                 ("d=300", flags.replace("ns", "ns,hs") + " --dims 300", tiles),
                 (f"{words:,} words, d=300", f"{flags} --dims 300 --synthetic --epochs 1 --vocab-sizes {words}", tiles))
        return [*(Step(f"counters, {name}", self.count, (name, loss), mandatory=False)
                  for name, loss in (("tile", "ns"), ("path", "hs"))),
                Step("all tests", self.test, ("*",)),
                *(Step(name, self.bench, more, mandatory=False) for name, *more in large),
                Step("quality, all rules", self.compare, timed=False)]

    def nvidia_smi(self):
        self.results["driver"] = self.command(self.tool("nvidia-smi"), "--format=csv", "--query-gpu=name,"
                                              "driver_version,memory.total,power.limit,clocks.max.sm").strip()

    def devices(self):
        """Records what the program says of itself, the machine and its GPUs; the first usable one is 'gpu'."""
        self.results["info"] = self.command(self.programs["bench"], "info").strip().splitlines()
        listing = self.results["listing"] = self.command(self.programs["bench"], "info", "--devices").strip()
        self.results["gpu"] = next((line for line in listing.splitlines() if re.match(r"cuda:\d+ ", line)), None)

    def unpack(self):
        """Once for all trainings; FULL-W2V reads plain text only."""
        plain = self.scratch / Path(self.text).stem
        with OPENERS[Path(self.text).suffix](self.text) as packed, open(plain, "wb") as target:
            shutil.copyfileobj(packed, target, 1 << 24)
        self.text = plain

    def need_text(self):
        if not self.text:
            raise Ended("unavailable", "there is no --corpus")

    def test(self, names):
        try:
            printed = self.command(self.gpu_tests, f"--gtest_filter={names}")
        except Ended as reason:
            failed = re.findall(r"^\[  FAILED  \] (\w\S*\.[^\s,]+).* ms\)$", reason.printed, re.MULTILINE)
            raise Ended(reason.status, f"{reason}; failed: {' '.join(failed)}" if failed else str(reason)) from None
        ran = re.search(r"^\[=+\] ([1-9]\d*) tests? .* ran", printed, re.MULTILINE)
        if not ran:
            raise Ended("fail", "no test ran")
        return {"tests": int(ran[1]), "skipped": re.findall(r"^\[  SKIPPED \] (\S+) \(", printed, re.MULTILINE)}

    def sanitize(self, tool):
        self.command(self.tool("compute-sanitizer"), "--tool", tool, "--error-exitcode", "9", "--print-limit", "20",
                     self.gpu_tests, "--gtest_filter=*Sanitized*")

    def bench(self, flags, variants, name="bench"):
        """Adds to the results of a program with `warp2vec bench`, on the corpus unless `flags` have --synthetic. Raises
        if something failed, or if there was not enough time."""
        self.need_text()
        files = [part for kind in ("pairs", "analogies") for path in getattr(self.arguments, kind)
                 for part in ("--" + kind, path)]
        text = [] if "--synthetic" in flags else ["--input", self.text, "--epochs", self.arguments.epochs, *files]
        folder = self.scratch / name
        try:
            self.command(self.programs[name], "bench", *text, "--sample", SAMPLES[0], *flags.split(),
                         "--variants", variants, "--output", folder, "--time-budget",
                         f"{max(1.0, self.left() - GRACE):.1f}")
        finally:
            for kept in ("results.json", "report.html"):
                if (folder / kept).exists():
                    shutil.copy(folder / kept, self.folder / (name + Path(kept).suffix))
        part = json.loads((folder / "results.json").read_text(encoding="utf-8"))["trainings" if text else "synthetic"]
        missed = part.get("not_measured")
        if missed:
            raise Ended("timeout", f"there was no time for {len(missed)} trainings, the first of them {missed[0]}")

    def runs(self, name):
        path = self.scratch / name / "results.json"
        part = json.loads(path.read_text(encoding="utf-8")).get("trainings", {}) if path.exists() else {}
        return [run for run in part.get("runs", []) if "failure" not in run]

    def compare(self):
        """Fails if a median of vectors trained on the GPU is clearly below that of vectors trained on the CPU."""
        found = {}
        for run in self.runs("bench"):
            place = tuple(run["cell"][key] for key in ("device", "loss", "dim", "variant"))
            for figure, value in run["quality"].items():
                found.setdefault((*place, figure), []).append(value)
        both = {}
        for (device, loss, dim, variant, figure), values in found.items():
            other = found.get(("cpu", loss, dim, CPU_VARIANT_OF.get(variant, variant), figure))
            if device == "cuda" and other:
                both.setdefault(f"{loss}, d={dim}, {variant}", {})[figure] = (
                    statistics.median(values) - statistics.median(other))
        if not both:
            raise Ended("unavailable", "there is nothing to compare")
        worse = [f"{run}: {key} by {-by:.3f}" for run in both for key, by in both[run].items() if by < -TOLERANCE]
        if worse:
            raise Ended("fail", "the GPU is below the CPU: " + "; ".join(worse))
        return {"gpu_minus_cpu": both}

    def time_full_w2v(self, sample, number):
        printed = self.command(self.arguments.full_w2v, "-train", self.text, "-output", self.scratch / "full.bin",
                               "-sample", sample, *FULL_W2V)
        found = re.search(r"Overall Words Per Second: *([\d.]+)", printed)
        if not found:
            raise Ended("fail", "it printed no 'Overall Words Per Second', see log.txt")
        self.full_w2v[sample][number] = float(found[1])
        return {"words_per_second": float(found[1])}

    def speeds(self, name, part):
        """Words a second by cell and round. `part`: 'kernels', or 'train' for all of training."""
        found = {}
        for run in self.runs(name):
            if run["cell"]["dim"] == FAST_DIM:
                own = found.setdefault("{loss}, {variant}".format(**run["cell"]), {})
                own[run["round"]] = run["trained_tokens"] / run["seconds"][part]
        return found

    def speed(self):
        """FULL-W2V is compared with all of training, which is what it times."""
        kernels, train, against = (self.speeds(*which) for which in
                                   (("bench", "kernels"), ("bench", "train"), ("against", "kernels")))
        full = {"ns, " + fast_variant(sample): speeds for sample, speeds in self.full_w2v.items()}
        cells = {}
        for cell in kernels:
            row = cells[cell] = {"words_per_second": statistics.median(kernels[cell].values()),
                                 "words_per_second_of_training": statistics.median(train[cell].values())}
            for name, ours, theirs in (("against", kernels, against), ("FULL-W2V", train, full)):
                ratios = [ours[cell][number] / theirs[cell][number] for number in ours[cell]
                          if number in theirs.get(cell, {})]
                if ratios:
                    row["times_" + name] = statistics.median(ratios)
            print(f"  {cell}: " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()))
        if not cells:
            raise Ended("unavailable", "nothing was measured")
        return {"cells": cells}

    def count(self, name, loss):
        """Nsight Compute's figures for one launch of the kernel for tiles, after a first one."""
        self.need_text()
        ncu, report = self.tool("ncu"), self.folder / (name + ".ncu-rep")
        flags = f"--loss {loss} --sharing tile --dim {FAST_DIM} --sample {SAMPLES[0]} --device cuda --quiet".split()
        self.command(ncu, *NCU, "--export", report, self.programs["bench"], "train", "--input", self.text, *flags,
                     "--output", self.scratch / "counted.bin")
        page = self.command(ncu, "--import", report, "--page", "details", "--csv")
        rows = csv.DictReader(line for line in page.splitlines() if line.startswith('"'))
        return {"counters": {row["Metric Name"]: f"{row['Metric Value']} {row['Metric Unit']}".strip()
                             for row in rows if row["Metric Name"]}}


def stages(text):
    return sorted({"start", *text.split(",")}, key=list(SHARES).index)


def parse():
    here = Path(__file__).resolve().parent
    build = here if (here / "warp2vec").exists() else here.parent / "build/release"
    parser = argparse.ArgumentParser(prog="gpu-check.sh run", description=__doc__)

    def existing(path):
        return os.path.abspath(path) if os.path.exists(path) else parser.error(f"there is no file {path}")

    parser.add_argument("--bundle", default=build, help="what 'pack' made, or a build folder")
    parser.add_argument("--against", metavar="BUNDLE", help="another one, whose speed is measured in turns with this")
    parser.add_argument("--full-w2v", type=existing, metavar="PROGRAM", help="FULL-W2V, measured in turns, too")
    parser.add_argument("--output", type=Path, required=True, help="folder for results.json and at most seven others")
    parser.add_argument("--budget", type=float, required=True, help="seconds that all may take")
    parser.add_argument("--stages", type=stages, default=",".join(SHARES), help="A,B,..., beside start (default: all)")
    parser.add_argument("--corpus", type=existing, help="text to train on: plain, .gz, .zst, .bz2 or .xz")
    parser.add_argument("--pairs", type=existing, nargs="+", action="extend", default=[], help="word-pair files")
    parser.add_argument("--analogies", type=existing, nargs="+", action="extend", default=[], help="analogy files")
    parser.add_argument("--epochs", type=int, default=5, help="of each training on the corpus but in fast (default 5)")
    parser.add_argument("--words", type=int, default=3000000, help="of the large vocabulary (default 3,000,000)")
    return parser.parse_args()


def main():
    arguments = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("gpu-check: terminated"))  # so that child processes end with it
    with tempfile.TemporaryDirectory() as scratch:
        check = Check(arguments, Path(scratch))
        for name in arguments.stages:
            check.run_stage(name, SHARES[name] / sum(map(SHARES.get, arguments.stages)), getattr(check, name)())
            if not check.results["gpu"]:
                check.save("no GPU")
                sys.exit(f"gpu-check: no usable GPU: {check.results.get('listing') or 'the program does not run'}")
    unmet = check.finish()
    print(f"results: {check.folder / 'results.json'}")
    if unmet:
        sys.exit("gpu-check: these did not pass: " + "; ".join(unmet))


if __name__ == "__main__":
    main()
