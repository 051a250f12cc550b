"""Documents people attested, the newest of each topic, each with who stands behind it and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.reports import figures
from governance.reports.views import Attested, phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.references import References

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
        by=phrase(
            "attested by %(who)s on %(day)s", who=who, day=str(body.get("on") or "") or phrase("a day not stated")
        ),
        document=file,
        review_due=str(body.get("review_due") or ""),
        cites=(references.cite(piece.id),),
    )
