"""What people vouch for: documents they attested, the newest of each topic, and evidence they wrote by hand, with who and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.domain.kind import Basis
from governance.reports.atoms.views import Attested, Phrase, phrase
from governance.reports.claims.vouched import vouched
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.claims.references import References

KIND = "attested-document.v1"


def newest(case: Case) -> tuple[tuple[str, Piece], ...]:
    """(topic, piece), by topic; the later date attested counts, then the later entry."""
    found: dict[str, Piece] = {}
    for piece in sorted(case.dossier.of_kind(KIND), key=lambda piece: (str(piece.body.get("on")), piece.seq)):
        found[str(piece.body.get("topic"))] = piece
    return tuple(sorted(found.items()))


def attested(case: Case, references: References) -> tuple[Attested, ...]:
    """The rows of the table of attested documents."""
    return tuple(_row(topic, piece, references) for topic, piece in newest(case))


def _row(topic: str, piece: Piece, references: References) -> Attested:
    body: Mapping[str, Any] = piece.body
    by = body.get("by") or {}
    document = body.get("document") or {}
    role = f" ({by['role']})" if by.get("role") else ""
    who = f"{by['name']}{role}" if by.get("name") else phrase("nobody named")
    file = f"{document.get('name')}, sha256 {figures.short(str(document.get('sha256')))}" if document else ""
    return Attested(
        topic=topic.replace("-", " "),
        title=str(body.get("title") or topic),
        statement=str(body.get("statement") or ""),
        by=vouched(who, str(body.get("on") or "") or phrase("a day not stated")),
        document=file,
        review_due=str(body.get("review_due") or ""),
        cites=(references.cite(piece.id),),
    )


def denied(case: Case) -> frozenset[str]:
    """Topics of which the newest document says that what they are about is not in place."""
    return frozenset(topic for topic, piece in newest(case) if piece.body.get("in_place") is False)


def by_tool(case: Case, piece: Piece) -> bool:
    """Whether a tool wrote it: not by hand, and of no kind that people vouch for."""
    kind = case.catalogue.kinds.get(piece.record.kind)
    return piece.record.declared_by is None and (kind is None or kind.basis is not Basis.ATTESTED)


def evidence_of(kinds: Iterable[str]) -> Iterator[Phrase]:
    """Kinds of evidence as what would answer a question."""
    return (phrase("evidence of the kind `%(kind)s`", kind=kind) for kind in kinds)


def documents_on(topics: Iterable[str]) -> Iterator[Phrase]:
    """Attested documents as what would answer a question."""
    return (phrase("an attested document on `%(topic)s`", topic=topic) for topic in topics)
