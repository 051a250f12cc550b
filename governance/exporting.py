"""Evidence written back in the forms that others read: shared evaluation results, a spreadsheet's CSV, JSON lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.exchange import every_eval_ever, hub_eval_results
from governance.reports.tabular import tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece

FORMATS = ("every-eval-ever", "hf-eval-results", "csv", "jsonl")


@dataclass(frozen=True)
class Exported:
    """Files by their path below the folder of the export, and what is not in them, with the reason."""

    files: dict[str, bytes]
    left_out: tuple[str, ...] = ()


def export(
    dossier: Dossier, form: str, *, now: datetime, benchmarks: Sequence[str] = (), kind: str | None = None
) -> Exported:
    """The evidence of a system in one of `FORMATS`. `kind` keeps only one kind; `benchmarks` are for `hf-eval-results`."""
    pieces = [piece for piece in dossier.pieces if kind in (None, piece.record.kind)]
    if form == "every-eval-ever":
        files, left_out = every_eval_ever.documents(pieces, dossier.system, now)
    elif form == "hf-eval-results":
        candidate = dossier.candidate.record.subject.digest if dossier.candidate else None
        named = [hub_eval_results.Benchmark.parse(each) for each in benchmarks]
        files, left_out = hub_eval_results.documents(pieces, candidate, named)
    elif form == "csv":
        return Exported({"evidence.csv": tables.evidence_values(pieces)})
    else:
        return Exported({"evidence.jsonl": b"".join(map(_line, pieces))})
    return Exported(files, tuple(left_out))


def _line(piece: Piece) -> bytes:
    """One piece as one line: its id, when it was recorded, its record and its body."""
    row = {
        "schema": "evidence.v1",
        "id": piece.id,
        "seq": piece.seq,
        "recorded_at": piece.recorded_at.isoformat(),
        "record": piece.record.plain(),
        "body": piece.body,
    }
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
