"""What each kind of evidence on data tells, as figures. `data_card` says to which data set a piece belongs.

A field that the kind lets be null for "nobody counted" is asked for and prints "not evidenced"; a field that a tool may leave out
altogether is only printed where it is there. Lists are printed up to `ROWS` rows, and the document says how many are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms.views import phrase
from governance.reports.data_card.views import Rows
from governance.verifier.claims import at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact, Phrase
    from governance.reports.claims.references import References

    Tell = Callable[[References, Piece], tuple[list[Fact], list[Rows | None]]]

ROWS = 25
"""Rows of a list that are printed."""


def rows(
    references: References, label: Phrase, piece: Piece, pointer: str, columns: Mapping[str, Phrase]
) -> Rows | None:
    """A list of a piece as a table; `columns` are the headings of its fields. None where the list is empty."""
    found = at(piece.body, pointer)
    count = len(found) if isinstance(found, (list, tuple)) else 0
    if not count:
        return None
    made = tuple(
        tuple(_cell(references, heading, piece, f"{pointer}/{place}/{field}") for field, heading in columns.items())
        for place in range(min(count, ROWS))
    )
    return Rows(label, tuple(columns.values()), made, count - len(made))


def _cell(references: References, heading: Phrase, piece: Piece, pointer: str) -> Fact:
    form = "size" if pointer.endswith("/size") else "number"
    return references.figure(str(heading), piece, pointer, form=form)


def scan(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """A search for personal data."""
    figure = references.figure
    return [
        _tool(references, piece),
        figure("Rows searched", piece, "/rows"),
        references.listed("Languages of the search", piece, "/languages"),
        references.counted("Hits by sort", piece, "/entities"),
        figure("Taken out or replaced", piece, "/redacted"),
        figure("No personal data after all, or allowed", piece, "/dismissed"),
        figure("Still as found", piece, "/unresolved"),
    ], []


def deduplication(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """A search for rows that say the same."""
    figure = references.figure
    return [
        _tool(references, piece),
        figure("How rows are compared", piece, "/method"),
        *_there(piece, ("/threshold", lambda: figure("Likeness that counts as the same", piece, "/threshold"))),
        figure("Rows before", piece, "/rows_before"),
        figure("Rows after", piece, "/rows_after"),
        figure("Rows that repeat an earlier one", piece, "/duplicates_found"),
        figure("Of them taken out", piece, "/duplicates_removed"),
        figure("Of them still there", piece, "/duplicates_left"),
        figure("Test rows that were also in the training part", piece, "/across_splits"),
    ], []


def contamination(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """A search for questions of tests in the training data."""
    figure = references.figure
    columns = {"name": phrase("Test"), "items": phrase("Questions"), "contaminated": phrase("Found in the data")}
    return [
        _tool(references, piece),
        figure("How a question is looked for", piece, "/method"),
        *_there(piece, ("/ngram", lambda: figure("Words in a row that count as a hit", piece, "/ngram"))),
        *_there(piece, ("/threshold", lambda: figure("Share of a question that counts as a hit", piece, "/threshold"))),
        figure("Rows searched", piece, "/rows"),
        figure("Questions of all tests found", piece, "/contaminated_items"),
    ], [rows(references, phrase("Tests that were looked for"), piece, "/benchmarks", columns)]


def quality(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """Rules that the data was held against."""
    figure = references.figure
    columns = {
        "rule": phrase("Rule"),
        "column": phrase("Column"),
        "unexpected": phrase("Rows that break it"),
        "severity": phrase("Severity"),
    }
    return [
        _tool(references, piece),
        *_there(piece, ("/suite", lambda: figure("Set of rules", piece, "/suite"))),
        figure("Rules", piece, "/rules"),
        figure("Rules kept", piece, "/passed"),
        figure("Rules broken", piece, "/failed"),
        figure("Rules that could not be run", piece, "/not_run"),
        figure("Rows looked at", piece, "/rows"),
    ], [rows(references, phrase("Rules that were broken"), piece, "/failures", columns)]


def rights(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """Whether owners of the sources forbid mining, and whether that was kept."""
    figure = references.figure
    return [
        _tool(references, piece),
        references.listed("Signals", piece, "/signals"),
        references.words("Fetched between", piece, "{} – {}", "/fetched/from", "/fetched/to"),
        figure("Sources", piece, "/sources"),
        figure("Sources that gave an answer", piece, "/checked"),
        figure("Of them with rights reserved", piece, "/reserved"),
        figure("Reserved and left out", piece, "/excluded"),
        figure("Reserved and used with leave", piece, "/used_with_leave"),
        figure("Reserved and used without leave", piece, "/used_despite_reservation"),
        figure("Used although no answer could be read", piece, "/used_unchecked"),
    ], []


def agreement(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """An agreement with whoever the data came from."""
    figure = references.figure
    return [
        references.words("Agreement", piece, "{}: {}", "/party", "/title"),
        figure("Signed on", piece, "/signed_on"),
        _ends(references, piece),
        figure("In force", piece, "/in_force"),
        figure("Allows training", piece, "/permits/training"),
        figure("Allows testing", piece, "/permits/evaluation"),
        figure("Allows business use of the model", piece, "/permits/commercial_use"),
        figure("Allows giving the model to others", piece, "/permits/model_release"),
        figure("Allows giving the data to others", piece, "/permits/redistribution"),
        *_there(piece, ("/conditions", lambda: references.listed("Conditions", piece, "/conditions"))),
        references.words("Read by", piece, "{}, {}", "/read_by/name", "/read_by/role"),
    ], []


def retention(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """How long an agreement lets the data be kept."""
    made = [references.words("Agreement", piece, "{}: {}", "/party", "/title"), _ends(references, piece)]
    return made, []


def terms(references: References, piece: Piece) -> tuple[list[Fact], list[Rows | None]]:
    """Licences and terms of a supplier, as they were fetched."""
    figure = references.figure
    columns = {
        "title": phrase("Document"),
        "retrieved_on": phrase("Fetched on"),
        "changed": phrase("Changed since"),
        "reviewed_by": phrase("Read by"),
    }
    return [
        figure("Whose terms", piece, "/party"),
        figure("Changes that nobody has read", piece, "/unreviewed_changes"),
    ], [rows(references, phrase("Documents"), piece, "/documents", columns)]


def _tool(references: References, piece: Piece) -> Fact:
    return references.words("Tool", piece, "{} {}", "/tool/name", "/tool/version")


def _ends(references: References, piece: Piece) -> Fact:
    """The last day of an agreement. The kind has null for no end and for none known, so nothing is made of null."""
    return references.figure("Last day", piece, "/ends")


def _there(piece: Piece, *optional: tuple[str, Callable[[], Fact]]) -> list[Fact]:
    """Figures of fields that a tool may leave out, where it did not."""
    return [make() for pointer, make in optional if at(piece.body, pointer) not in (None, [], {}, "")]
