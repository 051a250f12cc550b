"""What templates of the data card may name. The atoms are in `governance.reports.atoms.views`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from governance.reports.atoms.head import Head
    from governance.reports.atoms.views import Attested, Cite, EvidenceIndex, Fact, Frame, Phrase, Said, Status


@dataclass(frozen=True)
class Rows:
    """A list inside a piece of evidence.

    `label`: what its rows are; `headers`: of the columns; `rows`: a figure or text for each column.
    `left_out`: how many rows are not printed.
    """

    label: Phrase
    headers: tuple[Phrase, ...]
    rows: tuple[tuple[Fact, ...], ...]
    left_out: int


@dataclass(frozen=True)
class Told:
    """What one piece of evidence tells.

    `title`: its kind in words; `tie`: how it is tied to the data set; `facts`: its figures; `tables`: its lists.
    `quality`: how whole it is; `limit`: what evidence of this kind does not say.
    `earlier`: how many older pieces it stands for; `cites`: where it stands.
    """

    title: str
    tie: Status
    facts: tuple[Fact, ...]
    tables: tuple[Rows, ...]
    quality: Status
    limit: str
    earlier: int
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class Section:
    """One thing that is asked of every data set.

    `id`: of it within the data set; `title`: what it is; `status`: whether evidence shows it, people say it, or nobody does.
    `card`: whether the data set's own card speaks of it, or None where a card has no such part; `told`: what evidence tells.
    `attested`: what people attested for the whole system; `others`: evidence of another state of this data set, which is named
    and not quoted; `to_add`: what would answer it, where nothing does.
    """

    id: str
    title: Phrase
    status: Status
    card: Fact | None
    told: tuple[Told, ...]
    attested: tuple[Attested, ...]
    others: tuple[Cite, ...]
    to_add: tuple[Phrase, ...]


@dataclass(frozen=True)
class DataSetCard:
    """A data set with all that is on record of it.

    `name`: its name; `anchor`: its anchor; `identity`: what fixes it; `files`, `splits`: lists of its parts, or None each.
    `terms`: licence and access; `sources`: what it was made from; `collection`: how it was made.
    `sections`: what else is asked of it; `counts`: pairs of a status and how many of these have it.
    `limit`: what its manifest does not say; `cites`: its manifest.
    """

    name: str
    anchor: str
    identity: tuple[Fact, ...]
    files: Rows | None
    splits: Rows | None
    terms: tuple[Fact, ...]
    sources: tuple[Fact, ...]
    collection: tuple[Fact, ...]
    sections: tuple[Section, ...]
    counts: tuple[tuple[Status, int], ...]
    limit: str
    cites: tuple[Cite, ...]


@dataclass(frozen=True)
class DataCardView:
    """What `view: data-card` gives to a template.

    `head`: the YAML head that the Hub reads, where there is exactly one data set, else None.
    `frame`: the frame; `index`: the evidence index.
    `sets`: the data sets by name; `loose`: evidence on data that names none of them.
    `owner`, `contact`: stated.
    """

    head: Head | None
    frame: Frame
    index: EvidenceIndex
    sets: tuple[DataSetCard, ...]
    loose: tuple[Told, ...]
    owner: Said
    contact: Said
