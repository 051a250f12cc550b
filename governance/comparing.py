"""From a workspace to two cases that can be held against each other, and back: the report of it is made again before it is signed.

A side is what the ledger held up to some entry, judged at a moment over some content:

- *a decision*: the entries, the moment, the policy and the content that its signer saw. Where that content is not on record, today's;
- *an identity*, or *the candidate before*: up to the last entry at which it was the candidate, at the moment of that entry;
- *a day or a moment*: what was on record then, judged as of then;
- *now*.

All but the first are judged over today's content, so that what moved between them is the model and its evidence. Entries are taken by
number and not by moment. A report states what it was made of, so that the ledger gives it again to the byte; it holds a nonce, so that
nobody confirms one by guessing its digest.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from governance import snapshots
from governance.assurance import candidates
from governance.assurance.comparison import compare
from governance.assurance.then_and_now import as_seen
from governance.content import loader
from governance.domain.comparison import Pair, Side
from governance.domain.entry import EntryType
from governance.errors import CouldNotTell, IntegrityError, UnreadableError, UsageError
from governance.packs.judgement import dossier_of, judge
from governance.parsing import canonical, strict_json
from governance.reports.atoms.house import WISHES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.domain.case import Case
    from governance.domain.catalogue import Catalogue
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.entry import Entry
    from governance.enrolling import People
    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger

NOW, LAST_APPROVED = "now", "last-approved"
_PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{4,64}\Z")
_HINT = "WHAT is now, last-approved, the id of a decision, the beginning of an identity, a day or a moment."
SCHEMA = "candidate-diff.v1"
MOST = 4_000_000
"""The most bytes that are read as a report."""
BEARS = frozenset({EntryType.SYSTEM, EntryType.EVIDENCE, EntryType.ATTESTATION, EntryType.DECISION})
"""Types of entries of a system that outdate what was made over it; a page or report that is kept does not."""


class Desk(Protocol):
    """What a comparison needs of a workspace."""

    ledger: Ledger
    blobs: Blobs
    clock: Callable[[], datetime]

    @property
    def people(self) -> People:
        """The principals."""

    @property
    def catalogue(self) -> Catalogue:
        """The content of today."""

    @property
    def default_policy(self) -> str:
        """The policy of systems that name none."""


class Shelf(Desk, Protocol):
    """The same with templates, for a report."""

    @property
    def templates(self) -> Mapping[str, str]:
        """Every template by its path."""


@dataclass(frozen=True)
class Point:
    """A place in the ledger and a moment: what `asked` came to. `decision` is the one whose signer saw it so."""

    asked: str
    chosen: str
    size: int
    on: datetime
    decision: SignedDecision | None = None


def pair(desk: Desk, system: str, before: str, after: str = NOW, policy: str | None = None) -> Pair:
    """The two sides that are meant. `policy` judges whatever was not signed under another.

    Raises `UsageError` for what names no side or several, and `CouldNotTell` where there is nothing to compare with.
    """
    check = desk.ledger.verify()
    if check.problem is not None:
        raise IntegrityError(check.problem, where=str(desk.ledger.path), hint="Run: govern ledger fsck")
    view = _View(desk, system, check.checkpoint.size)
    return between(view, before, view.point(after), policy)


def between(view: _View, before: str, after: Point, policy: str | None) -> Pair:
    """The sides of a pair whose later one is known; the earlier one is looked for in what the later one saw."""
    earlier = view.earlier(before, after)
    if (earlier.size, earlier.on) > (after.size, after.on) or earlier.size > after.size:
        raise UsageError(
            f"{earlier.chosen} comes after {after.chosen}", where=view.system, hint="Give the earlier one as --from."
        )
    then, now = view.side(earlier, policy), view.side(after, policy)
    return Pair(then, now, compare(then, now))


class _View:
    """The entries of one system up to a size, and the sides that can be taken of them."""

    def __init__(self, desk: Desk, system: str, size: int) -> None:
        self.desk, self.system, self.size = desk, system, size
        listed = desk.ledger.entries(system=system, shared=True)
        self.entries: list[Entry] = [entry for entry in listed if entry.seq < size]
        self._key = desk.people.roster().ledger_key
        self.whole = self.dossier(size)

    def dossier(self, size: int) -> Dossier:
        """All that the first entries tell of the system, with signatures as they could be judged then."""
        held = [entry for entry in self.entries if entry.seq < size]
        if size < self.size and not any(entry.type is EntryType.SYSTEM for entry in held):
            raise UsageError(
                f"nothing about {self.system!r} was on record then", where=f"the first {size} entries", hint=_HINT
            )
        blobs = self.desk.blobs
        return dossier_of(
            self.system,
            held,
            lambda digest: strict_json.loads(blobs.read(digest), where=digest),
            blobs.read,
            self._key,
            size,
        )

    # --- from words to a place -----------------------------------------------------------------------------------------

    def point(self, asked: str) -> Point:
        """The place that a word means."""
        if asked == NOW:
            return Point(NOW, "now", self.size, self.desk.clock())
        if asked == LAST_APPROVED:
            raise UsageError(f"--to {LAST_APPROVED} has nothing after it to compare", hint="Give it as --from.")
        return self._named(asked, self.size)

    def earlier(self, asked: str, after: Point) -> Point:
        """The place that a word means before another one."""
        if asked == NOW:
            raise UsageError("nothing comes after now", where=self.system, hint=_HINT)
        if asked != LAST_APPROVED:
            return self._named(asked, after.size)
        seen = as_seen(self.whole, after.size)
        identity = seen.identity.digest if seen.identity else None
        signed = candidates.last_approved(seen, identity)
        if signed is not None:
            return self._signed(signed, LAST_APPROVED)
        stood = candidates.before(seen, identity)
        if stood is None:
            raise CouldNotTell(
                "there is nothing to compare with: no model was approved, and no other was the candidate before",
                where=self.system,
                hint="Name an earlier side with --from, such as a day.",
            )
        return self._stood(stood, LAST_APPROVED, "the candidate before; nothing was approved")

    def _named(self, asked: str, size: int) -> Point:
        if asked.startswith("dec-"):
            found = [signed for signed in self.whole.decisions if signed.id.startswith(asked) and signed.seq < size]
            return self._signed(self._one(found, asked, "decision"), asked)
        moment = _moment(asked)
        if moment is not None:
            at = min(self.desk.ledger.size_at(moment), size)
            return Point(asked, f"what was on record at {canonical.instant(moment)}", at, moment)
        if not _PREFIX.match(asked):
            raise UsageError(f"{asked!r} names no side", where=self.system, hint=_HINT)
        digest = asked if asked.startswith("sha256:") else f"sha256:{asked}"
        stood = [
            each for each in candidates.candidates(as_seen(self.whole, size)) if each.identity.digest.startswith(digest)
        ]
        last = {each.identity.digest: each for each in stood}
        each = self._one(list(last.values()), asked, "candidate")
        return self._stood(each, asked, "the last moment at which this was the candidate")

    def _one(self, found: list[Any], asked: str, what: str) -> Any:
        if len(found) != 1:
            said = f"no {what} begins with {asked}" if not found else f"{len(found)} of them begin with {asked}"
            raise UsageError(said, where=self.system, hint=_HINT)
        return found[0]

    def _signed(self, signed: SignedDecision, asked: str) -> Point:
        said = signed.decision
        chosen = f"what {said.signer} ({said.role}) saw when they signed {said.decision} on {said.signed_at:%Y-%m-%d}, {signed.id[:12]}"
        return Point(asked, chosen, said.checkpoint.size, said.signed_at, signed)

    def _stood(self, each: candidates.Stood, asked: str, what: str) -> Point:
        """The last entry at which it was the candidate; now, where it still is.

        What came in at the very moment of its successor came in with it, such as the data set attached in one go with the new weights.
        """
        if each.until == self.size:
            return Point(asked, what, self.size, self.desk.clock())
        held = [entry for entry in self.entries if entry.seq <= each.until and entry.system == self.system]
        while len(held) > 1 and held[-2].recorded_at == held[-1].recorded_at and held[-1].seq > each.since:
            held.pop()
        successor, last = held[-1], held[-2]
        return Point(asked, what, successor.seq, last.recorded_at)

    # --- from a place to a case ----------------------------------------------------------------------------------------

    def side(self, point: Point, policy: str | None) -> Side:
        """What is on record at a place, judged at its moment."""
        dossier = self.whole if point.size == self.size else self.dossier(point.size)
        today, signed = self.desk.catalogue, point.decision
        catalogue = self._content(signed.decision.content_digest) if signed else today
        held = catalogue or today
        wanted = policy or dossier.system.policy or self.desk.default_policy
        if signed is not None and signed.decision.policy in held.policies:
            wanted = signed.decision.policy
        head = self.desk.ledger.checkpoint(point.size)
        return Side(
            case=judge(dossier, held, wanted, head, point.on),
            asked=point.asked,
            chosen=point.chosen,
            decision=signed.id if signed else None,
            content_since=self._since(held.digest, point.size),
            content_lost=catalogue is None,
        )

    def _content(self, digest: str) -> Catalogue | None:
        """The content of a digest, where it is today's or on record."""
        if digest == self.desk.catalogue.digest:
            return self.desk.catalogue
        held = snapshots.read(self.desk.ledger, self.desk.blobs, digest)
        return loader.load(held) if held is not None else None

    def _since(self, digest: str, size: int) -> int | None:
        """The first entry that shows that this content was there, or None where none of these does."""
        told = [
            entry.seq
            for entry in self.entries
            if entry.type is EntryType.CONTENT and entry.record["content_digest"] == digest
        ]
        told += [signed.seq for signed in self.whole.decisions if signed.decision.content_digest == digest]
        return min((seq for seq in told if seq < size), default=None)


