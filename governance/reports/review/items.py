"""What a reviewer must not miss: the three worst things, and everything that is open, too old or soon over.

*The three worst*, in this order:

1. by weight, from 25 down. A risk above the appetite weighs its residual score. A control that is unmet or missing weighs the greatest
   residual score among the risks that it takes steps off, 0 where it takes none. A finding weighs the upper end of the band of its
   severity on the same scale: critical 25, high 16, medium 9, low 4;
2. of one weight: findings, then unmet controls, then risks, then missing controls;
3. then what has more risks behind it; then by name.

Something that a worse item names already is passed over, so that three matters stand there and not one of them three times: a control
names the risks of its own weight behind it, a risk the controls that do not stand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import Standing
from governance.reports.review.lines import Row
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.case import Case
    from governance.domain.risk import RegisterRow

SOON = timedelta(days=30)
_FINDING = {"critical": 25, "high": 16, "medium": 9, "low": 4}
_GAPS = (Standing.UNMET, Standing.MISSING)
_OPEN = (Standing.INCONCLUSIVE, Standing.STALE, Standing.MANUAL)
_GONE = frozenset({State.VOID, State.RETIRED, State.REVOKED, State.SUPERSEDED, State.EXPIRED})


@dataclass(frozen=True)
class Item:
    """A candidate for the three worst; `names` are the ids that it speaks of, its own among them."""

    weight: int
    sort: int
    behind: int
    id: str
    rows: tuple[Row, ...]
    names: frozenset[str] = field(default_factory=frozenset)


def worst(case: Case, many: int = 3) -> tuple[Row, ...]:
    """The rows of the worst items, and a last one that counts what they were chosen from."""
    found = sorted(_items(case), key=lambda item: (-item.weight, item.sort, -item.behind, item.id))
    chosen: list[Item] = []
    named: set[str] = set()
    for item in found:
        if len(chosen) == many:
            break
        if item.id not in named:
            chosen.append(item)
            named |= item.names
    count = {standing: sum(c.standing is standing for c in case.assessment.controls) for standing in _GAPS}
    above = sum(row.within_appetite is False for row in case.register)
    unknown = all(row.appetite is None for row in case.register)
    said = [
        figures.count(len(case.assessment.findings), "open finding"),
        figures.count(count[Standing.UNMET], "unmet control"),
        figures.count(count[Standing.MISSING], "missing control"),
        "risks above the appetite not known, for no appetite is stated"
        if unknown
        else f"{figures.count(above, 'risk')} above the appetite",
    ]
    rows = [row for item in chosen for row in item.rows] or [Row("none: nothing is open, unmet, missing or too risky")]
    return (*rows, Row(f"chosen from {', '.join(said)}"))


def _items(case: Case) -> Iterator[Item]:
    rows: tuple[Row, ...]
    behind: dict[str, list[RegisterRow]] = {}
    for row in case.register:
        for step in row.steps:
            behind.setdefault(step.control, []).append(row)
    for finding in case.assessment.findings:
        where = f" in {finding.path}" if finding.path else ""
        rows = (
            Row(f"finding, {finding.severity}: {finding.title}{where} ({finding.rule}, {finding.evidence[:11]})"),
            Row(f"to turn it: {finding.remedy}", deep=True, room=170),
        )
        yield Item(_FINDING[finding.severity], 0, 0, f"{finding.rule} {finding.evidence} {finding.path}", rows)
    for control in case.assessment.controls:
        if control.standing not in _GAPS:
            continue
        risks = sorted(behind.get(control.id, []), key=lambda row: (-row.residual.score, row.risk))
        heavy = [row for row in risks if row.residual.score == risks[0].residual.score]
        why = "; ".join(control.reasons)
        rows = (
            Row(f"control {control.id} is {control.standing}: {why}"),
            Row(f"risks behind it: {', '.join(_rated(row) for row in risks) or 'none'}", deep=True, room=170),
            Row(f"to turn it: {control.remedy}", deep=True, room=170),
        )
        yield Item(
            risks[0].residual.score if risks else 0,
            1 if control.standing is Standing.UNMET else 3,
            len(risks),
            control.id,
            rows,
            frozenset({control.id, *(row.risk for row in heavy)}),
        )
    for row in case.register:
        if row.within_appetite is False:
            short = {step.control: step.standing for step in row.steps if not step.counted}
            turn = ", ".join(f"{name} ({standing})" for name, standing in short.items())
            rows = (
                Row(f"risk {_rated(row)}, above the appetite of {row.appetite}: {row.title}"),
                Row(f"to turn it: {turn or 'no control takes it further down'}", deep=True, room=170),
            )
            yield Item(row.residual.score, 2, 1, row.risk, rows, frozenset({row.risk, *short}))


def _rated(row: RegisterRow) -> str:
    return f"{row.risk} {row.residual.likelihood} × {row.residual.impact} = {row.residual.score} {row.residual.level}"


def undecided(case: Case) -> tuple[Row, ...]:
    """Controls that are inconclusive, stale or a person's to judge; evidence tied to no weights; tools that differ."""
    rows = [
        Row(f"{control.id} is {control.standing}: {'; '.join(control.reasons)}")
        for standing in _OPEN
        for control in case.assessment.controls
        if control.standing is standing
    ]
    rows += [Row(f"evidence tied to no weights, so nothing rests on it: {each}") for each in case.assessment.unbound]
    rows += [Row(f"tools differ: {each.sentence()}") for each in case.differences]
    return tuple(rows)


