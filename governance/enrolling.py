"""Principals of a workspace: enrolled, rotated, revoked, and read back as they stood at any entry.

What happens to a principal is a statement signed by the ledger's key, by an administrator, or by the principal itself, and an
entry of the ledger. Before anything is appended, the event is applied to the roster as it is: what would be refused later is
refused now.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from governance.domain import faults
from governance.domain.entry import EntryType, StatementRecord
from governance.domain.principal import Attestation, PrincipalEvent, TokenIdentity
from governance.errors import UsageError
from governance.ledger.store import Draft
from governance.parsing import canonical
from governance.signing import statements as signed
from governance.verifier import statements
from governance.verifier.roster import Event, credential_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from governance.ledger.blobs import Blobs
    from governance.ledger.store import Ledger
    from governance.proofs.public_keys import PublicKey
    from governance.signing.keys import SigningKey
    from governance.verifier.roster import Roster

_HERE = "the entry to be"


class People:
    """The principals of one workspace. `ledger_key` is the ledger's own public key, `clock` gives the moment of signing."""

    def __init__(self, ledger: Ledger, blobs: Blobs, ledger_key: PublicKey, clock: Callable[[], datetime]) -> None:
        self._ledger, self._blobs, self._ledger_key, self._clock = ledger, blobs, ledger_key, clock

    def roster(self) -> Roster:
        """The principals after all events on record."""
        events = (entry for entry in self._ledger.shared() if entry.type is EntryType.PRINCIPAL)
        return signed.roster(events, self._blobs.read, self._ledger_key)

    def enrol(
        self,
        name: str,
        *,
        by: SigningKey,
        reason: str,
        roles: Sequence[str],
        key: str | None = None,
        token: dict[str, Any] | None = None,
        kind: str = "person",
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> str:
        """Enrol a principal with its first key or token identity. Returns the id of the entry."""
        identity = TokenIdentity.model_validate(token) if token else None
        return self._append(
            by, event="enrol", name=name, kind=kind, roles=tuple(dict.fromkeys(roles)) or None, key=key, token=identity,
            valid_from=valid_from, valid_until=valid_until, reason=reason,
        )  # fmt: skip

    def add_key(self, name: str, *, by: SigningKey, reason: str, key: str, valid_until: date | None = None) -> str:
        """Give a principal a further key, beside those it has. Returns the id of the entry."""
        return self._append(by, event="add-key", name=name, key=key, valid_until=valid_until, reason=reason)

    def rotate(self, name: str, *, by: SigningKey, reason: str, key: str, replaces: str | None = None,
               valid_until: date | None = None) -> str:  # fmt: skip
        """Replace a key by a new one; the old one signs nothing that is recorded from here on."""
        old = replaces or self._only_key(name)
        return self._append(
            by, event="rotate", name=name, key=key, replaces=old, valid_until=valid_until, reason=reason
        )

    def revoke(
        self, name: str, *, by: SigningKey, reason: str, credential: str | None = None, since: int | None = None
    ) -> str:
        """End a key from here on, or from an earlier entry since which it was not its owner's."""
        return self._append(
            by, event="revoke", name=name, credential=credential or self._only_key(name), since=since, reason=reason
        )

    def change_roles(self, name: str, *, by: SigningKey, reason: str, roles: Sequence[str]) -> str:
        """Give a principal other roles from here on."""
        return self._append(by, event="roles", name=name, roles=tuple(dict.fromkeys(roles)) or None, reason=reason)

    def _only_key(self, name: str) -> str:
        found = self.roster().find(name)
        if found is None:
            raise UsageError(f"{name} is not enrolled", hint="List the principals with: govern people list")
        held = [credential.name for credential in found.active()]
        if len(held) != 1:
            raise UsageError(f"{found.name} has {len(held)} keys that sign", hint="Name one by its fingerprint.")
        return held[0]

    def _append(self, by: SigningKey, **said: Any) -> str:
        try:
            event = PrincipalEvent(**said, at=self._clock(), nonce=secrets.token_hex(16))
        except ValidationError as error:
            raise UsageError(faults.first(error)) from None
        predicate = event.plain()
        subject = (
            credential_of(predicate).material if event.event in {"enrol", "add-key", "rotate"} else event.name.encode()
        )
        payload = statements.build(statements.PRINCIPAL, [(event.name, canonical.sha256(subject))], predicate)
        envelope = by.seal(payload)
        roster = self.roster()
        statement = statements.read(envelope, where=event.name, predicate_type=statements.PRINCIPAL)
        roster.apply(Event(self._ledger.checkpoint().size, self._clock(), statement, _HERE))
        for entry, problem in roster.refused:
            if entry == _HERE:
                raise UsageError(problem, where=event.name)
        entry_id = append_signed(self._ledger, self._blobs, EntryType.PRINCIPAL, "prn", envelope, None)
        refusal = dict(self.roster().refused).get(entry_id)
        if refusal is not None:  # somebody else's event came between the check and the entry
            raise UsageError(f"{refusal}; {entry_id} is on record and does not count", where=event.name)
        return entry_id


def append_signed(
    ledger: Ledger, blobs: Blobs, kind: EntryType, prefix: str, envelope: bytes, system: str | None
) -> str:
    """Keep an envelope as a body and append the entry that names it. Returns the id of the entry."""
    draft = signed_draft(kind, prefix, envelope, system)
    blobs.write({draft.record["envelope_digest"]: envelope})
    ledger.append([draft])
    return draft.id


def signed_draft(kind: EntryType, prefix: str, envelope: bytes, system: str | None) -> Draft:
    """The entry that names an envelope, to be appended after the envelope was kept as a body."""
    digest = canonical.sha256(envelope)
    record = StatementRecord(envelope_digest=digest, envelope_size=len(envelope)).plain()
    return Draft(kind, f"{prefix}-{digest[7:27]}", system, record)


def attestation(
    system: str, pieces: Sequence[tuple[str, str]], duties: Sequence[str], author: str, at: datetime
) -> bytes:
    """The statement by which somebody attests pieces of evidence, given as (id, digest of the body)."""
    said = Attestation(
        system=system, author=author, duties=tuple(duties), evidence=tuple(name for name, _ in pieces), at=at,
        nonce=secrets.token_hex(16),
    )  # fmt: skip
    return statements.build(statements.ATTESTATION, pieces, said.plain())
