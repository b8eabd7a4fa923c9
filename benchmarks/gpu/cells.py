"""What is measured, and in which order."""
from dataclasses import dataclass
from itertools import product

from gpu.rules import RULES


@dataclass(frozen=True)
class Cell:
    kind: str  # 'speed' or 'quality'
    text: str  # the name of one
    dim: int
    sample: float
    rule: str
    device: str  # 'cuda' or 'cpu'

    def __str__(self):
        return f"{self.kind}, {self.text}, d={self.dim}, sample {self.sample:g}, {self.rule}, {self.device}"


def plan(texts, dims, samples, rules, devices, evaluated):
    """Groups of cells, the most telling first. The first of each list makes the base, at which all rules are measured
    on all devices; then one setting differs from it, then two. The CPU, which takes longer, is spared those with two
    and more. `evaluated`: the text on which quality is measured, or None: on the GPU up to one setting from the base,
    on the CPU at the base."""
    groups = {}
    for text, dim, sample, device, rule in product(texts, dims, samples, devices, rules):
        away = (text != texts[0]) + (dim != dims[0]) + (sample != samples[0])
        if device not in RULES[rule].devices:
            continue
        own = groups.setdefault(away, [])
        if device == "cuda" or away <= 1:
            own.append(Cell("speed", text, dim, sample, rule, device))
        if text == evaluated and away <= (1 if device == "cuda" else 0):
            own.append(Cell("quality", text, dim, sample, rule, device))
    return [groups[away] for away in sorted(groups) if groups[away]]
