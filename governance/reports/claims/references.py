"""Citations: every figure points at the row of the evidence index it comes from, and every gap is counted.

Evidence is numbered E1, E2 … in the order of the ledger, the system file is S, decisions are D1, D2 …, so that one
number means the same piece in the model card, in the audit report and in the CSV files of one case. `References`
also makes the figures (`claiming`) and so keeps the tally of those that were asked for and of those without evidence: the one mutable
thing in this wing, alive while a document is rendered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.evidence import Piece, SubjectType
from governance.reports.atoms import words
from governance.reports.atoms.views import Cite, EvidenceIndex, EvidenceRow, Said, phrase
from governance.reports.claims.claiming import Figures
from governance.reports.claims.vouched import declared
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from governance.domain.case import Case
    from governance.domain.evidence import Evidence

ROWS_PRINTED = 400
"""Rows of the index printed in a document; the CSV file has all of them, and the document says so."""

SYSTEM_KEY = "S"


class References(Figures):
    """Numbers for evidence, and the figures taken from it."""

    def __init__(self, case: Case, prefix: str = "c", say: Callable[[str], str] = str) -> None:
        super().__init__(case, prefix, say)
        self.pieces = tuple(sorted(case.dossier.pieces, key=lambda piece: (piece.seq, piece.id)))
        printed = len(self.pieces[:ROWS_PRINTED])
        self._cites = {
            piece.id: Cite(f"E{number}", f"e{number}" if number <= printed else "", declared(piece))
            for number, piece in enumerate(self.pieces, start=1)
        }
        self._unbound = frozenset(case.assessment.unbound)
        self.system = Cite(SYSTEM_KEY, "s")
        self._cites[case.dossier.system_entry] = self.system
        for number, signed in enumerate(case.dossier.decisions, start=1):
            self._cites.setdefault(signed.id, Cite(f"D{number}", ""))

    def cite(self, evidence_id: str) -> Cite:
        """The citation of an id. An id the dossier does not hold prints itself, so that a dangling one is seen."""
        return self._cites.get(evidence_id) or Cite(f"{evidence_id}, not in this index", "")

    def cites(self, ids: Iterable[str]) -> tuple[Cite, ...]:
        """Citations of several ids, each once, in ledger order."""
        found = {self.cite(evidence_id) for evidence_id in ids}
        return tuple(sorted(found, key=_order))

    def said(self, label: str, stated: str | tuple[str, ...] | None, field: str) -> Said:
        """What the system file says in a field, or the request to add it."""
        texts = (stated,) if isinstance(stated, str) else tuple(stated or ())
        owner = self.case.dossier.system.owner
        return Said(
            label=label,
            texts=texts,
            by=phrase("stated by %(name)s in the system file", name=owner),
            ask=phrase("not stated: add `%(field)s` to the system file", field=field),
            cites=(self.system,) if texts else (),
        )

    def index(self) -> EvidenceIndex:
        """The rows of the evidence index."""
        rows = tuple(self._row(piece) for piece in self.pieces[:ROWS_PRINTED])
        return EvidenceIndex(
            rows=(self._system_row(), *rows),
            total=len(self.pieces) + 1,
            left_out=max(0, len(self.pieces) - ROWS_PRINTED),
        )

    def all_rows(self) -> tuple[EvidenceRow, ...]:
        """Every row, for the CSV file."""
        return (self._system_row(), *(self._row(piece) for piece in self.pieces))

    def _row(self, piece: Piece) -> EvidenceRow:
        record = piece.record
        kind = self.case.catalogue.kinds.get(record.kind)
        cite = self.cite(piece.id)
        collector = f"{record.collector.name} {record.collector.version}"
        if record.declared_by is not None:
            collector = f"written by hand by {record.declared_by}"
        effective = figures.day(record.effective_at)
        clock = record.effective_clock
        return EvidenceRow(
            key=cite.key,
            anchor=cite.anchor,
            id=piece.id,
            kind=record.kind,
            kind_title=kind.title if kind else record.kind,
            about=record.subject.name,
            role=record.subject.role or ("" if record.subject.type is SubjectType.SYSTEM else str(record.subject.type)),
            bound_by=record.subject.bound_by or "",
            quality=words.QUALITIES[record.quality],
            quality_reasons=(*record.quality_reasons, *_notes(record)),
            effective=(effective + (f" ({clock})" if clock and clock != "tool" else "")) if effective else "no clock",
            recorded=figures.day(piece.recorded_at),
            collector=collector,
            tool=" ".join(part for part in (record.tool, record.tool_version) if part),
            digest=record.body_digest,
            short=figures.short(record.body_digest),
            sources=len(record.sources),
            unbound=piece.id in self._unbound,
        )

    def _system_row(self) -> EvidenceRow:
        dossier = self.case.dossier
        kind = self.case.catalogue.kinds.get("system.v1")
        return EvidenceRow(
            key=self.system.key,
            anchor=self.system.anchor,
            id=dossier.system_entry,
            kind="system.v1",
            kind_title=kind.title if kind else "System file",
            about=dossier.system.name,
            role="system",
            bound_by="",
            quality=words.QUALITIES["complete"],  # type: ignore[index]  # StrEnum keys equal their text
            quality_reasons=(),
            effective=figures.day(dossier.registered_at),
            recorded=figures.day(dossier.registered_at),
            collector=f"stated by {dossier.system.owner}",
            tool="",
            digest="",
            short="",
            sources=0,
            unbound=False,
        )


def _notes(record: Evidence) -> tuple[str, ...]:
    """What a reader of the index must know beside the quality: a conflict about whom it speaks of, and what was taken out."""
    taken = record.redacted
    left_out = f"{taken} secret{'s' if taken != 1 else ''} or personal data left out" if taken else None
    return (*(f"conflict: {each}" for each in record.conflicts or ()), *((left_out,) if left_out else ()))


def _order(cite: Cite) -> tuple[str, int, str]:
    digits = "".join(character for character in cite.key[1:] if character.isdigit())
    letter = {"S": "0", "E": "1", "D": "2"}.get(cite.key[:1], "3")
    return letter, int(digits[:9] or 0), cite.key
