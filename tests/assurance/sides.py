"""Two sides of a comparison, made of small dossiers: what the ledger held at a size, judged by a catalogue and a policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from governance.assurance import decided
from governance.assurance.assess import assess
from governance.assurance.comparison import compare
from governance.assurance.gate import gate
from governance.assurance.register import register
from governance.domain.case import Case
from governance.domain.comparison import Side
from governance.domain.entry import Checkpoint
from tests.assurance.cases import NOON, OTHER, OURS, artifacts, catalogue, control, dossier, piece, policy

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.comparison import Comparison
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import Policy

CONTENT = catalogue(control("tested", {}))
RULE = policy({"no_open_finding": {"severity": "high"}})


def case(held: Dossier, content: Catalogue = CONTENT, rule: Policy = RULE, on: datetime = NOON) -> Case:
    """A case, judged."""
    whole = replace(content, policies={rule.id: rule})
    made = assess(held, whole, on)
    rows = register(held, whole, made, on)
    return Case(
        dossier=held,
        catalogue=whole,
        assessment=made,
        register=rows,
        gate=gate(rule, held, whole, made, rows, on),
        checkpoint=Checkpoint(origin="fake", size=held.ledger_size, root="0" * 64),
        on=on,
        decided=decided.states(held, made, rows, on),
    )


def compared(before: Case, after: Case, since: int | None = None) -> Comparison:
    """What two cases differ in; `since` is the first entry that names the later content."""
    return compare(Side(before, "x", "the earlier one"), Side(after, "now", "now", content_since=since))


def evaluations(*old: dict[str, Any], new: tuple[dict[str, Any], ...] = ()) -> Comparison:
    """Bodies of evaluation runs of the earlier weights against bodies of the later ones."""
    return of_pieces(
        [piece(number, body=body) for number, body in enumerate(old, start=2)],
        [piece(number, body=body, digest=OTHER) for number, body in enumerate(new, start=50)],
    )


def of_pieces(old: list[Piece], new: list[Piece], **how: Any) -> Comparison:
    """Evidence up to the earlier side, and what came in after it with other weights."""
    earlier = (artifacts(1, OURS), *old)
    later = (*earlier, artifacts(40, OTHER), *new)
    before = replace(dossier(*earlier), ledger_size=39)
    after = replace(dossier(*later), ledger_size=100)
    return compared(case(before, **how), case(after, **how))
