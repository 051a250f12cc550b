"""The management roll-up: all systems of a workspace on one page, for the people who review the management system (ISO/IEC 42001, 9.3).

Each system keeps its own numbers with their denominators. Nothing is averaged over systems: one that is fine does not make up for one that
is not. What several systems lack is printed once, since it is rarely the fault of each.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import Standing
from governance.domain.policy import Answer
from governance.reports.atoms import words
from governance.reports.atoms.decided import Relaxed
from governance.reports.atoms.views import Identity, Status
from governance.reports.management.rollup_views import RollUpView, SharedGap, SystemRow
from governance.reports.parts import sign_offs
from governance.reports.parts.due import calendar
from governance.reports.parts.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from governance.domain.case import Case
    from governance.reports.atoms.views import Frame
    from governance.reports.claims.references import References
    from governance.reports.parts.views import Due

GAPS, DATES = 40, 40
_NO_RISK = Status("no risk rated", "○", "gap")
_UNSIGNED = Status("never approved", "○", "gap")
_WORST = {Answer.NO: 0, Answer.COULD_NOT_TELL: 1, Answer.YES: 2}


def build(held: Sequence[tuple[Case, References]], not_on_record: tuple[str, ...] = ()) -> RollUpView:
    """The view over all systems; each case with the references that its figures are made by. There is at least one."""
    ordered = sorted(held, key=lambda pair: (_WORST[pair[0].gate.answer], pair[0].dossier.system.id))
    gaps, dates = _gaps([case for case, _ in ordered]), _dates(ordered)
    rows = tuple(_row(case, references) for case, references in ordered)
    answers = [case.gate.answer for case, _ in ordered]
    return RollUpView(
        frame=_frame(ordered),
        glossary=words.GLOSSARY,
        systems=rows,
        answers=tuple((words.ANSWERS[answer], answers.count(answer)) for answer in _WORST),
        gaps=tuple(gaps[:GAPS]),
        gaps_total=len(gaps),
        dates=tuple(dates[:DATES]),
        dates_total=len(dates),
        not_on_record=not_on_record,
    )


def _frame(ordered: Sequence[tuple[Case, References]]) -> Frame:
    """The frame of all systems together, the worst first. What one system alone has, such as a pack or a model, is empty here."""
    # Where a system was not judged again, its case still names an earlier head of the same ledger.
    latest, references = max(ordered, key=lambda pair: pair[0].checkpoint.size)
    cases = [case for case, _ in ordered]
    return replace(
        frame(latest, references),
        system=references.say("All systems"),
        system_id=latest.checkpoint.origin,
        owner=", ".join(sorted({case.dossier.system.owner for case in cases})),
        identity=Identity(known=False, name="", digest="", short="", basis="", whole=False, parts=(), by_reference=()),
        answer=words.ANSWERS[cases[0].gate.answer],
        sentence="",
        policy=", ".join(sorted({case.gate.policy for case in cases})),
        policy_digest=_shared(case.gate.policy_digest for case in cases),
        pack="",
        content_digest=_shared(case.assessment.content_digest for case in cases),
        relaxed=Relaxed(rows=(), total=0, summary=()),
        duties=(),
        recipe=(),
        facts_missing=sum(each.missing for _, each in ordered),
        facts_total=sum(each.asked for _, each in ordered),
        asks=(),
    )


def _shared(values: Iterable[str]) -> str:
    """The one value there is, or nothing where they differ."""
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _row(case: Case, references: References) -> SystemRow:
    system, count = case.dossier.system, references.tally
    approval = next((each for each in reversed(case.approvals) if each.state is not State.VOID), None)
    actions = case.dossier.of_kind("corrective-actions.v1")
    latest = max(actions, key=lambda piece: (str(piece.body.get("on")), piece.seq), default=None)
    levels = [row.residual.level for row in case.register]
    return SystemRow(
        id=system.id,
        name=system.name,
        owner=system.owner,
        tier=system.tier or "not stated",
        gate=words.ANSWERS[case.gate.answer],
        policy=case.gate.policy,
        met=count("Controls met", "assessment", "/controls", {"standing": Standing.MET.value}),
        controls=count("Controls", "assessment", "/controls"),
        stale=count("Controls stale", "assessment", "/controls", {"standing": Standing.STALE.value}),
        missing=count("Controls missing", "assessment", "/controls", {"standing": Standing.MISSING.value}),
        outside=count("Risks outside the appetite", "register", "/rows", {"within_appetite": "false"}),
        overdue=count("Risk reviews overdue", "register", "/rows", {"review_overdue": "true"}),
        risks=count("Risks", "register", "/rows"),
        worst=words.LEVELS[max(levels, key=lambda level: level.rank)] if levels else _NO_RISK,
        findings=count("Findings open", "assessment", "/findings"),
        approval=sign_offs.state_of(approval) if approval else _UNSIGNED,
        actions=references.figure("Corrective actions open", latest, "/open"),
        late=references.figure("Corrective actions overdue", latest, "/overdue"),
    )


def _gaps(cases: Sequence[Case]) -> list[SharedGap]:
    lacking: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for case in cases:
        for result in case.assessment.controls:
            if result.standing in (Standing.UNMET, Standing.MISSING, Standing.STALE, Standing.INCONCLUSIVE):
                lacking.setdefault(result.id, []).append(case.dossier.system.id)
                titles[result.id] = result.title
    shared = [(name, systems) for name, systems in lacking.items() if len(systems) > 1]
    shared.sort(key=lambda pair: (-len(pair[1]), pair[0]))
    return [SharedGap(name, titles[name], tuple(sorted(systems))) for name, systems in shared]


def _dates(held: Sequence[tuple[Case, References]]) -> list[tuple[str, Due]]:
    found = [(case.dossier.system.id, due) for case, references in held for due in calendar(case, references)]
    return sorted(found, key=lambda pair: (pair[1].date, pair[0], str(pair[1].what)))
