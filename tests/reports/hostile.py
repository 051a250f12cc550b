"""The hostile case: a full one in which every string a stranger could have written attacks the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from governance.domain.evidence import Quality, Role, Subject, SubjectType
from governance.domain.policy import Answer
from governance.domain.system import BaseModelDeclared, System
from tests.reports import cases, found

if TYPE_CHECKING:
    from governance.domain.case import Case

ATTACK = (
    "a|b `c` **d** <script>alert(1)</script> <img src=x onerror=alert(1)> [e](javascript:alert(1)) "
    "![f](http://evil.example/p.png) "
    "{{ 7*7 }} {% raw %} {# g #} {{ cycler.__init__.__globals__ }} \" ' & $h$ ~i~ \\ "
    "https://evil.example www.evil.example "
    "\u202etxt.exe\u202c \u200bzero \ufeff"
    "\n---\nlicense: evil\ntags: [evil]\n---\n\n# Evil heading\n\n| x | y |\n"
)
"""One string that attacks every format at once. The words in it that matter are looked for by the tests."""
FORMULA = '=HYPERLINK("http://evil.example","x")'


def hostile() -> Case:
    """A case whose strings, wherever a stranger could have written them, attack the page. Built past the validators."""
    system = System.model_construct(
        **{
            **found.SYSTEM.__dict__,
            "name": "Elm " + ATTACK,
            "purpose": ATTACK,
            "owner": FORMULA,
            "description": ATTACK,
            "licence": ATTACK,
            "intended_uses": (ATTACK, "# heading"),
            "prohibited_uses": ("- list", "1. number"),
            "users": ATTACK,
            "languages": ("en", "no", ATTACK),
            "contact": "mailto:x@evil.example",
            "base_model": BaseModelDeclared.model_construct(
                name=ATTACK, licence=ATTACK, licence_link=ATTACK, revision=None
            ),
            "suites": {},
        }
    )
    model = Subject.model_construct(
        type=SubjectType.MODEL, name=ATTACK, digest=found.WEIGHTS, role=Role.CANDIDATE, bound_by=ATTACK
    )
    data = Subject.model_construct(type=SubjectType.DATA_SET, name=ATTACK, digest=None, role=None, bound_by=None)
    artefacts = {
        **found.ARTEFACTS,
        "name": ATTACK,
        "formats": [ATTACK],
        "architecture": ATTACK,
        "dtypes": {ATTACK: 3},
        "base": {"name": ATTACK, "revision": ATTACK},
        "adapter": {"type": ATTACK, "r": ATTACK, "target_modules": [ATTACK]},
    }
    training = {
        **found.TRAINING,
        "framework_version": ATTACK,
        "method": ATTACK,
        "final_loss": float("nan"),
        "total_flos": float("inf"),
        "loss_history": [{"step": 1, "loss": float("nan")}, "x", {"step": 2, "loss": 1.0}, {"step": 3, "loss": 0.5}],
    }
    manifest = {
        **found.DATA,
        "name": ATTACK,
        "languages": [ATTACK],
        "source_datasets": [ATTACK],
        "licence": {"id": ATTACK, "known": True},
    }
    environment = {
        **found.ENVIRONMENT,
        "python": ATTACK,
        "packages": {"torch": ATTACK, ATTACK: "1"},
        "gpu_status": "present",
        "gpus": [{"name": ATTACK}],
    }
    use = {
        "tool": {"name": ATTACK, "version": ATTACK},
        "activity": None,
        "processors": float("nan"),
        "all": {"span_seconds": ATTACK, "energy_kwh": float("inf"), "gaps": 3},
        "gpus": [{"index": ATTACK, "name": ATTACK, "utilization_mean_percent": 1e308}, "x", None],
        "series": [
            {"of": 0, "seconds": [0, float("nan"), 60, ATTACK], "power_watts": {"mean": [1, 2, 1e308, 4], "min": "x"}},
            {"of": 10**9, "seconds": [0, 60], "utilization_percent": {"mean": [1.0, 2.0]}},
            "x",
        ],
    }
    moved = {
        "tool": {"name": ATTACK},
        "metric": ATTACK,
        "method": FORMULA,
        "value": 0.3,
        "limit": 0.2,
        "breached": True,
        "reference": {"from": ATTACK, "to": None},
        "current": ATTACK,
        "features": [{"name": ATTACK, "method": ATTACK, "value": float("nan"), "breached": "yes"}, "x"],
        "pieces": ATTACK,
        "breaches": -1,
        "reference_value": 1e308,
        "series": [
            {"start": None, "end": ATTACK, "value": 0.1, "upper": ATTACK, "breached": None},
            {"start": "2026-01-05T03:00:00", "end": FORMULA, "value": 1e300, "upper": 0.2, "breached": True},
            "x",
        ],
    }
    rows = [
        found.result(ATTACK, ATTACK, 0.5, 0.1, 10, filter=ATTACK),
        found.result("t", "m", float("nan"), None, None, filter=None),
    ]
    letter = found.attested(ATTACK, ATTACK, FORMULA, ATTACK, ATTACK, ATTACK)
    pieces = (
        found.piece(1, "training-run.v1", model, training, tool=ATTACK),
        found.piece(2, "model-artifacts.v1", model, artefacts),
        found.piece(3, "dataset-manifest.v1", data, manifest),
        found.piece(4, "compute-environment.v1", data, environment),
        found.piece(
            5,
            "eval-run.v1",
            model,
            found.evaluation(ATTACK, found.WEIGHTS, rows),
            quality=Quality.PARTIAL,
            reasons=(ATTACK, FORMULA),
        ),
        found.piece(6, "attested-document.v1", data, letter),
        found.piece(7, "finding.v1", model, found.FINDING),
        found.piece(8, "finding.v1", model, found.FINDING),
        found.piece(9, "gpu-usage.v1", model, use, quality=Quality.PARTIAL, reasons=(ATTACK,)),
        found.piece(10, "drift.v1", data, moved, quality=Quality.NOT_UNDERSTOOD, reasons=(FORMULA,)),
    )
    register = tuple(
        row.model_copy(
            update={
                "title": ATTACK,
                "event": FORMULA,
                "consequence": ATTACK,
                "owner": FORMULA,
                "because": ATTACK,
                "genai_risks": (ATTACK,),
            }
        )
        for row in cases.risks(9)
    )
    verdict = cases.gate(Answer.NO)
    broken = verdict.conditions[0].model_copy(update={"reason": ATTACK, "would_turn": (ATTACK, "run `x` <b>")})
    case = cases.full(
        pieces=pieces, system=system, register=register, gate=verdict.model_copy(update={"conditions": (broken,)})
    )
    harmed = tuple(
        row.model_copy(update={"title": ATTACK, "reasons": (ATTACK,), "remedy": ATTACK})
        for row in case.assessment.controls
    )
    finding = case.assessment.findings[0].model_copy(
        update={"title": ATTACK, "detail": FORMULA, "path": ATTACK, "remedy": ATTACK, "evidence": ATTACK}
    )
    asked = tuple(
        row.model_copy(update={"title": ATTACK, "reasons": (ATTACK,)}) for row in case.assessment.requirements
    )
    signed = tuple(
        row.model_copy(
            update={"problem": ATTACK, "decision": row.decision.model_copy(update={"signer": ATTACK, "reason": ATTACK})}
        )
        for row in case.dossier.decisions
    )
    assessment = case.assessment.model_copy(update={"controls": harmed, "findings": (finding,), "requirements": asked})
    dossier = replace(case.dossier, decisions=signed)
    held = replace(case, dossier=dossier, assessment=assessment)
    assert held.applicability is not None
    rows = tuple(row.model_copy(update={"justification": ATTACK, "how": FORMULA, "owner": FORMULA, "risks": (ATTACK,),
                                        "problems": (ATTACK,), "title": ATTACK}) for row in held.applicability.rows)  # fmt: skip
    own = tuple(row.model_copy(update={"control": ATTACK, "title": ATTACK, "justification": FORMULA})
                for row in held.applicability.own_controls)  # fmt: skip
    stated = held.applicability.model_copy(
        update={"rows": rows, "own_controls": own, "scope": ATTACK, "approver": FORMULA, "version": ATTACK}
    )
    wanted = tuple(row.model_copy(update={"what": ATTACK, "where": (FORMULA, ATTACK), "reason": ATTACK})
                   for row in held.documented)  # fmt: skip
    return replace(held, applicability=stated, documented=wanted)


ALL = {"full": cases.full, "bare": cases.bare, "empty": cases.empty, "hostile": hostile}
