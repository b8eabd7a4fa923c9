"""Cells and runs to summarise, made up."""
from dataclasses import asdict

from gpu.cells import Cell


def cell(rule="tile", device="cuda", text="text", kind="speed", dim=128, sample=1e-4):
    return Cell(kind, text, dim, sample, rule, device)


def run(of, number=1, seconds=1.0, quality=None, vocabulary=1000):
    """100 million words a second: half of them are kept."""
    on_gpu = of.device == "cuda"
    return {**asdict(of), "round": number, "quality": quality or {},
            "seconds": {"train": seconds, "kernels": seconds if on_gpu else None,
                        "subsampling": 0.25 * seconds if on_gpu else None, "together": 2 * seconds,
                        "with_evaluation": 3 * seconds},
            "counts": {"trained_tokens": 100000000, "kept_tokens": 50000000, "pairs": 300000000,
                       "vocabulary": vocabulary},
            "path_nodes_outside_top": {"64": 8.0} if "hs" in of.rule else None,
            "settings": {"negative": 5, "window": 5, "tile_centres": 64, "tile_negatives": 32,
                         "path_tile_centres": 8, "epochs": 3}}
