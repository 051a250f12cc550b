"""Who leans on whom: requirement → control → kind, risk → control, policy → requirement, control, kind and suite.

Used to find what nothing leans on. A control that no requirement, risk or policy names is work nobody asked for; a kind that no
control asks for, and no policy, is evidence nobody reads. Both are worth a line in the self-test, and neither is an error. That a
policy lets a control be waived asks for no work, so it is no edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from governance.domain.catalogue import Catalogue
    from governance.domain.conditions import Condition


def graph_of(catalogue: Catalogue) -> nx.DiGraph[tuple[str, str]]:
    """The graph over ("requirement" | "control" | "kind" | "risk" | "policy" | "suite", id); requirements as `framework/id`."""
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
        leant = [node for condition in policy.conditions for node in _named(catalogue, condition)]
        leant += [("control", name) for envelope in policy.envelopes for name in envelope.controls]
        graph.add_edges_from((("policy", policy.id), node) for node in leant)
    return graph


def _named(catalogue: Catalogue, condition: Condition) -> Iterator[tuple[str, str]]:
    """What a condition asks to be met, to be fresh, or to be measured."""
    met, asked, retested = condition.controls_met, condition.requirements_met, condition.safety_retested_after_change
    known = {name for frame in catalogue.frameworks.values() for name in (frame.id, frame.series)}
    if met is not None:
        for name in catalogue.controls_of(met.framework) if met.framework and met.framework in known else met.controls:
            yield "control", name
        for control in catalogue.controls.values():
            if control.family.value == met.family:
                yield "control", control.id
    if asked is not None and asked.framework in known:
        frame = catalogue.framework(asked.framework).id
        for name in asked.requirements or [row.id for row in catalogue.requirements[frame]]:
            yield "requirement", f"{frame}/{name}"
    for name in condition.fresh.kinds if condition.fresh else ():
        yield "kind", name
    for name in retested.purposes if retested else ():
        yield "suite", name
    purpose = getattr(getattr(condition, condition.word), "purpose", None)
    if purpose is not None:
        yield "suite", purpose


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
