"""The page of a review: made of what is on record, and held against it again before it is signed.

A page that is signed must be the one that the record gives. So its head is read (nonce, moment, system, policy, size of the ledger), the
page is made again over the very entries it was made over, and the bytes are compared. Where something was recorded since that bears on the
decision, or time alone has changed an answer, the page is refused: a reviewer signs what they read, and it must still be so.

The entries are taken by number and not by moment: what was recorded within the second of the page, but after it, is not on it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from governance import comparing, deciding, snapshots
from governance.assurance import approvals, dependencies
from governance.assurance.then_and_now import Now
from governance.content import loader
from governance.domain.entry import BodyRecord, EntryType
from governance.enrolling import append_signed
from governance.errors import IntegrityError, UnreadableError, UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.reports.review import page as review_page
from governance.reports.review.page import Asked, Judged
from governance.verifier.report import one_line

if TYPE_CHECKING:
    from governance.deciding import Wish
    from governance.domain.approval import ApprovalState
    from governance.domain.case import Case
    from governance.domain.decision import Decision
    from governance.domain.entry import Entry
    from governance.signing.keys import SigningKey
    from governance.signing.post_quantum import Both

MOST = 4_000_000
"""The most bytes that are read as a page."""
_AGAIN = "Make it again with: govern review"
_EVERYTHING = datetime.max.replace(tzinfo=UTC)
_HEAD = (
    re.compile(re.escape(review_page.HEAD)),
    re.compile(r"  nonce       ([0-9a-f]{32})"),
    re.compile(r"  made at     ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"),
    re.compile(r"  system      ([a-z0-9.-]{1,80})"),
    re.compile(r"  policy      ([a-z0-9.-]{1,80})"),
    re.compile(r"  ledger      (0|[1-9][0-9]{0,14}) entr(?:y|ies) of \S.*"),
    re.compile(r"  root        ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})"),
)
_CONTENT = re.compile(r"^  content     sha256 ((?:[0-9a-f]{4} ){15}[0-9a-f]{4})$", re.MULTILINE)


class Desk(comparing.Shelf, Protocol):
    """What a review needs of a workspace."""

    def case(
        self, system: str, *, policy: str | None = None, on: datetime | None = None, known_at: datetime | None = None
    ) -> Case:
        """Judge a system as of a moment."""


@dataclass(frozen=True)
class _Head:
    nonce: str
    moment: datetime
    system: str
    policy: str
    size: int
    root: str


def page(case: Case, desk: Desk, nonce: str | None = None) -> bytes:
    """The page of a case, with a nonce of its own unless one is given: nobody confirms a page by guessing its digest.

    Content of earlier days that is on record tells what a change of it changed.
    """
    return review_page.page(case, judged(case, desk), nonce or secrets.token_hex(16))


def judged(case: Case, desk: Desk) -> Judged:
    """What the page prints beside the case; for `review_page.plain`."""
    policy = case.catalogue.policy(case.gate.policy)
    on = case.on.date()
    places = [(state.signer, state.role) for state in case.approvals if state.counts]
    asked = []
    for condition in policy.conditions:
        if condition.signed_by is not None:
            quorum = condition.signed_by.of(case.dossier.system.tier)
            asked.append(Asked(condition.id, quorum, tuple(approvals.missing(quorum, places))))
    people = dict.fromkeys(held.person for held in case.dossier.duties)
    conflicts = dict.fromkeys(said for name in people for said in approvals.conflicts(name, case.dossier, on))
    return Judged(_last(case, desk), tuple(conflicts), tuple(asked))


def _last(case: Case, desk: Desk) -> ApprovalState | None:
    """The approval recorded last, with the smallest set of things to look at again where something changed since."""
    if not case.approvals:
        return None
    state = case.approvals[-1]
    signed = next(each for each in case.dossier.decisions if each.id == state.decision)
    if not state.causes:
        return state
    digest, contents = signed.decision.content_digest, {}
    if digest != case.catalogue.digest and (held := snapshots.read(desk.ledger, desk.blobs, digest)) is not None:
        contents[digest] = loader.load(held)
    policy = case.catalogue.policy(case.gate.policy)
    now = Now(
        case.dossier, case.catalogue, policy, case.gate.policy_digest, case.assessment, case.register, case.on, contents
    )
    return dependencies.with_look_again(signed, now)


def keep(data: bytes, desk: Desk, system: str) -> None:
    """Put a page on record, so that what was signed goes into packs with the signature."""
    digest = canonical.sha256(data)
    desk.blobs.write({digest: data})
    record = BodyRecord(body_digest=digest, body_size=len(data)).plain()
    desk.ledger.append([Draft(EntryType.PAGE, f"pag-{digest[7:27]}", system, record)])


def require_current(data: bytes, desk: Desk, system: str, policy: str) -> str:
    """The digest of a page that is what the record gives now.

    Raises `UnreadableError` for what is no page, `IntegrityError` naming the first line that differs from the record, `UsageError`
    where it is of another system or policy, or where ledger, content or time have moved on.
    """
    text, head = _read(data)
    _require_meant(head, system, policy, desk.clock())
    _require_same_past(head, desk)
    later = [entry for entry in desk.ledger.entries(system=system, shared=True) if entry.seq >= head.size]
    own = [entry for entry in later if entry.system == system and entry.type in comparing.BEARS]
    if own:
        raise _moved_on(own, system)
    case = desk.case(system, policy=policy, on=head.moment, known_at=_EVERYTHING)
    _require_same_content(text, case, system)
    made = page(replace(case, checkpoint=desk.ledger.checkpoint(head.size)), desk, head.nonce)
    if made != data:
        people = [entry for entry in later if entry.type is EntryType.PRINCIPAL]
        if people:
            raise _moved_on(people, system)
        raise _altered(text, made.decode(), system)
    _require_still_so(case, desk.case(system, policy=policy), system)
    return canonical.sha256(data)


def _read(data: bytes) -> tuple[str, _Head]:
    """The text and its head. Every line of the head has one form; the first that has another is named."""
    if len(data) > MOST:
        raise _no_page(f"it has {len(data):,} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _no_page(f"byte {error.start} is not UTF-8", data[: error.start].count(b"\n") + 1) from None
    lines, found = text.split("\n"), []
    for number, form in enumerate(_HEAD, start=1):
        match = form.fullmatch(lines[number - 1]) if number <= len(lines) else None
        if match is None:
            raise _no_page(f"the line is to read {form.pattern!r}", number)
        found.append(match[match.lastindex or 0])
    _, nonce, at, system, policy, size, root = found
    try:
        return text, _Head(nonce, canonical.moment(at), system, policy, int(size), root.replace(" ", ""))
    except ValueError as error:
        raise _no_page(f"no moment: {error}", 3) from None


def _no_page(said: str, line: int = 1) -> UnreadableError:
    hint = f"{_AGAIN} SYSTEM --out FILE"
    return UnreadableError(f"not a review page: {said}", where=f"the page, line {line}", hint=hint)


def _require_meant(head: _Head, system: str, policy: str, now: datetime) -> None:
    """The page is of this system, under this policy, and was made already."""
    if head.system != system:
        said = f"the page is of the system {head.system}, and this decision is on {system}"
        raise UsageError(said, where="the page, line 4", hint=f"{_AGAIN} {system} --out FILE")
    if head.policy != policy:
        said = f"the page is of the policy {head.policy}, and this decision is under {policy}"
        hint = f"Give --policy {head.policy}, or make a page of {policy}."
        raise UsageError(said, where="the page, line 5", hint=hint)
    if head.moment > now:
        said = f"the page was made at {canonical.instant(head.moment)}, and it is {canonical.instant(now)}"
        raise UsageError(said, where="the page, line 3", hint=f"Set the clock, or: {_AGAIN} {system} --out FILE")


def _require_same_past(head: _Head, desk: Desk) -> None:
    """The ledger begins with what the page was made over."""
    held = desk.ledger.checkpoint().size
    if head.size > held:
        said = f"the page was made over {head.size} entries, and the ledger has {held}"
    elif desk.ledger.checkpoint(head.size).root != head.root:
        said = f"the first {head.size} entries of the ledger have another root than the page says, line 7"
    else:
        return
    hint = f"One of them was altered. Run govern ledger fsck, then: {_AGAIN} {head.system} --out FILE"
    raise IntegrityError(said, where="the page, line 6", hint=hint)


def _require_same_content(text: str, case: Case, system: str) -> None:
    said = _CONTENT.search(text)
    if said is not None and "sha256:" + said[1].replace(" ", "") != case.catalogue.digest:
        number = text[: said.start()].count("\n") + 1
        raise UsageError(
            "the controls, risks and policies that judge are not those of this page: they have changed since",
            where=f"the page, line {number}",
            hint=f"{_AGAIN} {system} --out FILE",
        )


def _require_still_so(then: Case, now: Case, system: str, where: str = "the page", again: str = _AGAIN) -> None:
    """What the page says was not changed by the time that passed since."""
    changed = [name for name, said in _answers(then).items() if _answers(now).get(name) != said]
    if changed:
        shown = "; ".join(f"{name} is {_answers(now).get(name)} now" for name in changed[:3])
        said = f"time has passed since this page was made, and {len(changed)} of its answers are others: {shown}"
        raise UsageError(said, where=where, hint=f"{again} {system} --out FILE")


def _answers(case: Case) -> dict[str, str]:
    """Standings, answers, ratings and states by what they are of."""
    made = {f"control {each.id}": str(each.standing) for each in case.assessment.controls}
    made |= {f"condition {each.id}": str(each.answer) for each in case.gate.conditions}
    made |= {f"risk {row.risk}": str(row.residual.score) for row in case.register}
    return made | {f"decision {each.decision}": str(each.state) for each in (*case.approvals, *case.decided)}


def _moved_on(later: list[Entry], system: str) -> UsageError:
    kinds = ", ".join(sorted({str(entry.type) for entry in later}))
    among = ", ".join(entry.id for entry in later[:3])
    count = "1 entry" if len(later) == 1 else f"{len(later)} entries"
    said = f"the ledger has moved on since this page was made: {count} ({kinds}), among them {among}"
    return UsageError(said, where="the page", hint=f"{_AGAIN} {system} --out FILE")


def _altered(text: str, made: str, system: str) -> IntegrityError:
    mine, theirs = text.split("\n"), made.split("\n")
    number = next((n for n, pair in enumerate(zip(mine, theirs, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(mine), len(theirs)) if number is None else number
    reads, wanted = (one_line(lines[at])[:120] if at < len(lines) else "the end" for lines in (mine, theirs))
    return IntegrityError(
        f"the page is not the one that the record gives: line {at + 1} differs, {reads!r} where the record gives {wanted!r}",
        where="the page",
        hint=f"It was altered, or made by another version of this program. {_AGAIN} {system} --out FILE",
    )


def sign(
    desk: Desk, system: str, key: SigningKey | Both, wish: Wish, *, policy: str | None = None, page: bytes | None = None
) -> tuple[str, Decision]:
    """Sign a decision over the present case, and with a page over what the page was made of. Returns (entry id, decision).

    Documents that were read beside it (`wish.read`) must be what the record gives now, as the page must. Whoever may not sign is refused,
    and what is outdated, before anything is kept.
    """
    case = desk.case(system, policy=policy)
    deciding.who_may(case, desk.people.roster(), desk.clock(), key, wish)
    if page is not None:
        wish = replace(wish, page=require_current(page, desk, system, case.gate.policy))
    for name, data in wish.read:
        then = comparing.require_current(data, name, desk, system, case.gate.policy)
        _require_still_so(then, case, system, name, "Make it again with: govern diff")
    signed = [*([page] if page is not None else []), *(data for _, data in wish.read)]
    for data in signed:
        keep(data, desk, system)
    if signed:
        before, case = case, desk.case(system, policy=policy)  # over a ledger that holds what was read
        if _shown(before) != _shown(case):
            raise UsageError("the ledger has moved on while this was signed", where=system, hint=_AGAIN)
    made, envelope = deciding.decide(case, desk.people.roster(), desk.clock(), key, wish)
    return append_signed(desk.ledger, desk.blobs, EntryType.DECISION, "dec", envelope, system), made


def _shown(case: Case) -> tuple[Any, ...]:
    """What of a case a page is made of, but for the size of the ledger."""
    held = case.dossier
    return [piece.leaf for piece in held.pieces], held.decisions, held.attested, held.system_body, case.catalogue.digest
