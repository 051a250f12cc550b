"""A case for the model card with a piece of every kind, made of the examples that the kinds themselves bring, and cases that are large."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from governance.content import cache, places
from governance.domain.evidence import Subject, SubjectType
from governance.parsing import canonical
from governance.reports import card
from governance.reports.claims.references import References
from tests.reports import cases, found

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.domain.kind import Kind
    from governance.reports.card.views import CardView

OF_A_MODEL = {
    "subgroup-results.v1", "red-team.v1", "model-signature.v1", "security-scan.v1", "watermark-detection.v1", "content-provenance.v1", "energy.v1",
    "gpu-usage.v1",
}  # fmt: skip
NOT_TAKEN = {
    "system.v1",
    "model-artifacts.v1",
    "training-run.v1",
    "eval-run.v1",
    "statement-of-applicability.v1",
    "release-manifest.v1",
}
"""Kinds that the full case has already in a form that fits it, and those that would name another identity."""
ENERGY = {
    "kwh": 1.2345678, "method": "measured", "activity": "training", "scope": "gpu", "tool": {"name": "codecarbon", "version": "3.2.3"},
    "tracking_mode": "process", "gpu_kwh": 1.0, "cpu_kwh": 0.2, "ram_kwh": 0.0345678, "pue": 1.2, "co2_grams": 512.75, "grid_g_per_kwh": 415.3,
    "location": "DEU", "duration_seconds": 734.2, "kwh_interval": {"level": 0.95, "lower": 1.1, "upper": 1.4},
}  # fmt: skip
CROSSED = {
    "tool": {"name": "fairlearn", "version": "0.12.0"}, "task": "elm_desk_qa", "metric": "share of right answers", "higher_is_better": True,
    "attribute": "age band × language", "assigned_by": "the readers' own statement", "overall": {"n": 600, "value": 0.81}, "largest_gap": 0.3,
    "groups": [
        {"name": "under 30, German", "n": 100, "value": 0.9, "stderr": None}, {"name": "65 and older, Turkish", "n": 30, "value": 0.6, "stderr": None},
        {"name": "65 and older, German", "n": None, "value": None, "stderr": None},
    ],
}  # fmt: skip


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """The kinds of evidence of the house."""
    return dict(cache.load(places.read_all([places.builtin_root()])).kinds)


def subject(kind: str) -> Subject:
    """Whom a piece of a kind is about in these cases."""
    if kind in OF_A_MODEL:
        return found.candidate()
    return Subject(type=SubjectType.SYSTEM, name="Elm Desk assistant")


def pieces(**bodies: dict[str, Any]) -> tuple[Piece, ...]:
    """The pieces of the full case, and one of every other kind with the first example of that kind; `bodies` replaces some, by kind without `.v1`."""
    more = [
        found.piece(
            40 + number, kind, subject(kind), bodies.get(kind.removesuffix(".v1").replace("-", "_")) or first(kind)
        )
        for number, kind in enumerate(sorted(set(kinds()) - NOT_TAKEN))
        if kind
        not in {
            "dataset-manifest.v1",
            "compute-environment.v1",
            "finding.v1",
            "eval-samples.v1",
            "attested-document.v1",
        }
    ]
    crossed = found.piece(90, "subgroup-results.v1", found.candidate(), CROSSED)
    return (*found.pieces(), *more, crossed)


def first(kind: str) -> dict[str, Any]:
    """The first example of a kind that holds; energy of ours, with all that may be told."""
    return ENERGY if kind == "energy.v1" else next(iter(kinds()[kind].examples.holds.values()))


def rich(**bodies: dict[str, Any]) -> Case:
    """A case with a piece of every kind."""
    case = cases.full(pieces=pieces(**bodies))
    from dataclasses import replace

    return replace(case, catalogue=replace(case.catalogue, kinds=kinds()))


def many(
    tasks: int = 60, *, name: str = "elm-library/elm-desk-with-a-very-long-name-that-goes-on-" + "and-on-" * 12 + "2026"
) -> Case:
    """A case with many tasks on both sides, and names as long as the Hub lets them be."""
    both = []
    for n in range(tasks):
        rows = [
            found.result(
                f"{name[: 20 + n % 60]}_task_{n}", "acc_norm", (n * k % 97) / 100, 0.02 if n % 3 else None, 100
            )
            for k in (7, 11)
        ]
        both.append(rows)
    tuned = found.evaluation(name, found.WEIGHTS, [pair[0] for pair in both])
    base = found.evaluation("base", None, [pair[1] for pair in both])
    artefacts = {
        **found.ARTEFACTS,
        "name": name,
        "base": {"name": "organisation/" + "a-long-name-of-a-base-" * 4, "revision": "f" * 40},
    }
    held = (
        found.piece(1, "training-run.v1", found.candidate(), {**found.TRAINING, "loss_history": long_history()}),
        found.piece(2, "model-artifacts.v1", found.candidate(), artefacts),
        *(
            found.piece(10 + n, "dataset-manifest.v1", data(n), {**found.DATA, "name": f"{name}-{n}"})
            for n in range(12)
        ),
        found.piece(5, "eval-run.v1", found.candidate(), tuned),
        found.piece(6, "eval-run.v1", found.base(), base),
    )
    return cases.full(pieces=held)


def long_history() -> list[dict[str, Any]]:
    """Two thousand losses, some of them no numbers, each with a learning rate."""
    return [
        {"step": n, "loss": float("nan") if n % 500 == 0 else 3 / (1 + n / 200), "learning_rate": 2e-4 * (1 - n / 2001)}
        for n in range(1, 2001)
    ]


def data(number: int) -> Subject:
    """A data set by its number."""
    return Subject(type=SubjectType.DATA_SET, name=f"set-{number}", digest=canonical.sha256(str(number).encode()))


def built(case: Case) -> CardView:
    """The view of a model card."""
    return card.build(case, References(case))


def held(*more: Piece) -> Case:
    """A case with these pieces instead of the evaluations."""
    return cases.full(pieces=(*found.pieces()[:4], *more))


def evaluated(rows: list[Any], role: Subject | None = None, *, seq: int = 5, days_ago: int = 3, **more: Any) -> Piece:
    """An evaluation with these results."""
    body = {**found.evaluation("m", None, rows), **more}
    return found.piece(seq, "eval-run.v1", role or found.candidate(), body, days_ago=days_ago)


def with_artefacts(**body: Any) -> Case:
    """The full case, its weights telling this as well."""
    pieces = [
        each if each.record.kind != "model-artifacts.v1" else each.model_copy(update={"body": {**each.body, **body}})
        for each in found.pieces()
    ]
    return cases.full(pieces=tuple(pieces))
