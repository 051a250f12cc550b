"""The audit report as a view: everything that was judged, with denominators, reasons and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.assessment import Shown
from governance.domain.control import Standing
from governance.domain.policy import Answer
from governance.domain.risk import Level
from governance.reports.atoms import words
from governance.reports.atoms.views import Phrase, phrase
from governance.reports.audit import front
from governance.reports.audit.corrective import corrective
from governance.reports.audit.population import population
from governance.reports.audit.views import (
    AuditView,
    ConditionRow,
    ControlGroup,
    ControlRow,
    DifferenceRow,
    FindingRow,
    FrameworkPart,
    RequirementGroup,
    RequirementRow,
)
from governance.reports.parts import asked, coverage, drawn, evaluation, sign_offs
from governance.reports.parts.attested import attested
from governance.reports.parts.drift import drift
from governance.reports.parts.due import calendar
from governance.reports.parts.frame import frame
from governance.reports.parts.measured import measured
from governance.reports.parts.risks import register

if TYPE_CHECKING:
    from governance.domain.assessment import ControlResult, FrameworkResult, RequirementResult
    from governance.domain.case import Case
    from governance.reports.claims.references import References

FINDINGS_PRINTED = 200
DUE_ON_FIRST_PAGE = 4
DATES_PRINTED = 100
TOP_RISKS = 5
RISKS_PRINTED = 100
"""Rows of the register here; the risk register prints more, and its CSV file and workbook have all."""


def build(case: Case, references: References) -> AuditView:
    """The view of the audit report."""
    system = case.dossier.system
    said = references.said
    results, safety = evaluation.rows(case, references)
    gaps = evaluation.gaps(case, references)
    risks = register(case, references, printed=RISKS_PRINTED)
    worst, more = front.worst(case, references)
    dates = calendar(case, references)
    policy = case.catalogue.policies.get(case.gate.policy)
    coverages = (coverage.controls(case, references), *coverage.requirements(case, references))
    findings = _findings(case, references)
    signed = sign_offs.rows(case, references)
    return AuditView(
        index=references.index(),
        glossary=words.GLOSSARY,
        purpose=said("Purpose", system.purpose, "purpose"),
        description=said("Description", system.description, "description"),
        users=said("Users", system.users, "users"),
        intended=said("Intended uses", system.intended_uses, "intended_uses"),
        prohibited=said("Prohibited uses", system.prohibited_uses, "prohibited_uses"),
        tier=said("Risk tier", system.tier, "tier"),
        deployment=said("Deployment", system.deployment, "deployment"),
        appetite=risks.appetite,
        turns=front.turns(case),
        worst=worst,
        worse_more=more,
        due=dates[:DUE_ON_FIRST_PAGE],
        calendar=dates[:DATES_PRINTED],
        calendar_total=len(dates),
        since=front.since(case),
        coverages=coverages,
        headline=coverages,
        results=(*results, *safety),
        gaps=gaps,
        drift=drift(case, references),
        findings=findings[:FINDINGS_PRINTED],
        findings_total=len(findings),
        population=population(case, references),
        corrective=corrective(case, references),
        controls=_controls(case, references),
        controls_total=len(case.assessment.controls),
        frameworks=_frameworks(case),
        heat=drawn.heat_map(case, references.say),
        bars=drawn.bars(coverages, references.say),
        bow_ties=drawn.bow_ties(case, references.say),
        register=risks,
        top_risks=risks.rows[:TOP_RISKS],
        conditions=_conditions(case, references),
        measured=measured(case, references),
        policy_why=policy.why if policy else "",
        floors=tuple(each.id for each in case.catalogue.floors(case.gate.policy)),
        sign_offs=signed,
        words_first=sign_offs.words_first(signed, case),
        attested=attested(case, references),
        differences=differences(case, references),
        unbound=references.cites(case.assessment.unbound),
        frame=frame(case, references),
    )


def differences(case: Case, references: References) -> tuple[DifferenceRow, ...]:
    """What two tools tell differently about the same thing."""
    return tuple(
        DifferenceRow(
            about=row.about,
            field=row.field,
            said=tuple(
                (f"{each.value} {row.unit}".strip(), each.tool, references.cites((each.evidence,))) for each in row.said
            ),
        )
        for row in case.differences
    )


def _findings(case: Case, references: References) -> tuple[FindingRow, ...]:
    ordered = sorted(
        case.assessment.findings, key=lambda finding: (-Level(finding.severity).rank, finding.rule, finding.evidence)
    )
    return tuple(
        FindingRow(
            severity=words.LEVELS[Level(finding.severity)],
            rule=finding.rule,
            title=finding.title,
            detail=finding.detail,
            path=finding.path or "",
            remedy=finding.remedy,
            cites=references.cites((finding.evidence,)),
        )
        for finding in ordered
    )


def _numbered(case: Case) -> dict[str, str]:
    """C1, C2 … for the controls in the order they are printed: by family, then by id."""
    order = {family: place for place, family in enumerate(words.FAMILIES)}
    results = sorted(case.assessment.controls, key=lambda result: (order[result.family], result.id))
    return {result.id: f"C{number}" for number, result in enumerate(results, start=1)}


def _controls(case: Case, references: References) -> tuple[ControlGroup, ...]:
    results = {result.id: result for result in case.assessment.controls}
    grouped: dict[str, list[ControlRow]] = {}
    for name, key in _numbered(case).items():
        result = results[name]
        grouped.setdefault(words.FAMILIES[result.family], []).append(_control(case, references, key, result))
    return tuple(ControlGroup(title, tuple(rows)) for title, rows in grouped.items())


def _control(case: Case, references: References, key: str, result: ControlResult) -> ControlRow:
    control = case.catalogue.controls.get(result.id)
    settled = result.standing in (Standing.MET, Standing.NOT_APPLICABLE)
    return ControlRow(
        key=key,
        id=result.id,
        anchor=key.lower(),
        title=result.title,
        standing=words.STANDINGS[result.standing],
        reasons=result.reasons,
        cites=references.cites(result.evidence),
        remedy="" if settled else result.remedy,
        false_comfort=control.false_comfort if control and result.standing is Standing.MET else "",
    )


def _frameworks(case: Case) -> tuple[FrameworkPart, ...]:
    standings = {result.id: words.STANDINGS[result.standing] for result in case.assessment.controls}
    numbered = _numbered(case)
    asked = {(name, row.id): row for name, rows in case.catalogue.requirements.items() for row in rows}

    def row(result: RequirementResult) -> RequirementRow:
        requirement = asked.get((result.framework, result.id))
        why = requirement.not_covered if requirement else "; ".join(result.reasons)
        return RequirementRow(
            id=result.id,
            title=result.title,
            standing=words.STANDINGS[result.standing],
            coverage=result.coverage,
            shown=words.SHOWN[result.shown],
            applies="" if result.in_application or result.applies_from is None else result.applies_from.isoformat(),
            controls=tuple(
                (numbered.get(name, name), standings.get(name, words.STANDINGS[Standing.MISSING]))
                for name in result.controls
            ),
            note=_note(result, why or ""),
        )

    parts = []
    for counted in case.assessment.frameworks:
        framework = case.catalogue.frameworks.get(counted.framework)
        grouped: dict[str, list[RequirementRow]] = {}
        for result in case.assessment.requirements:
            if result.framework == counted.framework:
                title = coverage.heading(framework, result.group) if framework else result.group
                grouped.setdefault(title, []).append(row(result))
        parts.append(
            FrameworkPart(
                id=counted.framework,
                title=counted.title,
                version=counted.version,
                publisher=framework.publisher if framework else "",
                checked=framework.checked.said if framework else "",
                total=counted.total,
                coverage=tuple((name, counted.by_coverage.get(name, 0)) for name in ("full", "part", "none")),
                shown=tuple((words.SHOWN[Shown(name)], number) for name, number in counted.by_shown.items()),
                not_yet=counted.total - counted.in_application,
                force=_force(counted),
                groups=tuple(RequirementGroup(title, tuple(rows)) for title, rows in grouped.items()),
            )
        )
    return tuple(parts)


def _note(result: RequirementResult, why: str) -> str | Phrase:
    if result.not_measurable:
        return phrase("Not measurable: %(why)s", why=result.not_measurable)
    return why if result.coverage == "none" else ""


def _force(counted: FrameworkResult) -> Phrase | None:
    """A sentence where the version that was judged is not the one in force."""
    if counted.in_force:
        return None
    if counted.superseded_on is not None:
        return phrase(
            "This version was superseded on %(day)s; the system file names it all the same.",
            day=counted.superseded_on.isoformat(),
        )
    return phrase("This version comes into force on %(day)s.", day=counted.in_force_from.isoformat())


def _conditions(case: Case, references: References) -> tuple[ConditionRow, ...]:
    held = asked.conditions(case)
    order = {Answer.NO: 0, Answer.COULD_NOT_TELL: 1, Answer.YES: 2}
    return tuple(
        ConditionRow(
            id=result.id,
            asks=asked.asks(held[result.id]) if result.id in held else None,
            why=held[result.id].why if result.id in held else "",
            floor=result.floor or "",
            answer=words.ANSWERS[result.answer],
            reason=result.reason,
            turns=result.would_turn,
            cites=references.cites(result.evidence),
        )
        for result in sorted(case.gate.conditions, key=lambda result: order[result.answer])
    )