def _moment(text: str) -> datetime | None:
    """The moment that a text names; of a plain day its last second."""
    try:
        return canonical.end_of(date.fromisoformat(text)) if len(text) == 10 else canonical.moment(text)
    except ValueError:
        return None


# --- the report --------------------------------------------------------------------------------------------------------


def report(
    desk: Shelf,
    system: str,
    before: str,
    after: str = NOW,
    policy: str | None = None,
    wish: Mapping[str, str | None] | None = None,
) -> tuple[Pair, bytes]:
    """The two sides that are meant, and the page on what they differ in. `wish` goes over the house: paper, classification, language."""
    made, stated = stating(desk, system, before, after, policy, wish)
    return made, _page(made, desk, stated)


def stating(
    desk: Desk,
    system: str,
    before: str,
    after: str = NOW,
    policy: str | None = None,
    wish: Mapping[str, str | None] | None = None,
) -> tuple[Pair, Mapping[str, Any]]:
    """The same two sides, and what a report of them says that it was made of."""
    made = pair(desk, system, before, after, policy)
    head, house = made.after.case.checkpoint, {name: said for name, said in (wish or {}).items() if said is not None}
    stated = {
        "schema": SCHEMA, "nonce": secrets.token_hex(16), "system": system, "from": before, "to": after, "policy": policy,
        "size": head.size, "root": head.root, "on": canonical.instant(made.after.case.on),
        "content": made.after.case.catalogue.digest, "house": house,
    }  # fmt: skip
    return made, stated


