"""What the graphics cards did in a recorded run, and the energy that their counters tell, from the `gpu` records of its segments.

Each record sums up the readings of one card between two signs of life: how many, over how long, mean, least and most of use, memory
and power, and where its counter of energy stood. Means are taken over all readings; a row of points has one for each record, or for
each equal stretch of time where there are many. Energy by power is mean power times time; a record that does not tell how long it
spans, or that comes later than five of the usual spans, leaves a gap, and a gap takes part in no energy.

The energy of the counters is that of the cards between the first and the last record of each segment. Where a counter went back, the
driver was loaded anew, and the energy until then is all that is counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from governance.collectors.formats import energy_counters, gpu_usage, spool_record
from governance.collectors.reading import fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.collectors.formats.spool_run import Run
    from governance.collectors.formats.spool_segment import Piece
    from governance.collectors.reading.doubts import Doubts

MEASURES = (
    ("utilization_percent", ("utilization", "percent"), "utilisation_percent", 3),
    ("memory_used_bytes", ("memory_used", "bytes"), "memory_used_bytes", 0),
    ("power_watts", ("power", "watts"), "power_watts", 3),
)
"""Each measure: its name in gpu-usage.v1; the two ends of its flat names in a record; its name as a table there; decimals of a mean."""
_JOULES = 3_600_000
Three = tuple[float | None, float | None, float | None]
"""Mean, least and most; None where no reading told it."""


@dataclass
class Point:
    """One record of one card: seconds since 1970 at its end, how long it spans, how many readings, and the three of each measure."""

    at: float
    span: float
    readings: int
    values: tuple[Three, ...]
    counter: tuple[int | None, int | None]


@dataclass
class Card:
    """One card, by what tells it apart, and its records in each segment."""

    about: dict[str, Any]
    series: list[list[Point]] = field(default_factory=list)

    @property
    def points(self) -> list[Point]:
        """All of its records, oldest first."""
        return sorted((point for each in self.series for point in each), key=lambda point: point.at)


def cards(run: Run) -> list[Card]:
    """The cards of all nodes of a run. Where a run recorded inside a command that was watched as well, only the run is asked."""
    made: dict[str, Card] = {}
    for attempt in run.attempts:
        pieces = [attempt.writer, *attempt.nodes]
        if not any(any(piece.of("gpu")) for piece in pieces):
            pieces = attempt.launchers
        for piece in pieces:
            for key, about, points in _of_segment(piece):
                made.setdefault(key, Card(about)).series.append(points)
    return [card for card in made.values() if any(point.readings for point in card.points)]


def usage(run: Run, found: Sequence[Card], doubts: Doubts) -> dict[str, Any]:
    """The body of gpu-usage.v1 of at least one card."""
    spans = [point.span for card in found for point in card.points if point.span > 0]
    usual = median(spans) if spans else None
    gpus = [_gpu(card, usual) for card in found]
    gaps, lost = sum(gpu["gaps"] or 0 for gpu in gpus), sum(gpu["gap_seconds"] or 0 for gpu in gpus)
    if gaps:
        doubts.partial(f"{gaps} gaps of {lost:,.0f} seconds in all between readings, for which nobody knows the use")
    if len(gpus) > gpu_usage.MOST_TOLD:
        doubts.partial(f"{gpu_usage.MOST_TOLD} of {len(gpus)} graphics processors are told one by one")
    every = [point for card in found for point in card.points]
    readings = sum(point.readings for point in every)
    energies = [gpu["energy_kwh"] for gpu in gpus]
    begin = min(point.at - point.span for point in every)
    return {
        "tool": {"name": "governance-evidence", "version": fields.text(run.last.opened, "recorder", most=100)},
        "activity": run.first.activity,
        "local_time": None,
        "times": "told" if usual else "not-told",
        "interval_seconds": round(sum(spans) / max(1, readings), 3) or None if usual else None,
        "power_from": None,
        "processors": len(gpus),
        "all": {
            "readings": readings,
            "span_seconds": round(max(point.at for point in every) - begin, 3) if usual else None,
            "gaps": gaps if usual else None,
            **_figures(every),
            "energy_kwh": None if None in energies else round(math.fsum(energies), 9),
        },
        "gpus": gpus[: gpu_usage.MOST_TOLD],
        "series": _series(found, begin) if usual else [],
        "output_dir": spool_record.short_output_dir(run),
        "recording": spool_record.recording(run),
    }


def energy(run: Run, found: Sequence[Card], doubts: Doubts) -> dict[str, Any] | None:
    """The body of energy.v1 by the counters of the cards, or None where no card counts."""
    made: list[dict[str, Any]] = []
    seconds = 0.0
    for card in found:
        told = [_counted(points, doubts) for points in card.series]
        known = [each for each in told if each is not None]
        if len(known) < len(told):
            doubts.partial("a graphics card did not tell its counter in every attempt")
        if known:
            millijoules, over = sum(each[0] for each in known), sum(each[1] for each in known)
            if millijoules > energy_counters.MOST_WATTS * 1000 * max(over, 1.0):
                doubts.not_understood("a card would have drawn more than any does, so its counts are of another unit")
                continue
            if not millijoules:
                doubts.partial("the counter of a graphics card did not move")
            seconds = max(seconds, over)
            made.append({"uuid": card.about["uuid"], "kwh": millijoules / energy_counters.MILLIJOULES_PER_KWH})
    if not made:
        return None
    if any(card["uuid"] is None for card in made):
        doubts.masked("the serial ids of the graphics cards are not told")
    if len(made) < len(found):
        doubts.partial(f"{len(made)} of {len(found)} graphics cards count their energy")
    body = energy_counters.body(
        made,
        tool="governance-evidence",
        version=fields.text(run.last.opened, "recorder", most=100),
        seconds=round(seconds, 3),
        doubts=doubts,
        run=run.name,
        output_dir=spool_record.short_output_dir(run),
        recording=spool_record.recording(run),
    )
    return body | {"activity": run.first.activity}


def _of_segment(piece: Piece) -> Iterable[tuple[str, dict[str, Any], list[Point]]]:
    """(key, what tells it apart, records) of each card in a segment. A card without a serial id is known by node and number."""
    held: dict[str, tuple[dict[str, Any], list[Point]]] = {}
    base = piece.opened_at.timestamp()
    for row in piece.of("gpu"):
        uuid, index = fields.text(row, "uuid", most=200), fields.plain(row, "index", most=100)
        about = {
            "index": index,
            "name": fields.text(row, "name", most=300) or "not told",
            "uuid": uuid,
            "memory_bytes": fields.whole(row, "memory_bytes", least=0),
        }
        span = fields.number(row, "span_seconds") if "span_seconds" in row else fields.number(row, "seconds")
        point = Point(
            at=base + float(row["at"]),
            span=max(0.0, float(span or 0.0)),
            readings=fields.whole(row, "readings", least=0) or 0,
            values=tuple(_three(row, flat, table) for _, flat, table, _ in MEASURES),
            counter=_counter(row),
        )
        held.setdefault(uuid or f"{piece.node} {index}", (about, []))[1].append(point)
    return [(key, about, points) for key, (about, points) in held.items()]


def _three(row: dict[str, Any], flat: tuple[str, str], table: str) -> Three:
    nested = row.get(table)
    said = (
        nested
        if isinstance(nested, dict)
        else {part: row.get(f"{flat[0]}_{part}_{flat[1]}") for part in ("mean", "min", "max")}
    )
    most = 100 if flat[1] == "percent" else math.inf
    mean, least, top = (fields.number(said, part) for part in ("mean", "min", "max"))
    within = [value if value is not None and 0 <= value <= most else None for value in (mean, least, top)]
    return within[0], within[1], within[2]


def _counter(row: dict[str, Any]) -> tuple[int | None, int | None]:
    nested = row.get("energy_millijoules")
    if isinstance(nested, dict):
        return fields.whole(nested, "first", least=0), fields.whole(nested, "last", least=0)
    first, last = "energy_first_millijoules", "energy_last_millijoules"
    return fields.whole(row, first, least=0), fields.whole(row, last, least=0)


def _counted(points: Sequence[Point], doubts: Doubts) -> tuple[int, float] | None:
    """Thousandths of a joule that a card took in one segment, and over how many seconds; None where it does not count."""
    counts = [(point.at, count) for point in points for count in point.counter if count is not None]
    if len(counts) < 2:
        return None
    steps = [later[1] - earlier[1] for earlier, later in pairwise(counts)]
    if any(step < 0 for step in steps):
        doubts.partial(
            "a counter of energy went back, so the driver was loaded anew, and what was taken then is not known"
        )
    told = [point for point in points if point.counter[1] is not None]
    return sum(step for step in steps if step > 0), told[-1].at - (points[0].at - points[0].span)


def _gpu(card: Card, usual: float | None) -> dict[str, Any]:
    points = card.points
    holes = [] if usual is None else [hole for each in card.series for hole in _holes(each, usual)]
    told = [(point.span, point.values[2][0]) for point in points if point.span > 0]
    watts = [(span, mean) for span, mean in told if mean is not None]
    begin = points[0].at - points[0].span
    return {
        **card.about,
        "readings": sum(point.readings for point in points),
        "span_seconds": round(points[-1].at - begin, 3) if usual else None,
        "gaps": len(holes) if usual else None,
        "gap_seconds": round(math.fsum(holes), 3) if usual else None,
        **_figures(points),
        "energy_kwh": round(math.fsum(span * mean for span, mean in watts) / _JOULES, 9) if watts else None,
        "energy_seconds": round(math.fsum(span for span, _ in watts), 3) or None if watts else None,
    }


def _holes(points: Sequence[Point], usual: float) -> list[float]:
    """How long it took from the end of one record to the beginning of the next, where that is long."""
    between = (later.at - later.span - earlier.at for earlier, later in pairwise(points))
    return [seconds for seconds in between if seconds > usual * gpu_usage.GAP]


def _figures(points: Sequence[Point]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for at, (_, (what, unit), _, digits) in enumerate(MEASURES):
        told = [(point.readings, point.values[at]) for point in points]
        means = [(count, three[0]) for count, three in told if count and three[0] is not None]
        tops = [three[2] for _, three in told if three[2] is not None]
        total = sum(count for count, _ in means)
        made[f"{what}_mean_{unit}"] = (
            _rounded(math.fsum(count * mean for count, mean in means) / total, digits) if total else None
        )
        made[f"{what}_max_{unit}"] = _rounded(max(tops), digits) if tops else None
    return made


def _series(found: Sequence[Card], begin: float) -> list[dict[str, Any]]:
    if len(found) > gpu_usage.ALONE:
        return [_row(None, [point for card in found for point in card.points], begin, gpu_usage.MOST_POINTS)]
    most = gpu_usage.MOST_POINTS // len(found)
    return [_row(place, card.points, begin, most) for place, card in enumerate(found)]


def _row(of: int | None, points: Sequence[Point], begin: float, most: int) -> dict[str, Any]:
    """One row: a point for each record where they are few, else for each stretch of time with a record in it."""
    read = sorted((point for point in points if point.readings), key=lambda point: point.at)
    few = of is not None and len(read) <= most
    end = read[-1].at
    stretches: dict[int, list[Point]] = {}
    for place, point in enumerate(read):
        at = place if few else min(int((point.at - begin) / max(end - begin, 1e-9) * most), most - 1)
        stretches.setdefault(max(0, at), []).append(point)
    ordered = [stretches[at] for at in sorted(stretches)]
    row: dict[str, Any] = {
        "of": of,
        "readings": sum(point.readings for point in read),
        "seconds": [
            round(max(0.0, math.fsum(p.at - p.span / 2 for p in stretch) / len(stretch) - begin), 3)
            for stretch in ordered
        ],
    }
    for number, (name, (what, unit), _, digits) in enumerate(MEASURES):
        means = [_figures(stretch)[f"{what}_mean_{unit}"] for stretch in ordered]
        ends = [
            [[held for p in stretch if (held := p.values[number][part]) is not None] for stretch in ordered]
            for part in (1, 2)
        ]
        told = any(mean is not None for mean in means)
        row[name] = {
            "mean": means,
            "min": [_rounded(min(each), digits) if each else None for each in ends[0]],
            "max": [_rounded(max(each), digits) if each else None for each in ends[1]],
        } if told else None  # fmt: skip
    return row


def _rounded(value: float, digits: int) -> float | int:
    return round(value, digits) if digits else round(value)
