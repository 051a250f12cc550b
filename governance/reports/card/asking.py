"""Questions as data: what is asked, and where an answer may stand. `answering` looks there.

The constructors are named as the ways in which references make figures, so that whoever collects our words for translation finds
the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact, Phrase
    from governance.reports.claims.references import References

Wanted = Callable[["References", "Piece"], "Fact"]
"""A figure to be made of a piece."""


@dataclass(frozen=True)
class Of:
    """Figures of the latest piece of a kind. `where` names what its body must say, by pointer: the target of a scan, say.

    `of_model` keeps what speaks of no model, or of the candidate; without it any subject will do.
    """

    kind: str
    wanted: tuple[Wanted, ...]
    where: tuple[tuple[str, str], ...] = ()
    of_model: bool = True


@dataclass(frozen=True)
class Asked:
    """A question, and everything that may answer it.

    `evidence`: kinds with their figures; `purposes`: of evaluations; `topics`: of attested documents; `fields`: of the system file.
    """

    asks: Phrase
    evidence: tuple[Of, ...] = ()
    purposes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def figure(label: str, pointer: str, *, form: str = "number", digits: int = 3, unit: str = "") -> Wanted:
    """What stands at a pointer."""
    return lambda references, piece: references.figure(label, piece, pointer, form=form, digits=digits, unit=unit)


def ceiling(label: str, seen: str, asked: str) -> Wanted:
    """The greatest share that so many of so many leave possible."""
    return lambda references, piece: references.ceiling(label, piece, seen, asked)


def length(label: str, pointer: str) -> Wanted:
    """How many there are in a list."""
    return lambda references, piece: references.length(label, piece, pointer)


def listed(label: str, pointer: str) -> Wanted:
    """The texts of a list."""
    return lambda references, piece: references.listed(label, piece, pointer)


def tally(label: str, pointer: str) -> Wanted:
    """A mapping of names to numbers."""
    return lambda references, piece: references.counted(label, piece, pointer)


def words(label: str, pattern: str, *pointers: str) -> Wanted:
    """A pattern over what stands at pointers."""
    return lambda references, piece: references.words(label, piece, pattern, *pointers)


def choice(label: str, pointer: str, choices: Mapping[str, str]) -> Wanted:
    """A text for what stands at a pointer."""
    return lambda references, piece: references.choice(label, piece, pointer, choices)
