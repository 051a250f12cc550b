"""What leans on what, from named things and content files over evidence to approvals; and the smallest set to look at again.

The graph is directed: whatever lies downstream of something has to be looked at again when that changes. What is looked at again after
an approval is smaller than everything downstream: the case as the signer saw it is judged again, with the content and at the moment of
signing, and only what came out differently is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.assurance import changes, naming, then_and_now, validity
from governance.assurance.envelopes import moved
from governance.assurance.gate import answer, asked
from governance.domain.approval import LookAgain

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx as nx

    from governance.assurance.then_and_now import Now, Then
    from governance.domain.approval import ApprovalState
    from governance.domain.assessment import ConditionResult
    from governance.domain.decision import SignedDecision

Node = tuple[str, str]
"""(sort, id): `thing`, `content`, `evidence`, `ask`, `control`, `requirement`, `risk`, `condition` or `approval`."""
ABOUT_PEOPLE = frozenset({"signed_by", "duties_apart"})


def graph(now: Now) -> nx.DiGraph[Node]:
    """Everything that leans on something else in a case. Edges lead from what changes to what is to be looked at again."""
    import networkx as nx

    made: nx.DiGraph[Node] = nx.DiGraph()
    for piece in now.dossier.pieces:
        made.add_node(("evidence", piece.id))
        for thing in naming.things(piece):
            made.add_edge(("thing", f"{thing.sort} {thing.name}"), ("evidence", piece.id))
    for result in now.assessment.controls:
        control = ("control", result.id)
        made.add_edge(("content", f"controls/catalogue/{result.id}.yaml"), control)
        for ask in result.asks:
            node = ("ask", f"{result.id}/{ask.ask}")
            made.add_edge(node, control)
            made.add_edges_from((("evidence", piece), node) for piece in ask.evidence)
    for requirement in now.assessment.requirements:
        at = ("requirement", f"{requirement.framework} {requirement.id}")
        made.add_edges_from((("control", name), at) for name in requirement.controls)
    for row in now.register:
        risk = ("risk", row.risk)
        made.add_edge(("content", f"controls/risks/{row.risk}.yaml"), risk)
        made.add_edges_from((("control", step.control), risk) for step in row.steps)
    _conditions(made, now)
    for state in validity.states(now):
        approval = ("approval", state.decision)
        made.add_edges_from(
            (node, approval) for node in list(made) if node[0] in {"condition", "control", "risk", "evidence"}
        )
    return made


def downstream(made: nx.DiGraph[Node], starts: Iterable[Node], sort: str) -> tuple[str, ...]:
    """The ids of one sort that lean on any of these, sorted."""
    import networkx as nx

    found = {node for start in starts if start in made for node in nx.descendants(made, start)}
    return tuple(sorted(name for kind, name in found if kind == sort))


def with_look_again(signed: SignedDecision, now: Now) -> ApprovalState:
    """The state of an approval; where something changed for it, with the smallest set of things to look at again."""
    state = validity.standing_of(signed, now)
    if all(cause.cause == "record" for cause in state.causes):
        return state
    return state.model_copy(update={"look_again": look_again(signed, now)})


def look_again(signed: SignedDecision, now: Now) -> tuple[LookAgain, ...]:
    """Only what is not as the signer saw it and decides something: controls, risks, conditions, new evidence, waivers.

    Where the content changed and the content of then is not at hand, that is said, and new evidence is told and nothing else.
    """
    found = changes.since(signed, now)
    then = then_and_now.then(signed.decision, now)
    rows: list[LookAgain] = []
    if found.content:
        said = f"the content was {signed.decision.content_digest}"
        said += "" if then is not None else ", which is not at hand: what that changed can not be told"
        rows.append(LookAgain(what="content", id=now.catalogue.digest, said=said))
    if then is not None:
        rows += [*_controls(then, now), *_risks(then, now), *_answers(signed, then, now)]
    deciding = {piece for result in now.assessment.controls for piece in result.evidence}
    deciding |= {finding.evidence for finding in now.assessment.findings}
    deciding |= {piece for row in rows if row.what == "condition" for piece in row.evidence}
    rows += [
        LookAgain(
            what="evidence",
            id=piece.id,
            said=f"{piece.record.kind} of {piece.record.subject.name}, recorded {piece.recorded_at:%Y-%m-%d}"
            + ("" if piece.id in deciding else "; it decides nothing that is asked"),
        )
        for piece in found.pieces
        if piece.id in deciding or piece.record.kind in signed.decision.reapprove_on or len(found.pieces) == 1
    ]
    rows += [
        LookAgain(
            what="waiver",
            id=each.id,
            said=f"{each.decision.decision} by {each.decision.signer}: {each.decision.reason}",
        )
        for each in found.loosened
    ]
    return tuple(rows)


def _controls(then: Then, now: Now) -> list[LookAgain]:
    rows = []
    names = {result.id for result in (*then.assessment.controls, *now.assessment.controls)}
    for name in sorted(names):
        before, after = then.assessment.control(name), now.assessment.control(name)
        old = (before.standing, set(before.evidence)) if before else None
        new = (after.standing, set(after.evidence)) if after else None
        if old == new:
            continue
        was, is_ = (str(each[0]) if each else "not in the content" for each in (old, new))
        said = f"was {was} and is {is_}" if was != is_ else f"is {is_} as before, by other evidence"
        rows.append(LookAgain(what="control", id=name, said=said, evidence=after.evidence if after else ()))
    return rows


def _risks(then: Then, now: Now) -> list[LookAgain]:
    old, new = ({row.risk: row for row in rows} for rows in (then.register, now.register))
    rows = []
    for name in moved(then.register, now.register):
        was, is_ = (
            f"{each[name].residual.likelihood} × {each[name].residual.impact}" if name in each else "not rated"
            for each in (old, new)
        )
        rows.append(LookAgain(what="risk", id=name, said=f"what is left was {was} and is {is_}"))
    return rows


def _answers(signed: SignedDecision, then: Then, now: Now) -> list[LookAgain]:
    """Conditions of the policy of now whose answer is another; those about people are told by the states of approvals."""
    before = (
        now.policy
        if signed.decision.policy_digest == now.policy_digest
        else then.catalogue.policies.get(signed.decision.policy)
    )
    old = _asked(then_and_now.Now(
        then.dossier, then.catalogue, before or now.policy, signed.decision.policy_digest, then.assessment, then.register,
        signed.decision.signed_at,
    ))  # fmt: skip
    new = _asked(now)
    rows = []
    for name, result in new.items():
        was = old.get(name)
        if was is None or was.answer is not result.answer:
            said = f"answered {was.answer if was else 'nothing'} and answers {result.answer}: {result.reason}"
            rows.append(LookAgain(what="condition", id=name, said=said, evidence=result.evidence))
    return rows


def _asked(now: Now) -> dict[str, ConditionResult]:
    return {name: answer(condition, its) for name, condition, its in asked(now) if condition.word not in ABOUT_PEOPLE}


def _conditions(made: nx.DiGraph[Node], now: Now) -> None:
    for name, condition, its in asked(now):
        node = ("condition", name)
        made.add_edge(("content", f"policies/{its.policy.id}.yaml"), node)
        met = condition.controls_met
        if met is not None:
            names = met.controls or tuple(
                result.id for result in now.assessment.controls if met.family is None or result.family == met.family
            )
            made.add_edges_from((("control", name), node) for name in names)
        if condition.risk_at_most is not None:
            made.add_edges_from((("risk", row.risk), node) for row in now.register)
    for name, result in _asked(now).items():
        made.add_edges_from(
            (("evidence", piece), ("condition", name)) for piece in result.evidence if piece in now.dossier.by_id
        )
