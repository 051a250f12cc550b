"""All sections of the card put together; the frame is built last, when the tally of facts is complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.reports.atoms import words
from governance.reports.atoms.recognising import recognise
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.card import data_sets, details, evaluated, hub, loss, questions, stages, subgroups
from governance.reports.card.answering import Answering
from governance.reports.card.caveats import caveats, limits
from governance.reports.card.views import CardView
from governance.reports.charts.energy import Work
from governance.reports.charts.energy import energy as energy_chart
from governance.reports.parts import energy, evaluation, sign_offs
from governance.reports.parts.attested import attested
from governance.reports.parts.drift import drift
from governance.reports.parts.frame import frame
from governance.reports.parts.gpu_use import gpu_use
from governance.reports.parts.measured import measured
from governance.reports.parts.risks import register

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from governance.domain.case import Case
    from governance.domain.evidence import Piece
    from governance.reports.atoms.views import Said
    from governance.reports.charts.canvas import Chart
    from governance.reports.claims.references import References

TOP_RISKS = 8
DRIFT_CHARTS = 2
"""Measures of drift that are drawn here; the audit report draws more."""
TITLES = {
    "bias": phrase("Bias"), "safety": phrase("Safety and security"), "privacy": phrase("Privacy"),
    "explainability": phrase("Explainability"),
}  # fmt: skip


def build(case: Case, references: References) -> CardView:
    """The view of the model card."""
    held = data_sets.manifests(case)
    machine = details.machine(case)
    environment, packages = details.environment(references, machine)
    results, safety = evaluation.rows(case, references)
    gaps = evaluation.gaps(case, references)
    forest_rows, forest = evaluated.differences(case, references, (*results, *safety))
    tasks = evaluated.tasks(case, references)
    cut = subgroups.pieces(case)
    unitary, crossed = subgroups.groups(references, cut)
    lineage = stages.stages(case, references, held)
    answering = Answering(case, references, (*results, *safety))
    risks = register(case, references)
    made: dict[str, Any] = {
        **_stated(case, references),
        **_training(case, references),
        "gpu": gpu_use(case, references, machine),
        "head": hub.head(case, case.dossier.candidate, held, machine),
        "details": details.details(references, case.dossier.candidate),
        "stages": lineage,
        "more_data": max(0, len(held) - stages.MOST_DATA_SETS),
        "lineage": stages.chart(lineage, references.say),
        "data_sets": tuple(data_sets.data_set(references, piece) for piece in held)
        or (data_sets.data_set(references, None),),
        "environment": environment,
        "packages": packages,
        "factors": subgroups.factors(references, cut),
        "affected": subgroups.affected(case, references),
        "tasks": tasks,
        "thresholds": evaluated.thresholds(case, references),
        "measured": measured(case, references),
        "results": results,
        "safety": safety,
        "gaps": tuple(gap for gap in gaps if not evaluation.is_safety(gap)),
        "safety_gaps": tuple(gap for gap in gaps if evaluation.is_safety(gap)),
        "differences": forest_rows,
        "forest": forest,
        "unitary": unitary,
        "intersectional": crossed,
        "drift": drift(case, references, DRIFT_CHARTS),
        "subcards": tuple(answering.card(name, TITLES[name], asked) for name, asked in questions.SUBCARDS),
        "ethics": answering.card("ethics", phrase("Ethical considerations"), questions.ETHICS),
        "gate": phrase(
            "The policy %(policy)s answers %(answer)s: %(reason)s.",
            policy=case.gate.policy,
            answer=words.ANSWERS[case.gate.answer],
            reason=recognise(case.gate.reason),
        ),
        "signed": _signed(case),
        "sign_offs": sign_offs.rows(case, references),
        "worse": sum(row.verdict is evaluation.WORSE for row in (*results, *safety)),
        "attested": attested(case, references),
        "risks": risks.rows[:TOP_RISKS],
        "register_total": risks.total,
    }
    return CardView(
        **made,
        limits=limits(case, references),
        caveats=caveats(case, references, (*results, *safety), gaps),
        index=references.index(),
        frame=frame(case, references),
    )


def _training(case: Case, references: References) -> dict[str, Any]:
    """The training with its curve, its settings and its energy."""
    runs, spent = details.runs(case), energy.of_training(case)
    run, used = (runs[-1] if runs else None), (spent[-1] if spent else None)
    return {
        "training": details.training(references, run),
        "settings": details.settings(references, run),
        "runs": len(runs),
        "loss": loss.chart(run, references.say),
        "points": loss.table(references, run),
        "energy": energy.energy(references, used),
        "energies": len(spent),
        "energy_chart": _energy_chart(spent, references.say),
    }


def _energy_chart(spent: list[Piece], say: Callable[[str], str]) -> Chart | None:
    """Bars, where there are several pieces of work to tell apart."""
    works = [work for piece in spent if (work := energy.work(piece)) is not None]
    return energy_chart(tuple(Work(**work) for work in works), id="energy", say=say) if len(works) > 1 else None


def _signed(case: Case) -> Phrase:
    """The latest word on this very identity whose signature counts, and what became of it."""
    identity = case.dossier.identity
    ours = [
        one
        for one in case.dossier.valid
        if identity
        and one.decision.identity == identity.digest
        and (one.decision.decision.approves or one.decision.decision.ends)
    ]
    if not ours:
        return phrase("Nobody has signed a decision on this identity.")
    last = ours[-1].decision
    state = sign_offs.state_of(sign_offs.states(case).get(ours[-1].id))
    return phrase(
        "%(signer)s, %(role)s, decided on %(day)s: %(decision)s; %(state)s.",
        signer=last.signer,
        role=last.role,
        day=f"{last.signed_at:%Y-%m-%d}",
        decision=words.DECISIONS[last.decision],
        state=state,
    )


def _stated(case: Case, references: References) -> dict[str, Said]:
    system, said = case.dossier.system, references.said
    base = system.base_model
    parts = (
        (base.name, _named("licence", base.licence), base.licence_link, _named("revision", base.revision))
        if base
        else ()
    )
    return {
        "description": said("Description", system.description, "description"),
        "purpose": said("Purpose", system.purpose, "purpose"),
        "owner": said("Owner", system.owner, "owner"),
        "contact": said("Contact", system.contact, "contact"),
        "users": said("Users", system.users, "users"),
        "licence": said("Licence", system.licence, "licence"),
        "licence_link": said("Text of the licence", system.licence_link, "licence_link"),
        "intended": said("Intended uses", system.intended_uses, "intended_uses"),
        "prohibited": said("Prohibited uses", system.prohibited_uses, "prohibited_uses"),
        "deployment": said("Deployment", system.deployment, "deployment"),
        "tier": said("Risk tier", system.tier, "tier"),
        "languages": said("Languages", ", ".join(system.languages) or None, "languages"),
        "base_model": said("Base model", ", ".join(part for part in parts if part) or None, "base_model"),
    }


def _named(what: str, value: str | None) -> str:
    return f"{what} {value}" if value else ""
