"""From the entries of a ledger to the dossier of one system.

There is no table of systems and none of risks: the present state is a fold over everything that was ever recorded, so
history comes free, and a past day is the same fold over fewer entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.domain.dossier import Dossier, Registration
from governance.domain.entry import EntryType
from governance.domain.evidence import Evidence, Piece
from governance.domain.system import System
from governance.errors import UsageError
from governance.proofs import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from governance.domain.decision import SignedDecision
    from governance.domain.entry import Entry
    from governance.domain.evidence import Columns
    from governance.verifier.decisions import Held


def fold(
    system_id: str,
    entries: Iterable[Entry],
    *,
    bodies: Callable[[str], Mapping[str, Any]],
    columns: Callable[[Evidence, Mapping[str, Any]], Columns | None] = lambda _record, _body: None,
    decisions: Mapping[str, SignedDecision],
    attested: tuple[Held, ...] = (),
    ledger_size: int,
    known_at: datetime | None = None,
) -> Dossier:
    """The dossier of a system.

    `entries` are in order; those of another system are passed over. `bodies` gives a body by digest, `columns` the
    table that a piece with this record and body has attached, or None, `decisions` the
    read signatures by entry id, `attested` the duties that attestations show. With `known_at`, entries recorded later are
    as if they had never been. Raises `UsageError` for an unknown system.
    """
    system: System | None = None
    system_entry, registered_at, body = "", None, {}  # type: str, datetime | None, Mapping[str, Any]
    pieces: list[Piece] = []
    signed: list[SignedDecision] = []
    registrations: list[Registration] = []
    for entry in entries:
        if entry.system != system_id or (known_at is not None and entry.recorded_at > known_at):
            continue
        match entry.type:
            case EntryType.SYSTEM:
                body = bodies(entry.record["body_digest"])
                system, system_entry, registered_at = System.model_validate(body), entry.id, entry.recorded_at
                registrations.append(Registration(entry.seq, entry.id, entry.recorded_at, body))
            case EntryType.EVIDENCE:
                record = Evidence.model_validate(entry.record)
                body_of_it = bodies(record.body_digest)
                pieces.append(
                    Piece(
                        id=entry.id,
                        record=record,
                        body=body_of_it,
                        recorded_at=entry.recorded_at,
                        seq=entry.seq,
                        leaf=tree.leaf_hash(entry.to_bytes()).hex(),
                        columns=columns(record, body_of_it),
                    )
                )
            case EntryType.DECISION:
                signed.append(decisions[entry.id])
    if system is None or registered_at is None:
        if known_at is not None:
            raise UsageError(f"nothing about {system_id!r} was on record at {known_at:%Y-%m-%d %H:%M} UTC")
        raise UsageError(f"there is no system {system_id!r}", hint="Add it with: govern system add FILE.yaml")
    return Dossier(
        system=system,
        system_entry=system_entry,
        registered_at=registered_at,
        pieces=tuple(pieces),
        decisions=tuple(signed),
        ledger_size=ledger_size,
        system_body=body,
        attested=attested,
        registrations=tuple(registrations),
    )
