"""Factors and results for groups of people: unitary, by one attribute, and intersectional, by several at once.

After Mitchell et al. (2019), 4.3 and 4.7. The newest results of each task, metric and attribute count. An attribute is of several where the
evidence names them in `attributes`, or its name joins them with ×, &, + or *. The worst group is named where the tool says which way is
better.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from governance.domain.evidence import Role
from governance.reports.card.details import mapping
from governance.reports.card.rows import Factor, GroupRow, Groups
from governance.reports.claims import weights
from governance.reports.parts import evaluation
from governance.verifier import figures
from governance.verifier.intervals import of_result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Fact
    from governance.reports.claims.references import References

KIND = "subgroup-results.v1"
MOST_GROUPS = 40
"""Groups of one table that are printed; the table says how many are left out."""
MOST_AFFECTED = 12

_SEVERAL = re.compile(r"\S\s*[×&+*]\s*\S")


def pieces(case: Case) -> list[Piece]:
    """The results that count, by task, metric and attribute."""
    newest = {
        tuple(str(piece.body.get(name)) for name in ("task", "metric", "attribute")): piece
        for piece in weights.in_time(case, KIND, Role.CANDIDATE)
    }
    return [piece for _, piece in sorted(newest.items())]


def factors(references: References, held: list[Piece]) -> tuple[Factor, ...]:
    """What divides people or conditions. Nothing on record is one gap."""
    if not held:
        references.lack("Factors")
    return tuple(
        Factor(
            attribute=references.figure("Attribute", piece, "/attribute"),
            task=references.words("Task and metric", piece, "{}, {}", "/task", "/metric"),
            groups=references.length("Groups", piece, "/groups"),
            assigned=references.figure("How a case came into its group", piece, "/assigned_by"),
        )
        for piece in held
    )


def affected(case: Case, references: References) -> tuple[Fact, ...]:
    """The groups that the latest impact assessment names, worst harm first as it has them; empty where there is none."""
    held = max(
        case.dossier.of_kind("impact-assessment.v1"),
        key=lambda each: (str(each.body.get("on")), each.seq),
        default=None,
    )
    groups = (held.body.get("affected_groups") or ())[:MOST_AFFECTED] if held else ()
    return tuple(
        references.words(
            "Group of people concerned",
            held,
            "{}: {}",
            f"/affected_groups/{place}/group",
            f"/affected_groups/{place}/how",
        )
        for place in range(len(groups))
    )


def groups(references: References, held: list[Piece]) -> tuple[tuple[Groups, ...], tuple[Groups, ...]]:
    """(results by one attribute, results by several at once). Each of the two that is empty is one gap."""
    tables = [_table(references, piece) for piece in held]
    unitary = tuple(table for table in tables if not table.crossed)
    crossed = tuple(table for table in tables if table.crossed)
    if not unitary:
        references.lack("Unitary results")
    if not crossed:
        references.lack("Intersectional results")
    return unitary, crossed


def is_crossed(body: Mapping[str, Any]) -> bool:
    """Whether people are divided by several attributes at once."""
    named = body.get("attributes")
    several = isinstance(named, (list, tuple)) and len(named) > 1
    return several or _SEVERAL.search(str(body.get("attribute") or "")) is not None


def _table(references: References, piece: Piece) -> Groups:
    body, figure = piece.body, references.figure
    higher = body.get("higher_is_better")
    found = [(place, mapping(row)) for place, row in enumerate(body.get("groups") or ())]
    worst = _worst(found, higher)
    return Groups(
        title="; ".join(str(body.get(name)) for name in ("task", "metric", "attribute")),
        direction=evaluation.direction_word(higher),
        tool=references.words("Tool", piece, "{} {}", "/tool/name", "/tool/version"),
        assigned=figure("How a case came into its group", piece, "/assigned_by"),
        overall=figure("All together", piece, "/overall/value"),
        rows=tuple(_row(references, piece, place, row, worst=place == worst) for place, row in found[:MOST_GROUPS]),
        left_out=max(0, len(found) - MOST_GROUPS),
        gap=figure("Largest gap", piece, "/largest_gap"),
        crossed=is_crossed(body),
        cites=(references.cite(piece.id),),
    )


def _row(references: References, piece: Piece, place: int, row: Mapping[str, Any], *, worst: bool) -> GroupRow:
    pointer, held = f"/groups/{place}", of_result(row)
    low, high = references.ends("Result of the group", (piece, pointer)) if held else (None, None)
    whole = figures.finite(mapping(piece.body.get("overall")).get("value"))
    both = whole is not None and figures.finite(row.get("value")) is not None
    return GroupRow(
        name=references.figure("Group", piece, f"{pointer}/name"),
        value=references.figure("Result of the group", piece, f"{pointer}/value"),
        n=references.figure("Cases of the group", piece, f"{pointer}/n") if row.get("n") is not None else None,
        low=low,
        high=high,
        away=references.difference("Away from all together", (piece, f"{pointer}/value"), (piece, "/overall/value"))
        if both
        else None,
        worst=worst,
    )


def _worst(found: list[tuple[int, Mapping[str, Any]]], higher: object) -> int | None:
    """The place of the group that does worst, where a direction is stated and one does worse than another."""
    values = [(value, place) for place, row in found if (value := figures.finite(row.get("value"))) is not None]
    if not isinstance(higher, bool) or len({value for value, _ in values}) < 2:
        return None
    return (min if higher else max)(values)[1]
