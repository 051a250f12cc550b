"""The signed statements of a pack: who signed each, whether it counts, and whether it says of the past what the ledger says.

A signature that does not count is an answer and no damage: it is told and never counted. What is damage is a decision that
counts and names another past than the one in the pack: each signer is thereby a witness of the ledger.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import tree
from governance.proofs.note import Head
from governance.verifier import decided, decisions, fields, members, statements
from governance.verifier.decided import Decided
from governance.verifier.decisions import Held
from governance.verifier.roster import Event, Roster, credential_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from governance.verifier.entries import Entry, Listed
    from governance.verifier.log import Log
    from governance.verifier.report import PackReport
    from governance.verifier.statements import Statement


@dataclass
class People:
    """What the signed statements of a pack come to."""

    roster: Roster
    decisions: list[Decided] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


class Reader:
    """Reads the statements of a pack. `body` gives the bytes of a body by digest."""

    def __init__(
        self, about: members.About, listed: Listed, log: Log, body: Callable[[str], bytes], report: PackReport
    ) -> None:
        self._about, self._listed, self._log, self._body, self._report = about, listed, log, body, report
        self._by_id = {entry.id: entry for entry in listed.entries}
        self._evidence = sorted(
            [entry.seq for entry in listed.of("evidence")]
            + [item.seq for item in listed.withheld if item.type == "evidence"]
        )
        self._systems = listed.of("system")
        self._roots: dict[int, str] = {}

    def read(self, roster: Roster) -> People:
        """Fold the roster, examine every decision, and see who holds which duty."""
        made = People(roster)
        for entry in self._listed.of("principal"):
            statement = self._statement(entry, _principal)
            if statement is not None:
                roster.apply(Event(entry.seq, entry.recorded_at, statement, entry.id))
        attested = []
        for entry in self._listed.of("attestation"):
            statement = self._statement(entry, self._attestation)
            if statement is not None:
                attested.append((statement, roster.signers(statement.envelope, entry.seq, entry.recorded_at)))
        for entry in self._listed.of("decision"):
            statement = self._statement(entry, lambda data, member: decided.read(data, where=member))
            if statement is not None:
                made.decisions.append(self._decision(entry, statement, roster))
        made.held = decisions.held_by_attestations(attested)
        made.held += decided.authors(made.decisions)
        made.held += self._named_by_owner()
        return made

    def _statement(self, entry: Entry, read: Callable[[bytes, str], Statement]) -> Statement | None:
        """The statement an entry names, every field of it checked; what is wrong is a problem of its body."""
        member = members.BODIES + entry.body[7:]
        try:
            statement = read(self._body(entry.body), member)
            if entry.id.partition("-")[2] != entry.body[7:27]:
                raise UnreadableError(f"its entry {entry.seq} has the id {entry.id}, which is another statement's")
            if entry.type != "principal" and statement.predicate["system"] != self._about.system:
                raise UnreadableError("is about another system")
        except (UnreadableError, KeyError, TypeError) as error:
            said = error.message if isinstance(error, UnreadableError) else f"not of the form it must have ({error!r})"
            self._report.problem(member, f"entry {entry.seq}, a signed {entry.type}: {said}")
            return None
        return statement

    def _attestation(self, data: bytes, member: str) -> Statement:
        statement = statements.read(data, where=member, predicate_type=statements.ATTESTATION)
        fields.require(statement.predicate, fields.ATTESTATION, where=member)
        named = []
        for name in statement.predicate["evidence"]:
            entry = self._by_id.get(name)
            if entry is None or entry.type != "evidence":
                raise UnreadableError(f"it attests {name}, which is no evidence of this pack")
            named.append((name, entry.body))
        _require_subjects(statement, named)
        return statement

    def _decision(self, entry: Entry, statement: Statement, roster: Roster) -> Decided:
        said = statement.predicate
        signer, problem = decisions.examine(statement, entry.seq, entry.recorded_at, roster)
        if problem is None and canonical.moment(said["signed_at"]) > entry.recorded_at:
            problem = "is dated after it was recorded"
        if problem is None:
            member = members.BODIES + entry.body[7:]
            for wrong in self._another_past(said, entry):
                self._report.problem(member, f"entry {entry.seq}, {said['decision']} of {said['signer']}: {wrong}")
        return Decided(entry.id, entry.seq, entry.body, entry.recorded_at, said, signer, problem)

    def _another_past(self, said: Mapping[str, Any], entry: Entry) -> Iterable[str]:
        """What its signer saw and the ledger of this pack does not hold."""
        seen = said["checkpoint"]
        size = seen["size"]
        if not self._begins(seen["origin"], size, seen["root"]):
            yield f"the checkpoint it names, of {size} entries, is no beginning of this ledger: the past was rewritten"
        if self._evidence_root(size) != said["evidence_root"]:
            yield "the evidence that it names is not the evidence that was on record then"
        systems = [system for system in self._systems if system.seq < size]
        if not systems or systems[-1].body != said["system_digest"]:
            yield "the system that it names is not the one that was on record then"
        held = {each.body for each in self._listed.of("page") if each.seq < entry.seq}
        if not self._listed.hidden("page"):
            if "page" in said and said["page"] not in held:
                yield "the page that it signs is none that was on record then"
            for each in said.get("read", []):
                if each["digest"] not in held:
                    yield f"the document {each['name'][:60]!a} that it names as read is none that was on record then"
        if (ended := said.get("target")) is not None:
            target = self._by_id.get(ended)
            if target is None or target.type != "decision" or target.seq >= entry.seq:
                yield "the decision that it ends is none that was on record then"

    def _evidence_root(self, size: int) -> str:
        """The root over the leaves of the evidence among the first entries, withheld or not."""
        count = bisect_left(self._evidence, size)
        if count not in self._roots:  # entries are only ever added: as many are the same ones
            leaves = [self._log.leaves[seq] for seq in self._evidence[:count]]
            self._roots[count] = "sha256:" + tree.root_of(leaves).hex()
        return self._roots[count]

    def _begins(self, origin: str, size: int, root: str) -> bool:
        try:
            return self._log.begins_with(Head(origin, size, root))
        except ValueError:  # no ledger can have that name
            return False

    def _named_by_owner(self) -> list[Held]:
        systems = self._listed.of("system")
        if not systems:
            self._report.problem(members.ENTRIES, f"no entry registers the system {self._about.system}")
            return []
        member = members.BODIES + systems[-1].body[7:]
        try:
            body = strict_json.loads(self._body(systems[-1].body), where=member)
            if body["id"] != self._about.system:
                self._report.problem(member, "is another system than the one its entry is of")
            named = body.get("duties", {})
            return [
                Held(str(person), str(duty), "named by the system's owner")
                for duty, people in sorted(named.items())
                for person in people
            ]
        except (UnreadableError, KeyError, TypeError, AttributeError) as error:
            said = error.message if isinstance(error, UnreadableError) else "not of the form it must have"
            self._report.problem(member, f"the system can not be read: {said}")
            return []


def broken_duties(people: People, on: datetime) -> list[str]:
    """Each decision that counts, by somebody who holds a duty that is kept apart from it, without an exception that runs.

    A decision that is still in force is held against the day as of which is judged; one that is not, against the day on which it was
    recorded. An exception counts from the entry after it.
    """
    made: list[str] = []
    last = [each.seq for each in decided.words(people.decisions)[0]]
    for each in people.decisions:
        if each.problem is not None or each.kind not in decisions.KEPT_APART:
            continue
        expired = each.expires is not None and each.expires < on.date()
        replaced = each.kind != "waive" and each.seq not in last
        day = each.recorded_at.date() if expired or replaced else on.date()
        before = [other for other in people.decisions if other.seq < each.seq]
        said = decisions.conflicts(each.said["signer"], people.held, decided.exceptions(before, day))
        made += [f"{each.entry}: {each.kind} by {each.who}: {why}" for why in said]
    return made


def _principal(data: bytes, member: str) -> Statement:
    statement = statements.read(data, where=member, predicate_type=statements.PRINCIPAL)
    said = statement.predicate
    fields.require(said, fields.PRINCIPAL, where=member)
    brings = said["event"] in {"enrol", "add-key", "rotate"}
    for name, wanted in (
        ("roles", said["event"] in {"enrol", "roles"}),
        ("replaces", said["event"] == "rotate"),
        ("credential", said["event"] == "revoke"),
    ):
        if (name in said) != wanted:
            raise UnreadableError(f"{name} belongs to another event than {said['event']}")
    if ("key" in said) + ("token" in said) != brings:
        raise UnreadableError("an event that brings a key brings one key or one token identity, and no other does")
    subject = credential_of(said).material if brings else said["name"].encode()
    _require_subjects(statement, [(said["name"], canonical.sha256(subject))])
    return statement


def _require_subjects(statement: Statement, wanted: list[tuple[str, str]]) -> None:
    if list(statement.subjects) != wanted:
        raise UnreadableError("its subjects are not what its predicate names")
