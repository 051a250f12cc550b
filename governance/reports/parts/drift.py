"""How far use has moved away: each measure as it was found last, what was still accepted, and the way it went.

A measure is a metric or a column, by one method of one tool. The pieces of evidence on it over time make its line; where the
latest of them tells pieces of its own (NannyML's chunks), those do. Whether a limit was crossed is what the evidence says, and is never
reckoned again. On which side of the limit the accepted values lie is seen from what was said of them, since some measures are distances
and others p-values; where that does not settle it no limit is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Quality
from governance.reports.atoms import words
from governance.reports.atoms.views import Fact, Phrase, Status, phrase
from governance.reports.charts.drift import DriftData
from governance.reports.charts.drift import drift as drift_chart
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Cite
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

KIND = "drift.v1"
LABEL = "Drift in use"
ROWS = 40
"""Measures that are printed, those that crossed their limit first."""
CHARTS = 4
"""Measures that are drawn over time, in the same order."""
POINTS = 12
"""Points of a line that are printed, the latest; the evidence has all of them."""
_METHOD = 40
"""Characters of a method that stands in the title of a line; a longer one is a list of several."""
CROSSED = Status("limit crossed", "▼", "bad")
WITHIN = Status("within the limit", "✔", "good")
NOT_TOLD = Status("no limit, or not told", "○", "gap")


@dataclass(frozen=True)
class DriftRow:
    """A measure as it was found last.

    `measure`: what was compared, a `column` or the whole; `method`: how the distance was reckoned, or None.
    `value`, `limit`: in the unit of the method, or None each.
    `reading`: whether the limit was crossed; `crossed`, `pieces`: in how many pieces of how many, or None each.
    `before`, `after`: the stretches of time that were held against each other, or None each; `day`: of the evidence; `cites`: where it is.
    `quality`: how whole the evidence is, where it is not complete; else None.
    """

    measure: Fact
    column: bool
    method: Fact | None
    value: Fact | None
    limit: Fact | None
    reading: Status
    crossed: Fact | None
    pieces: Fact | None
    before: Fact | None
    after: Fact | None
    day: str
    cites: tuple[Cite, ...]
    quality: Status | None


@dataclass(frozen=True)
class DriftPoint:
    """A point of a line.

    `day`: of it, or its number in order; `value`: what was measured; `reading`: whether a limit was crossed; `cites`: where it stands.
    """

    day: str
    value: Fact
    reading: Status
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DriftLine:
    """A measure over time.

    `title`: which; `chart`: the picture; `points`: the latest of them; `total`: how many there are; `crossed`: in how many a limit was.
    `reference`: what the earlier stretch comes to by the same measure, or None; `moved`: whether a limit changed on the way.
    """

    title: str
    chart: Chart
    points: tuple[DriftPoint, ...]
    total: int
    crossed: int
    reference: Fact | None
    moved: bool


@dataclass(frozen=True)
class Drift:
    """What is on record of drift.

    `rows`: measures as they were found last; `left_out`: how many are not printed; `total`: how many there are.
    `crossed`, `within`, `untold`: of how many the limit was crossed, was not, and nobody can tell.
    `lines`: measures over time; `lines_left_out`: how many more there are.
    `too_old`: how many pieces of evidence the policy holds for too old, which are left out.
    `none`: why there is nothing to show, or None; `cites`: where that comes from.
    """

    rows: tuple[DriftRow, ...]
    left_out: int
    total: int
    crossed: int
    within: int
    untold: int
    lines: tuple[DriftLine, ...]
    lines_left_out: int
    too_old: int
    none: str | Phrase | None
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class _Place:
    """Where one measure stands in one piece: `at` is the pointer to the mapping that holds value, limit and breached."""

    piece: Piece
    at: str
    held: Mapping[str, Any]


@dataclass(frozen=True)
class _Point:
    """A point of a line, before it is printed: where its `value` stands, and what was accepted of it."""

    day: str
    piece: Piece
    pointer: str
    value: float
    breached: bool | None
    lower: float | None
    upper: float | None


_Key = tuple[str, bool, str, str]
"""Tool, whether it is a column, the metric or the column, and the method. The name of a subject is that of a folder, and is not in it."""


def told(case: Case, references: References) -> bool:
    """Whether there is anything to show."""
    return any(not references.stale(piece) for piece in _held(case, references))


def _held(case: Case, references: References) -> list[Piece]:
    return [piece for piece in case.dossier.of_kind(KIND) if not references.of_others(piece)]


def drift(case: Case, references: References, charts: int = CHARTS) -> Drift:
    """The view, with at most so many charts. What the policy holds for too old is not quoted, and stands in no line."""
    held = _held(case, references)
    old = [piece for piece in held if references.stale(piece)]
    fresh = sorted((piece for piece in held if piece not in old), key=lambda piece: (piece.when, piece.seq))
    if not fresh:
        why = references.stale(old[-1]) if old else ""
        references.lack(f"{LABEL}: {why}" if why else LABEL)
        said = why or phrase("nobody measured drift.")
        return Drift((), 0, 0, 0, 0, 0, (), 0, len(old), said, tuple(references.cite(piece.id) for piece in old[-1:]))
    measures: dict[_Key, list[_Place]] = {}
    for piece in fresh:
        for key, place in _places(piece):
            measures.setdefault(key, []).append(place)
    ordered = sorted(measures.items(), key=lambda item: (_rank(item[1][-1]), -len(item[1]), item[0]))
    every = [(key, _points(places)) for key, places in ordered]
    lines = [(key, points) for key, points in every if len({point.day for point in points}) > 1]
    readings = [_reading(places[-1].held.get("breached")) for _, places in ordered]
    return Drift(
        rows=tuple(_row(references, places[-1]) for _, places in ordered[:ROWS]),
        left_out=max(0, len(ordered) - ROWS),
        total=len(ordered),
        crossed=readings.count(CROSSED),
        within=readings.count(WITHIN),
        untold=readings.count(NOT_TOLD),
        lines=tuple(
            line
            for number, (key, points) in enumerate(lines[:charts])
            if (line := _line(references, key, points, number)) is not None
        ),
        lines_left_out=max(0, len(lines) - charts),
        too_old=len(old),
        none=None,
        cites=(),
    )


def _places(piece: Piece) -> Iterable[tuple[_Key, _Place]]:
    """The measures of one piece: the whole, and the columns it tells apart."""
    body = piece.body
    tool = str(_mapping(body.get("tool")).get("name") or "")
    yield (tool, False, str(body.get("metric") or ""), str(body.get("method") or "")), _Place(piece, "", body)
    features = body.get("features")
    for number, feature in enumerate(features if isinstance(features, (list, tuple)) else ()):
        told = _mapping(feature)
        name = str(told.get("name") or "")
        yield (tool, True, name, str(told.get("method") or "")), _Place(piece, f"/features/{number}", told)


def _rank(place: _Place) -> int:
    """Crossed first, then what nobody can tell, then what is within."""
    return (CROSSED, NOT_TOLD, WITHIN).index(_reading(place.held.get("breached")))


def _reading(breached: object) -> Status:
    return {True: CROSSED, False: WITHIN}.get(breached, NOT_TOLD) if isinstance(breached, bool) else NOT_TOLD


def _row(references: References, place: _Place) -> DriftRow:
    piece, at, whole = place.piece, place.at, not place.at

    def fact(label: str, pointer: str, digits: int = 3) -> Fact | None:
        name = pointer.rpartition("/")[2]
        held = place.held.get(name)
        return references.figure(label, piece, pointer, digits=digits) if held is not None else None

    def stretch(label: str, name: str) -> Fact | None:
        days = _mapping(piece.body.get(name))
        if not (days.get("from") or days.get("to")):
            return None
        return references.words(label, piece, "{} – {}", f"/{name}/from", f"/{name}/to")

    return DriftRow(
        measure=references.figure("What was compared", piece, "/metric" if whole else f"{at}/name"),
        column=not whole,
        method=fact("Method", f"{at}/method"),
        value=fact("Drift", f"{at}/value"),
        limit=fact("Limit on drift", f"{at}/limit"),
        reading=_reading(place.held.get("breached")),
        crossed=fact("Pieces in which the limit was crossed", "/breaches") if whole else None,
        pieces=fact("Pieces", "/pieces") if whole else None,
        before=stretch("Earlier stretch of time", "reference"),
        after=stretch("Later stretch of time", "current"),
        day=figures.day(piece.when),
        cites=(references.cite(piece.id),),
        quality=None if piece.record.quality is Quality.COMPLETE else words.QUALITIES[piece.record.quality],
    )


def _points(places: list[_Place]) -> list[_Point]:
    """The line of one measure, oldest first: of what the tool cut it into where the latest evidence tells that, else of each piece."""
    if _series(places[-1]):
        found: dict[tuple[str, str], _Point] = {}
        for place in places:
            for number, row in enumerate(_series(place)):
                day = str(row.get("end") or row.get("start") or "")
                value = figures.finite(row.get("value"))
                if value is None or (not day and place is not places[-1]):
                    continue  # what bears no time can not be put among the pieces of another table
                point = _Point(
                    day or str(number + 1), place.piece, f"/series/{number}/value", float(value), _flag(row),
                    _float(row.get("lower")), _float(row.get("upper")),
                )  # fmt: skip
                found[str(row.get("start") or ""), point.day] = point
        return (
            sorted(found.values(), key=lambda point: point.day)
            if all(start for start, _ in found)
            else list(found.values())
        )
    points = []
    for place in places:
        value = figures.finite(place.held.get("value"))
        if value is not None:
            limit, breached = _float(place.held.get("limit")), _flag(place.held)
            day = str(_mapping(place.piece.body.get("current")).get("to") or figures.day(place.piece.when))
            lower, upper = _sides(float(value), limit, breached)
            points.append(_Point(day, place.piece, f"{place.at}/value", float(value), breached, lower, upper))
    return sorted(points, key=lambda point: point.day)


def _sides(value: float, limit: float | None, breached: bool | None) -> tuple[float | None, float | None]:
    """(least, most) that is accepted, as one crossing or none shows it; neither where it does not."""
    if limit is None or breached is None or value == limit:
        return None, None
    return (None, limit) if (value > limit) is breached else (limit, None)


def _line(references: References, key: _Key, points: list[_Point], number: int) -> DriftLine | None:
    last = points[-1]
    lowers, uppers = (
        [getattr(point, end) for point in points if getattr(point, end) is not None] for end in ("lower", "upper")
    )
    cut = last.pointer.startswith("/series/")
    reference = figures.finite(last.piece.body.get("reference_value")) if cut else None
    data = DriftData(
        title=_title(key, references.say),
        points=[(point.day, point.value) for point in points],
        reference=None if reference is None else float(reference),
        least=lowers[-1] if lowers and (cut or not uppers) else None,
        most=uppers[-1] if uppers and (cut or not lowers) else None,
        crossed=[point.breached for point in points],
    )
    chart = drift_chart(data, id=f"drift-{number + 1}", say=references.say)
    if chart is None:
        return None
    return DriftLine(
        title=data.title,
        chart=chart,
        points=tuple(
            DriftPoint(
                day=point.day.replace("T", " "),
                value=references.figure("Drift", point.piece, point.pointer),
                reading=_reading(point.breached),
                cites=(references.cite(point.piece.id),),
            )
            for point in points[-POINTS:]
        ),
        total=len(points),
        crossed=sum(point.breached is True for point in points),
        reference=references.figure("The reference by the same measure", last.piece, "/reference_value")
        if reference is not None
        else None,
        moved=len(set(lowers)) > 1 or len(set(uppers)) > 1,
    )


def _title(key: _Key, say: Callable[[str], str]) -> str:
    _, column, metric, method = key
    name = say("column %(name)s") % {"name": metric} if column else metric
    return f"{name}, {method}" if method and len(method) <= _METHOD else name


def _series(place: _Place) -> list[Mapping[str, Any]]:
    rows = place.held.get("series") if not place.at else None
    return [_mapping(row) for row in rows] if isinstance(rows, (list, tuple)) else []


def _flag(row: Mapping[str, Any]) -> bool | None:
    held = row.get("breached")
    return held if isinstance(held, bool) else None


def _float(value: object) -> float | None:
    held = figures.finite(value)
    return None if held is None else float(held)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
