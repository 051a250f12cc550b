"""What graphics processors did over time, reckoned from their readings: how busy they were, how much memory they held, what they drew.

A reading is a moment and up to three numbers. From all of them come the mean and the most, and energy by the trapezoidal rule over the
power that was read. What was not told is None and takes no part: a mean is that of the readings that hold a number.

A step of more than `GAP` times the usual one (the median) is a gap: nobody knows what happened in it, and no energy is counted for it. A
clock that goes back (the tools write local time, which does so once a year) leaves means and no time at all: neither span nor energy nor
a row of points.

The row of points is bounded, since an entry of a ledger is. Up to three processors have one each; of more there is one of all of them
together, which is what can still be read in a picture. Readings are put into equal stretches of time, and of each stretch the mean, the
least and the most are kept. The same readings give the same points.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.collectors.reading.doubts import Doubts

KIND = "gpu-usage.v1"
GAP = 5
ALONE = 3
"""Processors that have a row of points each."""
MOST_POINTS = 240
"""Points in all rows together."""
MOST_TOLD = 64
"""Processors that are told one by one."""
_JOULES = 3_600_000
"""In a kilowatt-hour."""
_MEASURES = (("utilization_percent", 3), ("memory_used_bytes", 0), ("power_watts", 3))
"""What is measured, as it is named in a row of points, and to how many decimals a mean is kept."""
_ABSENT = math.nan


@dataclass
class Line:
    """The readings of one processor. A moment that was not told is NaN, and so is a number."""

    about: dict[str, Any] = field(default_factory=dict)
    """What tells it apart: `index`, `name`, `uuid`, `memory_bytes`."""
    moments: array[float] = field(default_factory=lambda: array("d"))
    values: tuple[array[float], ...] = field(default_factory=lambda: tuple(array("d") for _ in _MEASURES))

    def add(self, moment: float | None, *values: float | None) -> None:
        """One more reading: seconds on any clock; then percent, bytes and watts, each None where it was not told."""
        self.moments.append(_ABSENT if moment is None else moment)
        for held, value in zip(self.values, values, strict=True):
            held.append(_ABSENT if value is None else value)

    @property
    def steps(self) -> list[float]:
        """The seconds from each reading to the next."""
        return [after - before for before, after in pairwise(self.moments)]


def worth_telling(lines: Iterable[Line]) -> bool:
    """Whether a processor was read more than once, and any number of use was told."""
    return any(len(line.moments) > 1 and any(_told(held) for held in line.values) for line in lines)


def body(lines: Sequence[Line], doubts: Doubts, *, apart: bool = True, **more: Any) -> dict[str, Any]:
    """The body of the kind; tool and activity are in `more`. What the readings leave open is added to the doubts.

    Where nothing tells the processors `apart`, one line may be of several, and there is no energy.
    """
    times = _times(lines, doubts)
    usual = median(steps) if times == "told" and (steps := [s for line in lines for s in line.steps if s > 0]) else None
    gpus = [_gpu(line, times, usual, apart) for line in lines]
    gaps, lost = sum(gpu["gaps"] or 0 for gpu in gpus), sum(gpu["gap_seconds"] or 0 for gpu in gpus)
    if gaps:
        doubts.partial(f"{gaps} gaps of {lost:,.0f} seconds in all between readings, for which nobody knows the use")
    if len(gpus) > MOST_TOLD:
        doubts.partial(f"{MOST_TOLD} of {len(gpus)} graphics processors are told one by one")
    return {
        **more,
        "times": times,
        "interval_seconds": None if usual is None else round(usual, 3),
        "processors": len(gpus),
        "all": _all(lines, gpus, times),
        "gpus": gpus[:MOST_TOLD],
        "series": _series(lines) if times == "told" else [],
    }


def _told(values: Iterable[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def _times(lines: Sequence[Line], doubts: Doubts) -> str:
    """Whether the moments make a line of time: told, not-told, or went-back."""
    if any(math.isnan(moment) for line in lines for moment in line.moments):
        if any(_told(line.moments) for line in lines):
            doubts.partial("some readings bear no time that can be read, so nothing is told by time")
        return "not-told"
    steps = [step for line in lines for step in line.steps]
    if any(step < 0 for step in steps):
        doubts.partial("the clock goes back between two readings, so nothing is told by time")
        return "went-back"
    if twice := sum(step == 0 for step in steps):
        doubts.partial(f"{twice} readings bear the time of the one before")
    return "told" if any(step > 0 for step in steps) else "not-told"


def _gpu(line: Line, times: str, usual: float | None, apart: bool) -> dict[str, Any]:
    limit = math.inf if usual is None else usual * GAP
    gaps = [step for step in line.steps if step > limit] if times == "told" else None
    energy = _energy(line, limit) if times == "told" and apart else None
    return {
        **line.about,
        "readings": len(line.moments),
        "span_seconds": round(line.moments[-1] - line.moments[0], 3) if times == "told" else None,
        "gaps": None if gaps is None else len(gaps),
        "gap_seconds": None if gaps is None else round(math.fsum(gaps), 3),
        **_figures(line.values),
        "energy_kwh": None if energy is None else round(energy[0], 9),
        "energy_seconds": None if energy is None else round(energy[1], 3),
    }


def _all(lines: Sequence[Line], gpus: Sequence[dict[str, Any]], times: str) -> dict[str, Any]:
    """All processors together: means over all readings, the most of any one, and the energy of all where each has one."""
    energies = [gpu["energy_kwh"] for gpu in gpus]
    moments = [moment for line in lines for moment in (line.moments[0], line.moments[-1])]
    return {
        "readings": sum(len(line.moments) for line in lines),
        "span_seconds": round(max(moments) - min(moments), 3) if times == "told" else None,
        "gaps": sum(gpu["gaps"] for gpu in gpus) if times == "told" else None,
        **_figures([array("d", (v for line in lines for v in line.values[at])) for at in range(len(_MEASURES))]),
        "energy_kwh": None if None in energies else round(math.fsum(energies), 9),
    }


def _figures(values: Sequence[Iterable[float]]) -> dict[str, Any]:
    """Mean and most of each measure; None where no reading told it."""
    made: dict[str, Any] = {}
    for (name, digits), held in zip(_MEASURES, values, strict=True):
        what, _, unit = name.rpartition("_")
        told = _told(held)
        made[f"{what}_mean_{unit}"] = _rounded(math.fsum(told) / len(told), digits) if told else None
        made[f"{what}_max_{unit}"] = _rounded(max(told), digits) if told else None
    return made


def _energy(line: Line, limit: float) -> tuple[float, float] | None:
    """Kilowatt-hours and the seconds they cover; None with fewer than two readings of power that lie near enough."""
    read = [(at, watts) for at, watts in zip(line.moments, line.values[2], strict=True) if not math.isnan(watts)]
    near = [(one, two) for one, two in pairwise(read) if 0 < two[0] - one[0] <= limit]
    if not near:
        return None
    joules = math.fsum((one[1] + two[1]) / 2 * (two[0] - one[0]) for one, two in near)
    return joules / _JOULES, math.fsum(two[0] - one[0] for one, two in near)


def _series(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Rows of points: of each processor, or of all together; seconds are counted from the first reading of any."""
    start = min(line.moments[0] for line in lines)
    end = max(line.moments[-1] for line in lines)
    if len(lines) > ALONE:
        return [_row(None, lines, start, end, MOST_POINTS)]
    most = MOST_POINTS // len(lines)
    return [_row(place, [line], start, end, most) for place, line in enumerate(lines)]


