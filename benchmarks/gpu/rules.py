"""The rules of training that are measured. A further one is a further line."""
from dataclasses import dataclass
from typing import Callable, Tuple

from gpu import ceilings


@dataclass(frozen=True)
class Rule:
    flags: Tuple[str, ...]
    bytes_per_value: int  # in the matrices
    rows: Callable  # of them, for each kept word of a run: see ceilings.py
    devices: Tuple[str, ...] = ("cuda", "cpu")


RULES = {
    "tile": Rule(("--sharing", "tile"), 4, ceilings.tile_rows),
    "tile-bf16": Rule(("--sharing", "tile", "--table-type", "bf16"), 2, ceilings.tile_rows, ("cuda",)),
    "window": Rule(("--sharing", "window"), 4, ceilings.window_rows),
    "pair": Rule(("--sharing", "pair"), 4, ceilings.pair_rows),
    "hs": Rule(("--loss", "hs"), 4, ceilings.tree_rows),
    "ns+hs": Rule(("--loss", "ns+hs"), 4, ceilings.tile_and_tree_rows),
}
DEFAULT_RULES = ("tile", "tile-bf16", "window", "pair", "hs")
