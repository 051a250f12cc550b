"""Signed statements of the ledger, read back with everything that can be said of their signatures.

Reading never raises for a bad signature: a decision that does not verify is a fact about the ledger, shown with its problem and
never counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from governance.domain import faults
from governance.domain.decision import Decision, SignedDecision
from governance.domain.entry import EntryType
from governance.domain.principal import Attestation
from governance.errors import UnreadableError
from governance.verifier import statements
from governance.verifier.decisions import Held, examine, held_by_attestations
from governance.verifier.roster import Event, Roster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from governance.domain.entry import Entry
    from governance.proofs.public_keys import PublicKey
    from governance.verifier.statements import Statement


def payload(decision: Decision) -> bytes:
    """The in-toto Statement of a decision: the very bytes that are signed."""
    return statements.build(statements.DECISION, decision.subjects, decision.plain())


def read(data: bytes, entry: Entry, roster: Roster) -> SignedDecision:
    """A stored decision with what was found out about it. Raises `UnreadableError` only where it is no decision at all."""
    statement = statements.read(data, where=entry.id, predicate_type=statements.DECISION)
    decision = decision_of(statement, entry.id)
    signer, problem = examine(statement, entry.seq, entry.recorded_at, roster)
    if problem is None and decision.signed_at > entry.recorded_at:
        problem = "is dated after it was recorded"
    return SignedDecision(
        id=entry.id,
        seq=entry.seq,
        decision=decision,
        recorded_at=entry.recorded_at,
        key_fingerprint=signer.credential if signer else statement.envelope.signatures[0].keyid,
        valid=problem is None,
        problem=problem,
    )


def decision_of(statement: Statement, where: str) -> Decision:
    """The decision that a statement makes. Raises `UnreadableError` where it is none in its one form."""
    try:
        decision = Decision.model_validate(statement.predicate)
    except ValidationError as error:
        raise UnreadableError(f"not a decision: {faults.first(error, 'it')}", where=where) from None
    if payload(decision) != statement.envelope.payload:
        raise UnreadableError("not a decision statement in its one form", where=where)
    return decision


def roster(entries: Iterable[Entry], raw: Callable[[str], bytes], ledger_key: PublicKey) -> Roster:
    """The principals after the principal entries among these, which come in the order of the ledger."""
    made = Roster(ledger_key)
    for entry in entries:
        if entry.type is EntryType.PRINCIPAL:
            data = raw(entry.record["envelope_digest"])
            statement = statements.read(data, where=entry.id, predicate_type=statements.PRINCIPAL)
            made.apply(Event(entry.seq, entry.recorded_at, statement, entry.id))
    return made


def duties(entries: Iterable[Entry], raw: Callable[[str], bytes], roster: Roster) -> tuple[Held, ...]:
    """The duties that the attestations among these entries show."""
    read_ = []
    for entry in entries:
        if entry.type is EntryType.ATTESTATION:
            data = raw(entry.record["envelope_digest"])
            statement = statements.read(data, where=entry.id, predicate_type=statements.ATTESTATION)
            try:
                Attestation.model_validate(statement.predicate)
            except ValidationError as error:
                raise UnreadableError(f"not an attestation: {faults.first(error)}", where=entry.id) from None
            read_.append((statement, roster.signers(statement.envelope, entry.seq, entry.recorded_at)))
    return tuple(held_by_attestations(read_))
