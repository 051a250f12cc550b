"""The table between two frameworks: what was written down for the pair, else what follows over a hub.

Three things link frameworks: a crosswalk, read from either side; headings that are another framework's requirements, as those of
NIST AI 600-1 are; and the numbers that a later edition carries over. Where two frameworks share no link, the shortest way
over others is composed pair by pair with `governance.domain.crosswalk.compose`, and most of what comes out is *unknown*: a
proposal to look, and nothing more.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import networkx as nx

from governance.domain.crosswalk import Link, Relation, compose
from governance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.framework import Framework

PROPOSAL = "A row proposes to a person that evidence for one may serve for the other. It sets no verdict."
_LEVELS = ("high", "medium", "low")


def table(catalogue: Catalogue, source: str, target: str) -> tuple[Link, ...]:
    """All pairs between two frameworks, by id or series (then the latest version), in the order of the source.

    Raises `UsageError` for a framework that is not there, for one with itself, and where nothing links the two.
    """
    start, end = catalogue.framework(source), catalogue.framework(target)
    if start.id == end.id:
        raise UsageError(f"{start.id} can not be crossed with itself")
    ways = _ways(catalogue)
    try:
        path: list[str] = nx.shortest_path(ways, start.id, end.id)
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        raise UsageError(
            f"nothing links {start.id} with {end.id}", hint="A crosswalk is a folder under controls/crosswalks."
        ) from None
    links = _between(ways, path[0], path[1])
    for left, right in pairwise(path[1:]):
        links = _composed(links, _between(ways, left, right))
    places = [{row.id: place for place, row in enumerate(catalogue.requirements[frame.id])} for frame in (start, end)]
    return tuple(
        sorted(links, key=lambda link: (places[0].get(link.source, -1), places[1].get(link.target, -1), link.origin))
    )


def graph(catalogue: Catalogue, links: tuple[Link, ...], source: str, target: str) -> nx.Graph[str]:
    """The table as a graph: nodes are `framework/number` with a title and a side, edges carry relation and method."""
    made: nx.Graph[str] = nx.Graph()
    ends = catalogue.framework(source).id, catalogue.framework(target).id
    for framework_id, side in zip(ends, (0, 1), strict=True):
        for row in catalogue.requirements[framework_id]:
            made.add_node(f"{framework_id}/{row.id}", title=row.title, framework=framework_id, side=side)
    for link in links:
        shown: dict[str, Any] = {"relation": link.relation.value, "method": link.method, "confidence": link.confidence}
        made.add_edge(f"{ends[0]}/{link.source}", f"{ends[1]}/{link.target}", **shown)
    return made


def _ways(catalogue: Catalogue) -> nx.Graph[str]:
    """Frameworks as nodes; an edge holds the links between two, written from `left`."""
    ways: nx.Graph[str] = nx.Graph()
    ways.add_nodes_from(catalogue.frameworks)
    for crosswalk in catalogue.crosswalks.values():
        _join(ways, crosswalk.head.source, crosswalk.head.target, crosswalk.links())
    for frame in catalogue.frameworks.values():
        if frame.groups_are is not None:
            hub = catalogue.framework(frame.groups_are)
            _join(ways, frame.id, hub.id, tuple(_structure(catalogue, frame, hub)))
        if frame.supersedes in catalogue.frameworks:
            _join(ways, frame.supersedes or "", frame.id, tuple(_carried(catalogue, frame)))
    return ways


def _join(ways: nx.Graph[str], left: str, right: str, links: tuple[Link, ...]) -> None:
    if ways.has_edge(left, right):
        held = ways.edges[left, right]
        links = held["links"] + (links if held["left"] == left else tuple(link.turned() for link in links))
        left = held["left"]
    ways.add_edge(left, right, left=left, links=links)


def _between(ways: nx.Graph[str], left: str, right: str) -> tuple[Link, ...]:
    held = ways.edges[left, right]
    links: tuple[Link, ...] = held["links"]
    return links if held["left"] == left else tuple(link.turned() for link in links)


def _structure(catalogue: Catalogue, frame: Framework, hub: Framework) -> Iterator[Link]:
    known = {row.id for row in catalogue.requirements[hub.id]}
    for row in catalogue.requirements[frame.id]:
        if row.group in known:
            yield Link(
                source=row.id,
                target=row.group,
                relation=Relation.INTERSECTS,
                rationale=f"{frame.title} lists {row.id} under {row.group}; how far it reaches beyond was not judged",
                method="structure",
                confidence="high",
                origin=frame.id,
            )


def _carried(catalogue: Catalogue, frame: Framework) -> Iterator[Link]:
    earlier = {row.id: row for row in catalogue.requirements[frame.supersedes or ""]}
    for row in catalogue.requirements[frame.id]:
        same = (row.id,) if row.id in earlier and not row.previous else row.previous
        for number in same:
            unchanged = earlier.get(number) == row
            yield Link(
                source=number,
                target=row.id,
                relation=Relation.EQUIVALENT if unchanged else Relation.UNKNOWN,
                rationale="taken over unchanged"
                if unchanged
                else f"carried over as {row.id}; how far it still asks the same was not judged",
                method="structure",
                confidence="high" if unchanged else "low",
                origin=frame.id,
            )


def _composed(first: tuple[Link, ...], second: tuple[Link, ...]) -> tuple[Link, ...]:
    """One link for each pair that some hub requirement joins. Decided ways that contradict each other decide nothing."""
    onward: dict[str, list[Link]] = {}
    for link in second:
        onward.setdefault(link.source, []).append(link)
    pairs: dict[tuple[str, str], list[tuple[Link, Link]]] = {}
    for link in first:
        for further in onward.get(link.target, ()):
            pairs.setdefault((link.source, further.target), []).append((link, further))
    return tuple(_one(source, target, ways) for (source, target), ways in pairs.items())


def _one(source: str, target: str, ways: list[tuple[Link, Link]]) -> Link:
    decided = {
        relation for one, other in ways if (relation := compose(one.relation, other.relation)) is not Relation.UNKNOWN
    }
    relation = decided.pop() if len(decided) == 1 else Relation.UNKNOWN
    shown = next((way for way in ways if compose(way[0].relation, way[1].relation) is relation), ways[0])
    hubs = list(dict.fromkeys(one.target for one, _ in ways))
    levels = [_LEVELS.index(part.confidence) for part in shown]
    return Link(
        source=source,
        target=target,
        relation=relation,
        rationale=f"{shown[0].relation} {shown[0].target}, which is {shown[1].relation} {target}"
        + ("; the ways over the hub contradict each other" if decided else ""),
        method="composed",
        confidence=_LEVELS[max(levels)] if relation is not Relation.UNKNOWN else "low",
        origin=" + ".join(dict.fromkeys(part.origin for part in shown)),
        via=", ".join(hubs),
    )
