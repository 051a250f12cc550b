"""Which changes leave an approval in force: within an envelope of the policy that was signed, or foreseen by its own conditions.

The approver signed the digest of the policy, and with it these envelopes. One holds while every bound and control it names is shown by
the evidence of now, and, unless it says otherwise, no control stands worse and no risk is rated higher than when it was signed. This
holds after every attach since, so that a bad result is not made good by a better one brought in later.

Never within any: another identity or policy, a finding, new weights or a release, a kind that the approval itself names in
`reapprove_on`, and a waiver or an accepted risk. Evidence that a condition of the approval asks for was foreseen by the
approver; it too may make nothing worse. Where ratings moved as a consequence of what is covered, and none is higher, that is
covered with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from governance.assurance.asks import WORST_FIRST
from governance.assurance.assess import assess
from governance.assurance.conditions.bounds import metric
from governance.assurance.conditions.non_inferior import non_inferior
from governance.assurance.register import register
from governance.assurance.then_and_now import then
from governance.domain.approval import Cause, Within
from governance.domain.conditions import MetricBound
from governance.domain.control import Standing
from governance.domain.dossier import ARTIFACTS
from governance.domain.identity import RELEASE
from governance.domain.policy import Answer
from governance.domain.seen import risk_state

if TYPE_CHECKING:
    from datetime import datetime

    from governance.assurance.changes import Changes
    from governance.assurance.then_and_now import Now, Then
    from governance.domain.decision import ApprovalCondition, Decision
    from governance.domain.evidence import Piece
    from governance.domain.policy import Envelope
    from governance.domain.risk import RegisterRow

NEVER = frozenset({"finding.v1", ARTIFACTS, RELEASE})
"""Kinds that no envelope covers and no condition foresees."""
ATTESTED = "attested-document.v1"


@dataclass
class Weighed:
    """What was covered by what, and the causes that nothing covers."""

    within: list[Within] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)


class Weighing:
    """Holds the changes since one approval against the envelopes of its policy; what it needs of the past is judged once."""

    def __init__(self, decision: Decision, changes: Changes, now: Now) -> None:
        self._decision, self._changes, self._now = decision, changes, now
        same_policy = decision.policy_digest == now.policy_digest
        self._envelopes = now.policy.envelopes if same_policy else ()
        self._then: Then | None = None
        self._judged = False
        self._held: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        self._worse: str | None = None
        self._walked: list[Now] | None = None

    def result(self) -> Weighed:
        """Everything that changed, sorted into covered and not."""
        made = Weighed()
        self._evidence(made)
        changes = self._changes
        if changes.content:
            self._whole(made, "content", "the content that judges is not the one that was signed")
        if changes.system:
            self._system(made)
        if changes.risk:
            self._risk(made)
        return made

    def _evidence(self, made: Weighed) -> None:
        foreseen: dict[str, list[str]] = {}
        covered: dict[str, list[str]] = {}
        triggered: list[Piece] = []
        left: dict[str, list[str]] = {}
        for piece in self._changes.pieces:
            kind = piece.record.kind
            if kind in self._decision.reapprove_on:
                triggered.append(piece)
                continue
            asked = next(
                (c for c in self._decision.conditions if kind not in NEVER and foresees(c, piece, self._now)), None
            )
            if asked is not None and self._no_worse() is None:
                foreseen.setdefault(asked.id, []).append(piece.id)
                continue
            names = [e for e in self._envelopes if e.change == "evidence" and kind in e.kinds and kind not in NEVER]
            holding = next((e for e in names if self._problem(e) is None), None)
            if holding is not None:
                covered.setdefault(holding.id, []).append(piece.id)
                continue
            why = self._why_not(names) or (f"condition {asked.id}: {self._no_worse()}" if asked else "")
            left.setdefault(why, []).append(piece.id)
        for name, ids in foreseen.items():
            said = f"{_counted(ids)} came in as the condition {name} asks, and nothing stands worse"
            made.within.append(Within(by=f"condition {name}", change="evidence", said=said, evidence=tuple(ids)))
        for name, ids in covered.items():
            made.within.append(self._within(name, "evidence", f"{_counted(ids)} came in", ids))
        if triggered:
            kinds = ", ".join(sorted({piece.record.kind for piece in triggered}))
            said = f"new evidence of {kinds}, which the approval itself names as a reason to approve again"
            made.causes.append(Cause(cause="trigger", said=said, items=tuple(piece.id for piece in triggered)))
        for why, ids in left.items():
            said = f"{_counted(ids)} {'was' if len(ids) == 1 else 'were'} recorded after the approval by {self._decision.signer}"
            made.causes.append(Cause(cause="evidence", said=said + (f" ({why})" if why else ""), items=tuple(ids)))

    def _whole(self, made: Weighed, change: str, said: str) -> None:
        """A change that an envelope covers as a whole, or not."""
        names = [envelope for envelope in self._envelopes if envelope.change == change]
        holding = next((envelope for envelope in names if self._problem(envelope) is None), None)
        if holding is not None:
            made.within.append(self._within(holding.id, change, said, []))
            return
        why = self._why_not(names)
        made.causes.append(
            Cause.model_validate(
                {"cause": change, "said": said + (f" ({why})" if why else ""), "items": self._items(change)}
            )
        )

    def _system(self, made: Weighed) -> None:
        fields = self._changes.fields
        said = f"the system file was changed after the approval by {self._decision.signer}"
        if fields is None:
            said += " (what it said before is not on record)"
            made.causes.append(Cause(cause="system", said=said))
            return
        names = [e for e in self._envelopes if e.change == "system" and set(e.fields) & set(fields)]
        by_field = {
            name: next((e.id for e in names if name in e.fields and self._problem(e) is None), None) for name in fields
        }
        for envelope in dict.fromkeys(held for held in by_field.values() if held):
            own = [name for name, held in by_field.items() if held == envelope]
            made.within.append(
                self._within(envelope, "system", f"changed: {', '.join(own)}", [self._now.dossier.system_entry])
            )
        left = tuple(name for name, held in by_field.items() if held is None)
        if left:
            why = self._why_not(names)
            said += f": {', '.join(left)}" + (f" ({why})" if why else "")
            made.causes.append(Cause(cause="system", said=said, items=left))

    def _risk(self, made: Weighed) -> None:
        then = self._past()
        follows = [each for each in made.within if each.change in {"evidence", "content", "system"}]
        if follows and not made.causes and then is not None and not raised(then.register, self._now.register):
            said = "no risk is rated higher than when it was signed"
            made.within.append(Within(by=follows[0].by, change="risk", said=said, evidence=follows[0].evidence))
            return
        moved = self._items("risk")
        self._whole(
            made, "risk", "the risks are not rated as when it was signed" + (f": {', '.join(moved)}" if moved else "")
        )

    def _items(self, change: str) -> tuple[str, ...]:
        then = self._past() if change == "risk" else None
        return () if then is None else moved(then.register, self._now.register)

    def _past(self) -> Then | None:
        if not self._judged:
            self._then, self._judged = then(self._decision, self._now), True
            self._worse = self._what_is_worse()
        return self._then

    def _within(self, name: str, change: str, said: str, ids: list[str]) -> Within:
        shown = self._held.get(name, (None, ()))[1]
        return Within(by=f"envelope {name}", change=change, said=said, evidence=tuple(dict.fromkeys([*ids, *shown])))

    def _why_not(self, names: list[Envelope]) -> str:
        return "; ".join(f"envelope {each.id} did not hold: {self._problem(each)}" for each in names)

    def _problem(self, envelope: Envelope) -> str | None:
        """Why an envelope does not hold now, or None; told once for each."""
        if envelope.id not in self._held:
            self._held[envelope.id] = self._weigh(envelope)
        return self._held[envelope.id][0]

    def _weigh(self, envelope: Envelope) -> tuple[str | None, tuple[str, ...]]:
        shown: list[str] = []
        for at in self._steps():
            problem = self._weigh_at(envelope, at, shown)
            if problem is not None:
                return problem + ("" if at is self._now else f" as of {at.on:%Y-%m-%d %H:%M} UTC"), tuple(shown)
        return (self._no_worse() if envelope.no_worse else None), tuple(dict.fromkeys(shown))

    @staticmethod
    def _weigh_at(envelope: Envelope, at: Now, shown: list[str]) -> str | None:
        """Why bounds and controls of an envelope are not shown at one moment, or None; `shown` takes the evidence."""
        for bound in envelope.within:
            answer = (
                metric(envelope.id, bound, at)
                if isinstance(bound, MetricBound)
                else non_inferior(envelope.id, bound, at)
            )
            shown += answer.evidence
            if answer.answer is not Answer.YES:
                return answer.reason
        for name in envelope.controls:
            result = at.assessment.control(name)
            if result is None or result.standing is not Standing.MET:
                return f"{name} is {result.standing if result else 'not in the catalogue'}"
            shown += result.evidence
        return None

    def _steps(self) -> list[Now]:
        """The case after each attach since, oldest first, and the present one: what came in between counts as well."""
        if self._walked is None:
            now = self._now
            moments = sorted({piece.recorded_at for piece in self._changes.pieces})
            self._walked = [*(_at(now, moment) for moment in moments[:-1]), now]
        return self._walked

    def _no_worse(self) -> str | None:
        """What stands worse than when it was signed, or why nobody can tell; None where nothing does."""
        self._past()
        return self._worse

    def _what_is_worse(self) -> str | None:
        then = self._then
        if then is None:
            return "the content of then is not at hand, so nobody can tell whether anything stands worse"
        if risk_state(then.register) != self._decision.risk_state:
            return "the risks as they were signed can not be derived again, so nobody can tell whether any is higher"
        for at in self._steps():
            problem = _worse(then, at)
            if problem is not None:
                return problem + ("" if at is self._now else f" as of {at.on:%Y-%m-%d %H:%M} UTC")
        return None


def _worse(then: Then, at: Now) -> str | None:
    for before in then.assessment.controls:
        after = at.assessment.control(before.id)
        if after is None or _rank(after.standing) < _rank(before.standing):
            return f"{before.id} was {before.standing} and is {after.standing if after else 'gone'}"
    higher = raised(then.register, at.register)
    return f"{higher[0]} is rated higher" if higher else None


def _at(now: Now, moment: datetime) -> Now:
    """The case as it was once everything recorded until a moment was there, with the system and the content of now."""
    pieces = tuple(piece for piece in now.dossier.pieces if piece.recorded_at <= moment)
    dossier = replace(now.dossier, pieces=pieces)
    assessment = assess(dossier, now.catalogue, moment)
    rows = register(dossier, now.catalogue, assessment, moment)
    return replace(now, dossier=dossier, assessment=assessment, register=rows, on=moment)


def foresees(condition: ApprovalCondition, piece: Piece, now: Now) -> bool:
    """Whether an approver who set this condition asked for a piece of this sort."""
    if condition.control is not None:
        control = now.catalogue.controls.get(condition.control)
        return control is not None and any(ask.kind == piece.record.kind for ask in control.asks)
    if condition.kind is not None:
        return piece.record.kind == condition.kind
    return piece.record.kind == ATTESTED and piece.body.get("topic") == condition.id


def raised(before: tuple[RegisterRow, ...], after: tuple[RegisterRow, ...]) -> list[str]:
    """The risks whose likelihood or impact is higher, what is left or what was there from the start, and new ones."""
    old = {row.risk: row for row in before}
    return [row.risk for row in after if row.risk not in old or any(a > b for a, b in _sides(row, old[row.risk]))]


def moved(before: tuple[RegisterRow, ...], after: tuple[RegisterRow, ...]) -> tuple[str, ...]:
    """The risks that are rated otherwise, are new or are gone."""
    old, new = ({row.risk: row for row in rows} for rows in (before, after))
    return tuple(
        name
        for name in sorted({*old, *new})
        if name not in old or name not in new or any(a != b for a, b in _sides(new[name], old[name]))
    )


def _sides(one: RegisterRow, other: RegisterRow) -> list[tuple[int, int]]:
    return [
        (getattr(getattr(one, rating), side), getattr(getattr(other, rating), side))
        for rating in ("inherent", "residual")
        for side in ("likelihood", "impact")
    ]


def _rank(standing: Standing) -> int:
    """Greater is better. What no longer applies is worse than anything that was judged, for nothing is shown of it any more."""
    return WORST_FIRST.index(standing) if standing in WORST_FIRST else -1


def _counted(ids: list[str]) -> str:
    return f"{len(ids)} piece{'s' if len(ids) > 1 else ''} of evidence"
