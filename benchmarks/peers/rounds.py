"""Rounds in which every program runs once."""
import os
import tempfile
from dataclasses import asdict

from measure.quality import evaluate, quality_figures
from measure.watched_process import ProgramFailed
from peers.task import Task


def run_rounds(peers, text, settings, thread_counts, rounds, judge, on_run):
    """Every program with every number of threads, then all again, so that a busy time of the machine meets them all.

    The round's number is the seed. `judge`: a function from a file of vectors to figures. `on_run`: is told of every
    run when it is over. A program that fails ends it all."""
    for seed in range(1, rounds + 1):
        for threads in thread_counts:
            for peer in peers:
                with tempfile.TemporaryDirectory() as folder:
                    try:
                        training = peer.train(Task(text, settings, threads, seed, folder))
                    except ProgramFailed as reason:
                        raise ProgramFailed(f"{peer.name}, round {seed}, threads {threads}: {reason}") from None
                    on_run(figures_of(peer.name, threads, seed, training, judge(training.vectors)))


def figures_of(name, threads, seed, training, quality):
    watched, phases = training.watched, training.phases
    apart = asdict(phases)
    return {"program": name, "threads": threads, "round": seed,
            "seconds": {**apart, "rest": watched.seconds - sum(apart.values()), "together": watched.seconds},
            "cpu_seconds": watched.cpu_seconds, "peak_memory_bytes": watched.peak_memory_bytes, "quality": quality}


def judge_with(warp2vec, pairs, analogies):
    """One judge for all programs' vectors."""
    def judge(vectors):
        if not os.path.exists(vectors):
            raise ProgramFailed("it wrote no vectors")
        return quality_figures(evaluate(warp2vec, vectors, pairs, analogies)) if pairs or analogies else {}
    return judge
