"""Who may sign as what, at every entry of the ledger: a fold over what happened to principals.

A *principal* is a person or a pipeline. It is enrolled with a key and roles, its keys are rotated and revoked, its roles are
changed, each by an entry that holds a signed statement. The order is that of the ledger and not of any clock: a signature
counts where it stands in an entry after the key's enrolment and before its revocation, so a stolen key can not sign "into the
past". A revocation may name an earlier entry since which the key was no longer its owner's; then what it signed from there on
counts no more, whom it enrolled among it.

Who may say so: the ledger's own key (its operator), a principal in the role `administrator`, and for the rotation or revocation
of a key the principal itself with that key. A key stands under one name, for ever; one person is enrolled once. An event
that may not be is no event, and is told in `Roster.refused`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError
from governance.parsing import canonical
from governance.parsing.people import person_key
from governance.proofs import dsse, public_keys
from governance.proofs.identity_token import TokenError, verify_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from governance.proofs.public_keys import PublicKey
    from governance.verifier.statements import Statement

ADMINISTRATOR = "administrator"
ROLES = (
    "trainer", "evaluator", "threshold-author", "reviewer", "risk-owner", "approver", "auditor", ADMINISTRATOR,
)  # fmt: skip
"""The roles that mean something by themselves; a policy may ask for others."""
EVENTS = ("enrol", "add-key", "rotate", "revoke", "roles")


@dataclass(frozen=True)
class Event:
    """One entry about a principal: its number, its moment, and the signed statement in it."""

    seq: int
    moment: datetime
    statement: Statement
    entry_id: str = ""


@dataclass(frozen=True)
class Token:
    """A pipeline's identity: tokens of this issuer for this subject, checked against the pinned key set."""

    issuer: str
    subject: str
    jwks: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How the identity is shown where a key shows its fingerprint."""
        return f"{self.issuer} {self.subject}"

    @property
    def material(self) -> bytes:
        """What makes two identities one."""
        return f"oidc\n{self.issuer}\n{self.subject}".encode()

    def verifies(self, signature: bytes, message: bytes, moment: datetime) -> bool:
        """Whether the signature is a token of this identity whose audience is the digest of the message."""
        try:
            verify_token(
                signature.decode("ascii"),
                self.jwks,
                issuer=self.issuer,
                subject=self.subject,
                audience=audience(message),
                moment=moment,
            )
        except (TokenError, UnicodeDecodeError, UnreadableError):
            return False
        return True


def audience(message: bytes) -> str:
    """The audience that binds a token to what it signs: nothing else can be done with such a token."""
    return f"governance-evidence:{canonical.sha256(message)}"


@dataclass
class Credential:
    """A key or a token identity of one principal, with the entries between which it signs."""

    by: PublicKey | Token
    since: int
    until: int | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    foreseen: bool = False
    """Whether `until` is known from a revocation that comes later; see `Roster.apply`."""

    @property
    def name(self) -> str:
        """The fingerprint of the key, or issuer and subject."""
        return self.by.name if isinstance(self.by, Token) else self.by.fingerprint

    def made(self, signature: bytes, message: bytes, moment: datetime) -> bool:
        """Whether a signature over a message is this credential's."""
        if isinstance(self.by, Token):
            return self.by.verifies(signature, message, moment)
        return self.by.verify(signature, message)

    def refusal(self, seq: int, day: date) -> str | None:
        """Why it does not sign in this entry on this day, or None."""
        if seq < self.since:
            return f"the key was enrolled later, in entry {self.since}"
        if self.until is not None and seq >= self.until:
            return f"the key is revoked since entry {self.until}"
        if (self.valid_from and day < self.valid_from) or (self.valid_until and day > self.valid_until):
            return f"signed on {day}, when the key was not valid"
        return None


@dataclass
class Principal:
    """A person or a pipeline. `grants` are (entry, roles from there on), oldest first."""

    name: str
    kind: str
    grants: list[tuple[int, tuple[str, ...]]]
    credentials: list[Credential] = field(default_factory=list)

    def roles(self, seq: int | None = None) -> tuple[str, ...]:
        """The roles in an entry, or now."""
        held: tuple[str, ...] = ()
        for since, roles in self.grants:
            if seq is None or since <= seq:
                held = roles
        return held

    def active(self, seq: int | None = None) -> list[Credential]:
        """The credentials that sign in an entry, or now."""
        return [
            each
            for each in self.credentials
            if each.until is None or (seq is not None and each.since <= seq < each.until)
        ]


