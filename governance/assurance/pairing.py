"""The difference of two results on the very same questions, question by question, with its 95 % interval.

- Scores that are all 0 or 1: Newcombe's interval for paired proportions (Newcombe 1998, Stat. Med. 17:2635, method 10), which is made of
  two Wilson intervals and the correlation between them.
- Other scores, of at least 30 questions that do not all differ by the same amount: mean ± z × s / √n of the differences.
- Else there is no interval.

Questions are matched by the digest of the question with its reference answer. It is only done where both sides asked exactly the same
questions, each once, and scored each; a part of them would be another result than the one that was reported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from math import isclose
from statistics import NormalDist, fmean, stdev
from typing import TYPE_CHECKING, Any

from governance.assurance.expect import is_number
from governance.verifier.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST = 30
"""Questions from which on the mean of differences that are not 0 or ±1 is taken for normal."""
PAIRED, PAIRED_MEAN = "Newcombe, paired", "paired mean"


@dataclass(frozen=True)
class Paired:
    """after − before over `n` questions; `low` and `high` are None where there is no interval.

    `prompts_differ`: how many of the questions were put in another prompt.
    """

    mean: float
    n: int
    low: float | None
    high: float | None
    method: str
    prompts_differ: int = 0


@dataclass(frozen=True)
class Samples:
    """The score of each question of a run, and the prompt it was put in where that is told; both by the digest of the question."""

    scores: Mapping[str, float]
    prompts: Mapping[str, str]


class OtherQuestionsError(ValueError):
    """The two sides were not asked the same questions, so their numbers are no two of a kind."""


def find(bodies: Iterable[Mapping[str, Any]], names: Sequence[str], value: float, n: int | None) -> Samples | str:
    """The first of these bodies of samples whose plain mean under one of the names is `value`, or why there is none."""
    why = "the single samples of one side are not on record"
    for body in bodies:
        for name in names:
            found = _scores(body.get("columns"), name)
            if isinstance(found, str):
                why = found
            elif n in (None, len(found)) and isclose(fmean(found.values()), value, rel_tol=1e-6, abs_tol=1e-9):
                columns = body["columns"]
                prompts = columns.get("prompt_sha256")
                told = dict(zip(columns["doc_sha256"], prompts, strict=False)) if isinstance(prompts, list) else {}
                return Samples(found, told)
            else:
                why = "the plain mean of its single samples is not the number that was reported"
    return why


def _scores(columns: Any, name: str) -> Mapping[str, float] | str:
    """The score of each question by its digest, or why there is none to take."""
    if not isinstance(columns, Mapping):
        return "its single samples are on record by their digest alone"
    asked, found = columns.get("doc_sha256"), columns.get(name)
    if not isinstance(asked, list) or not isinstance(found, list) or not found or len(asked) != len(found):
        return f"its single samples hold no column {name}"
    if len(set(asked)) != len(asked):
        return "a question stands in its samples more than once"
    if not all(is_number(score) for score in found):
        return "some of its questions have no score"
    return dict(zip(asked, found, strict=True))


def difference(after: Samples, before: Samples, confidence: float = 0.95) -> Paired:
    """The paired difference of after − before. Raises `OtherQuestionsError` where the two do not hold the same questions."""
    common = after.scores.keys() & before.scores.keys()
    only = len(after.scores) - len(common), len(before.scores) - len(common)
    if any(only):
        said = f"the questions are not the same: {len(common):,} were asked on both sides, {only[0]:,} now only, {only[1]:,} before only"
        raise OtherQuestionsError(said)
    order = sorted(common)
    other = sum(before.prompts.get(name) != prompt for name, prompt in after.prompts.items()) if before.prompts else 0
    new, old = [after.scores[name] for name in order], [before.scores[name] for name in order]
    deltas = [one - another for one, another in zip(new, old, strict=True)]
    mean, z = fmean(deltas), NormalDist().inv_cdf(0.5 + confidence / 2)
    if {*new, *old} <= {0, 1}:
        low, high = newcombe(_counts(new, old), z)
        return Paired(mean, len(order), low, high, PAIRED, other)
    spread = stdev(deltas) if len(deltas) > 1 else 0.0
    if len(deltas) < LEAST or spread == 0:
        return Paired(mean, len(order), None, None, PAIRED_MEAN, other)
    half = z * spread / math.sqrt(len(deltas))
    return Paired(mean, len(order), mean - half, mean + half, PAIRED_MEAN, other)


def newcombe(counts: tuple[int, int, int, int], z: float) -> tuple[float, float]:
    """The ends of the interval of p₁ − p₂ for (both right, the first only, the second only, neither). Method 10."""
    both, first, second, neither = counts
    n = sum(counts)
    one, two = (both + first) / n, (both + second) / n
    (low1, high1), (low2, high2) = wilson(both + first, n, z), wilson(both + second, n, z)
    phi = _correlation(both, first, second, neither)
    down1, up1, down2, up2 = one - low1, high1 - one, two - low2, high2 - two
    below = math.sqrt(max(0.0, down1**2 - 2 * phi * down1 * up2 + up2**2))
    above = math.sqrt(max(0.0, up1**2 - 2 * phi * up1 * down2 + down2**2))
    return one - two - below, one - two + above


def _correlation(both: int, first: int, second: int, neither: int) -> float:
    """φ with Newcombe's correction for continuity; 0 where a margin is empty."""
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    if margins == 0:
        return 0.0
    cross, n = both * neither - first * second, both + first + second + neither
    return (max(cross - n / 2, 0.0) if cross > 0 else cross) / math.sqrt(margins)


def _counts(new: Sequence[float], old: Sequence[float]) -> tuple[int, int, int, int]:
    pairs = list(zip(new, old, strict=True))
    return tuple(pairs.count(each) for each in ((1, 1), (1, 0), (0, 1), (0, 0)))  # type: ignore[return-value]
