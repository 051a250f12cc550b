"""People and their keys, events about them, and entries, for the tests of signatures."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.domain.decision import Decision, DecisionKind
from governance.domain.entry import Entry, EntryType
from governance.domain.principal import PrincipalEvent
from governance.parsing import canonical
from governance.proofs import dsse
from governance.signing import keys
from governance.verifier import statements
from governance.verifier.meanings import MEANING
from governance.verifier.roster import Event, Roster, credential_of

if TYPE_CHECKING:
    from governance.signing.keys import SigningKey

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARTS: dict[str, dict[str, Any]] = {
    "approve-with-conditions": {
        "conditions": [{"id": "watch", "text": "Watch it", "owner": "Ann Lee", "due": "2027-01-01"}]
    },
    "accept-risk": {"risk": {"risk": "energy-use", "likelihood": 2, "impact": 2, "level": "low"}, "role": "risk-owner"},
    "waive": {
        "waiver": {
            "control": "bias-evaluated", "standing": "missing", "compensation": "A person reads every answer",
            "owner": "Ann Lee", "retest": "2027-01-01",
        }
    },
    "except-duties": {"exception": {"person": "Bob Day", "duties": ["trainer"]}},
    "set-policy": {"role": "threshold-author"},
    "plan": {
        "plan": {"suites": [{"task": "xstest", "metric": "acc", "against": "base", "margin": 0.05, "runs": 1}]},
        "role": "threshold-author",
    },
}  # fmt: skip
"""What a decision of a kind has that others have not."""


@cache
def key(name: str) -> SigningKey:
    """The key of this name, the same in every process."""
    return keys.of_private(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


LEDGER, ANN, BOB, STRANGER = key("ledger"), key("ann"), key("bob"), key("stranger")
ALL_ROLES = ["approver", "reviewer", "risk-owner", "threshold-author"]


def event(seq: int, by: SigningKey, moment: datetime = MOMENT, **said: Any) -> Event:
    """An event about a principal, signed with a key and recorded in an entry."""
    made = PrincipalEvent(**{"reason": "It was asked for.", "at": moment, "nonce": f"{seq:032x}", **said}).plain()
    return forged(seq, by, made, moment)


def forged(seq: int, by: SigningKey, predicate: dict[str, Any], moment: datetime = MOMENT) -> Event:
    """An event of any predicate, whether it may be or not."""
    try:
        subject = credential_of(predicate).material
    except Exception:  # a key that is none, or no key: the subject is the name then
        subject = str(predicate.get("name")).encode()
    payload = statements.build(statements.PRINCIPAL, [("principal", canonical.sha256(subject))], predicate)
    statement = statements.read(by.seal(payload), where="event", predicate_type=statements.PRINCIPAL)
    return Event(seq, moment, statement, f"prn-{seq}")


def enrol(seq: int, name: str, of: SigningKey, *roles: str, by: SigningKey = LEDGER, **more: Any) -> Event:
    """An enrolment, by the ledger's key unless somebody else signs it."""
    return event(seq, by, event="enrol", name=name, kind="person", roles=roles, key=of.public.line, **more)


def roster(*events: Event) -> Roster:
    """The roster after Ann Lee in all roles, Bob Day the reviewer, and these events, none of which is refused."""
    made = Roster(LEDGER.public)
    for each in (enrol(0, "Ann Lee", ANN, *ALL_ROLES), enrol(1, "Bob Day", BOB, "reviewer"), *events):
        made.apply(each)
    assert made.refused == []
    return made


def ann(**more: Any) -> Roster:
    """Ann Lee alone, enrolled with these days or roles."""
    made = Roster(LEDGER.public)
    made.apply(enrol(0, "Ann Lee", more.pop("of", ANN), *more.pop("roles", ALL_ROLES), **more))
    assert made.refused == []
    return made


def signs(of: Roster, by: SigningKey, seq: int) -> str | None:
    """In whose name a key signs in an entry, or None."""
    payload = b"{}"
    envelope = dsse.parse(by.seal(payload))
    return next((s.name for s in of.signers(envelope, seq, MOMENT) if s.problem is None), None)


def digest(of: str) -> str:
    """The digest of a name."""
    return canonical.sha256(of.encode())


def decision(**changes: Any) -> Decision:
    """A decision by Ann Lee over a ledger of ten entries."""
    kind = DecisionKind(changes.get("decision", DecisionKind.APPROVE))
    return Decision.model_validate(
        {
            "decision": kind,
            "meaning": MEANING[kind],
            "system": "elm-desk",
            "identity": digest("model"),
            "identity_name": "elm-adapter",
            "signer": "Ann Lee",
            "role": "approver",
            "reason": "All controls are met.",
            "signed_at": MOMENT,
            "expires": date(2027, 5, 22),
            "checkpoint": {"origin": "example.org/ledger", "size": 10, "root": "ab" * 32},
            "policy": "default",
            "policy_digest": digest("policy"),
            "content_digest": digest("content"),
            "evidence_root": digest("evidence"),
            "system_digest": digest("system"),
            "risk_state": digest("risks"),
            "gate_answer": "yes",
            "nonce": "0123456789abcdef" * 2,
            **PARTS.get(kind, {}),
            **changes,
        }
    )


def entry(data: bytes, seq: int = 10, moment: datetime = MOMENT, kind: EntryType = EntryType.DECISION) -> Entry:
    """The entry that names an envelope."""
    record = {"envelope_digest": canonical.sha256(data), "envelope_size": len(data)}
    return Entry(seq=seq, type=kind, id="dec-1", system="elm-desk", recorded_at=moment, record=record)