def _page(made: Pair, desk: Shelf, stated: Mapping[str, Any]) -> bytes:
    from governance.reports.writing import diff_page

    return diff_page.page(made, desk.templates, canonical.dumps(stated).decode(), stated["house"])


def require_current(data: bytes, name: str, desk: Shelf, system: str, policy: str) -> Case:
    """The later side of a report, which is what the record gives now.

    Raises `UnreadableError` for what is no report, `IntegrityError` naming the first line that differs from what the record gives, and
    `UsageError` where it is of another system or policy, compares with something else than now, or the ledger has moved on since.
    """
    if len(data) > MOST:
        raise UnreadableError(f"it has {len(data):,} bytes, and at most {MOST:,} are read", where=name)
    from governance.reports.writing import diff_page

    stated = _stated(diff_page.stated_in(data, name), name)
    hint = f"Make it again with: govern diff {system} --out FILE"
    if stated["system"] != system:
        raise UsageError(
            f"it is of the system {stated['system']}, and this decision is on {system}", where=name, hint=hint
        )
    if stated["to"] != NOW:
        raise UsageError(
            "it compares with the past, and what is signed is now", where=name, hint=f"Leave out --to. {hint}"
        )
    if canonical.moment(stated["on"]) > desk.clock():
        raise UsageError(
            f"it was made at {stated['on']}, which is yet to come", where=name, hint=f"Set the clock, or: {hint}"
        )
    _require_same_past(stated, desk, name, hint)
    later = [
        entry for entry in desk.ledger.entries(system=system) if entry.seq >= stated["size"] and entry.type in BEARS
    ]
    if later:
        among = ", ".join(entry.id for entry in later[:3])
        count = "1 entry" if len(later) == 1 else f"{len(later)} entries"
        raise UsageError(
            f"the ledger has moved on since it was made: {count}, among them {among}", where=name, hint=hint
        )
    if stated["content"] != desk.catalogue.digest:
        raise UsageError(
            "the controls, risks and policies that judge have changed since it was made", where=name, hint=hint
        )
    view = _View(desk, system, stated["size"])
    after = Point(NOW, "now", stated["size"], canonical.moment(stated["on"]))
    made = between(view, stated["from"], after, stated["policy"])
    if made.after.case.gate.policy != policy:
        said = f"it is under the policy {made.after.case.gate.policy}, and this decision is under {policy}"
        raise UsageError(said, where=name, hint=f"Give --policy {made.after.case.gate.policy}, or: {hint}")
    _require_same_bytes(data, _page(made, desk, stated), name, hint)
    return made.after.case