@dataclass(frozen=True)
class Signer:
    """Who made a signature: the principal, its roles in that entry, the credential, and why it does not count, or None."""

    name: str
    kind: str
    roles: tuple[str, ...]
    credential: str
    material: bytes
    problem: str | None = None


class Roster:
    """The principals after all events so far."""

    def __init__(self, ledger_key: PublicKey) -> None:
        self.ledger_key = ledger_key
        self.principals: dict[str, Principal] = {}
        self.refused: list[tuple[str, str]] = []
        self._owners: dict[bytes, str] = {}
        self._events: list[Event] = []
        self._ended: dict[bytes, int] = {}
        self._found: dict[bytes, int] = {}

    def signers(self, envelope: dsse.Envelope, seq: int, moment: datetime) -> list[Signer]:
        """Everybody whose key made one of the signatures; those whose key counts in this entry stand first.

        A signature under one key is none under another, so the search for its maker ends where one is found; the key id that it
        claims tells which is tried first, and nothing else.
        """
        message = dsse.pae(envelope.payload_type, envelope.payload)
        held = [(principal, each) for principal in self.principals.values() for each in principal.credentials]
        found: dict[bytes, Signer] = {}
        for row in envelope.signatures:
            for principal, credential in sorted(held, key=lambda pair: pair[1].name != row.keyid):
                if credential.made(row.sig, message, moment):
                    problem = credential.refusal(seq, moment.date())
                    found[credential.by.material] = Signer(
                        principal.name,
                        principal.kind,
                        principal.roles(seq),
                        credential.name,
                        credential.by.material,
                        problem,
                    )
                    break
        return sorted(found.values(), key=lambda signer: signer.problem is not None)

    def find(self, name: str) -> Principal | None:
        """The principal of this name, in whatever spelling."""
        return self.principals.get(person_key(name))

    def holds(self, algorithm: str) -> bool:
        """Whether somebody has a key of this type."""
        held = (each.by for principal in self.principals.values() for each in principal.credentials)
        return any(not isinstance(by, Token) and by.algorithm == algorithm for by in held)

    def apply(self, event: Event) -> None:
        """Take an event, or say in `refused` why it is none."""
        self._events.append(event)
        self._take(event)
        tried: list[dict[bytes, int]] = []
        while self._found != self._ended:  # a key was stolen before this: what it said of others is taken back
            known = dict(self._found)
            if known in tried:  # two revocations that each take the other back: neither key is believed
                known = {key: min(one[key] for one in tried if key in one) for one in tried for key in one}
            tried.append(known)
            self._ended, self._found = known, {}
            self.principals, self.refused, self._owners = {}, [], {}
            for each in self._events:
                self._take(each)
            if tried.count(known) > 1:
                self._found = dict(known)

    def _take(self, event: Event) -> None:
        try:
            self._apply(event)
        except (UnreadableError, KeyError, TypeError, ValueError, AttributeError) as error:
            said = error.message if isinstance(error, UnreadableError) else f"not of the form it must have ({error!r})"
            self.refused.append((event.entry_id or f"entry {event.seq}", said))

    def _apply(self, event: Event) -> None:
        said = event.statement.predicate
        kind = said["event"]
        if kind not in EVENTS:
            raise UnreadableError(f"the event {str(kind)[:40]!r} is unknown")
        key = person_key(said["name"])
        held = self.principals.get(key)
        if kind == "enrol":
            self._require(self._by_operator(event), "was not signed by the ledger's key or an administrator")
            self._enrol(event, key, held)
            return
        if held is None:
            raise UnreadableError(f"{said['name']} is not enrolled")
        if kind in {"roles", "add-key"}:
            self._require(self._by_operator(event), "was not signed by the ledger's key or an administrator")
        if kind == "add-key":
            self._require(bool(held.active(event.seq)), f"{held.name} has no key that signs; enrol it again")
            self._add(event, held)
            return
        if kind == "roles":
            held.grants.append((event.seq, _roles(said)))
            return
        own = any(s.problem is None and person_key(s.name) == key for s in self._signers(event))
        self._require(
            own or self._by_operator(event), f"was not signed by {held.name}, the ledger's key or an administrator"
        )
        if kind == "rotate":
            old = self._active(held, said["replaces"], event.seq)
            self._add(event, held)
            old.until = event.seq if old.until is None else min(event.seq, old.until)
        else:
            self._revoke(event, held)

    def _revoke(self, event: Event, principal: Principal) -> None:
        """End a key; one that was replaced or revoked already can only end earlier than it did."""
        said = event.statement.predicate
        since = said.get("since", event.seq)
        if not isinstance(since, int) or isinstance(since, bool) or not 0 <= since <= event.seq:
            raise UnreadableError("`since` is not the number of an earlier entry")
        named = [each for each in principal.credentials if each.name == said["credential"]]
        ended = [each for each in named if each.until is not None and since <= each.until]
        credential = ended[0] if ended else self._active(principal, said["credential"], event.seq)
        credential.until = since if credential.until is None else min(since, credential.until)
        credential.foreseen = False
        if since < event.seq:
            material = credential.by.material
            self._found[material] = min(since, self._found.get(material, since))

    def _enrol(self, event: Event, key: str, held: Principal | None) -> None:
        said = event.statement.predicate
        if not key:
            raise UnreadableError("a principal without a name")
        if held is None:
            made = Principal(said["name"], said.get("kind", "person"), [(event.seq, _roles(said))])
            self._add(event, made)
            self.principals[key] = made
        elif held.active(event.seq):
            raise UnreadableError(f"{held.name} is enrolled already", hint="Rotate the key, or change the roles.")
        else:  # all keys were revoked: the same person, with a new key
            self._add(event, held)
            held.grants.append((event.seq, _roles(said)))

    def _add(self, event: Event, principal: Principal) -> None:
        said = event.statement.predicate
        by = credential_of(said)
        owner = self._owners.get(by.material)
        if owner is not None:
            raise UnreadableError(f"this key stands under {owner} already; a key is enrolled once, and never again")
        if by.material == self.ledger_key.material:
            raise UnreadableError("this is the ledger's own key, which signs checkpoints and no decision")
        until = self._ended.get(by.material)
        days = _day(said.get("valid_from")), _day(said.get("valid_until"))
        credential = Credential(by, event.seq, until, *days, foreseen=until is not None)
        principal.credentials.append(credential)
        self._owners[by.material] = principal.name

    def _active(self, principal: Principal, name: str, seq: int) -> Credential:
        for credential in principal.credentials:
            if credential.name == name and (credential.foreseen or credential in principal.active(seq)):
                return credential
        raise UnreadableError(f"{principal.name} has no key {str(name)[:80]} that signs now")

    def _signers(self, event: Event) -> list[Signer]:
        return self.signers(event.statement.envelope, event.seq, event.moment)

    def _by_operator(self, event: Event) -> bool:
        envelope = event.statement.envelope
        message = dsse.pae(envelope.payload_type, envelope.payload)
        if any(self.ledger_key.verify(row.sig, message) for row in envelope.signatures):
            return True
        return any(s.problem is None and ADMINISTRATOR in s.roles for s in self._signers(event))

    @staticmethod
    def _require(holds: bool, otherwise: str) -> None:
        if not holds:
            raise UnreadableError(otherwise)


def fold(events: Iterable[Event], ledger_key: PublicKey) -> Roster:
    """The roster after the events, which come in the order of the ledger."""
    roster = Roster(ledger_key)
    for event in events:
        roster.apply(event)
    return roster


def credential_of(predicate: Mapping[str, Any]) -> PublicKey | Token:
    """The key or token identity that an event names. Raises `UnreadableError` for a weak key."""
    if "key" in predicate:
        return public_keys.parse(predicate["key"], where=f"the key of {predicate.get('name', 'a principal')}")
    token = predicate["token"]
    if not (token["issuer"] and token["subject"] and token["jwks"]["keys"]):
        raise UnreadableError("a token identity needs an issuer, a subject and a key set")
    return Token(token["issuer"], token["subject"], token["jwks"])


def _roles(predicate: Mapping[str, Any]) -> tuple[str, ...]:
    roles = predicate["roles"]
    if not isinstance(roles, list) or not all(isinstance(role, str) and role for role in roles):
        raise UnreadableError("roles are a list of words")
    return tuple(roles)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
