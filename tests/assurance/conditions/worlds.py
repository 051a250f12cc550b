"""Dossiers of two models that answered the same items, and the plans that were sealed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from governance.parsing import canonical
from tests.assurance.cases import BASE, NOON, artifacts, dossier, piece, row, run, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.policy import Policy

ABOUT = {"candidate": None, "base": BASE}


def item(number: int, task: str = "xstest") -> str:
    """The digest of an item."""
    return canonical.sha256(f"{task} {number}".encode())


def samples(
    scores: Sequence[float],
    *,
    task: str = "xstest",
    metric: str = "acc",
    items: Sequence[int] | None = None,
    **columns: Any,
) -> dict[str, Any]:
    """The body of the single samples of a run."""
    asked = [item(number, task) for number in (items if items is not None else range(len(scores)))]
    held = {"id": list(range(len(scores))), "doc_sha256": asked, metric: list(scores), **columns}
    return {"harness": {"name": "lm-eval", "version": "0.4"}, "model": {"name": "m"}, "task": task, "n": len(scores),
            "metrics": [metric], "columns": held, "columns_digest": canonical.digest(held)}  # fmt: skip


def scored(
    seq: int, about: str, scores: Sequence[float], *, task: str = "xstest", metric: str = "acc", items: Sequence[int] | None = None,
    columns: dict[str, Any] | None = None, digest: str | None = None, **said: Any,
) -> tuple[Piece, Piece]:  # fmt: skip
    """A run of one task with its samples, as two pieces."""
    value = sum(scores) / len(scores) if scores else None
    given = {"value": value, "n": len(scores), "metric": metric, "higher_is_better": True, **said}
    more = {name: given.pop(name) for name in ("days_old", "at", "quality") if name in given}
    held = samples(scores, task=task, metric=metric, items=items, **(columns or {}))
    whose = {"digest": digest or ABOUT.get(about), **more}
    return piece(seq, about=about, body=run(row(task, **given)), **whose), piece(
        seq + 1, "eval-samples.v1", about, held, **whose
    )


def counted(both: int, gained: int, lost: int, neither: int) -> tuple[list[float], list[float]]:
    """(scores of the candidate, of the reference) with these counts."""
    pairs = [(1.0, 1.0)] * both + [(1.0, 0.0)] * gained + [(0.0, 1.0)] * lost + [(0.0, 0.0)] * neither
    return [one for one, _ in pairs], [other for _, other in pairs]


def world(*sides: tuple[str, Sequence[float]], extra: tuple[Piece, ...] = (), **system: Any) -> Dossier:
    """A candidate and what was scored, in order; each side is (about, scores)."""
    pieces: list[Piece] = [artifacts(1)]
    for about, scores in sides:
        pieces += scored(len(pieces) + 1, about, scores)
    return dossier(*pieces, *extra, **system)


def of_counts(both: int, gained: int, lost: int, neither: int) -> Dossier:
    """Candidate and base on the same items."""
    ours, theirs = counted(both, gained, lost, neither)
    return world(("candidate", ours), ("base", theirs))


def planned(
    held: Dossier,
    rule: Policy,
    seq: int,
    *suites: dict[str, Any],
    at: datetime | None = None,
    reason: str = "Before the runs",
    **said: Any,
) -> SignedDecision:
    """A plan that was sealed as entry `seq`, at a moment."""
    moment = at or NOON - timedelta(days=2)
    made = signed(
        seq,
        held,
        rule,
        "Theo Example",
        "threshold-author",
        "plan",
        reason=reason,
        signed_at=moment,
        plan={"suites": list(suites)},
        **said,
    )
    return replace_moment(made, moment)


def replace_moment(made: SignedDecision, moment: datetime) -> SignedDecision:
    """The same decision, recorded at a moment."""
    return made.model_copy(update={"recorded_at": moment, "id": f"{made.id}-{moment:%d%H%M}"})


def with_plans(held: Dossier, *plans: SignedDecision) -> Dossier:
    """The same dossier with these decisions."""
    return replace(held, decisions=(*held.decisions, *plans))
