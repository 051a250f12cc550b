"""Decisions as rows: what was signed, by whom, to what it is bounded, and what it is worth at this moment.

The states come from the case, where they were judged; a decision whose state nobody judged says so and is nowhere in force.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from governance.domain.approval import State
from governance.domain.control import Standing
from governance.domain.decision import DecisionKind
from governance.domain.risk import Level
from governance.reports.atoms import words
from governance.reports.atoms.decided import PendingRow, SignOff
from governance.reports.atoms.recognising import Number, Told
from governance.reports.atoms.views import Phrase, Status, phrase
from governance.reports.parts import attempts
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.approval import ApprovalState, Pending
    from governance.domain.case import Case
    from governance.domain.decision import Decision, SignedDecision
    from governance.domain.plan import PlannedSuite
    from governance.reports.claims.references import References

VALID = Status("signature valid", "✔", "good")
NOT_VALID = Status("signature not valid", "✘", "bad")


def states(case: Case) -> dict[str, ApprovalState]:
    """The state of each decision, by its id."""
    return {state.decision: state for state in (*case.approvals, *case.decided)}


def state_of(found: ApprovalState | None) -> Status:
    """The state as sign and word."""
    if found is None:
        return words.NOT_JUDGED
    if found.state is State.IN_FORCE and any(not condition.met for condition in found.conditions):
        return words.PENDING_CONDITIONS
    return words.STATES[found.state]


def rows(case: Case, references: References) -> tuple[SignOff, ...]:
    """All decisions of a case, the latest first."""
    held = states(case)
    made = [
        _row(number, signed, case, references, held.get(signed.id))
        for number, signed in enumerate(case.dossier.decisions, start=1)
    ]
    return tuple(reversed(made))


def words_first(made: tuple[SignOff, ...], case: Case) -> tuple[SignOff, ...]:
    """The same rows with what bears on the model now at the head: words in force on it, words that were, then the rest."""
    held = states(case)
    on_model = {
        signed.id
        for signed in case.dossier.decisions
        if signed.decision.decision.approves or (signed.decision.decision.ends and signed.decision.target is None)
    }

    def place(row: SignOff) -> int:
        found = held.get(row.id)
        if row.id not in on_model:
            return 2
        return 0 if found is not None and found.counts and row.same_identity else 1

    return tuple(sorted(made, key=place))


def _row(
    number: int, signed: SignedDecision, case: Case, references: References, found: ApprovalState | None
) -> SignOff:
    decision = signed.decision
    identity = case.assessment.identity
    today = case.on.astimezone(UTC).date()
    return SignOff(
        key=f"D{number}",
        anchor=f"d{number}",
        id=signed.id,
        status=words.DECISIONS[decision.decision],
        signer=decision.signer,
        role=decision.role,
        reason=decision.reason,
        meaning=decision.meaning,
        state=state_of(found),
        causes=tuple(dict.fromkeys(cause.said for cause in found.causes)) if found else (),
        within=tuple(f"{each.change}: {each.said} ({each.by})" for each in found.within) if found else (),
        about=_about(decision, signed.seq, references),
        uses=decision.scope.uses,
        places=decision.scope.places,
        users=decision.scope.users or "",
        conditions=_conditions(decision, found, references),
        dissent=tuple((each.person, each.text) for each in decision.dissent),
        rollback=decision.rollback or "",
        reapprove=decision.reapprove_on,
        read=tuple((each.name, figures.short(each.digest)) for each in decision.read or ()),
        page=figures.short(decision.page) if decision.page else "",
        signed=figures.moment(decision.signed_at),
        expires=figures.day(decision.expires),
        expired=decision.expires is not None and decision.expires < today,
        valid=VALID if signed.valid else NOT_VALID,
        problem=signed.problem or "",
        same_identity=(identity.digest if identity else None) == decision.identity,
        identity=figures.short(decision.identity or "none on record"),
        seen=decision.checkpoint.size,
        later=case.checkpoint.size - decision.checkpoint.size,
        gate=words.ANSWERS[decision.gate_answer],
        fingerprint=signed.key_fingerprint,
    )


def _conditions(decision: Decision, found: ApprovalState | None, references: References) -> tuple[PendingRow, ...]:
    judged: dict[str, Pending] = {row.id: row for row in found.conditions} if found else {}
    made = []
    for condition in decision.conditions:
        row = judged.get(condition.id)
        status = words.NOT_JUDGED if row is None else words.CONDITIONS[row.met, row.overdue]
        made.append(
            PendingRow(
                id=condition.id,
                text=condition.text,
                owner=condition.owner,
                due=condition.due.isoformat(),
                status=status,
                says=row.said if row else "",
                cites=references.cites(row.evidence) if row else (),
            )
        )
    return tuple(made)


def _about(decision: Decision, seq: int, references: References) -> tuple[Phrase, ...]:
    """What a decision speaks of besides the model."""
    said = []
    if decision.decision.approves and not (decision.scope.uses or decision.scope.places or decision.scope.users):
        said.append(phrase("Not bounded to a use, a place or users."))
    if decision.exception is not None:
        person, duties = decision.exception.person, listed(decision.exception.duties)
        said.append(phrase("%(person)s may approve although they are %(duties)s.", person=person, duties=duties))
    if decision.waiver is not None:
        waiver = decision.waiver
        then = phrase(words.STANDINGS[Standing(waiver.standing)].word)
        said.append(
            phrase("Control %(control)s, %(standing)s when it was waived.", control=waiver.control, standing=then)
        )
        said.append(phrase("Instead: %(compensation)s", compensation=waiver.compensation))
        said.append(
            phrase("Owner: %(owner)s; tested again by %(day)s.", owner=waiver.owner, day=waiver.retest.isoformat())
        )
    if decision.risk is not None:
        risk = decision.risk
        rating = f"{risk.likelihood} × {risk.impact} = {risk.score}"
        level = phrase(words.LEVELS[Level(risk.level)].word)
        said.append(phrase("Risk %(risk)s at %(rating)s, %(level)s.", risk=risk.risk, rating=rating, level=level))
    if decision.target is not None:
        said.append(phrase("It ends %(key)s.", key=references.cite(decision.target).key))
    if decision.decision is DecisionKind.SET_POLICY:
        short = figures.short(decision.policy_digest)
        said.append(phrase("Policy %(policy)s, digest %(digest)s.", policy=decision.policy, digest=short))
    if decision.plan is not None:
        for suite in decision.plan.suites:
            said.append(_planned(suite))
            said.append(_run(references.case, suite.task, seq))
    return tuple(said)


def _planned(suite: PlannedSuite) -> Phrase:
    """A suite of a plan in sentences."""
    made = _bounded(suite)
    if suite.n is not None:
        made = phrase("%(planned)s Items: at least %(n)s.", planned=made, n=_number(suite.n))
    if suite.confidence is not None:
        made = phrase("%(planned)s Confidence: %(level)s.", planned=made, level=_number(suite.confidence))
    return made


def _bounded(suite: PlannedSuite) -> Phrase:
    values: dict[str, object] = {"task": suite.task, "metric": suite.metric, "runs": _number(suite.runs)}
    if suite.against is not None:
        return phrase(
            "Planned: %(task)s %(metric)s against %(against)s, margin %(margin)s; runs: at most %(runs)s.",
            against=phrase(words.REFERENCES[suite.against]), margin=_number(suite.margin or 0.0), **values,
        )  # fmt: skip
    if suite.at_least is not None:
        return phrase(
            "Planned: %(task)s %(metric)s at least %(bound)s; runs: at most %(runs)s.",
            bound=_number(suite.at_least), **values,
        )  # fmt: skip
    if suite.at_most is not None:
        return phrase(
            "Planned: %(task)s %(metric)s at most %(bound)s; runs: at most %(runs)s.",
            bound=_number(suite.at_most), **values,
        )  # fmt: skip
    return phrase("Planned: %(task)s %(metric)s; runs: at most %(runs)s.", **values)


def _number(value: float) -> Number:
    return Number(figures.number(value)[0])


def _run(case: Case, task: str, since: int) -> Phrase:
    """How often a task was run since a plan, in a sentence."""
    held = attempts.of_task(case, task, since)
    if not held.runs:
        return phrase("Not run since: %(task)s.", task=task)
    runs = _number(len(held.runs))
    if held.submitted is None:
        return phrase("Runs of %(task)s since, on any weights: %(n)s, none of them of this model.", task=task, n=runs)
    return phrase("Runs of %(task)s since, on any weights: %(n)s, 1 submitted.", task=task, n=runs)


def listed(duties: tuple[str, ...]) -> Told:
    """Several duties, as a sentence names them."""
    return Told(tuple(phrase(words.DUTIES.get(duty, duty).lower()) for duty in duties), ", ")
