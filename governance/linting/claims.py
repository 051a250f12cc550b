"""Findings on figures: what stands behind each, in one finding for all that stand together where nothing can be said of any.

A table of sixty figures without evidence is one finding; a figure that evidence contradicts is one of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.linting import backing, names, numbers, rules
from governance.linting.blocks import PROSE, Kind
from governance.linting.table_figures import LONG_HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from governance.linting.card import Card
    from governance.linting.figure import Figure
    from governance.linting.findings import Backed, Finding
    from governance.linting.known import Known

_GROUPED = {backing.UNBACKED: "card/figure-unbacked", backing.UNTOLD: "card/figure-no-evidence"}
SHOWN = 3


def check(
    card: Card, backed: Sequence[tuple[Figure, Backed]], known: Known | None, index: Mapping[str, str]
) -> Iterator[Finding]:
    """Every finding on figures but contradictions inside the card."""
    yield from _absent(card, known)
    yield from _dangling(backed, known, index)
    for figure, held in backed:
        yield from _one(figure, held)
    yield from _together(backed, known)
    yield from _not_finite(card)


def _one(figure: Figure, held: Backed) -> Iterator[Finding]:
    about = f"{held.text} ({held.label[:70]})"
    if held.state == backing.DIFFERS:
        yield rules.finding("card/figure-differs", f"{about}: {held.says}.", figure.place, subject=about)
    elif held.state == backing.STALE:
        yield rules.finding(
            "card/figure-stale", f"{about} comes from {held.by}, {held.says}.", figure.place, subject=about, untold=True
        )
    elif held.state == backing.BY_VALUE:
        yield rules.finding(
            "card/figure-by-value-only", f"{about} is found in {held.by} at {held.at}; nothing beside it names the same.", figure.place,
            subject=about,
        )  # fmt: skip


def _together(backed: Sequence[tuple[Figure, Backed]], known: Known | None) -> Iterator[Finding]:
    """One finding for the figures of a table, a list or a passage that share a state of which nothing more is known."""
    groups: dict[tuple[int, str, str], list[tuple[Figure, Backed]]] = {}
    for figure, held in backed:
        if held.state in _GROUPED:
            where = "list" if figure.where == "text" else figure.where
            groups.setdefault((figure.group, where, held.state), []).append((figure, held))
    for (_, _, state), members in groups.items():
        first, last = members[0][0], members[-1][0]
        shown = "; ".join(f"{held.text} ({held.label[:50]})" for _, held in members[:SHOWN])
        more = f"; and {len(members) - SHOWN} more" if len(members) > SHOWN else ""
        one = len(members) == 1
        if state == backing.UNBACKED:
            said = (
                "No evidence on record gives this figure"
                if one
                else f"No evidence on record gives these {len(members)} figures"
            )
        else:
            said = "Nothing shows this figure" if one else f"Nothing shows these {len(members)} figures"
        yield rules.finding(
            _GROUPED[state],
            f"{said}: {shown}{more}.",
            first.place.to(last.place),
            subject=shown,
            untold=known is not None,
        )


def _absent(card: Card, known: Known | None) -> Iterator[Finding]:
    if known is not None and not known.speaks_of_candidate:
        yield rules.finding(
            "card/evidence-absent", f"The system {known.system} holds no evidence with values on its candidate.", card.first,
            subject="absent", untold=True,
        )  # fmt: skip


def _dangling(
    backed: Sequence[tuple[Figure, Backed]], known: Known | None, index: Mapping[str, str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for figure, _ in backed:
        for key in (*figure.cites, *figure.row_cites):
            if key in seen:
                continue
            seen.add(key)
            if key not in index:
                yield rules.finding(
                    "card/citation-dangling",
                    f"[{key}] stands in no row of the card's evidence index.",
                    figure.place,
                    subject=key,
                )
            elif known is not None and index[key].startswith("ev-") and index[key] not in known.ids:
                yield rules.finding(
                    "card/citation-dangling",
                    f"[{key}] is {index[key]}, which {known.system} does not hold.",
                    figure.place,
                    subject=key,
                )


def _not_finite(card: Card) -> Iterator[Finding]:
    heads = {
        (block.cell.table, block.cell.column): block.text[:LONG_HEAD]
        for block in card.blocks
        if block.cell and block.cell.row == 0
    }
    for block in card.blocks:
        if block.kind not in PROSE and block.kind is not Kind.CELL:
            continue
        for start, end in numbers.not_finite(block.text):
            if block.is_code(start, end):
                continue
            if block.cell:
                named = len(block.text.strip()) == end - start and names.is_metric(
                    heads.get((block.cell.table, block.cell.column), "")
                )
            else:
                named = block.text[:start].rstrip().endswith((":", "=")) and names.is_metric(
                    block.text[max(0, start - 40) : start]
                )
            if named:
                yield rules.finding(
                    "card/figure-not-finite", f"{' '.join(block.text[max(0, start - 30) : end].split())}: this is no result.",
                    block.place(start, end), subject=block.text[max(0, start - 30) : end],
                )  # fmt: skip
