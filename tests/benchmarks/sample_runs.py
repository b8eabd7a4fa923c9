"""Runs to summarise, made up."""


def run(program, threads, number, training, quality=None, memory=1000000):
    return {"program": program, "threads": threads, "round": number,
            "seconds": {"vocabulary": 1.0, "training": training, "save": 0.5, "rest": 0.5, "together": training + 2},
            "cpu_seconds": training, "peak_memory_bytes": memory, "quality": quality or {}}


def two_programs():
    """Three rounds in which the machine gets slower."""
    runs = []
    for number, training in enumerate((1.0, 2.0, 4.0), start=1):
        quality = {"spearman men.tsv": 0.5 + number / 10, "analogies questions-words.txt": 0.25}
        runs.append(run("warp2vec", 2, number, training, quality))
        runs.append(run("R&D <other>", 2, number, 10 * training, quality, 5000000))
    return runs


def facts():
    return {"machine": {"cpu": "A CPU", "cores": 2, "system": "A system"}, "commit": "abc", "date": "2026-01-01",
            "corpus": {"name": "text.txt", "bytes": 5000, "words": 1000, "words_in_vocabulary": 800},
            "settings": {"model": "skipgram", "loss": "ns", "dim": 100, "window": 5, "negative": 5, "sample": 1e-4, "min_count": 5,
                         "lr": 0.025, "epochs": 2},
            "rounds": 3, "programs": {"warp2vec": "1"}, "notes": ["A note."]}
