"""A metric of the candidate against a bound, judged by its interval and not by its point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.assurance.asks import EVALUATION_KIND
from governance.assurance.intervals import Interval, of_difference, of_result
from governance.assurance.subjects import moment, speaks_of
from governance.domain.assessment import ConditionResult
from governance.domain.control import About
from governance.domain.evidence import Quality
from governance.domain.policy import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import MetricBound

WORST_FIRST = (Answer.NO, Answer.COULD_NOT_TELL, Answer.YES)


def metric(
    condition: str, asked: MetricBound, *, dossier: Dossier, catalogue: Catalogue, on: datetime, **_: Any
) -> ConditionResult:
    """The bound on one task, or on each task of a purpose, of which the worst decides and none at all can not tell."""
    if asked.purpose is None:
        return _on_task(condition, asked, dossier, on)
    tasks = {
        str(row.get("task"))
        for piece in dossier.of_kind(EVALUATION_KIND)
        if speaks_of(About.CANDIDATE, piece, dossier)
        for row in piece.body["results"]
        if row.get("metric") == asked.metric
        and catalogue.speaks_for(str(row.get("task")), asked.purpose, dossier.system)
    }
    if not tasks:
        turn = f"run a task for {asked.purpose} that gives {asked.metric}, and attach its results"
        return untold(condition, f"no task for {asked.purpose} gives {asked.metric} of the candidate", (turn,))
    judged = [
        _on_task(condition, asked.model_copy(update={"task": task, "purpose": None}), dossier, on)
        for task in sorted(tasks)
    ]
    worst = min(judged, key=lambda result: WORST_FIRST.index(result.answer))
    return (
        worst.model_copy(update={"reason": f"{worst.reason}; the worst of {len(judged)}"}) if len(judged) > 1 else worst
    )


def _on_task(condition: str, asked: MetricBound, dossier: Dossier, on: datetime) -> ConditionResult:
    """The whole interval must lie on the right side of the bound; an interval that straddles it can not tell.

    The newest run that holds the metric decides, whole or not: an older, better one does not stand in for it. Where a
    tool gives the metric in several ways (filters), each must hold, because the bound does not say which was meant.
    """
    what = f"{asked.task} {asked.metric}" + (" against base" if asked.against else "")
    candidate = _newest(dossier, asked, About.CANDIDATE)
    base = _newest(dossier, asked, About.BASE) if asked.against else None
    if candidate is None:
        return untold(condition, f"no result {what} of the candidate", (f"run {asked.task} and attach its results",))
    if asked.against and base is None:
        turn = f"run {asked.task} on the base model and attach its results"
        return untold(condition, f"no result {what} of the base model", (turn,))
    runs = [run for run in (candidate, base) if run is not None]
    problem = next((why for run in runs if (why := _unusable(run, on))), None) or _unlike(asked, runs)
    if problem is not None:
        turn = f"run {asked.task} again and attach its results"
        return untold(condition, f"{what}: {problem}", (turn,), [run.id for run in runs])
    rows = {row.get("filter"): row for row in _rows(base, asked)} if base else {}
    judged = [_bounded(row, rows.get(row.get("filter")), asked, what) for row in _rows(candidate, asked)]
    answer, said, turns = min(judged, key=lambda row: WORST_FIRST.index(row[0]))
    return ConditionResult(
        id=condition, answer=answer, reason=said, would_turn=turns, evidence=tuple(run.id for run in runs)
    )


def untold(condition: str, reason: str, turn: tuple[str, ...], used: list[str] | None = None) -> ConditionResult:
    """An answer that can not tell, with what would turn it."""
    return ConditionResult(
        id=condition, answer=Answer.COULD_NOT_TELL, reason=reason, would_turn=turn, evidence=tuple(used or ())
    )


def _newest(dossier: Dossier, asked: MetricBound, about: About) -> Piece | None:
    pieces = [
        piece
        for piece in dossier.of_kind(EVALUATION_KIND)
        if speaks_of(about, piece, dossier) and any(True for _ in _rows(piece, asked))
    ]
    return max(pieces, key=moment, default=None)


def _rows(piece: Piece, asked: MetricBound) -> Iterator[Mapping[str, Any]]:
    for row in piece.body["results"]:
        if row.get("task") == asked.task and row.get("metric") == asked.metric:
            yield row


def _unusable(run: Piece, on: datetime) -> str | None:
    record = run.record
    if record.quality is not Quality.COMPLETE:
        return f"the newest result is {record.quality}: {'; '.join(record.quality_reasons) or 'no reason was given'}"
    if record.effective_at is not None and record.effective_at > on:
        return f"the newest result is dated {record.effective_at:%Y-%m-%d}, which lies in the future"
    return None


def _unlike(asked: MetricBound, runs: list[Piece]) -> str | None:
    """How two runs of a task were set up differently, where both say it. Only like runs can be subtracted."""
    if len(runs) < 2:
        return None
    settings: list[dict[str, Any]] = [
        {
            "harness": (run.body.get("harness") or {}).get("name"),
            "version of the task": next(_rows(run, asked)).get("task_version"),
            "number of examples shown": (run.body.get("n_shot") or {}).get(asked.task),
        }
        for run in runs
    ]
    for name, one in settings[0].items():
        other = settings[1][name]
        if one is not None and other is not None and one != other:
            return f"the {name} is {one} for the candidate and {other} for the base, so they can not be compared"
    return None


def _bounded(
    row: Mapping[str, Any], reference: Mapping[str, Any] | None, asked: MetricBound, what: str
) -> tuple[Answer, str, tuple[str, ...]]:
    bound = asked.at_least if asked.at_least is not None else asked.at_most
    sign = "≥" if asked.at_least is not None else "≤"
    interval = of_result(row, asked.confidence)
    if asked.against:
        held = of_result(reference, asked.confidence) if reference is not None else None
        interval = of_difference(interval, held) if interval and held else None
    if interval is None:
        said = f"{what} = {row.get('value')} without n or standard error"
        return Answer.COULD_NOT_TELL, said, ("attach results that state n or a standard error",)
    said = (
        f"{what} = {interval.point:.4g}, {asked.confidence:.0%} interval {interval.low:.4g} to {interval.high:.4g} "
        f"({interval.method}, n {interval.n if interval.n is not None else 'not stated'}), bound {sign} {bound:g}"
    )
    answer = _side(interval, asked)
    against = " of the base" if asked.against else ""
    turn = {
        Answer.YES: (),
        Answer.NO: (f"a model with {asked.task} {asked.metric} {sign} {bound:g}{against}",),
        Answer.COULD_NOT_TELL: (f"more samples of {asked.task}: the interval reaches over the bound",),
    }[answer]
    return answer, said, turn


def _side(interval: Interval, asked: MetricBound) -> Answer:
    if asked.at_least is not None:
        inside, outside = interval.low >= asked.at_least, interval.high < asked.at_least
    else:
        bound = asked.at_most if asked.at_most is not None else 0.0
        inside, outside = interval.high <= bound, interval.low > bound
    return Answer.YES if inside else Answer.NO if outside else Answer.COULD_NOT_TELL
