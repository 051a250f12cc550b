"""The figures of a candidate diff: each side's by its own references, and differences over both.

A figure of one side may speak only of that side's weights, as in any document. Only a difference spans the two, and it may be of either
candidate; it is asked for where both of its figures are in print.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms.views import Phrase
from governance.reports.claims.references import References
from governance.reports.diff import words as diff_words
from governance.reports.diff.views import DiffField, DiffFile, DiffFiles, DiffThing, DiffThings
from governance.verifier import figures

if TYPE_CHECKING:
    from governance.domain.comparison import FieldChange, FileChanges, FileRow, Pair, Thing, Things, Told
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Cite, Fact

ACROSS = "d"
"""How the ids of the claims of differences begin."""
FILES = 60
"""Files that are printed; the rest is counted."""


class Across(References):
    """Makes the differences: a piece may be of the earlier candidate as well as of the later."""

    def __init__(self, before: References, after: References) -> None:
        super().__init__(after.case, ACROSS, after.say)
        self._before, self._after = before, after

    def of_others(self, piece: Piece) -> bool:
        """Whether a piece is of the weights of neither side."""
        return self._before.of_others(piece) and self._after.of_others(piece)

    def stale(self, piece: Piece) -> str:  # noqa: ARG002 - of the base class
        """Nothing: each side has asked by its own day."""
        return ""


class Sides:
    """The references of both sides, and what spans them."""

    def __init__(self, pair: Pair, before: References, after: References) -> None:
        self.pair, self.before, self.after = pair, before, after
        self.across = Across(before, after)

    def figure(self, label: str, told: Told | None, *, then: bool, form: str = "number", unit: str = "") -> Fact:
        """The figure of one side; nothing told prints "not evidenced"."""
        references = self.before if then else self.after
        piece = references.case.dossier.by_id.get(told.evidence) if told else None
        pointer = told.at if told else ""
        if form == "listed":
            return references.listed(label, piece, pointer)
        return references.figure(label, piece, pointer, form=form, digits=4, unit=unit)

    def difference(self, label: str, before: Told, after: Told, *, form: str = "signed", unit: str = "") -> Fact:
        """After less before."""
        held = self.after.case.dossier.by_id
        sides = (held[after.evidence], after.at), (held[before.evidence], before.at)
        return self.across.difference(label, *sides, digits=4, form=form, unit=unit)

    def cites(self, *evidence: str | None) -> tuple[Cite, ...]:
        """Citations; both sides number alike, since the earlier ledger is a beginning of the later."""
        return self.after.cites([each for each in evidence if each])

    def done(self) -> None:
        """Hand everything to the later side, so that whoever keeps its claims keeps all: the twin, and the count of what is missing."""
        for each in (self.before, self.across):
            self.after.claims += each.claims
            self.after.asked += each.asked
            self.after.not_evidenced += each.not_evidenced


def things(found: Things, sides: Sides) -> DiffThings:
    """Things of one sort as rows."""
    return DiffThings(
        id=found.id,
        title=diff_words.SECTIONS[found.id],
        rows=tuple(_thing(each, sides) for each in found.rows),
        same=found.same,
        carried=found.carried,
        before=found.before,
        after=found.after,
    )


def files(found: FileChanges | None) -> DiffFiles | None:
    """Files as rows; those that came in or went first."""
    if found is None:
        return None
    rows = sorted(found.rows, key=lambda row: (row.way == "changed", row.path))
    return DiffFiles(
        rows=tuple(_file(row) for row in rows[:FILES]),
        left_out=max(0, len(rows) - FILES),
        same=found.same,
        total=found.same + len(rows),
    )


def _file(row: FileRow) -> DiffFile:
    return DiffFile(
        path=row.path,
        way=diff_words.WAYS[row.way],
        before=_size(row.before_size),
        after=_size(row.after_size),
        before_digest=figures.short(row.before_digest or ""),
        after_digest=figures.short(row.after_digest or ""),
    )


def _size(value: int | None) -> str:
    return "" if value is None else figures.size(value)[0]


def _thing(thing: Thing, sides: Sides) -> DiffThing:
    kind = sides.after.case.catalogue.kinds.get(thing.kind)
    there = thing.before is not None, thing.after is not None
    return DiffThing(
        kind=kind.title if kind else thing.kind,
        name=thing.name,
        way=diff_words.WAYS[thing.way],
        before=sides.cites(thing.before),
        after=sides.cites(thing.after),
        fields=tuple(_field(each, sides, there, thing.apart) for each in thing.fields),
        same=thing.same,
        files=files(thing.files),
        apart=thing.apart,
    )


def _field(change: FieldChange, sides: Sides, there: tuple[bool, bool], apart: str) -> DiffField:
    label = f"{change.label} {change.name}".strip()
    unit = diff_words.UNITS.get(change.label, "")
    before, after = (
        sides.figure(label, told, then=then, form=change.form, unit=unit) if present else None
        for told, then, present in ((change.before, True, there[0]), (change.after, False, there[1]))
    )
    return DiffField(
        label=diff_words.FIELDS.get(change.label, Phrase(change.label)),
        name=change.name,
        way=diff_words.WAYS[change.way],
        before=before,
        after=after,
        difference=None if apart else _difference(label, change, sides, before, after, unit),
    )


def _difference(
    label: str, change: FieldChange, sides: Sides, before: Fact | None, after: Fact | None, unit: str
) -> Fact | None:
    """After less before of two plain numbers that are both in print; ids and seeds are numbers that nobody subtracts."""
    told = change.before, change.after
    if before is None or after is None or before.missing or after.missing or change.form != "number":
        return None
    if change.label in ("Seed", "Setting") or any(each is None or figures.finite(each.value) is None for each in told):
        return None
    return sides.difference(f"{label}, difference", told[0], told[1], unit=unit)  # type: ignore[arg-type]
