"""Measures training on a GPU beside the CPU of the same machine: speed in the kernels and end to end, how near it is to
what memory lets through, and quality, by rule, dim, subsampling and size of the vocabulary.

The first value of --dims and --samples, and the corpus (else the first made text) make the base; cells that differ
from it in one setting follow, then those that differ in two, as long as --budget lasts. Started again with the same
--output, it goes on where it stopped."""
import argparse
import os
import shutil
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)  # where the packages are: this one and `measure`

from gpu.bandwidths import bandwidth_of  # noqa: E402
from gpu.budget import Budget  # noqa: E402
from gpu.cells import plan  # noqa: E402
from gpu.measurement import QUALITY_EPOCHS, Measurement  # noqa: E402
from gpu.preparation import check_disk, find_gpu, find_program, texts_of  # noqa: E402
from gpu.results import OtherConditions, Results  # noqa: E402
from gpu.rounds import run_rounds  # noqa: E402
from gpu.rules import DEFAULT_RULES, RULES  # noqa: E402
from measure.arguments import check_files, check_programs, positive  # noqa: E402
from measure.command import run_command  # noqa: E402
from measure.gpu import driver  # noqa: E402
from measure.machine import commit, machine  # noqa: E402
from measure.whole_file import sha256  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="gpu_bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", required=True, help="folder for results.json, table.md and chart.svg; texts and "
                        "vectors are in it, too, while they are needed")
    parser.add_argument("--corpus", help="a real text: plain, .gz, .zst, .bz2 or .xz")
    parser.add_argument("--pairs", nargs="+", action="extend", default=[], help="word-pair files")
    parser.add_argument("--analogies", nargs="+", action="extend", default=[], help="analogy files")
    parser.add_argument("--devices", choices=["auto", "cpu", "cuda", "cuda,cpu"], default="auto",
                        help="auto: the GPU, if there is a usable one, and the CPU (default %(default)s)")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=DEFAULT_RULES,
                        help="(default: %(default)s)")
    parser.add_argument("--dims", type=positive, nargs="+", default=[100, 128, 300], help="(default %(default)s)")
    parser.add_argument("--samples", type=float, nargs="+", default=[1e-4, 1e-3], help="(default %(default)s)")
    parser.add_argument("--vocabularies", type=positive, nargs="*", default=[1000000, 3000000, 10000000],
                        help="distinct words of the made texts (default %(default)s)")
    parser.add_argument("--words", type=float, default=1e9,
                        help="that a run on the GPU trains at least, in whole epochs (default %(default)g)")
    parser.add_argument("--cpu-words", type=float, default=2e7, help="the same for the CPU (default %(default)g)")
    parser.add_argument("--rounds", type=positive, default=3, help="(default %(default)s)")
    parser.add_argument("--budget", type=float, help="seconds that all may take (default: no limit)")
    parser.add_argument("--bandwidth", type=float,
                        help="of the GPU's memory, bytes a second (default: known by the GPU's name)")
    parser.add_argument("--program", help="a warp2vec program (default: the one beside this command, else it is built)")
    arguments = parser.parse_args()
    check_files(parser, [arguments.corpus, *arguments.pairs, *arguments.analogies])
    check_programs(parser, [arguments.program])
    if not arguments.corpus and not arguments.vocabularies:
        parser.error("there is nothing to train on: please give --corpus or --vocabularies")
    return arguments


def main():
    arguments = parse()
    budget = Budget(arguments.budget)
    program = find_program(arguments.program)
    gpu, no_gpu = find_gpu(program)
    if "cuda" in arguments.devices and not gpu:
        sys.exit(f"gpu_bench: {no_gpu}")
    devices = arguments.devices.split(",")
    if arguments.devices == "auto":
        devices = ["cuda", "cpu"] if gpu else ["cpu"]
    bandwidth = arguments.bandwidth or (bandwidth_of(gpu) if gpu else None)
    evaluates = bool(arguments.corpus and (arguments.pairs or arguments.analogies))

    scratch = os.path.join(arguments.output, "scratch")
    os.makedirs(scratch, exist_ok=True)
    texts = texts_of(arguments, program, scratch)
    base = next(iter(texts.values()))
    groups = plan(list(texts), arguments.dims, arguments.samples, arguments.rules, devices,
                  evaluated=base.name if evaluates else None)
    cells = [cell for group in groups for cell in group]
    words = {"cuda": arguments.words, "cpu": arguments.cpu_words}
    computer = machine()
    conditions = {"program_sha256": sha256(program), "cpu": computer["cpu"], "cores": computer["cores"],
                  "gpu": gpu and gpu.split(",")[0], "words": words, "quality_epochs": QUALITY_EPOCHS,
                  "corpus": arguments.corpus and [base.name, base.words, base.tokens],
                  "pairs": [os.path.basename(path) for path in arguments.pairs],
                  "analogies": [os.path.basename(path) for path in arguments.analogies]}
    facts = {"machine": computer, "gpu": gpu, "no_gpu": no_gpu, "driver": driver(), "bandwidth": bandwidth,
             "commit": commit(os.path.dirname(program)), "date": time.strftime("%Y-%m-%d"), "rounds": arguments.rounds}
    results = Results(arguments.output, facts, conditions, cells, arguments.rounds, bandwidth)
    if "cuda" not in devices:
        results.notes.append(f"GPU figures are not measured ({no_gpu or '--devices cpu'}).")
    elif not bandwidth:
        results.notes.append("The memory bandwidth of this GPU is not known: no ceilings without --bandwidth.")
    if not evaluates:
        results.notes.append("No quality: that takes --corpus, and files for --pairs or --analogies.")
    check_disk(results.missing(), texts, scratch)

    measurement = Measurement(program, texts, words, arguments.pairs, arguments.analogies, os.path.join(scratch, "run"))
    failures = run_rounds(groups, arguments.rounds, budget, results, measurement.run)
    finish(results, failures, scratch)


def finish(results, failures, scratch):
    """Names what was not measured; an error if something failed."""
    missing = results.missing()
    never = [str(cell) for cell, runs in missing.items() if not runs and cell not in failures]
    if never:
        results.notes.append(f"Out of time, not measured: {'; '.join(never)}.")
    results.notes += [f"Failed: {cell}: {reason.splitlines()[-1]}" for cell, reason in failures.items()]
    results.save()
    results.show()
    if missing:
        print(f"{len(missing)} of {len(results.cells)} cells lack runs; the same command goes on with them, and with "
              f"the texts in {scratch}")
    else:
        shutil.rmtree(scratch)
    print(f"The results are in {results.folder}")
    if failures:
        sys.exit(f"gpu_bench: {len(failures)} cells failed: {'; '.join(str(cell) for cell in failures)}")


if __name__ == "__main__":
    run_command("gpu_bench", main, OtherConditions, "; the same command goes on from here")
