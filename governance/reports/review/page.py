"""The page a reviewer signs: plain text, made of a case alone, so that the same case gives the same bytes.

It is signed as it is, so it is no template that somebody could replace. How no word from outside can pass for one of ours is told in
`lines`, which items are the worst in `items`. What nobody knows is printed as *not known* and never left blank.

The head is read again when the page is signed: seven lines, exactly so, each with one value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.domain.decision import DecisionKind
from governance.domain.policy import Answer
from governance.domain.seen import evidence_root, risk_state, system_digest
from governance.domain.short_form import short_form
from governance.parsing import canonical
from governance.reports.atoms import words
from governance.reports.review import items as review_items
from governance.reports.review import lines as review_lines
from governance.reports.review.lines import NOT_KNOWN, ROOM, Row, Section
from governance.reports.review.planned import planned
from governance.verifier import figures
from governance.verifier.decisions import DUTIES
from governance.verifier.meanings import MEANING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.approval import ApprovalState
    from governance.domain.case import Case
    from governance.domain.conditions import Quorum
    from governance.domain.decision import Decision, SignedDecision

HEAD = "REVIEW PAGE page.v1"
_GUIDE = "A line that begins with │ goes on with the row above it, whatever it says."


@dataclass(frozen=True)
class Asked:
    """A quorum that the policy asks for in one condition, and what is still missing of it, in sentences."""

    condition: str
    quorum: Quorum
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Judged:
    """What the page prints beside the case: the last approval with what to look at again, who may not approve, who is missing."""

    last: ApprovalState | None
    conflicts: tuple[str, ...]
    asked: tuple[Asked, ...]


def page(case: Case, judged: Judged, nonce: str) -> bytes:
    """The page as UTF-8, ending with a line feed. `nonce` is 32 hexadecimal digits."""
    lines = [*_head(case, nonce), *review_lines.of(sections(case, judged))]
    return ("\n".join(lines) + "\n").encode()


def plain(case: Case, judged: Judged) -> list[dict[str, Any]]:
    """The same sections as JSON, with the whole text where the page cuts it."""
    return [
        {
            "title": section.title,
            "rows": [{"label": row.label or None, "belongs_to_the_row_above": row.deep, "text": row.text or NOT_KNOWN}
                     for row in section.rows],
        }
        for section in sections(case, judged)
    ]  # fmt: skip


def sections(case: Case, judged: Judged) -> tuple[Section, ...]:
    """Everything below the head, in the order in which a reviewer reads it."""
    none = (Row("none"),)
    answer = words.ANSWERS[case.gate.answer].word.upper()
    return (
        Section("WHAT YOU SIGN", tuple(_signed(case))),
        Section(f"THE GATE SAYS {answer}: {case.gate.reason}", tuple(_gate(case))),
        Section("WHAT WAS PLANNED, AND HOW OFTEN IT WAS RUN", tuple(planned(case))),
        Section("SINCE THE LAST APPROVAL", tuple(_since(case, judged.last))),
        Section("THE THREE WORST ITEMS", review_items.worst(case)),
        Section("INCONCLUSIVE, STALE, OR FOR A PERSON TO JUDGE", review_items.undecided(case) or none),
        Section("OVER OR DUE WITHIN 30 DAYS", (*(review_items.ending(case) or none), Row(_KEYS))),
        Section("WAIVERS, ACCEPTED RISKS, EXCEPTIONS FROM DUTIES", tuple(_relaxed(case)) or none),
        Section("DUTIES, AND WHO MAY THEREFORE NOT APPROVE", tuple(_duties(case, judged.conflicts))),
        Section("WHO HAS DECIDED, AND WHO IS MISSING", tuple(_decided(case, judged.asked))),
        Section("WHAT YOUR SIGNATURE MEANS, BY WHAT YOU DECIDE", tuple(_meanings(case))),
    )


_WORST_ANSWER = (Answer.NO, Answer.COULD_NOT_TELL, Answer.YES)
_KEYS = "last days of keys: not known from what is judged here; see govern people list"


def _head(case: Case, nonce: str) -> list[str]:
    origin, root = case.checkpoint.origin, case.checkpoint.root
    name, size, groups = short_form(origin, case.checkpoint.size, root).split(" ", 2)
    return [
        HEAD,
        f"  nonce       {nonce}",
        f"  made at     {canonical.instant(case.on)}",
        f"  system      {case.dossier.system.id}",
        f"  policy      {case.gate.policy}",
        f"  ledger      {figures.count(int(size), 'entry', 'entries').replace(',', '')} of {review_lines.said(name, 70)}",
        f"  root        {groups}",
        "",
        _GUIDE,
    ]


def _digest(value: str) -> str:
    """`sha256` and the digest in sixteen groups of four, to be compared by eye or over the telephone."""
    hexadecimal = value.removeprefix("sha256:")
    return "sha256 " + " ".join(hexadecimal[at : at + 4] for at in range(0, 64, 4))


def _signed(case: Case) -> Iterator[Row]:
    system, identity = case.dossier.system, case.assessment.identity
    yield Row(system.name, "system")
    yield Row(system.purpose, "purpose")
    yield Row(f"{system.owner}; tier {system.tier or NOT_KNOWN}", "owner")
    if identity is None:
        said = (
            "There is nothing to sign: no weights of a candidate were attached, so no model can be approved or refused."
        )
        yield Row(said, "model")
    else:
        yield Row(identity.name, "model")
        yield Row(_digest(identity.digest), "identity")
        whole = "every file of the release folder, and the parts named with it"
        yield Row(whole if identity.whole_folder else "only the files a loader reads: no release was named", "made of")
        for part in identity.parts:
            known = (
                f"by bytes, {figures.short(part.digest)}" if part.digest else "BY REFERENCE ONLY, a name vouches for it"
            )
            yield Row(f"{words.PARTS[part.part]}: {known}: {part.reference}", deep=True)
    leaves = [piece.leaf for piece in case.dossier.pieces]
    yield Row(_digest(evidence_root(leaves)), "evidence")
    kinds = Counter(piece.record.kind for piece in case.dossier.pieces)
    listed = ", ".join(f"{many} {kind}" for kind, many in sorted(kinds.items())) or "none"
    yield Row(f"{figures.count(len(leaves), 'piece')} under this root: {listed}", deep=True)
    yield Row(_digest(case.gate.policy_digest), "policy")
    yield Row(_digest(case.catalogue.digest), "content")
    yield Row(_digest(risk_state(case.register)), "risks")
    yield Row(_digest(system_digest(case.dossier.system_body)), "system file")


def _gate(case: Case) -> Iterator[Row]:
    for result in sorted(case.gate.conditions, key=lambda each: _WORST_ANSWER.index(each.answer)):
        yield Row(f"{words.ANSWERS[result.answer].word.upper()} {result.id}: {result.reason}")
        if result.would_turn:
            yield Row(f"to turn it: {'; '.join(result.would_turn)}", deep=True)
    if not case.gate.conditions:
        yield Row("the policy asks for nothing")


def _since(case: Case, last: ApprovalState | None) -> Iterator[Row]:
    if last is None:
        yield Row("No approval of this system is on record: everything on this page is new to whoever signs.")
        return
    decision = next(signed for signed in case.dossier.decisions if signed.id == last.decision)
    by = f"{last.signer} ({last.role}), {_day(decision.decision)}, {last.decision[:12]}"
    yield Row(f"{by}: {words.STATES[last.state].word}")
    seen = decision.decision.checkpoint.size
    later = sum(piece.seq >= seen for piece in case.dossier.pieces)
    yield Row(f"it saw {seen} entries; {figures.count(later, 'piece')} of evidence came in since", deep=True)
    for cause in last.causes:
        yield Row(f"{cause.cause}: {cause.said}", deep=True)
    for each in last.within:
        yield Row(f"let be by {each.by}: {each.change}: {each.said}", deep=True)
    if not last.causes and not last.within:
        yield Row("nothing that bears on it has changed", deep=True)
    yield Row(f"to be looked at again: {len(last.look_again) or 'nothing'}")
    alike: dict[tuple[str, str], list[str]] = {}
    for row in last.look_again:
        name = figures.short(row.id) if row.what == "content" else row.id
        alike.setdefault((row.what, row.said), []).append(name)
    for (what, said), names in alike.items():
        yield Row(f"{what} {', '.join(names)}: {said}", deep=True, room=ROOM + 40 * len(names))


def _relaxed(case: Case) -> Iterator[Row]:
    held = {state.decision: state for state in case.decided}
    for signed in case.dossier.decisions:
        decision = signed.decision
        if decision.waiver is not None:
            now = case.assessment.control(decision.waiver.control)
            stands = now.standing if now else "not in the catalogue"
            yield Row(
                f"control {decision.waiver.control} waived: {_worth(held.get(signed.id))}; by itself it is {stands}, "
                f"it was {decision.waiver.standing}"
            )
            yield Row(f"instead: {decision.waiver.compensation}", deep=True)
            yield Row(f"owner {decision.waiver.owner}; retest by {decision.waiver.retest}; {_by(signed)}", deep=True)
        elif decision.risk is not None:
            risk = decision.risk
            rated = next((row for row in case.register if row.risk == risk.risk), None)
            is_ = f"{rated.residual.likelihood} × {rated.residual.impact}" if rated else "no longer rated"
            yield Row(
                f"risk {risk.risk} accepted: {_worth(held.get(signed.id))}; at {risk.likelihood} × {risk.impact} = "
                f"{risk.score} {risk.level}, and it is {is_} now"
            )
            yield Row(_by(signed), deep=True)
        elif decision.exception is not None:
            duties = ", ".join(decision.exception.duties)
            person = decision.exception.person
            yield Row(f"exception: {_worth(held.get(signed.id))}; {person} may approve with the duty {duties}")
            yield Row(_by(signed), deep=True)


def _duties(case: Case, conflicts: tuple[str, ...]) -> Iterator[Row]:
    for duty in DUTIES:
        people: dict[str, list[str]] = {}
        for held in case.dossier.duties:
            if held.duty == duty:
                people.setdefault(held.person, []).append(held.because)
        for person, why in people.items():
            yield Row(f"{duty}: {person}; {'; '.join(dict.fromkeys(why))}")
        if not people:
            yield Row(f"{duty}: {NOT_KNOWN}; nobody attested it, and the owner of the system names nobody")
    for each in conflicts:
        yield Row(f"may not approve or waive: {each}")
    if not conflicts:
        some = any(held.duty in DUTIES for held in case.dossier.duties)
        yield Row(f"may not approve or waive: {'nobody, as far as duties are known' if some else NOT_KNOWN}")


def _decided(case: Case, asked: tuple[Asked, ...]) -> Iterator[Row]:
    identity = case.assessment.identity
    held = {state.decision: state for state in (*case.approvals, *case.decided)}
    for each in asked:
        people = figures.count(each.quorum.people, "person", "people")
        wanted = " and ".join(f"{people} in the role {role}" for role in dict.fromkeys(each.quorum.roles))
        missing = "; ".join(each.missing) or "nobody"
        tier = case.dossier.system.tier or NOT_KNOWN
        yield Row(f"{each.condition} asks, at tier {tier}, for {wanted}; missing: {missing}")
    if not asked:
        yield Row("the policy asks for no signature")
    spoken = [s for s in case.dossier.decisions if s.decision.decision.approves or s.decision.decision.ends]
    for signed in reversed(spoken):
        decision, state = signed.decision, held.get(signed.id)
        own = identity is not None and decision.identity == identity.digest
        about = "" if own else " of another model identity"
        yield Row(f"{_day(decision)} {decision.signer} ({decision.role}): {decision.decision}{about}; {_worth(state)}")
        yield Row(f"because: {decision.reason}", deep=True)
        if state is not None:
            for row in state.conditions:
                how = words.CONDITIONS[row.met, row.overdue].word
                yield Row(f"condition {row.id}, {how}, due {row.due}, owner {row.owner}: {row.text}", deep=True)
        for one in decision.dissent:
            yield Row(f"dissent of {one.person}: {one.text}", deep=True)
    if not spoken:
        yield Row("nobody has decided on a model of this system yet")


def _meanings(case: Case) -> Iterator[Row]:
    nothing = case.assessment.identity is None
    for kind in DecisionKind:
        if not (nothing and (kind.approves or kind.ends)):
            yield Row(f"{kind}: {MEANING[kind]}", room=1000)


def _worth(state: ApprovalState | None) -> str:
    if state is None:
        return f"whether it counts is {NOT_KNOWN}"
    word = words.STATES[state.state].word
    return f"{word} ({state.why})" if state.causes else word


def _by(signed: SignedDecision) -> str:
    decision = signed.decision
    return f"{_day(decision)} {decision.signer} ({decision.role}), until {decision.expires}: {decision.reason}"


def _day(decision: Decision) -> str:
    return figures.day(decision.signed_at)
