"""The data sets a model was trained on, as their manifests describe them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms.views import Status, phrase
from governance.reports.card.details import mapping
from governance.reports.card.views import DataSet

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.claims.references import References

KIND = "dataset-manifest.v1"
SPOKEN = Status("stated", "✔", "good")
UNSPOKEN = Status("not stated", "○", "gap")
STATEMENTS = (
    (phrase("provenance"), "provenance"), (phrase("personal data"), "personal_data"), (phrase("limitations"), "limitations"),
)  # fmt: skip


def manifests(case: Case) -> tuple[Piece, ...]:
    """The newest manifest of each data set, by name."""
    newest: dict[str, Piece] = {}
    for piece in sorted(case.dossier.of_kind(KIND), key=lambda piece: piece.seq):
        newest[name_of(piece)] = piece
    return tuple(piece for _, piece in sorted(newest.items()))


def name_of(piece: Piece) -> str:
    """The name of the data set that a piece is about."""
    return str(piece.body.get("name") or piece.record.subject.name)


def data_set(references: References, piece: Piece | None) -> DataSet:
    """One data set; without a piece, what would be told of one is not evidenced."""
    body = piece.body if piece else {}
    figure = references.figure
    spoken = mapping(body.get("statements"))
    named = "/licence/id" if mapping(body.get("licence")).get("id") else "/licence/name"
    return DataSet(
        name=name_of(piece) if piece else "Training data",
        licence=figure("Licence", piece, named),
        rows=figure("Rows", piece, "/rows"),
        files=references.length("Files", piece, "/files"),
        size=references.total("Size", piece, "/files", "size", form="size"),
        digest=figure("Digest", piece, "/manifest_digest"),
        languages=tuple(map(str, body.get("languages") or ())),
        sources=tuple(map(str, body.get("source_datasets") or ())),
        statements=tuple((label, SPOKEN if spoken.get(field) is True else UNSPOKEN) for label, field in STATEMENTS),
        cites=(references.cite(piece.id),) if piece else (),
    )
