"""The evaluations of KeyedVectors."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

import numpy as np

if TYPE_CHECKING:
    from .keyedvectors import KeyedVectors

Statistic = Tuple[float, float]


def _rows(vectors: "KeyedVectors", restrict_vocab: int, case_insensitive: bool) -> Dict[str, int]:
    """Of the first keys; of those that differ only in case, the first."""
    rows: Dict[str, int] = {}
    for row, key in enumerate(vectors.index_to_key[:restrict_vocab]):
        rows.setdefault(key.upper() if case_insensitive else key, row)
    return rows


def analogies(vectors: "KeyedVectors", path: str, restrict_vocab: int, case_insensitive: bool,
              dummy4unknown: bool) -> Tuple[float, List[Dict[str, Any]]]:
    rows = _rows(vectors, restrict_vocab, case_insensitive)
    unit = vectors.get_normed_vectors()[:restrict_vocab]
    allowed = np.zeros(len(unit), bool)
    allowed[list(rows.values())] = True
    sections: List[Dict[str, Any]] = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith(": "):
                sections.append({"section": line[2:].strip(), "questions": [], "correct": [], "incorrect": []})
                continue
            if not line.strip():
                continue
            words = [word.upper() if case_insensitive else word for word in line.split()]
            if not sections:
                raise ValueError(f"{path}, line {number}: expected a line ': section' before the first question")
            if len(words) != 4:
                raise ValueError(f"{path}, line {number}: expected four words, found {len(words)}")
            section = sections[-1]
            if all(word in rows for word in words):
                section["questions"].append(words)
            elif dummy4unknown:
                section["incorrect"].append(tuple(words))
    for section in sections:
        questions = section.pop("questions")
        for begin in range(0, len(questions), 256):
            some = questions[begin:begin + 256]
            index = np.array([[rows[word] for word in words] for words in some])
            query = unit[index[:, 1]] - unit[index[:, 0]] + unit[index[:, 2]]
            scores = query @ unit.T
            scores[:, ~allowed] = -np.inf
            np.put_along_axis(scores, index[:, :3], -np.inf, axis=1)
            for words, right in zip(some, scores.argmax(axis=1) == index[:, 3]):
                section["correct" if right else "incorrect"].append(tuple(words))
    total = {"section": "Total accuracy",
             "correct": [words for section in sections for words in section["correct"]],
             "incorrect": [words for section in sections for words in section["incorrect"]]}
    asked = len(total["correct"]) + len(total["incorrect"])
    return (len(total["correct"]) / asked if asked else 0.0), sections + [total]


def _ranks(values: Any) -> Any:
    """Ties have the mean of their ranks."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


def _correlation(a: Any, b: Any) -> Statistic:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return math.nan, math.nan
    r = float(np.corrcoef(a, b)[0, 1])
    try:
        from scipy.stats import t
    except ImportError:
        return r, math.nan
    freedom = len(a) - 2
    if freedom < 1 or abs(r) >= 1:
        return r, 0.0 if abs(r) >= 1 else math.nan
    return r, float(2 * t.sf(abs(r) * math.sqrt(freedom / (1 - r * r)), freedom))


def pairs(vectors: "KeyedVectors", path: str, delimiter: str, encoding: str, restrict_vocab: int,
          case_insensitive: bool, dummy4unknown: bool) -> Tuple[Statistic, Statistic, float]:
    rows = _rows(vectors, restrict_vocab, case_insensitive)
    gold: List[float] = []
    similarities: List[float] = []
    missing = 0
    with open(path, encoding=encoding) as file:
        for number, line in enumerate(file, 1):
            if not line.strip() or line.startswith("#"):
                continue
            try:
                first, second, score = line.rstrip("\n").split(delimiter)[:3]
                value = float(score)
            except ValueError:
                if number == 1:
                    continue  # a heading
                raise ValueError(f"{path}, line {number}: expected two words and a number, separated by "
                                 f"{delimiter!r}") from None
            words = [word.strip().upper() if case_insensitive else word.strip() for word in (first, second)]
            if not all(word in rows for word in words):
                missing += 1
                if not dummy4unknown:
                    continue
                similarities.append(0.0)
            else:
                similarities.append(vectors.similarity(rows[words[0]], rows[words[1]]))
            gold.append(value)
    found = len(gold) + (0 if dummy4unknown else missing)
    if not gold:
        raise ValueError(f"{path}: no pair has both words among the keys")
    return (_correlation(gold, similarities), _correlation(_ranks(gold), _ranks(similarities)),
            100 * missing / found)
