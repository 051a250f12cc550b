"""A gate over 50 tasks of 10,000 paired items with 10,000 resamples each, against `scipy.stats.bootstrap` on the same numbers.

It runs in a process of its own, so that peak memory is its own. scipy takes minutes for 50 tasks; it is given three of them, in batches
that suit it, and its time is multiplied. Both intervals are BCa at 95 %; how far they lie apart is told in widths, beside what two runs
of scipy with different seeds lie apart.

`python tests/bench/gate.py` prints the rows by itself.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent.parent

if TYPE_CHECKING:
    from collections.abc import Callable

    Row = Callable[[str, str, str, float | None, str], None]

TASKS, ITEMS, RESAMPLES, THEIRS, BATCH = 50, 10_000, 10_000, 3, 64


def gate(row: Row) -> None:
    """Measure in a process of its own and print four rows."""
    done = subprocess.run([sys.executable, __file__, "--measure"], capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    what = f"gate: {TASKS} tasks × {ITEMS:,} pairs × {RESAMPLES:,}"
    each = f"scipy.stats.bootstrap, {found['theirs']:.1f} s a task"
    row(what, f"{found['ours']:.2f} s", each, found["theirs"] * TASKS / found["ours"], "≥ 5× faster")
    row(
        "  all of it: pairs, sign flips, verdicts too",
        f"{found['gate']:.2f} s",
        "the bootstrap alone",
        None,
        "reported",
    )
    row("  memory beside data and answers", f"{found['memory']:.0f} MB", "nothing", None, "< 64 MB")
    apart = f"two seeds of scipy lie {found['noise']:.1%} of a width apart"
    row("  ends beside scipy's", f"{found['apart']:.1%}", apart, None, "within Monte Carlo error")


def measure() -> dict[str, float]:
    """The seconds, the megabytes and the distances."""
    sys.path.insert(0, str(ROOT))
    import numpy as np
    from scipy.stats import bootstrap

    from governance.statistics import non_inferiority, paired, resampling

    draw = np.random.default_rng(1)
    columns = [np.round(draw.normal(0.01, 0.3, ITEMS), 6).tolist() for _ in range(TASKS)]
    resampling.bootstrap_many([[0.0, 1.0, 3.0] * 9] * 5, seed=0, resamples=10)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    mine = resampling.bootstrap_many(columns, seed=1, resamples=RESAMPLES)
    intervals = [each.interval() for each in mine]
    ours = time.perf_counter() - start
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    kept = sum(each.means.nbytes for each in mine) / 2**20

    def theirs(column: list[float], seed: int) -> Any:
        rng = np.random.default_rng(seed)
        data = (np.array(column),)
        return bootstrap(data, np.mean, n_resamples=RESAMPLES, batch=BATCH, method="BCa", rng=rng).confidence_interval

    start = time.perf_counter()
    first = [theirs(column, 1) for column in columns[:THEIRS]]
    seconds = (time.perf_counter() - start) / THEIRS
    second = [theirs(column, 2) for column in columns[:THEIRS]]

    def apart(one: Any, other: Any) -> float:
        return max(abs(one.low - other.low), abs(one.high - other.high)) / (one.high - one.low)

    names = [f"q{at:05d}" for at in range(ITEMS)]
    zero = paired.Samples(dict.fromkeys(names, 0.0))
    start = time.perf_counter()
    sides = [paired.Samples(dict(zip(names, column, strict=True))) for column in columns]
    compared = paired.compare_many([paired.pair(side, zero) for side in sides], seed=1, resamples=RESAMPLES)
    non_inferiority.judge_many(compared, [0.01] * TASKS)
    return {
        "ours": ours,
        "gate": time.perf_counter() - start,
        "theirs": seconds,
        "memory": memory - kept,
        "apart": max(apart(one, other) for one, other in zip(first, intervals, strict=False)),
        "noise": max(apart(one, other) for one, other in zip(first, second, strict=True)),
    }


def printed(what: str, value: str, against: str, ratio: float | None, aim: str) -> None:
    """One row, as the bench prints it."""
    shown = f"{ratio:6.1f}×" if ratio is not None else "       "
    sys.stdout.write(f"{what:<46} {value:>16}  {shown}  against {against}; aim {aim}\n")


if __name__ == "__main__":
    if "--measure" in sys.argv:
        sys.stdout.write(json.dumps(measure()))
    else:
        gate(printed)
