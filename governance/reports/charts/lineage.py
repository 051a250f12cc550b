"""The lineage of a model: from data and base to what is deployed, each part with the digest that fixes it, or with nothing but a name.

The outline tells how firm a part is: whole where a digest fixes it, dashed where only its name does, dotted where nobody showed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.reports.charts import layering, lettering
from governance.reports.charts.canvas import Chart, draw, kept
from governance.reports.charts.sheet import DOTTED, GAP_LINE, INK, PAPER, PLAIN, SMALL, SOFT, SOLID, WASH, WIDTH, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from governance.reports.charts.layering import Edge, Place

COLUMNS, ROWS = 7, 8
"""Parts that are drawn: of a longer line the last columns, of a higher column the first rows. The table has all of them."""
FOLDED = 4
"""Of more parts than this with the same kind and the same neighbours, three are drawn and the others counted in a box of their own."""
_TALL, _GAP, _PASSED, _DASHED = 64, 12, 16, (4.0, 2.2)
_MORE = "\x00more "


@dataclass(frozen=True)
class Node:
    """A part of the lineage.

    `key`: its name in the edges; `kind`: what it is, such as `Base model`; `name`: of this one; `digest`: the first digits of the
    digest that fixes it, or empty where only its name does; `there`: False for a stage that nobody showed.
    """

    key: str
    kind: str
    name: str
    digest: str = ""
    there: bool = True


@dataclass(frozen=True)
class LineageData:
    """The parts, and the edges from what was used to what was made of it, by key."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[str, str], ...]


@kept
def lineage(data: LineageData, *, id: str, say: Callable[[str], str] = str) -> Chart | None:
    """The graph in columns from left to right; None without a part that is there. A line that closes a ring is left out, and counted."""
    nodes = list({node.key: node for node in reversed(data.nodes)}.values())[::-1]
    there = [node for node in nodes if node.there]
    if not there:
        return None
    edges, lost = layering.acyclic([node.key for node in nodes], data.edges)
    shown, lines = _folded(nodes, edges, say)
    place = layering.columns([node.key for node in shown], lines)
    kept = _kept(shown, place)
    lines = [edge for edge in lines if set(edge) <= kept.keys()]
    held = layering.layers(list(kept), lines, {key: place[key] - min(place[key] for key in kept) for key in kept})
    alt = _told(nodes, say)
    names = {node.key: node.name if node.there else say(node.kind) for node in nodes}
    made_of = {node.key: ", ".join(names[source] for source, target in edges if target == node.key) for node in nodes}
    return Chart(
        svg=draw(
            lambda sheet: _paint(sheet, kept, held, say), id=id, alt=alt, height=max(map(_height, held.columns)) + 12
        ),
        alt=alt,
        headers=(say("Part"), say("Name"), say("Fixed by"), say("Made of")),
        rows=tuple(
            (
                say(node.kind),
                node.name if node.there else say("not evidenced"),
                _fixed(node, say),
                made_of[node.key] or "–",
            )
            for node in nodes
        ),
        caption=say("From data and base to what is deployed. Dashed: known by name only. Dotted: nobody showed it."),
        note=_note(sum(not key.startswith(_MORE) for key in kept), len(nodes), lost, say),
    )


def _note(drawn: int, total: int, lost: int, say: Callable[[str], str]) -> str:
    notes = []
    if drawn < total:
        notes.append(
            say("%(n)s of %(total)s parts are drawn; the table has all.")
            % {"n": drawn, "total": lettering.count(total, say)}
        )
    if lost:
        notes.append(
            say("Lines that close a ring or lead to no part, and are left out: %(n)s.")
            % {"n": lettering.count(lost, say)}
        )
    return " ".join(notes)


def _told(nodes: Sequence[Node], say: Callable[[str], str]) -> str:
    there = [node for node in nodes if node.there]
    loose = [lettering.brief(node.name, 40) for node in there if not node.digest]
    missing = [say(node.kind) for node in nodes if not node.there]
    return say(
        "Lineage graph. Parts: %(n)s, of which fixed by a digest: %(fixed)s. By name only: %(loose)s. Not evidenced: %(missing)s."
    ) % {
        "n": lettering.count(len(there), say),
        "fixed": lettering.count(len(there) - len(loose), say),
        "loose": _listed(loose, say),
        "missing": _listed(missing, say),
    }


def _listed(names: Sequence[str], say: Callable[[str], str]) -> str:
    if len(names) > 4:
        return lettering.count(len(names), say)
    return ", ".join(names) or say("none")


def _fixed(node: Node, say: Callable[[str], str]) -> str:
    if not node.there:
        return say("not evidenced")
    return node.digest or say("by name only")