def _row(of: int | None, lines: Sequence[Line], start: float, end: float, most: int) -> dict[str, Any]:
    """One row of points: as many as readings where they are few, else one for each stretch of time in which there is a reading."""
    few = len(lines) == 1 and len(lines[0].moments) <= most
    stretches: dict[int, list[tuple[float, tuple[float, ...]]]] = {}
    for line in lines:
        for place, moment in enumerate(line.moments):
            at = place if few else min(int((moment - start) / (end - start) * most), most - 1)
            stretches.setdefault(at, []).append((moment, tuple(held[place] for held in line.values)))
    points = [stretches[at] for at in sorted(stretches)]
    row: dict[str, Any] = {
        "of": of,
        "readings": sum(map(len, points)),
        "seconds": [round(math.fsum(at for at, _ in point) / len(point) - start, 3) for point in points],
    }
    for number, (name, digits) in enumerate(_MEASURES):
        told = [_told(values[number] for _, values in point) for point in points]
        if not any(told):
            row[name] = None
            continue
        row[name] = {
            "mean": [_rounded(math.fsum(each) / len(each), digits) if each else None for each in told],
            "min": [_rounded(min(each), digits) if each else None for each in told],
            "max": [_rounded(max(each), digits) if each else None for each in told],
        }
    return row


def _rounded(value: float, digits: int) -> float | int:
    return round(value, digits) if digits else round(value)
