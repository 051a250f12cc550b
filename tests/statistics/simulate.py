"""How often the intervals cover, the tests err and the gate decides, by simulation.

`python -m tests.statistics.simulate` prints the table of docs/explanation/statistics.md. Each row has its own seed, so it can be run alone
and comes out the same; the tests run some of them with fewer repetitions.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from governance.assurance.conditions import judged
from governance.assurance.conditions.judged_pairs import Errors, JudgedPairs
from governance.statistics import control_chart, judging, means, multiplicity, proportions, resampling, sufficiency
from governance.statistics.paired import Samples, compare, pair
from governance.statistics.permutation import sign_flip
from governance.statistics.score_interval import Discordant

if TYPE_CHECKING:
    from collections.abc import Callable

    Draw = np.random.Generator


@dataclass(frozen=True)
class Row:
    """What is simulated, how one repetition goes (whether it covered, or erred), the seed, the repetitions and what is claimed."""

    what: str
    once: Callable[[Draw], bool]
    repetitions: int
    claim: str

    @property
    def seed(self) -> int:
        return ROWS.index(self)

    def share(self, repetitions: int | None = None) -> float:
        """The share of repetitions in which it happened."""
        draw = np.random.default_rng([2026, self.seed])
        count = repetitions or self.repetitions
        return sum(self.once(draw) for _ in range(count)) / count

    def line(self) -> str:
        """The row of the table."""
        return f"| {self.what} | 2026, {self.seed} | {self.repetitions:,} | {self.share():.1%} | {self.claim} |"


def covers(low: float | None, high: float | None, truth: float) -> bool:
    return low is not None and low <= truth <= high


def single(method: Callable, n: int, p: float) -> Callable[[Draw], bool]:
    known: dict[int, tuple[float, float]] = {}

    def once(draw: Draw) -> bool:
        k = int(draw.binomial(n, p))
        if k not in known:
            found = method(k, n)
            known[k] = found.low, found.high
        return covers(*known[k], p)

    return once


def dialogues(
    draw: Draw, groups: int, *, equal: bool = False, binary: bool = False
) -> tuple[list[float], list[int], float]:
    """Values in clusters of 1 to 15 (or 8) items, intra-cluster correlation about a third; and their true mean."""
    sizes = np.full(groups, 8) if equal else draw.integers(1, 16, groups)
    names = np.repeat(np.arange(groups), sizes)
    if binary:
        values = (draw.random(len(names)) < draw.beta(1.4, 0.6, groups)[names]).astype(float)
        return values.tolist(), names.tolist(), 0.7
    values = 0.7 * draw.normal(size=groups)[names] + draw.normal(size=len(names))
    return values.tolist(), names.tolist(), 0.0


def robust(groups: int, **more: bool) -> Callable[[Draw], bool]:
    def once(draw: Draw) -> bool:
        values, names, truth = dialogues(draw, groups, **more)
        found = means.mean(values, clusters=names)
        return covers(found.low, found.high, truth)

    return once


def naive(draw: Draw) -> bool:
    values, _, truth = dialogues(draw, 40)
    found = means.mean(values)
    return covers(found.low, found.high, truth)


def resampled(groups: int, **more: bool) -> Callable[[Draw], bool]:
    def once(draw: Draw) -> bool:
        values, names, truth = dialogues(draw, groups, **more)
        found = resampling.bootstrap(values, seed=int(draw.integers(2**60)), resamples=1000, clusters=names).interval()
        return found is not None and covers(found.low, found.high, truth)

    return once


def skewed(n: int) -> Callable[[Draw], bool]:
    def once(draw: Draw) -> bool:
        found = resampling.bootstrap(draw.exponential(size=n).tolist(), seed=int(draw.integers(2**60)), resamples=1000)
        interval = found.interval()
        return interval is not None and covers(interval.low, interval.high, 1.0)

    return once


def tango(n: int, gained: float, lost: float) -> Callable[[Draw], bool]:
    known: dict[tuple[int, int], tuple[float, float]] = {}

    def once(draw: Draw) -> bool:
        b, c, _ = map(int, draw.multinomial(n, [gained, lost, 1 - gained - lost]))
        if (b, c) not in known:
            found = Discordant(b, c, n).interval()
            known[b, c] = found.low, found.high
        return covers(*known[b, c], gained - lost)

    return once


def graded(n: int) -> Callable[[Draw], bool]:
    """Scores in quarters of two models that agree often; the candidate is better by 0.05 on the mean."""
    steps, weights = np.array([-0.5, -0.25, 0, 0.25, 0.5]), np.array([0.05, 0.1, 0.55, 0.2, 0.1])
    truth = float(steps @ weights)

    def once(draw: Draw) -> bool:
        values = draw.choice(steps, n, p=weights)
        scores = {f"q{at:04d}": value for at, value in enumerate(values.tolist())}
        pairs = pair(Samples(scores), Samples(dict.fromkeys(scores, 0.0)))
        found = compare(pairs, seed=int(draw.integers(2**60)), resamples=1000)
        return covers(found.low, found.high, truth)

    return once


def judge(draw: Draw) -> bool:
    """A true share of 0.8 through a judge with sensitivity 0.92 and specificity 0.85, known from 200 labels of people."""
    truth, sensitivity, specificity = 0.8, 0.92, 0.85
    k = int(draw.binomial(1000, truth * sensitivity + (1 - truth) * (1 - specificity)))
    yes, no = int(draw.binomial(120, sensitivity)), int(draw.binomial(80, specificity))
    found = judging.judged(k, 1000, judging.Agreement("m", "1", yes, 120 - yes, no, 80 - no))
    return found.interval is not None and covers(found.interval.low, found.interval.high, truth)


def unjudged(draw: Draw) -> bool:
    """The same, as if the judge were never wrong."""
    k = int(draw.binomial(1000, 0.8 * 0.92 + 0.2 * 0.15))
    found = proportions.wilson(k, 1000)
    return covers(found.low, found.high, 0.8)


def judged_pairs(truth: float, *, biased: bool, carried: bool = True) -> Callable[[Draw], bool]:
    """The true difference of two models on 500 items, 20 % discordant, through a judge that is wrong on 5 % of the answers of each.

    `biased`: always for the candidate and against the reference, which is the worst that it can do. People labelled 600 answers, too.
    """

    def once(draw: Draw) -> bool:
        lost = (0.2 - truth) / 2
        kinds = draw.choice(4, size=500, p=[0.5, lost + truth, lost, 0.3])
        ours, theirs = (kinds < 2).astype(float), (kinds % 2 == 0).astype(float)
        wrong = draw.random((2, 500))
        if biased:
            ours[(ours == 0) & (wrong[0] < 0.05 / (0.3 + lost))] = 1.0
            theirs[(theirs == 1) & (wrong[1] < 0.05 / (0.5 + lost))] = 0.0
        else:
            ours, theirs = (
                np.where(flip < 0.05, 1 - each, each) for each, flip in zip((ours, theirs), wrong, strict=True)
            )
        sides = (Samples(dict(enumerate(each.tolist()))) for each in (ours, theirs))
        found = compare(pair(*sides), seed=0)
        if not carried:
            return covers(found.low, found.high, truth)
        share = judged.disagreement({"agreement": 1 - draw.binomial(600, 0.05) / 600, "items": 600}, 0.975)
        made = JudgedPairs(found, Errors(2 * (share or 0.0), 2, 0.95, "", ()))
        return covers(made.low, made.high, truth)

    return once


def gate(truth: float, n: int, discordant: float = 0.1, margin: float = 0.02) -> Callable[[Draw], bool]:
    """Whether a candidate that is `truth` better is said to be non-inferior."""
    lost, known = (discordant - truth) / 2, {}

    def once(draw: Draw) -> bool:
        b, c, _ = map(int, draw.multinomial(n, [lost + truth, lost, 1 - discordant]))
        if (b, c) not in known:
            known[b, c] = Discordant(b, c, n).p_at_least(-margin) <= 0.025
        return known[b, c]

    return once


def flips(clusters: bool) -> Callable[[Draw], bool]:
    """Whether no difference is found to be one at 5 %."""

    def once(draw: Draw) -> bool:
        if clusters:
            values, names, _ = dialogues(draw, 30)
            return sign_flip(values, seed=int(draw.integers(2**60)), resamples=500, clusters=names) <= 0.05
        return sign_flip(draw.laplace(size=40).tolist(), seed=int(draw.integers(2**60)), resamples=500) <= 0.05

    return once


def family(adjust: Callable[[list[float]], list[float]], good: int) -> Callable[[Draw], bool]:
    """Whether any of 20 tasks on the margin is said to be inside it, beside `good` tasks that are; one side at 2.5 %."""

    def once(draw: Draw) -> bool:
        p = []
        for truth in [-0.02] * 20 + [0.03] * good:
            lost = (0.1 - truth) / 2
            b, c, _ = map(int, draw.multinomial(800, [lost + truth, lost, 0.9]))
            p.append(Discordant(b, c, 800).p_at_least(-0.02))
        return any(each <= 0.025 for each in adjust(p)[:20])

    return once


def alarm(points: int) -> Callable[[Draw], bool]:
    """Whether a process in control, with known centre and sigma, alarms an EWMA within so many points."""

    def once(draw: Draw) -> bool:
        chart = control_chart.ewma(draw.normal(size=points).tolist(), 0, centre=0.0, sigma=1.0)
        return any(point.breached for point in chart.points)

    return once


NEEDED = 2005
"""Pairs for a margin of 0.02, 10 % discordant, no difference, 95 % and a power of 0.8, by `sufficiency.for_paired_shares`."""
WILSON, EXACT = proportions.wilson, proportions.clopper_pearson
NOMINAL = "95 %, 93 to 97 asked"
ROWS = [
    Row("Wilson, n = 100, p = 0.3", single(WILSON, 100, 0.3), 20_000, NOMINAL),
    Row("Wilson, n = 500, p = 0.9", single(WILSON, 500, 0.9), 20_000, NOMINAL),
    Row("Wilson, n = 200, p = 0.02", single(WILSON, 200, 0.02), 20_000, NOMINAL),
    Row("Clopper–Pearson, n = 100, p = 0.3", single(EXACT, 100, 0.3), 20_000, "at least 95 %"),
    Row("Clopper–Pearson, n = 200, p = 0.02", single(EXACT, 200, 0.02), 20_000, "at least 95 %"),
    Row("cluster-robust t, 40 unequal clusters", robust(40), 4000, NOMINAL),
    Row("cluster-robust t, 20 equal clusters", robust(20, equal=True), 4000, NOMINAL),
    Row("cluster-robust t, 60 unequal clusters of yes and no", robust(60, binary=True), 4000, NOMINAL),
    Row("the same without the clusters, 40", naive, 4000, "too low, to show it"),
    Row("BCa over 40 unequal clusters", resampled(40), 2000, NOMINAL),
    Row("BCa over 20 equal clusters", resampled(20, equal=True), 2000, NOMINAL),
    Row("BCa over 60 unequal clusters of yes and no", resampled(60, binary=True), 2000, NOMINAL),
    Row("BCa, 60 skewed values (exponential)", skewed(60), 2000, NOMINAL),
    Row("Tango, n = 200, 8 % gained, 5 % lost", tango(200, 0.08, 0.05), 20_000, NOMINAL),
    Row("Tango, n = 60, 10 % gained, 10 % lost", tango(60, 0.1, 0.1), 20_000, NOMINAL),
    Row("Tango, n = 1,000, 2 % gained, 1 % lost", tango(1000, 0.02, 0.01), 20_000, NOMINAL),
    Row("paired BCa, 150 graded differences", graded(150), 2000, NOMINAL),
    Row("paired BCa, 40 graded differences", graded(40), 2000, NOMINAL),
    Row("judged share, corrected", judge, 10_000, NOMINAL),
    Row("judged share, as if the judge never erred", unjudged, 10_000, "too low, to show it"),
    Row("gate: non-inferior at a true −margin, n = 2,005", gate(-0.02, NEEDED), 40_000, "2.5 %"),
    Row("gate: non-inferior at a true −margin, n = 300", gate(-0.02, 300), 40_000, "2.5 %"),
    Row("gate: non-inferior at no difference, n as needed", gate(0.0, NEEDED), 20_000, "80 %, the power asked"),
    Row("gate: non-inferior at no difference, n = 500", gate(0.0, 500), 20_000, "lower: too few"),
    Row("sign flip at 5 %, 40 differences", flips(clusters=False), 3000, "5 %"),
    Row("sign flip at 5 %, 30 clusters", flips(clusters=True), 3000, "5 %"),
    Row("20 tasks on the margin, any passed, unadjusted", family(list, 0), 2000, "too high, to show it"),
    Row("20 tasks on the margin, any passed, Holm", family(multiplicity.holm, 0), 2000, "at most 2.5 %"),
    Row("the same beside 10 tasks that are better, Holm", family(multiplicity.holm, 10), 2000, "at most 2.5 %"),
    Row("EWMA in control, an alarm within 100 points", alarm(100), 4000, "1 − (1 − 1/370)¹⁰⁰ = 24 %"),
    Row("cluster-robust t, 8 unequal clusters", robust(8), 4000, "lower: few and unequal"),
    Row("cluster-robust t, 8 unequal clusters of yes and no", robust(8, binary=True), 4000, "lower: few and unequal"),
    Row("BCa, 20 skewed values (exponential)", skewed(20), 4000, "lower: few and skewed"),
    Row("BCa over 20 unequal clusters", resampled(20), 2000, NOMINAL),
    Row(
        "judged pairs, the judge for the candidate and against the reference",
        judged_pairs(-0.02, biased=True),
        4000,
        "at least 95 %",
    ),
    Row("judged pairs, the judge erring by chance", judged_pairs(-0.02, biased=False), 4000, "at least 95 %"),
    Row(
        "judged pairs, biased, as if the judge never erred",
        judged_pairs(-0.02, biased=True, carried=False),
        4000,
        "too low, to show it",
    ),
]


def main() -> None:
    """Print the table."""
    assert sufficiency.for_paired_shares(0.1, 0.02) == NEEDED
    write = sys.stdout.write
    write("| simulated | seed | repetitions | measured | claimed |\n|---|--:|--:|--:|---|\n")
    for row in ROWS:
        start = time.perf_counter()
        write(row.line() + "\n")
        sys.stdout.flush()
        sys.stderr.write(f"{time.perf_counter() - start:.1f} s\n")


if __name__ == "__main__":
    main()
