#!/usr/bin/env python3
"""Speed and quality of training runs side by side, for several seeds.

Trains with the warp2vec program once per seed and setting, interleaved (all settings with the first seed, then all
with the second, ...), evaluates each result with `warp2vec eval`, and writes one JSON file with machine, commit,
settings, every run and the medians. Needs nothing but Python's standard library.

    benchmarks/train_quality.py --program build/release/warp2vec --corpus wiki8.txt \\
        --pairs ws353.tsv --pairs simlex999.tsv --analogies questions-words.txt \\
        --seeds 1 2 3 --output benchmarks/results/quality.json \\
        --run tile "--dim 100 --sample 1e-4" --run pair "--dim 100 --sample 1e-4 --sharing pair"
"""
import argparse
import json
import os
import shlex
import statistics
import subprocess
import tempfile

from measure.machine import commit, machine
from measure.quality import evaluate
from measure.training import closing_summary, figures


def train_and_evaluate(arguments, flags, seed, folder):
    vectors = os.path.join(folder, "vectors.bin")
    metrics = os.path.join(folder, "metrics.jsonl")
    trainer = arguments.trainer or [arguments.program, "train"]
    subprocess.run([*trainer, "--input", arguments.corpus, "--output", vectors, "--seed", str(seed),
                    "--metrics", metrics, "--quiet", *shlex.split(flags)], check=True)
    return closing_summary(metrics), evaluate(arguments.program, vectors, arguments.pairs, arguments.analogies)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the warp2vec program")
    parser.add_argument("--trainer", nargs="+", metavar="COMMAND",
                        help="what trains instead of 'PROGRAM train', with the same flags")
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--pairs", action="append", default=[], help="word-pair file (repeatable)")
    parser.add_argument("--analogies", action="append", default=[], help="analogy file (repeatable)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--output", required=True, help="JSON file")
    parser.add_argument("--run", nargs=2, action="append", required=True, metavar=("NAME", "FLAGS"),
                        help="a name and the train flags (repeatable)")
    arguments = parser.parse_args()

    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seeds:
            for name, flags in arguments.run:
                row = figures(*train_and_evaluate(arguments, flags, seed, folder))
                runs.append({"name": name, "seed": seed, **row})
                print(json.dumps(runs[-1]), flush=True)
    medians = {}
    for name, flags in arguments.run:
        own = [run for run in runs if run["name"] == name]
        numbers = [key for key, value in own[0].items() if isinstance(value, float)]
        medians[name] = {"flags": flags, **{key: statistics.median(run[key] for run in own) for key in numbers}}
    result = {"machine": machine(), "commit": commit(), "corpus": os.path.basename(arguments.corpus),
              "corpus_bytes": os.path.getsize(arguments.corpus), "medians": medians, "runs": runs}
    with open(arguments.output, "w") as out:
        json.dump(result, out, indent=2)
        out.write("\n")
    print(json.dumps(medians, indent=2))


if __name__ == "__main__":
    main()
