"""Decisions as in-toto statements, sealed in DSSE and read back with everything that can be said of the signature.

The subject of the statement is the model identity; the predicate is the decision with what it is bound to. Reading never
raises for a bad signature: a decision that does not verify is a fact about the ledger, shown with its problem and never
counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.domain.decision import MEANING, PREDICATE_TYPE, Decision, SignedDecision
from governance.domain.system import person_key
from governance.errors import UnreadableError
from governance.parsing import canonical, strict_json
from governance.proofs import dsse, ed25519

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from governance.signing.signers import Signer, Signers

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


def statement(decision: Decision) -> bytes:
    """The in-toto Statement of a decision, in canonical JSON."""
    return canonical.dumps(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": decision.identity_name, "digest": {"sha256": decision.identity[7:]}}],
            "predicateType": PREDICATE_TYPE,
            "predicate": decision.plain(),
        }
    )


def seal(decision: Decision, key: Ed25519PrivateKey) -> bytes:
    """The signed envelope of a decision."""
    return dsse.seal(statement(decision), key)


def read(data: bytes, *, entry_id: str, seq: int, signers: Signers) -> SignedDecision:
    """A stored decision with what was found out about it. Raises `UnreadableError` only where it is no decision at all."""
    envelope = dsse.parse(data, where=entry_id)
    decision = _decision(envelope, entry_id)
    by_key = signers.by_key()
    prints = {ed25519.fingerprint(public): public for public in by_key}
    signed = sorted(
        envelope.signed_by(prints),
        key=lambda name: person_key(by_key[prints[name]].name) != person_key(decision.signer),
    )  # a signature that somebody added takes nothing from the signer's own
    signer = by_key[prints[signed[0]]] if signed else None
    problem = _problem(decision, signer)
    if problem is None and seq < decision.checkpoint.size:
        problem = "names a later ledger than the one it stands in"
    return SignedDecision(
        id=entry_id,
        seq=seq,
        decision=decision,
        key_fingerprint=signed[0] if signed else envelope.signatures[0].keyid,
        valid=problem is None,
        problem=problem,
    )


def _decision(envelope: dsse.Envelope, where: str) -> Decision:
    if envelope.payload_type != dsse.IN_TOTO:
        raise UnreadableError(f"an envelope of type {envelope.payload_type!r}", where=where)
    value: Any = strict_json.loads(envelope.payload, where=where)
    try:
        decision = Decision.model_validate(value["predicate"])
    except (ValidationError, KeyError, TypeError) as error:
        raise UnreadableError(f"not a decision: {error}", where=where) from None
    if statement(decision) != envelope.payload:
        raise UnreadableError("not a decision statement in canonical form", where=where)
    return decision


def _problem(decision: Decision, signer: Signer | None) -> str | None:
    """Why the signature does not count, or None. The order is: key, person, role, meaning, days."""
    if signer is None:
        return "no key of the list of signers made this signature"
    if person_key(signer.name) != person_key(decision.signer):
        return f"signed with the key of {signer.name}, in the name of {decision.signer}"
    if decision.role not in signer.roles:
        return f"{signer.name} is not listed in the role {decision.role}"
    if decision.meaning != MEANING[decision.decision]:
        return "the meaning that was signed is not the one of this decision"
    day = decision.signed_at.date()
    if (signer.valid_from and day < signer.valid_from) or (signer.valid_until and day > signer.valid_until):
        return f"signed on {day}, when the key was not valid"
    return None
