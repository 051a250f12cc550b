"""A crosswalk as a picture: one framework down the left, the other down the right, a line for every pair.

The kind of a relation is told by the stroke as well as by its colour; the fainter the line, the less sure we are of it.
Formats: `.svg` for a page, `.graphml` and `.json` (node-link) for the tools that draw or compute with graphs.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING

import networkx as nx

from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STROKES: Mapping[str, tuple[str, str]] = {
    "equivalent-to": ("#1b5e20", ""),
    "subset-of": ("#0d47a1", "8 3"),
    "superset-of": ("#4a148c", "8 3 2 3"),
    "intersects-with": ("#616161", "3 3"),
    "no-relationship": ("#b71c1c", "1 4"),
    "unknown": ("#bdbdbd", "1 2"),
}
_FIRMNESS = {"high": "1", "medium": "0.6", "low": "0.25"}
_ROW, _LEFT, _RIGHT, _WIDTH, _TOP = 16, 420, 780, 1200, 60


def render(graph: nx.Graph[str], ending: str) -> bytes:
    """The graph in the format of a file ending. Raises `UsageError` for an ending that is none of ours."""
    if ending not in FORMATS:
        raise UsageError(f"{ending or 'no ending'} is no format for a graph", hint=f"One of: {', '.join(FORMATS)}.")
    return FORMATS[ending](graph)


def _svg(graph: nx.Graph[str]) -> bytes:
    sides: list[list[str]] = [[], []]
    for node, data in graph.nodes(data=True):
        if graph.degree(node):
            sides[data["side"]].append(node)
    gaps = [_ROW * max(1.0, max(map(len, sides)) / max(1, len(side))) for side in sides]
    height = int(_TOP + _ROW * max(1, *map(len, sides)) + 40)
    at = {
        node: _TOP + gaps[side] * (place + 0.5) for side, nodes in enumerate(sides) for place, node in enumerate(nodes)
    }
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif" font-size="10" role="img">',
        "<title>A crosswalk between two frameworks</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for place, (relation, (colour, dash)) in enumerate(STROKES.items()):
        x = 20 + 190 * place
        lines.append(_line(x, 20, x + 40, 20, colour, dash) + f'<text x="{x + 46}" y="23">{relation}</text>')
    for one, other, data in graph.edges(data=True):
        left, right = sorted((one, other), key=lambda node: graph.nodes[node]["side"])
        colour, dash = STROKES[data["relation"]]
        firm = _FIRMNESS[data["confidence"]]
        lines.append(_line(_LEFT, at[left], _RIGHT, at[right], colour, dash, firm))
    for side, nodes in enumerate(sides):
        beside, anchor = (_LEFT - 6, "end") if side == 0 else (_RIGHT + 6, "start")
        for node in nodes:
            number = node.split("/", 1)[1]
            said = escape(f"{number} {graph.nodes[node]['title']}"[:72])
            lines.append(f'<text x="{beside}" y="{at[node] + 3:.1f}" text-anchor="{anchor}">{said}</text>')
    return "\n".join([*lines, "</svg>", ""]).encode()


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str, firm: str = "1") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1}" y1="{y1:.1f}" x2="{x2}" y2="{y2:.1f}" stroke="{colour}" stroke-opacity="{firm}"{dashed}/>'


def _graphml(graph: nx.Graph[str]) -> bytes:
    return ("\n".join(nx.generate_graphml(graph)) + "\n").encode()


def _node_link(graph: nx.Graph[str]) -> bytes:
    return (json.dumps(nx.node_link_data(graph, edges="edges"), ensure_ascii=False, indent=1) + "\n").encode()


FORMATS: Mapping[str, Callable[[nx.Graph[str]], bytes]] = {".svg": _svg, ".graphml": _graphml, ".json": _node_link}
