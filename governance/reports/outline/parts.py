"""Parts of other documents that a point of an outline may name, built only where one does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from governance.reports.audit.whole import differences
from governance.reports.card import data_sets, details, loss
from governance.reports.parts import drift, evaluation, gpu_use, sign_offs
from governance.reports.parts.due import calendar
from governance.reports.parts.risks import register

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from governance.domain.case import Case
    from governance.reports.claims.references import References

TOP_RISKS = 15


def parts(case: Case, references: References, named: Collection[str]) -> dict[str, Any]:
    """The fields of the view for the parts that are named; the others are empty."""
    made: dict[str, Any] = {
        "results": (), "safety": (), "gaps": (), "risks": (), "register_total": 0, "sign_offs": (), "data_sets": (), "training": (),
        "environment": (), "curve": None, "differences": (), "dates": (), "prohibited": None,
    }  # fmt: skip
    if {"results", "safety"} & set(named):
        made["results"], made["safety"] = evaluation.rows(case, references)
    if "gaps" in named:
        made["gaps"] = evaluation.gaps(case, references)
    if {"risks", "dates"} & set(named):
        held = register(case, references)
        made["risks"], made["register_total"] = held.rows[:TOP_RISKS], held.total
        if "dates" in named:
            made["dates"] = calendar(case, references)
    if "sign-offs" in named:
        made["sign_offs"] = sign_offs.rows(case, references)
    if "differences" in named:
        made["differences"] = differences(case, references)
    if "prohibited-uses" in named:
        made["prohibited"] = references.said("Prohibited uses", case.dossier.system.prohibited_uses, "prohibited_uses")
    runs = details.runs(case) if {"training", "curve"} & set(named) else []
    if "curve" in named:
        made["curve"] = loss.chart(runs[-1] if runs else None, references.say)
    if "training" in named:
        made["training"] = details.training(references, runs[-1] if runs else None)
    if "environment" in named:
        made["environment"] = details.environment(references, details.machine(case))[0]
    if "data-sets" in named:
        made["data_sets"] = tuple(data_sets.data_set(references, piece) for piece in data_sets.manifests(case))
    return made | _over_time(case, references, named)


def _over_time(case: Case, references: References, named: Collection[str]) -> dict[str, Any]:
    """What was measured over time. Where there is nothing to show the part is empty, and the point says so."""
    machine = details.machine(case)
    used = "gpu-use" in named and gpu_use.told(case, references, machine)
    moved = "drift" in named and drift.told(case, references)
    return {
        "gpu": gpu_use.gpu_use(case, references, machine) if used else None,
        "drift": drift.drift(case, references) if moved else None,
    }


def held_parts(case: Case, made: Mapping[str, Any]) -> frozenset[str]:
    """The names of the parts that hold anything. A part that is empty answers no point."""
    prohibited = made["prohibited"]
    there = {
        "identity": case.dossier.identity is not None,
        "duties": bool(case.dossier.duties),
        "prohibited-uses": prohibited is not None and not prohibited.missing,
        "training": any(not fact.missing for fact in made["training"]),
        "environment": any(not fact.missing for fact in made["environment"]),
        "curve": made["curve"] is not None,
        "gpu-use": made["gpu"] is not None,
        "drift": made["drift"] is not None,
        "gaps": bool(made["gaps"]),
        "sign-offs": bool(made["sign_offs"]),
        "data-sets": bool(made["data_sets"]),
    }
    plain = {name for name in ("results", "safety", "risks", "differences", "dates") if made[name]}
    return frozenset(plain | {name for name, held in there.items() if held})
