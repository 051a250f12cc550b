"""What two candidates of one system differ in: parts, data, training, results, standings, risks, rules, words of people.

Both cases are judged already, each at its own moment and over its own content; nothing is judged here. A standing that moved may have
moved because the model did, because evidence came in or aged, or because what is asked for is another thing: the last is told beside each.
What did not move is counted.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from governance.assurance import candidates, compared_facts, compared_results, loosened
from governance.assurance.asks import EVALUATION_KIND, WORST_FIRST
from governance.domain.approval import State
from governance.domain.comparison import (
    Attempts,
    Comparison,
    FileChanges,
    FindingMoves,
    FindingRow,
    Moved,
    Moves,
    PartChange,
    Relaxation,
    RiskMoved,
    RiskMoves,
    RiskSide,
    SideSummary,
    Statement,
    Turn,
    Word,
)
from governance.domain.evidence import SubjectType
from governance.domain.identity import RELEASE, WORDS
from governance.domain.policy import Answer
from governance.parsing import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from governance.domain.assessment import Finding
    from governance.domain.case import Case
    from governance.domain.comparison import Side
    from governance.domain.decision import Decision
    from governance.domain.identity import ModelIdentity, Part
    from governance.domain.risk import RegisterRow

_ANSWERS = (Answer.NO, Answer.COULD_NOT_TELL, Answer.YES)


def compare(earlier: Side, later: Side) -> Comparison:
    """Everything that the later side differs in from the earlier one."""
    before, after = earlier.case, later.case
    results, same = compared_results.measured(before, after)
    ours, theirs = before.dossier.identity, after.dossier.identity
    return Comparison(
        system=after.dossier.system.id,
        before=_summary(earlier),
        after=_summary(later),
        same_identity=(ours.digest if ours else None) == (theirs.digest if theirs else None),
        parts=tuple(_parts(ours, theirs)),
        parts_not_named=tuple(name for name in WORDS if not _of(ours, name) and not _of(theirs, name)),
        files=_files(before, after),
        things=tuple(compared_facts.things(section, before.dossier, after.dossier) for section in compared_facts.SORTS),
        results=results,
        results_same=same,
        controls=_controls(before, after),
        requirements=_requirements(before, after),
        conditions=_conditions(before, after),
        risks=_risks(before, after),
        findings=_findings(before.assessment.findings, after.assessment.findings),
        content=loosened.content(before, after),
        thresholds=loosened.thresholds(before, after, later.content_since),
        stated=_stated(before.dossier.system_body, after.dossier.system_body),
        words=tuple(_words(before, after)),
        relaxed=tuple(_relaxed(before, after)),
        attempts=_attempts(before, after),
    )


def _summary(side: Side) -> SideSummary:
    case, identity = side.case, side.case.dossier.identity
    return SideSummary(
        asked=side.asked,
        chosen=side.chosen,
        size=case.checkpoint.size,
        root=case.checkpoint.root,
        on=canonical.instant(case.on),
        identity=identity.digest if identity else None,
        name=identity.name if identity else "",
        policy=case.gate.policy,
        policy_digest=case.gate.policy_digest,
        content_digest=case.catalogue.digest,
        content_lost=side.content_lost,
        gate=case.gate.answer,
    )


# --- the model -----------------------------------------------------------------------------------------------------------


def _of(identity: ModelIdentity | None, name: str) -> list[Part]:
    return [part for part in identity.parts if part.part == name] if identity else []


def _parts(before: ModelIdentity | None, after: ModelIdentity | None) -> Iterator[PartChange]:
    for name in WORDS:
        for old, new in zip_longest(_of(before, name), _of(after, name)):
            yield _part(name, old, new)


def _part(name: str, old: Part | None, new: Part | None) -> PartChange:
    """Only two digests can be equal. A name is told, and vouches for nothing."""
    if old is None or new is None:
        way, said = ("added", "named now, and not before") if old is None else ("removed", "named before, and not now")
    elif old.digest is not None and new.digest is not None:
        alike = old.digest == new.digest
        renamed = (
            f", under the name {new.reference} instead of {old.reference}" if old.reference != new.reference else ""
        )
        way, said = ("same", f"the same bytes{renamed}") if alike else ("changed", "other bytes")
    elif old.digest is None and new.digest is None:
        alike = old.reference == new.reference
        way = "not-told" if alike else "changed"
        said = (
            "known by its name only on both sides: the name is the same, the bytes may not be"
            if alike
            else "another name; its bytes are not on record"
        )
    else:
        way = "not-told"
        said = (
            "known by its name only before, by its bytes now"
            if old.digest is None
            else "known by its bytes before, by its name only now"
        )
    return PartChange.model_validate({"part": name, "way": way, "before": old, "after": new, "said": said})


def _files(before: Case, after: Case) -> FileChanges | None:
    """The files of the release folder where both sides have one, else those a loader reads; None where a side lists none."""
    pairs = (
        tuple(_release_files(case) for case in (before, after)),
        tuple(case.dossier.candidate.body.get("files") if case.dossier.candidate else None for case in (before, after)),
    )
    for ours, theirs in pairs:
        if ours is not None and theirs is not None:
            return compared_facts.file_changes(ours, theirs)
    return None


def _release_files(case: Case) -> Any:
    release = case.dossier.release
    parts = release.body.get("parts") if release is not None and release.record.kind == RELEASE else None
    return parts[0].get("files") if parts else None


# --- standings -----------------------------------------------------------------------------------------------------------


def _controls(before: Case, after: Case) -> Moves:
    ours, theirs = ({row.id: row for row in case.assessment.controls} for case in (before, after))
    asked = {
        name: loosened.asks_otherwise(before.catalogue.controls.get(name), after.catalogue.controls.get(name))
        for name in {*ours, *theirs}
    }
    return _moves(ours, theirs, "standing", WORST_FIRST, asked)


def _requirements(before: Case, after: Case) -> Moves:
    ours, theirs = (
        {f"{row.framework} {row.id}": row for row in case.assessment.requirements} for case in (before, after)
    )
    return _moves(ours, theirs, "standing", WORST_FIRST, {})


def _conditions(before: Case, after: Case) -> Moves:
    ours, theirs = ({row.id: row for row in case.gate.conditions} for case in (before, after))
    rules = [case.catalogue.policies.get(case.gate.policy) for case in (before, after)]
    held = [{each.id: each for each in rule.conditions} if rule else {} for rule in rules]
    asked = {name: loosened.asks_otherwise(held[0].get(name), held[1].get(name)) for name in {*ours, *theirs}}
    return _moves(ours, theirs, "answer", _ANSWERS, asked)


def _moves(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], field: str, order: tuple[Any, ...], asked: Mapping[str, bool]
) -> Moves:
    """Rows of one id on both sides by what they came to. `order` holds what can be ranked, the worst first."""
    moved, same, other = [], 0, 0
    for name in sorted({*ours, *theirs}):
        old, new = ours.get(name), theirs.get(name)
        then, now = (getattr(row, field) if row is not None else None for row in (old, new))
        if then == now:
            same += 1
            other += tuple(getattr(old, "evidence", ())) != tuple(getattr(new, "evidence", ()))
            continue
        moved.append(
            Moved(
                id=name,
                title=getattr(new or old, "title", name),
                turn=_turn(then, now, order),
                before=then,
                after=now,
                before_because=_reasons(old),
                after_because=_reasons(new),
                before_evidence=tuple(getattr(old, "evidence", ())),
                after_evidence=tuple(getattr(new, "evidence", ())),
                asked_anew=asked.get(name, False),
            )
        )
    turns = ("worse", "other", "better")
    return Moves(
        rows=tuple(sorted(moved, key=lambda row: turns.index(row.turn))),
        same=same,
        on_other_evidence=other,
        total=len({*ours, *theirs}),
    )


def _turn(then: Any, now: Any, order: tuple[Any, ...]) -> Turn:
    """Which way it went. Whatever is waived, does not apply, or is on one side only has no place in the order."""
    if then not in order or now not in order:
        return "other"
    return "worse" if order.index(now) < order.index(then) else "better"


def _reasons(row: Any) -> tuple[str, ...]:
    if row is None:
        return ()
    return tuple(row.reasons) if hasattr(row, "reasons") else (row.reason,)


# --- risks and findings --------------------------------------------------------------------------------------------------


def _risks(before: Case, after: Case) -> RiskMoves:
    ours, theirs = ({row.risk: row for row in case.register} for case in (before, after))
    moved = [row for name in sorted({*ours, *theirs}) if (row := _risk(ours.get(name), theirs.get(name))) is not None]
    turns = ("worse", "other", "better")
    total = len({*ours, *theirs})
    return RiskMoves(
        rows=tuple(
            sorted(moved, key=lambda row: (turns.index(row.turn), -(row.after.score if row.after else 0), row.risk))
        ),
        same=total - len(moved),
        total=total,
    )


def _risk(old: RegisterRow | None, new: RegisterRow | None) -> RiskMoved | None:
    row = new or old
    if row is None:
        return None
    then, now = _rated(old), _rated(new)
    if then is None or now is None:
        what: tuple[str, ...] = ("new in the register",) if then is None else ("gone from the register",)
        return RiskMoved(risk=row.risk, title=row.title, turn="other", what=what, before=then, after=now)
    named = ("inherent", "residual", "treatment", "owner", "appetite")
    what = tuple(name for name in named if getattr(then, name) != getattr(now, name))
    if not what:
        return None
    scores = then.score, now.score
    turn: Turn = "other" if scores[0] == scores[1] else "worse" if scores[1] > scores[0] else "better"
    return RiskMoved(risk=row.risk, title=row.title, turn=turn, what=what, before=then, after=now)


def _rated(row: RegisterRow | None) -> RiskSide | None:
    if row is None:
        return None
    return RiskSide(
        inherent=(row.inherent.likelihood, row.inherent.impact),
        residual=(row.residual.likelihood, row.residual.impact),
        treatment=row.treatment,
        owner=row.owner,
        appetite=row.appetite,
        within=row.within_appetite,
        arithmetic=row.arithmetic,
    )


def _findings(before: Iterable[Finding], after: Iterable[Finding]) -> FindingMoves:
    ours, theirs = ({(row.rule, row.path, row.title): row for row in rows} for rows in (before, after))
    return FindingMoves(
        opened=tuple(_finding(row) for key, row in theirs.items() if key not in ours),
        closed=tuple(_finding(row) for key, row in ours.items() if key not in theirs),
        same=len(ours.keys() & theirs.keys()),
    )


def _finding(row: Finding) -> FindingRow:
    return FindingRow(
        rule=row.rule, severity=row.severity, title=row.title, path=row.path, evidence=row.evidence, remedy=row.remedy
    )


# --- what people said ----------------------------------------------------------------------------------------------------


def _stated(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Statement, ...]:
    return tuple(
        Statement(field=name, before=before.get(name), after=after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    )


def _words(before: Case, after: Case) -> Iterator[Word]:
    """Every decision that the earlier side did not see, oldest first."""
    states = {state.decision: state.state for state in (*after.approvals, *after.decided)}
    identity = after.dossier.identity
    for signed in after.dossier.decisions:
        if signed.seq >= before.checkpoint.size:
            said = signed.decision
            yield Word(
                id=signed.id,
                decision=said.decision,
                signer=said.signer,
                role=said.role,
                on=canonical.instant(said.signed_at),
                same_identity=identity is not None and said.identity == identity.digest,
                state=states.get(signed.id, State.VOID),
            )


def _relaxed(before: Case, after: Case) -> Iterator[Relaxation]:
    """Waivers, accepted risks and exceptions that count on one side and not on the other."""
    ours, theirs = ({state.decision for state in case.decided if state.counts} for case in (before, after))
    for signed in after.dossier.decisions:
        what = _relaxes(signed.decision)
        if what and (signed.id in ours) != (signed.id in theirs):
            yield Relaxation(
                id=signed.id,
                decision=signed.decision.decision,
                what=what,
                signer=signed.decision.signer,
                until=signed.decision.expires.isoformat() if signed.decision.expires else "",
                counts="now, and not before" if signed.id in theirs else "before, and not now",
            )


def _relaxes(said: Decision) -> str:
    if said.waiver is not None:
        return f"control {said.waiver.control}"
    if said.risk is not None:
        return f"risk {said.risk.risk} at {said.risk.likelihood} × {said.risk.impact}"
    return (
        f"{said.exception.person} may approve with the duty {', '.join(said.exception.duties)}"
        if said.exception
        else ""
    )


def _attempts(before: Case, after: Case) -> Attempts:
    size, own = (
        before.checkpoint.size,
        {case.dossier.identity.digest for case in (before, after) if case.dossier.identity},
    )
    between = [piece for piece in after.dossier.pieces if piece.seq >= size]
    others = [each.identity.digest for each in candidates.candidates(after.dossier) if each.since > size]
    return Attempts(
        candidates=tuple(dict.fromkeys(digest for digest in others if digest not in own)),
        trainings=tuple(piece.id for piece in between if piece.record.kind == "training-run.v1"),
        evaluations=tuple(piece.id for piece in between if piece.record.kind == EVALUATION_KIND),
        unbound=tuple(
            piece.id
            for piece in after.dossier.pieces
            if piece.record.kind in (EVALUATION_KIND, compared_results.ATTACKS, compared_results.GROUPS)
            and piece.record.subject.type is SubjectType.MODEL
            and piece.record.subject.digest is None
            and piece.record.subject.role not in ("base", "reference")
        ),
    )