def _stated(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What a report says it was made of, each part of the form it must have."""
    texts = ("nonce", "system", "from", "to", "root", "on", "content")
    house = found.get("house")
    whole = (
        set(found) == {"schema", "policy", "size", "house", *texts}
        and found["schema"] == SCHEMA
        and all(isinstance(found[each], str) for each in texts)
        and re.fullmatch("[0-9a-f]{32}", found["nonce"])
        and isinstance(found["policy"], (str, type(None)))
        and type(found["size"]) is int
        and isinstance(house, dict)
        and set(house) <= set(WISHES)
        and all(isinstance(said, str) for said in house.values())
        and _moment(found["on"]) is not None
    )
    if not whole:
        said = f"not a {SCHEMA}: what it says it was made of is not of that form"
        raise UnreadableError(said, where=name, hint="Make one with: govern diff SYSTEM --out FILE")
    return found


def _require_same_past(stated: Mapping[str, Any], desk: Desk, name: str, hint: str) -> None:
    """The ledger begins with what the report was made over."""
    size, held = stated["size"], desk.ledger.checkpoint().size
    if not 0 < size <= held:
        raise IntegrityError(f"it was made over {size} entries, and the ledger has {held}", where=name, hint=hint)
    if desk.ledger.checkpoint(size).root != stated["root"]:
        said = f"the first {size} entries of the ledger have another root than it says"
        raise IntegrityError(said, where=name, hint=f"Run govern ledger fsck, then: {hint}")


def _require_same_bytes(data: bytes, again: bytes, name: str, hint: str) -> None:
    if data == again:
        return
    mine, theirs = data.split(b"\n"), again.split(b"\n")
    differing = (n for n, (one, other) in enumerate(zip(mine, theirs, strict=False), start=1) if one != other)
    at = next(differing, min(len(mine), len(theirs)) + 1)
    raise IntegrityError(
        f"it is not the report that the record gives: line {at} differs",
        where=name,
        hint=f"It was altered, or made by another version of this program or of its templates. {hint}",
    )
