"""How good vectors are, as `warp2vec eval` says."""
import json
import os
import subprocess


def evaluate(program, vectors, pairs, analogies):
    """What `program`, which is warp2vec, says of a file of vectors."""
    command = [program, "eval", "--vectors", vectors, "--json"]
    command += [part for path in pairs for part in ("--pairs", path)]
    command += [part for path in analogies for part in ("--analogies", path)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def quality_figures(report):
    """The numbers of an evaluation that are worth a column, by what they are and the name of the file."""
    row = {}
    for pairs in report["pairs"]:
        row["spearman " + os.path.basename(pairs["file"])] = pairs["spearman"]
    for analogies in report["analogies"]:
        row["analogies " + os.path.basename(analogies["file"])] = analogies["all"]["accuracy"]
    return row


def quality_label(key):
    """'spearman men.tsv' -> 'men'"""
    return os.path.splitext(key.split(" ", 1)[1])[0]


def quality_text(key, value):
    if value is None:
        return "-"
    return f"{value:.1%}" if key.startswith("analogies ") else f"{value:.3f}"
