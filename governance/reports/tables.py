"""The data files: risk register, evidence index and evidence values as CSV that opens in a spreadsheet and runs nothing there.

RFC 4180 with a byte-order mark, so that the common spreadsheets read UTF-8. Nothing is shortened; every row is there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from governance.reports.escape import cell
from governance.reports.references import References
from governance.reports.risks import register

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece


def risk_register(case: Case) -> bytes:
    """One row per risk."""
    rows = register(case, References(case)).rows
    ordered = sorted(case.register, key=lambda row: (-row.residual.score, -row.inherent.score, row.risk))
    head = (
        "key", "risk", "title", "event", "consequence", "nist_ai_600_1", "owner", "owner_from", "treatment",
        "inherent_likelihood", "inherent_impact", "inherent_score", "inherent_level", "inherent_because", "arithmetic",
        "residual_likelihood", "residual_impact", "residual_score", "residual_level", "appetite", "within_appetite",
        "next_review", "review_overdue",
    )  # fmt: skip
    body = (
        (
            view.key, row.risk, row.title, row.event, row.consequence, "; ".join(row.genai_risks), row.owner,
            "system file" if row.owner_named else "usual role in the library", row.treatment.value,
            row.inherent.likelihood, row.inherent.impact, row.inherent.score, row.inherent.level.value, row.because,
            row.arithmetic, row.residual.likelihood, row.residual.impact, row.residual.score, row.residual.level.value,
            row.appetite if row.appetite is not None else "not stated", view.within.word, row.next_review.isoformat(),
            "yes" if row.review_overdue else "no",
        )
        for view, row in zip(rows, ordered, strict=True)
    )  # fmt: skip
    return _csv(head, body)


def evidence_index(case: Case) -> bytes:
    """One row per piece of evidence, the system file first."""
    head = (
        "key", "evidence", "kind", "about", "role", "bound_by", "quality", "quality_reasons", "effective", "recorded",
        "collector", "tool", "files_read", "body_digest", "tied_to_weights",
    )  # fmt: skip
    body = (
        (
            row.key, row.id, row.kind, row.about, row.role, row.bound_by, row.quality.word,
            "; ".join(row.quality_reasons), row.effective, row.recorded, row.collector, row.tool,
            row.sources, row.digest, "no" if row.unbound else "",
        )
        for row in References(case).all_rows()
    )  # fmt: skip
    return _csv(head, body)


def evidence_values(pieces: Iterable[Piece]) -> bytes:
    """One row per value that a piece holds, with a JSON Pointer (RFC 6901) to its place in the body."""
    head = (
        "evidence", "kind", "about", "role", "weights", "tool", "tool_version", "quality", "effective", "recorded", "pointer",
        "value",
    )  # fmt: skip
    body = (
        (
            piece.id, record.kind, record.subject.name, record.subject.role, record.subject.digest,
            record.tool or record.collector.name, record.tool_version, record.quality.value,
            record.effective_at.isoformat() if record.effective_at else None, piece.recorded_at.isoformat(), pointer, value,
        )
        for piece in pieces
        for record in (piece.record,)
        for pointer, value in _values(piece.body, "")
    )  # fmt: skip
    return _csv(head, body)


def _values(value: object, pointer: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _values(inner, f"{pointer}/{number}")
    elif value is not None:
        yield pointer, value


def _csv(head: Sequence[str], body: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in body)
    return out.getvalue().encode("utf-8-sig", errors="backslashreplace")
