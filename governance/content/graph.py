"""Who leans on whom: requirement → control → kind, risk → control, policy → control.

Used to find what nothing leans on. A control that no requirement, risk or policy names is work nobody asked for; a kind that no
control asks for is evidence nobody reads. Both are worth a line in the self-test, and neither is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from governance.domain.catalogue import Catalogue


def graph_of(catalogue: Catalogue) -> nx.DiGraph[tuple[str, str]]:
    """The graph over ("requirement" | "control" | "kind" | "risk" | "policy", id); requirements as `framework/id`."""
    graph: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
    for control in catalogue.controls.values():
        graph.add_node(("control", control.id))
        graph.add_edges_from((("control", control.id), ("kind", ask.kind)) for ask in control.asks)
    graph.add_nodes_from(("kind", kind) for kind in catalogue.kinds)
    for framework, requirements in catalogue.requirements.items():
        for requirement in requirements:
            node = ("requirement", f"{framework}/{requirement.id}")
            graph.add_node(node)
            graph.add_edges_from((node, ("control", row.control)) for row in requirement.met_by)
    for risk in catalogue.risks.values():
        graph.add_edges_from((("risk", risk.id), ("control", row.control)) for row in risk.mitigated_by)
    for policy in catalogue.policies.values():
        for condition in policy.conditions:
            asked = condition.controls_met
            graph.add_edges_from((("policy", policy.id), ("control", cid)) for cid in (asked.controls if asked else ()))
    return graph


def unused(catalogue: Catalogue) -> list[str]:
    """Controls and kinds that nothing leans on, as `control x` and `kind y`, sorted."""
    graph = graph_of(catalogue)
    return sorted(
        f"{what} {name}" for what, name in graph if what in {"control", "kind"} and graph.in_degree((what, name)) == 0
    )


def reached_by(catalogue: Catalogue, kind: str) -> list[str]:
    """The requirements that evidence of a kind can speak to, as `framework/id`, sorted."""
    graph = graph_of(catalogue)
    return sorted(name for what, name in nx.ancestors(graph, ("kind", kind)) if what == "requirement")
