"""What the graphics processors did during the training: how busy, how much memory, what power, as figures, a chart and points behind it.

What counts is the same as for energy: evidence of the candidate's training, the one tied to its weights last. A log that says it is of an
evaluation or of serving is another thing. Where the machine on record has no graphics processor there is nothing to ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Quality, Role
from governance.reports.atoms import words
from governance.reports.atoms.views import Fact, Phrase, Status, phrase
from governance.reports.charts.series import evenly
from governance.reports.charts.usages import Line, UsageData, usage
from governance.reports.claims import weights
from governance.reports.parts.energy import is_training
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Cite
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

KIND = "gpu-usage.v1"
LABEL = "Use of the graphics processors"
ROWS = 16
"""Processors that are printed; the evidence tells up to 64 one by one."""
POINTS = 12
"""Points in time that are printed, of all lines together."""
_GIGABYTE = 1e9
_MEASURES = ("utilization_percent", "memory_used_bytes", "power_watts")


@dataclass(frozen=True)
class Processor:
    """A graphics processor over the time it was watched. A figure that the log did not tell is None.

    `number`: in the machine, else in the log; `name`: its model; `readings`: how many there are.
    `use`, `use_most`: in percent; `memory`, `memory_most`, `memory_whole`: taken on average, at most, and there is.
    `power`, `power_most`: in watts; `energy`: in kilowatt-hours.
    """

    number: str
    name: Fact
    readings: Fact
    use: Fact | None
    use_most: Fact | None
    memory: Fact | None
    memory_most: Fact | None
    memory_whole: Fact | None
    power: Fact | None
    power_most: Fact | None
    energy: Fact | None


@dataclass(frozen=True)
class UsePoint:
    """A point in time.

    `number`: of the processor, or empty where it is of all together; `after`: the start; `use`, `memory`, `power`: then, or None each.
    """

    number: str
    after: Fact
    use: Fact | None
    memory: Fact | None
    power: Fact | None


@dataclass(frozen=True)
class GpuUse:
    """What the graphics processors did.

    `facts`: about all of them together; `rows`: one by one; `left_out`: how many are not printed.
    `chart`: over time, or None; `points`: some of its points; `readings`: how many readings the points rest on, or None.
    `none`: why there is nothing to show, or None; `missing`: whether that is a gap; `cites`: where it comes from.
    `pieces`: how many pieces of evidence tell it; `quality`: how whole the one is that is shown, where it is not complete; else None.
    """

    facts: tuple[Fact, ...]
    rows: tuple[Processor, ...]
    left_out: int
    chart: Chart | None
    points: tuple[UsePoint, ...]
    readings: Fact | None
    none: str | Phrase | None
    missing: bool
    cites: tuple[Cite, ...]
    pieces: int
    quality: Status | None


def of_training(case: Case) -> list[Piece]:
    """The pieces about the candidate's training, the one that counts last."""
    return [piece for piece in weights.in_time(case, KIND, Role.CANDIDATE) if is_training(piece)]


def told(case: Case, references: References, machine: Piece | None) -> bool:
    """Whether there is anything to show, or nothing to ask for."""
    held = of_training(case)
    return not references.stale(held[-1]) if held else _without(machine)


def gpu_use(case: Case, references: References, machine: Piece | None) -> GpuUse:
    """The view; `machine` is the record of the machine, which may say that it has no graphics processor."""
    held = of_training(case)
    if not held:
        return _nothing(references, machine)
    piece = held[-1]
    if why := references.stale(piece):
        references.lack(f"{LABEL}: {why}")
        return _empty(why, missing=True, cites=(references.cite(piece.id),), pieces=len(held))
    gpus = _list(piece.body.get("gpus"))[:ROWS]
    numbers = [_number(gpu, place) for place, gpu in enumerate(gpus)]
    points, readings = _points(references, piece, numbers)
    return GpuUse(
        facts=_facts(references, piece),
        rows=tuple(_processor(references, piece, place, numbers[place]) for place in range(len(gpus))),
        left_out=max(0, int(figures.finite(piece.body.get("processors")) or 0) - len(gpus)),
        chart=_chart(piece, numbers, references.say),
        points=points,
        readings=readings,
        none=None,
        missing=False,
        cites=(references.cite(piece.id),),
        pieces=len(held),
        quality=None if piece.record.quality is Quality.COMPLETE else words.QUALITIES[piece.record.quality],
    )


def _without(machine: Piece | None) -> bool:
    """Whether the record of the machine says that it has no graphics processor. One taken at attach is of another machine, maybe."""
    return (
        machine is not None and machine.body.get("gpu_status") == "none" and machine.body.get("captured") != "at-attach"
    )


def _nothing(references: References, machine: Piece | None) -> GpuUse:
    """A machine without graphics processors leaves nothing to ask for; else it is a gap, and counted."""
    if machine is not None and _without(machine):
        said = phrase("The machine on record has no graphics processor, so there is no use of one.")
        return _empty(said, missing=False, cites=(references.cite(machine.id),))
    references.lack(LABEL)
    return _empty(phrase("no log of what the graphics processors did is on record."), missing=True)


def _empty(why: str | Phrase, *, missing: bool, cites: tuple[Cite, ...] = (), pieces: int = 0) -> GpuUse:
    return GpuUse((), (), 0, None, (), None, why, missing, cites, pieces, None)


