"""Parts of a graph put into columns from left to right, in an order in which few lines cross.

The method is Sugiyama, Tagawa and Toda's (1981): columns by the longest way, a point in each column that a line passes, and sweeps that put
each part at the mean place of its neighbours (the barycentre). Equal places keep the order given, so that the same graph gives the same
picture.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SWEEPS = 4

Edge = tuple[str, str]
Place = str | tuple[str, str, int]
"""A part by its key, or the point at which a line (source, target) passes a column."""


@dataclass(frozen=True)
class Layers:
    """`columns`: what stands in each, from above; `ways`: what each line passes, from its source to its target."""

    columns: tuple[tuple[Place, ...], ...]
    ways: tuple[tuple[Place, ...], ...]


def acyclic(keys: Sequence[str], edges: Sequence[Edge]) -> tuple[list[Edge], int]:
    """The edges between these keys, each once, without those that close a ring; and how many were left out, for that or an unknown key."""
    import networkx

    graph: Any = networkx.DiGraph()
    graph.add_nodes_from(keys)
    kept, lost = [], 0
    for source, target in dict.fromkeys(edges):
        if source not in graph or target not in graph or networkx.has_path(graph, target, source):
            lost += 1
            continue
        graph.add_edge(source, target)
        kept.append((source, target))
    return kept, lost


def columns(keys: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The column of each key: one to the right of the last part it is made of; what is made of nothing stands beside its first use."""
    import networkx

    graph: Any = networkx.DiGraph()
    graph.add_nodes_from(keys)
    graph.add_edges_from(edges)
    place = {
        key: number for number, generation in enumerate(networkx.topological_generations(graph)) for key in generation
    }
    for key in keys:
        after = [place[target] for target in graph.successors(key)]
        if after and not graph.in_degree(key):
            place[key] = min(after) - 1
    return place


def layers(keys: Sequence[str], edges: Sequence[Edge], place: Mapping[str, int]) -> Layers:
    """The columns with the points that lines pass, in an order with few crossings. `edges` go to the right."""
    wide = max(place.values()) + 1
    held: list[list[Place]] = [[key for key in keys if place[key] == number] for number in range(wide)]
    ways = []
    for source, target in edges:
        passed: list[Place] = [(source, target, number) for number in range(place[source] + 1, place[target])]
        for point, number in zip(passed, range(place[source] + 1, place[target]), strict=True):
            held[number].append(point)
        ways.append((source, *passed, target))
    before: dict[Place, list[Place]] = {}
    after: dict[Place, list[Place]] = {}
    for way in ways:
        for one, other in itertools.pairwise(way):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        rightwards = sweep % 2 == 0
        numbers = range(1, wide) if rightwards else range(wide - 2, -1, -1)
        for number in numbers:
            beside = held[number - 1 if rightwards else number + 1]
            held[number] = _ordered(held[number], beside, before if rightwards else after)
    return Layers(tuple(map(tuple, held)), tuple(ways))


def _ordered(column: list[Place], beside: list[Place], near: Mapping[Place, list[Place]]) -> list[Place]:
    """A column by the mean place of what each part is joined to in the column beside it; one that is joined to nothing keeps its place."""
    at = {part: (number + 0.5) / len(beside) for number, part in enumerate(beside)}
    weights = []
    for number, part in enumerate(column):
        found = [at[each] for each in near.get(part, ()) if each in at]
        weights.append((sum(found) / len(found) if found else (number + 0.5) / len(column), number))
    return [column[number] for _, number in sorted(weights)]
