"""The risk register of one system: a fold over the library, the system's own settings, and the standing of controls.

Residual = inherent, less the steps of each mitigating control that is *met* now. Stale, inconclusive and missing take
nothing off. Likelihood and impact never fall below 1. When evidence goes stale the residual rises by itself; nobody
has to remember.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from governance.assurance.assess import applies
from governance.domain.control import Standing
from governance.domain.risk import Rating, RegisterRow, RiskSetting, Step

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.assessment import Assessment
    from governance.domain.catalogue import Catalogue
    from governance.domain.dossier import Dossier
    from governance.domain.risk import Risk


def register(dossier: Dossier, catalogue: Catalogue, assessment: Assessment, on: datetime) -> tuple[RegisterRow, ...]:
    """Every risk of the library that applies to the system, highest residual first, then by id."""
    standings = {result.id: result.standing for result in assessment.controls}
    rows = [
        _row(risk, dossier, standings, on)
        for risk in catalogue.risks.values()
        if risk.applies_when is None or applies(risk.applies_when, dossier.system_body)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.residual.score, -row.inherent.score, row.risk)))


def _row(risk: Risk, dossier: Dossier, standings: dict[str, Standing], on: datetime) -> RegisterRow:
    own = dossier.system.risks.get(risk.id, RiskSetting())
    inherent = Rating(likelihood=own.likelihood or risk.inherent.likelihood, impact=own.impact or risk.inherent.impact)
    steps = tuple(
        Step(
            control=row.control,
            standing=standings.get(row.control, Standing.MISSING),
            reduces=row.reduces,
            steps=row.steps,
            counted=standings.get(row.control) is Standing.MET,
        )
        for row in risk.mitigated_by
    )
    taken = {
        side: sum(step.steps for step in steps if step.counted and step.reduces == side)
        for side in ("likelihood", "impact")
    }
    residual = Rating(
        likelihood=max(1, inherent.likelihood - taken["likelihood"]), impact=max(1, inherent.impact - taken["impact"])
    )
    appetite = dossier.system.risk_appetite
    review = own.next_review or (dossier.registered_at + timedelta(days=risk.review_every)).date()
    return RegisterRow(
        risk=risk.id,
        title=risk.title,
        event=risk.event,
        consequence=risk.consequence,
        genai_risks=risk.genai_risks,
        owner=own.owner or risk.owner,
        owner_named=own.owner is not None,
        treatment=own.treatment or risk.treatment,
        inherent=inherent,
        because=own.because or risk.inherent.because,
        steps=steps,
        residual=residual,
        appetite=appetite,
        within_appetite=None if appetite is None else residual.score <= appetite,
        next_review=review,
        review_overdue=review < on.date(),
    )