def ending(case: Case) -> tuple[Row, ...]:
    """What is over, due or too old within thirty days, and what is overdue; soonest first, each day once."""
    today = case.on.astimezone(UTC).date()
    found = [*_evidence(case), *_decisions(case), *_risks(case)]
    return tuple(
        Row(f"{day}{' (overdue)' if day < today else ''}: {what}")
        for day, what in sorted(set(found))
        if day <= today + SOON
    )


def _evidence(case: Case) -> Iterator[tuple[date, str]]:
    """The day after which a piece no longer carries controls that are met by it now."""
    carried: dict[tuple[date, str], set[str]] = {}
    for result in case.assessment.controls:
        control = case.catalogue.controls.get(result.id)
        if control is None or result.standing is not Standing.MET:
            continue
        within = {ask.id: ask.within for ask in control.asks}
        for asked in result.asks:
            days = within.get(asked.ask)
            for name in asked.evidence if days else ():
                piece = case.dossier.by_id.get(name)
                if piece is None or piece.record.effective_at is None or days is None:
                    continue
                since = piece.record.effective_at.astimezone(UTC).date()
                if date.max - since >= timedelta(days=days):  # a day that no calendar has does not come
                    carried.setdefault((since + timedelta(days=days), name), set()).add(result.id)
    for (day, name), controls in carried.items():
        record = case.dossier.by_id[name].record
        yield day, f"evidence {name[:11]} ({record.kind}) becomes too old for {', '.join(sorted(controls))}"


def _decisions(case: Case) -> Iterator[tuple[date, str]]:
    held = {state.decision: state for state in (*case.approvals, *case.decided)}
    for signed in case.dossier.valid:
        decision, state = signed.decision, held.get(signed.id)
        if state is None or state.state in _GONE:
            continue
        by = f"{decision.signer} ({decision.role}), {signed.id[:12]}"
        if decision.expires is not None:
            yield decision.expires, f"last day of {decision.decision} by {by}"
        if decision.waiver is not None:
            yield decision.waiver.retest, f"retest of {decision.waiver.control}, waived by {by}"
        for condition in state.conditions:
            if not condition.met:
                what = f"condition {condition.id} of the approval by {by} is due, owner {condition.owner}"
                yield date.fromisoformat(condition.due), what


def _risks(case: Case) -> Iterator[tuple[date, str]]:
    due: dict[date, list[str]] = {}
    for row in case.register:
        due.setdefault(row.next_review, []).append(row.risk)
    for day, names in due.items():
        yield day, f"review of {figures.count(len(names), 'risk')}: {', '.join(sorted(names))}"
