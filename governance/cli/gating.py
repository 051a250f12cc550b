"""How `gate` is asked and how its answer is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.cli import output
from governance.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from governance.domain.assessment import ConditionResult, GateResult, Numbers

SHOWN = 2
"""Steps that would turn a condition, where not all are asked for."""


def form_of(form: str, *, json: bool) -> str:
    """The form that is wanted. Raises `UsageError` for one that there is not."""
    from governance.exchange.gate_results import FORMS

    if form not in FORMS:
        raise UsageError(f"--format {form!r} is unknown", hint=f"One of: {', '.join(FORMS)}.")
    if json and form not in ("text", "json"):
        raise UsageError(f"--json and --format {form} ask for two forms", hint="Give one of them.")
    return "json" if json else form


@dataclass(frozen=True)
class Judged:
    """What the gate answers; the conditions that do not count because they stood the same at the last approval; which floors it asked.

    `gone`: (floor, entry) of floors in content that is on record, which are not asked any longer.
    """

    result: GateResult
    known: tuple[str, ...] = ()
    floors: tuple[str, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()

    @property
    def about_floors(self) -> tuple[str, ...]:
        """The same in sentences."""
        asked = (
            f"floors of the organisation: {', '.join(self.floors)}" if self.floors else "no organisation's floors apply"
        )
        return (
            asked,
            *(
                f"the floor {name} stands in the content on record ({entry}), and is not asked now"
                for name, entry in self.gone
            ),
        )


def judged(workspace: Path, system: str, policy: str | None, on: datetime | None, *, baseline: bool) -> Judged:
    """What the gate of a workspace answers."""
    from governance import snapshots
    from governance.workspace import Workspace

    opened = Workspace(workspace)
    gone = snapshots.floors_gone(opened.ledger, opened.blobs, opened.catalogue)
    if not baseline:
        result = opened.case(system, policy=policy, on=on).gate
        return Judged(result, (), tuple(each.id for each in opened.catalogue.floors(result.policy)), gone)
    if on is not None:
        raise UsageError(
            "--baseline holds the last approval against now, and --on names another moment", hint="Give one of them."
        )
    from governance import comparing
    from governance.assurance.baseline import against

    pair = comparing.pair(opened, system, comparing.LAST_APPROVED, comparing.NOW, policy)
    catalogue = pair.after.case.catalogue
    result, known = against(pair.before.case.gate, pair.after.case.gate, dict(catalogue.policies))
    return Judged(result, known, tuple(each.id for each in catalogue.floors(result.policy)), gone)


def made(form: str, answer: Judged, *, explain: bool) -> str:
    """The answer in a form, as text."""
    from governance import __version__
    from governance.exchange import gate_results

    result, known = answer.result, answer.known
    if form == "json":
        given = {"schema": "gate.v1", **result.plain()} | ({"not_new": list(known)} if known else {})
        given |= {"floors": list(answer.floors)}
        given |= (
            {"floors_gone": [{"floor": name, "entry": entry} for name, entry in answer.gone]} if answer.gone else {}
        )
        return json.dumps(given, ensure_ascii=False, indent=2) + "\n"
    if form == "sarif":
        return gate_results.sarif(result, version=__version__, known=known)
    if form == "junit":
        return gate_results.junit(result, known)
    if form == "markdown":
        return gate_results.markdown(result, known, answer.about_floors)
    rows = [
        f"{each.id}: {each.answer}{' (as before)' if each.id in known else ''}: {each.reason}"
        for each in result.conditions
    ]
    return "\n".join(
        [
            *map(output.clean, (*rows, *_steps(result, known, explain=explain), *answer.about_floors)),
            f"{result.answer}: {result.reason}",
            "",
        ]
    )


def say(answer: Judged, *, explain: bool) -> None:
    """The answer to a person."""
    result, known = answer.result, answer.known
    rows = [
        [c.id, output.answer(c.answer) + " (as before)" if c.id in known else c.answer, c.reason]
        for c in result.conditions
    ]
    output.table(f"Policy {result.policy} for {result.system}", ["condition", "answer", "why"], rows)
    for line in _steps(result, known, explain=explain):
        output.say(f"  {line}")
    for line in answer.about_floors:
        output.say(line)
    output.say(f"{output.answer(result.answer)}: {result.reason}")


def _steps(result: GateResult, known: tuple[str, ...], *, explain: bool) -> list[str]:
    """What would turn each condition, and with `explain` its numbers and evidence."""
    lines: list[str] = []
    for condition in result.conditions:
        if condition.id in known and not explain:
            continue
        if explain:
            lines += [f"{condition.id}: {_numbers(each)}" for each in condition.numbers or ()]
        shown = condition.would_turn if explain else condition.would_turn[:SHOWN]
        lines += [f"{condition.id}: {step}" for step in shown]
        if len(condition.would_turn) > len(shown):
            lines.append(f"{condition.id}: and {len(condition.would_turn) - len(shown)} more, with --explain")
        if explain and condition.evidence:
            lines.append(_seen(condition))
    return lines


def _seen(condition: ConditionResult) -> str:
    return f"{condition.id}: seen in {', '.join(condition.evidence)}"


def _numbers(each: Numbers) -> str:
    """One number with everything that belongs to it."""
    of = (
        f"{each.task} {each.metric}"
        + (f" ({each.filter})" if each.filter else "")
        + (f" for {each.group}" if each.group else "")
        + (f" against {each.against}" if each.against else "")
    )
    ends = (
        f"{each.confidence * 100:.4g}% interval {each.low:.4g} to {each.high:.4g}"
        if each.low is not None
        else "no interval"
    )
    sign = "≥" if each.side == "at-least" else "≤"
    parts = [f"{of} = {each.value:.4g}, {ends} ({each.method}), asked {sign} {each.bound:g}: {each.answer}"]
    if each.n is not None:
        parts.append(f"n {each.n:,}")
    if each.gained is not None:
        parts.append(f"{each.gained:,} gained, {each.lost:,} lost")
    if each.only_candidate or each.only_reference:
        parts.append(
            f"not paired: {each.only_candidate or 0:,} of the candidate, {each.only_reference or 0:,} of the reference"
        )
    if each.p is not None:
        parts.append(f"p {each.p:.3g}" + (f" ({each.correction})" if each.correction else ""))
    if each.attempts:
        parts.append(f"error divided among {each.attempts} runs")
    if each.more:
        parts.append(f"{each.more:,} more items would settle it")
    return "; ".join(parts)
