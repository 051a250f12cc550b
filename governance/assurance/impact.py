"""Before a change is made: which approvals in force would fall by it, which evidence says so, and what would have to be shown again.

A *thing* (data set, base, licence, judging model) that changes makes the evidence that names it untrue of the new state; the approvals that
lean on that evidence fall. A *kind* is evidence of that kind that would come in. A *control* or another file of *content* changes the
digest of the content that every approval is bound to. An envelope may keep an approval in force afterwards; whether it holds
is seen when the change is made, so it is named and not counted on. For a data set or a base no envelope can: the model made
with another one is another model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from governance.assurance import dependencies, naming, validity
from governance.assurance.envelopes import NEVER
from governance.domain.base import Noun

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from governance.assurance.then_and_now import Now
    from governance.domain.approval import ApprovalState
    from governance.domain.decision import SignedDecision

Sort = Literal["data-set", "base", "licence", "judge", "kind", "control", "content"]
REMAKES = frozenset({"data-set", "base"})
"""Changes after which the model is another one, if it is to be made with them."""


@dataclass(frozen=True)
class Change:
    """What somebody means to change, by its sort and by name, digest, id or path."""

    sort: Sort
    name: str


class Witness(Noun):
    """A piece of evidence (or a system file) that names the thing, and how the name was matched."""

    evidence: str
    kind: str
    names: str
    match: Literal["exact", "folded", "last part"]


class Falls(Noun):
    """An approval in force that would fall; `unless` are envelopes that may cover the change once it is made."""

    approval: str
    signer: str
    role: str
    because: str
    unless: tuple[str, ...] = ()


class Impact(Noun):
    """What a change means for one system. `touched` is false where nothing on record of it names the thing."""

    system: str
    touched: bool
    evidence: tuple[Witness, ...] = ()
    falls: tuple[Falls, ...] = ()
    stays: tuple[str, ...] = ()
    show_again: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


def impact(cases: Mapping[str, Now], change: Change) -> tuple[Impact, ...]:
    """What a change means for every system, by id."""
    return tuple(_of(cases[name], change) for name in sorted(cases))


def _of(now: Now, change: Change) -> Impact:
    made = dependencies.graph(now)
    witnesses, starts = _hit(now, change)
    in_force = [state for state in validity.states(now) if state.counts]
    if not starts:
        return Impact(system=now.dossier.system.id, touched=False, stays=tuple(state.decision for state in in_force))
    direct = {name for sort, name in starts if sort == "control"}
    by_id = {signed.id: signed for signed in now.dossier.decisions}
    reached = sorted({*dependencies.downstream(made, starts, "control"), *direct})
    return Impact(
        system=now.dossier.system.id,
        touched=True,
        evidence=tuple(witnesses),
        falls=tuple(_falls(state, by_id[state.decision], now, change, witnesses) for state in in_force),
        show_again=tuple(reached),
        requirements=dependencies.downstream(made, starts, "requirement"),
        risks=tuple(sorted({*dependencies.downstream(made, starts, "risk"), *(n for s, n in starts if s == "risk")})),
        conditions=tuple(
            sorted({*dependencies.downstream(made, starts, "condition"), *(n for s, n in starts if s == "condition")})
        ),
    )


def _hit(now: Now, change: Change) -> tuple[list[Witness], list[dependencies.Node]]:
    """The evidence that names what changes, and the nodes from which the change spreads; none where nothing names it."""
    if change.sort == "kind":
        pieces = [piece for piece in now.dossier.pieces if piece.record.kind == change.name]
        asking = [c.id for c in now.catalogue.controls.values() if any(ask.kind == change.name for ask in c.asks)]
        witnesses = [
            Witness(evidence=p.id, kind=change.name, names=p.record.subject.name, match="exact") for p in pieces
        ]
        return witnesses, [*(("evidence", piece.id) for piece in pieces), *(("control", name) for name in asking)]
    if change.sort in {"control", "content"}:
        return _content(now, f"controls/catalogue/{change.name}.yaml" if change.sort == "control" else change.name)
    found: dict[str, Witness] = {}
    for piece in now.dossier.pieces:
        _look(found, piece.id, piece.record.kind, naming.things(piece), change)
    nodes: list[dependencies.Node] = [("evidence", name) for name in found]
    _look(found, now.dossier.system_entry, "system.v1", naming.stated(now.dossier), change)
    if now.dossier.system_entry in found:
        nodes += [
            ("control", result.id) for result in now.assessment.controls if now.dossier.system_entry in result.evidence
        ] or [("evidence", now.dossier.system_entry)]
    return list(found.values()), nodes


def _look(found: dict[str, Witness], name: str, kind: str, things: Iterable[naming.Thing], change: Change) -> None:
    for thing in things:
        match = thing.is_meant_by(change.name) if thing.sort == change.sort else None
        if match is not None and name not in found:
            said = f"{thing.name}@{thing.revision}" if thing.revision else thing.name
            found[name] = Witness.model_validate({"evidence": name, "kind": kind, "names": said, "match": match})


def _content(now: Now, path: str) -> tuple[list[Witness], list[dependencies.Node]]:
    """A file of content: everything that judges with it, and the evidence that decides there."""
    folder, _, file = path.rpartition("/")
    stem, catalogue = file.removesuffix(".yaml"), now.catalogue
    controls: list[str] = []
    nodes: list[dependencies.Node] = []
    if folder == "controls/catalogue" and stem in catalogue.controls:
        controls = [stem]
    elif folder == "evidence/kinds" and stem in catalogue.kinds:
        controls = [c.id for c in catalogue.controls.values() if any(ask.kind == stem for ask in c.asks)]
        nodes = [("content", path)]
    elif folder == "controls/risks" and stem in catalogue.risks:
        nodes = [("risk", stem)]
    elif folder == "policies" and stem in catalogue.policies:
        nodes = (
            [("condition", condition.id) for condition in now.policy.conditions]
            if stem == now.policy.id
            else [("content", path)]
        )
    elif folder.startswith("controls/frameworks/") and folder.rsplit("/", 1)[-1] in catalogue.frameworks:
        nodes = [("content", path)]
    nodes += [("control", name) for name in controls]
    by_id = now.dossier.by_id
    used = dict.fromkeys(
        piece
        for result in now.assessment.controls
        if result.id in controls
        for piece in result.evidence
        if piece in by_id
    )
    return [Witness(evidence=name, kind=by_id[name].record.kind, names=path, match="exact") for name in used], nodes


def _falls(state: ApprovalState, signed: SignedDecision, now: Now, change: Change, witnesses: list[Witness]) -> Falls:
    kinds = {change.name} if change.sort == "kind" else {each.kind for each in witnesses}
    unless: list[str] = []
    if change.sort in REMAKES:
        because = "a model made with another one is another identity, and inherits nothing"
    elif change.sort in {"control", "content"}:
        because = "the content would not be the one that was signed"
        unless = [e.id for e in now.policy.envelopes if e.change == "content"]
    else:
        because = f"evidence would come in anew: {', '.join(sorted(kinds))}"
        fixed = kinds & (NEVER | set(signed.decision.reapprove_on))
        if not fixed and "system.v1" not in kinds:
            unless = [e.id for e in now.policy.envelopes if e.change == "evidence" and kinds <= set(e.kinds)]
        elif fixed:
            because += f"; {', '.join(sorted(fixed))} always asks for a new approval"
    return Falls(approval=state.decision, signer=state.signer, role=state.role, because=because, unless=tuple(unless))
