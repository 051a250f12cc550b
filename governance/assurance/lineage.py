"""Where the candidate comes from: data set → run → model ← base, and what was measured of it.

A directed graph over what the evidence itself says. An edge is drawn only where two pieces name each other by digest, or were bound
when they were attached; a thing known only by name is a node that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from governance.domain.dossier import ARTIFACTS
from governance.domain.evidence import Role, SubjectType

if TYPE_CHECKING:
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece


def lineage(dossier: Dossier) -> nx.DiGraph[str]:
    """The graph; each node has `label`, `kind` and `evidence`, each edge `relation`. Empty while no weights were attached."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    candidate = dossier.candidate
    if candidate is None:
        return graph
    digest = candidate.record.subject.digest
    model = _add(graph, candidate, f"{candidate.body['form']} {candidate.record.subject.name}")
    base_name = (candidate.body.get("base") or {}).get("name")
    base = dossier.base
    if base is not None:
        graph.add_edge(_add(graph, base, f"base {base.record.subject.name}"), model, relation="tuned into")
    elif base_name:
        graph.add_node("base", label=f"base {base_name} (by name only)", kind=ARTIFACTS, evidence=None)
        graph.add_edge("base", model, relation="tuned into")
    runs = [piece for piece in dossier.of_kind("training-run.v1") if piece.record.subject.digest == digest]
    for run in runs:
        graph.add_edge(_add(graph, run, f"training of {run.body.get('steps')} steps"), model, relation="produced")
    for piece in dossier.pieces:
        subject = piece.record.subject
        if subject.type is SubjectType.DATA_SET:
            node = _add(graph, piece, f"data set {subject.name}")
            for run in runs:  # nothing in a run's files names its data; the owner attached both to one system
                graph.add_edge(node, run.id, relation="attached to the same system as")
        elif piece.record.kind == "eval-run.v1" and subject.digest == digest and subject.role is Role.CANDIDATE:
            tasks = sorted({str(row.get("task")) for row in piece.body["results"]})
            graph.add_edge(model, _add(graph, piece, f"evaluated on {', '.join(tasks)}"), relation="measured by")
    return graph


def lines(graph: nx.DiGraph[str]) -> list[str]:
    """The graph as text, in topological order: each node, then where it leads."""
    made = []
    for node in nx.lexicographical_topological_sort(graph, key=lambda n: (graph.nodes[n]["label"], n)):
        shown = graph.nodes[node]
        made.append(shown["label"] + (f" [{shown['evidence']}]" if shown["evidence"] else ""))
        made += [
            f"  {data['relation']} → {graph.nodes[to]['label']}" for _, to, data in graph.out_edges(node, data=True)
        ]
    return made


def _add(graph: nx.DiGraph[str], piece: Piece, label: str) -> str:
    graph.add_node(piece.id, label=label, kind=piece.record.kind, evidence=piece.id)
    return piece.id
