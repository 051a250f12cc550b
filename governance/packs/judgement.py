"""Judge a system from entries, bodies and content alone: the one path that both the workspace and the auditor walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.assurance import decided, validity
from governance.assurance.applicability import applicability, documented, in_scope
from governance.assurance.assess import assess
from governance.assurance.differences import differences, told
from governance.assurance.fold import fold
from governance.assurance.gate import gate
from governance.assurance.profiles import profiles
from governance.assurance.register import register
from governance.assurance.then_and_now import Now
from governance.domain.case import Case
from governance.domain.entry import EntryType
from governance.domain.evidence import Columns
from governance.parsing import sample_table
from governance.signing import statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.entry import Checkpoint, Entry
    from governance.domain.evidence import Evidence
    from governance.proofs.public_keys import PublicKey


def dossier_of(
    system_id: str,
    entries: Iterable[Entry],
    body: Callable[[str], Any],
    raw: Callable[[str], bytes],
    ledger_key: PublicKey,
    size: int,
    known_at: datetime | None = None,
) -> Dossier:
    """Fold the entries of a system, and those of the whole workspace among them, into a dossier.

    `body` gives a parsed body by digest, `raw` the bytes of a signed envelope or of what is attached to evidence.
    """
    listed = [entry for entry in entries if known_at is None or entry.recorded_at <= known_at]
    roster = statements.roster(listed, raw, ledger_key)
    own = [entry for entry in listed if entry.system == system_id]
    decisions = {
        entry.id: statements.read(raw(entry.record["envelope_digest"]), entry, roster)
        for entry in own
        if entry.type is EntryType.DECISION
    }
    return fold(
        system_id,
        listed,
        bodies=body,
        columns=lambda record, said: columns_of(record, said, raw),
        decisions=decisions,
        attested=statements.duties(own, raw, roster),
        ledger_size=size,
        known_at=known_at,
    )


def columns_of(record: Evidence, body: Mapping[str, Any], raw: Callable[[str], bytes]) -> Columns | None:
    """The table of samples that a piece has attached, read when it is asked for; None where there is none."""
    named = (each for each in record.attachments or () if each.name == sample_table.ATTACHMENT)
    if (attachment := next(named, None)) is None:
        return None

    return Columns(attachment.digest, _Reader(record.id, body.get("table"), attachment.digest, raw))


@dataclass(frozen=True)
class _Reader:
    """Reads one table: of a piece, as its body states it. It goes to another process with the packed bytes."""

    where: str
    table: Any
    digest: str
    raw: Callable[[str], bytes]

    def __call__(self) -> Mapping[str, Any]:
        said = sample_table.stated(self.table, where=self.where)
        table = sample_table.read(self.raw(self.digest), said, where=self.where)
        return {**sample_table.by_question(table), **sample_table.clusters(table)}

    def __reduce__(self) -> tuple[type[_Reader], tuple[object, ...]]:
        held = {self.digest: self.raw(self.digest)}
        return _Reader, (self.where, self.table, self.digest, held.__getitem__)


def judge(dossier: Dossier, catalogue: Catalogue, policy_id: str, checkpoint: Checkpoint, on: datetime) -> Case:
    """Assess, rate the risks and ask the gate, all at one moment."""
    assessment: Assessment = assess(dossier, catalogue, on)
    rows = register(dossier, catalogue, assessment, on)
    policy = catalogue.policy(policy_id)
    answer = gate(policy, dossier, catalogue, assessment, rows, on)
    iso = in_scope(assessment)
    return Case(
        dossier=dossier,
        catalogue=catalogue,
        assessment=assessment,
        register=rows,
        gate=answer,
        checkpoint=checkpoint,
        on=on,
        approvals=validity.states(Now(dossier, catalogue, policy, answer.policy_digest, assessment, rows, on)),
        decided=decided.states(dossier, assessment, rows, on),
        differences=differences(told(piece.id, piece.record, piece.body, piece.seq) for piece in dossier.pieces),
        applicability=applicability(dossier, catalogue, assessment, rows, on) if iso else None,
        profiles=profiles(dossier, catalogue, assessment, on),
        documented=documented(dossier, catalogue, assessment, on) if iso else (),
    )