def _folded(nodes: Sequence[Node], edges: Sequence[Edge], say: Callable[[str], str]) -> tuple[list[Node], list[Edge]]:
    """The parts with many of a kind counted in one box."""
    groups: dict[tuple[object, ...], list[Node]] = {}
    for node in nodes:
        before = tuple(sorted(source for source, target in edges if target == node.key))
        after = tuple(sorted(target for source, target in edges if source == node.key))
        groups.setdefault((node.kind, node.there, before, after), []).append(node)
    stands: dict[str, Node] = {}
    for group in groups.values():
        if len(group) > FOLDED:
            more = group[FOLDED - 1 :]
            loose = sum(not node.digest for node in more)
            words = say("and %(n)s more") % {"n": lettering.count(len(more), say)}
            box = Node(
                _MORE + more[0].key, more[0].kind, words, say("by name only: %(n)s") % {"n": loose} if loose else "–"
            )
            stands.update({node.key: box for node in more})
    held = {node.key: stands.get(node.key, node) for node in nodes}
    shown = {node.key: node for node in held.values()}
    lines = dict.fromkeys((held[source].key, held[target].key) for source, target in edges)
    return list(shown.values()), list(lines)


def _kept(nodes: Sequence[Node], place: dict[str, int]) -> dict[str, Node]:
    """The parts there is room for: the last columns, and the first rows of each."""
    first = max(place.values()) + 1 - COLUMNS
    rows: dict[int, int] = {}
    kept = {}
    for node in nodes:
        column = place[node.key]
        rows[column] = rows.get(column, 0) + 1
        if column >= first and rows[column] <= ROWS:
            kept[node.key] = node
    return kept


def _height(column: Sequence[Place]) -> float:
    return sum(_TALL if isinstance(part, str) else _PASSED for part in column) + _GAP * (len(column) - 1)


def _paint(sheet: Sheet, nodes: dict[str, Node], held: layering.Layers, say: Callable[[str], str]) -> None:
    number = len(held.columns)
    gap = 34.0 if number <= 4 else 26.0 if number <= 5 else 18.0
    wide = min(134.0, (WIDTH - 2 - gap * (number - 1)) / number)
    gap = min(48.0, (WIDTH - 2 - wide * number) / max(number - 1, 1))
    at: dict[Place, tuple[float, float]] = {}
    left = (WIDTH - wide * number - gap * (number - 1)) / 2 if number > 2 else 1.0
    for place, column in enumerate(held.columns):
        y = (sheet.height - _height(column)) / 2
        for part in column:
            tall = _TALL if isinstance(part, str) else _PASSED
            at[part] = (left + place * (wide + gap), y + tall / 2)
            y += tall + _GAP
    for way in held.ways:
        _line(sheet, way, at, wide, nodes)
    for key, node in nodes.items():
        _box(sheet, node, at[key], wide, say)


def _line(
    sheet: Sheet, way: Sequence[Place], at: dict[Place, tuple[float, float]], wide: float, nodes: dict[str, Node]
) -> None:
    points = []
    for place, part in enumerate(way):
        x, y = at[part]
        points += ([(x, y)] if place else []) + ([(x + wide, y)] if place < len(way) - 1 else [])
    end = points.pop()
    firm = all(nodes[key].there for key in (way[0], way[-1]) if isinstance(key, str))
    sheet.curve([*points, (end[0] - 5, end[1])], colour=SOFT, line=1.1, broken=SOLID if firm else DOTTED)
    sheet.mark(end[0] - 3.5, end[1], ">", size=4.5, colour=SOFT)


def _box(sheet: Sheet, node: Node, at: tuple[float, float], wide: float, say: Callable[[str], str]) -> None:
    x, y = at
    room = wide - 10
    broken = DOTTED if not node.there else SOLID if node.digest else _DASHED
    sheet.box(
        x,
        y - _TALL / 2,
        wide,
        _TALL,
        fill=PAPER if node.there else WASH,
        edge=SOFT if node.there else GAP_LINE,
        line=1.2,
        broken=broken,
        rounded=4,
    )
    centre = x + wide / 2
    sheet.text(centre, y - _TALL / 2 + 9, say(node.kind), size=SMALL, colour=SOFT, align="center", room=room)
    if not node.there:
        sheet.lines(
            centre,
            y + 6,
            lettering.wrap(f"○ {say('not evidenced')}", PLAIN, room, 2),
            align="center",
            colour=GAP_LINE,
            room=room,
        )
        return
    sheet.lines(
        centre,
        y + 1,
        lettering.wrap(node.name, PLAIN, room, 3, bold=True),
        leading=10,
        align="center",
        bold=True,
        colour=INK,
        room=room,
    )
    foot = node.digest or f"○ {say('by name only')}"
    sheet.text(
        centre, y + _TALL / 2 - 8, foot, size=SMALL, colour=SOFT if node.digest else GAP_LINE, align="center", room=room
    )