def _facts(references: References, piece: Piece) -> tuple[Fact, ...]:
    figure, every = references.figure, _mapping(piece.body.get("all"))
    made = [
        figure("Graphics processors watched", piece, "/processors"),
        figure("Time watched", piece, "/all/span_seconds", form="duration"),
        figure("Readings", piece, "/all/readings"),
        figure("Use, mean", piece, "/all/utilization_mean_percent", digits=1, unit="%"),
        figure("Memory taken by one at most", piece, "/all/memory_used_max_bytes", form="size"),
        figure("Power of one, mean", piece, "/all/power_mean_watts", digits=1, unit="W"),
        figure("Energy by the power that was read", piece, "/all/energy_kwh", digits=4, unit="kWh"),
        references.words("Tool", piece, "{} {}", "/tool/name", "/tool/version"),
    ]
    if piece.body.get("interval_seconds") is not None:
        made.insert(3, figure("Usual time from reading to reading", piece, "/interval_seconds", digits=2, unit="s"))
    if every.get("gaps"):
        made.insert(4, figure("Gaps between readings", piece, "/all/gaps"))
    return tuple(made)


def _processor(references: References, piece: Piece, place: int, number: str) -> Processor:
    gpu, at = _list(piece.body.get("gpus"))[place], f"/gpus/{place}"

    def fact(label: str, name: str, form: str = "number", digits: int = 1) -> Fact | None:
        held = figures.finite(_mapping(gpu).get(name)) is not None
        return references.figure(label, piece, f"{at}/{name}", form=form, digits=digits) if held else None

    return Processor(
        number=number,
        name=references.figure("Model of graphics processor", piece, f"{at}/name"),
        readings=references.figure("Readings", piece, f"{at}/readings"),
        use=fact("Use, mean", "utilization_mean_percent"),
        use_most=fact("Use, most", "utilization_max_percent"),
        memory=fact("Memory taken, mean", "memory_used_mean_bytes", "size"),
        memory_most=fact("Memory taken, most", "memory_used_max_bytes", "size"),
        memory_whole=fact("Memory", "memory_bytes", "size"),
        power=fact("Power, mean", "power_mean_watts"),
        power_most=fact("Power, most", "power_max_watts"),
        energy=fact("Energy", "energy_kwh", digits=4),
    )


def _points(references: References, piece: Piece, numbers: Sequence[str]) -> tuple[tuple[UsePoint, ...], Fact | None]:
    """(points evenly chosen of each line, how many readings all of them rest on)."""
    lines = _list(piece.body.get("series"))
    if not lines:
        return (), None
    made: list[UsePoint] = []
    for place, line in enumerate(lines):
        count = len(_list(_mapping(line).get("seconds")))
        chosen = evenly(range(count), max(2, POINTS // len(lines)))
        made.extend(_point(references, piece, place, at, _of(line, numbers)) for at in chosen)
    return tuple(made), references.figure("Readings", piece, "/all/readings")


def _point(references: References, piece: Piece, place: int, at: int, number: str) -> UsePoint:
    row, pointer = _mapping(_list(piece.body["series"])[place]), f"/series/{place}"

    def fact(label: str, name: str, form: str, digits: int) -> Fact | None:
        means = _list(_mapping(row.get(name)).get("mean"))
        if at >= len(means) or figures.finite(means[at]) is None:
            return None
        return references.figure(label, piece, f"{pointer}/{name}/mean/{at}", form=form, digits=digits)

    return UsePoint(
        number=number,
        after=references.figure("Time since the start", piece, f"{pointer}/seconds/{at}", form="duration"),
        use=fact("Use", "utilization_percent", "number", 1),
        memory=fact("Memory taken", "memory_used_bytes", "size", 1),
        power=fact("Power", "power_watts", "number", 1),
    )


def _chart(piece: Piece, numbers: Sequence[str], say: Callable[[str], str]) -> Chart | None:
    """Use, memory and power over the minutes; None without a row of points."""
    body = piece.body
    made: dict[str, list[Line]] = {name: [] for name in _MEASURES}
    for line in _list(body.get("series")):
        row, of = _mapping(line), figures.finite(_mapping(line).get("of"))
        number = _of(line, numbers)
        name = say("GPU %(n)s") % {"n": number} if number else say("mean of %(n)s") % {"n": body.get("processors")}
        gpus = _list(body.get("gpus"))
        summary = _mapping(body.get("all")) if of is None else _mapping(gpus[int(of)]) if 0 <= of < len(gpus) else {}
        for measure in _MEASURES:
            told = _mapping(row.get(measure))
            if not told:
                continue
            scale = _GIGABYTE if measure == "memory_used_bytes" else 1.0
            what, _, unit = measure.rpartition("_")
            mean = figures.finite(summary.get(f"{what}_mean_{unit}"))
            ends = {end: _line(row, told.get(end), scale) for end in ("mean", "min", "max")}
            single = ends["min"] == ends["mean"] == ends["max"]
            made[measure].append(
                Line(
                    name,
                    ends["mean"],
                    () if single else ends["min"],
                    () if single else ends["max"],
                    None if mean is None else mean / scale,
                )
            )
    use, memory, power = (made[name] for name in _MEASURES)
    return usage(UsageData(use, power, memory), id="gpu-use", say=say)


def _line(row: Mapping[str, Any], values: object, scale: float) -> list[tuple[float, float]]:
    """Pairs of minutes and a value, of the points at which it was told."""
    pairs = (
        (figures.finite(at), figures.finite(value))
        for at, value in zip(_list(row.get("seconds")), _list(values), strict=False)
    )
    return [(at / 60, value / scale) for at, value in pairs if at is not None and value is not None]


def _number(gpu: object, place: int) -> str:
    """What a processor is called: its number in the machine, else its place in the log."""
    return str(_mapping(gpu).get("index") or place)


def _of(line: object, numbers: Sequence[str]) -> str:
    """The number of the processor that a row of points is of; empty for all together."""
    of = figures.finite(_mapping(line).get("of"))
    return numbers[int(of)] if of is not None and 0 <= of < len(numbers) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []
