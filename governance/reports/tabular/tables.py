"""The data files: CSV that opens in a spreadsheet and runs nothing there. Every row of a list is in them, and nothing is shortened.

RFC 4180 with a byte-order mark, so that the common spreadsheets read UTF-8. A file begins with its heads and holds rows and
nothing else: a block above them, or lines behind a `#`, would be read as rows by every program that reads CSV. So each row says
in its last three columns of which day and checkpoint it is, and how much is relaxed just now: rows are filtered, copied and
joined, and a single one must still tell. The words of what is relaxed, the identity, the policy and the gate's answer stand once,
in `about.csv`.

No cell is run. Text that begins like a formula stands behind an apostrophe, and so does such a beginning after a semicolon or a
line break inside a text: a spreadsheet that takes the semicolon for its separator would begin a cell there (OWASP, CSV
injection). Take the apostrophe away to have the text as it was written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from governance.domain.short_form import short_form
from governance.reports.atoms.escape import cell
from governance.reports.claims.references import References
from governance.reports.parts.relaxed import relaxed
from governance.reports.tabular import judged_lists, lists
from governance.reports.tabular.about import about as said
from governance.verifier import figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.tabular.lists import Listing

WHENCE = ("as_of", "ledger_checkpoint", "relaxed")
"""The last columns of every list of a case."""
NOTHING_RELAXED = "nothing"

_BEGINS_A_CELL = re.compile(r'([;\t\r\n][\s"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b])')


def risk_register(case: Case) -> bytes:
    """One row per risk."""
    return _listing(case, lists.risks(case))


def evidence_index(case: Case) -> bytes:
    """One row per piece of evidence, the system file first."""
    return _listing(case, lists.evidence(case))


def controls(case: Case) -> bytes:
    """One row per control that was judged."""
    return _listing(case, judged_lists.controls(case))


def requirements(case: Case) -> bytes:
    """One row per requirement of the frameworks in scope."""
    return _listing(case, judged_lists.requirements(case))


def control_evidence(case: Case) -> bytes:
    """One row per piece of evidence that an ask of a control rests on."""
    return _listing(case, judged_lists.evidence_of_controls(case))


def decisions(case: Case) -> bytes:
    """One row per decision that was signed, the latest first."""
    return _listing(case, judged_lists.decisions(case))


def about(case: Case) -> bytes:
    """Which system and model, as of when, under which policy, on which ledger, and what is relaxed just now: one row per field."""
    return sheet(("field", "value"), ((field, _plain(value)) for field, value in said(case)))


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
    return sheet(head, body)


def _values(value: object, pointer: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _values(inner, f"{pointer}/{number}")
    elif value is not None:
        yield pointer, value


def _listing(case: Case, listing: Listing) -> bytes:
    whence = (
        figures.day(case.on),
        short_form(case.checkpoint.origin, case.checkpoint.size, case.checkpoint.root),
        "; ".join(map(str, relaxed(case, References(case)).summary)) or NOTHING_RELAXED,
    )
    head = (*(column.name for column in listing.columns), *WHENCE)
    return sheet(head, ((*map(_plain, row), *whence) for row in listing.rows))


def _plain(value: object) -> object:
    """A value of a list as text or number: several texts in one cell, a day and a moment as ISO 8601 writes them, without a zone: UTC."""
    if isinstance(value, tuple):
        return "; ".join(map(str, value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


def _cell(value: object) -> str:
    """A cell that no spreadsheet runs, whichever separator it goes by."""
    shown = cell(value)
    return (
        _BEGINS_A_CELL.sub(r"\1'", shown) if ";" in shown or "\n" in shown or "\t" in shown or "\r" in shown else shown
    )


def sheet(head: Sequence[str], body: Iterable[Sequence[object]]) -> bytes:
    """A table in this form: its heads and its rows."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in body)
    return out.getvalue().encode("utf-8-sig", errors="backslashreplace")
