"""From a dossier and a catalogue to an assessment: controls, then requirements, then frameworks.

A requirement is only as good as the controls that answer it, and parts never add up to the whole: where every control
that answers a part is met, the rest is a person's to judge, and the standing says *manual*. Where no control answers
it, the standing is *not-covered*, which is no standing of the system at all but a gap of the catalogue.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from governance.assurance.asks import answer, worst
from governance.assurance.subjects import weights
from governance.domain.assessment import (
    AskResult,
    Assessment,
    ControlResult,
    Finding,
    FrameworkResult,
    RequirementResult,
)
from governance.domain.control import Standing
from governance.domain.evidence import SubjectType
from governance.domain.framework import Extent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import AppliesWhen, Control
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework, Requirement

FINDING_KIND = "finding.v1"
SEVERITIES = ("low", "medium", "high", "critical")


def assess(dossier: Dossier, catalogue: Catalogue, on: datetime) -> Assessment:
    """Judge a system at a moment. In scope are the frameworks it names that we have; all, where there are none."""
    controls = {control.id: judge(control, dossier, catalogue, on) for control in _sorted(catalogue)}
    named = [framework_id for framework_id in sorted(catalogue.frameworks) if framework_id in dossier.system.frameworks]
    scope = named or sorted(catalogue.frameworks)
    requirements = tuple(
        _requirement(framework_id, requirement, controls)
        for framework_id in scope
        for requirement in catalogue.requirements[framework_id]
    )
    return Assessment(
        system=dossier.system.id,
        on=on,
        identity=dossier.identity,
        content_digest=catalogue.digest,
        ledger_size=dossier.ledger_size,
        controls=tuple(controls.values()),
        requirements=requirements,
        frameworks=tuple(_summary(catalogue.frameworks[framework_id], requirements) for framework_id in scope),
        findings=findings(dossier),
        unbound=tuple(
            piece.id
            for piece in dossier.pieces
            if piece.record.subject.type is SubjectType.MODEL and piece.record.subject.role is None
        ),
    )


def judge(control: Control, dossier: Dossier, catalogue: Catalogue, on: datetime) -> ControlResult:
    """What one control came to: the worst of its asks, or *not-applicable* where the system says so itself."""
    reasons: tuple[str, ...]
    asks: tuple[AskResult, ...]
    if control.applies_when is not None and not applies(control.applies_when, dossier.system_body):
        asks, standing = (), Standing.NOT_APPLICABLE
        reasons = (
            f"the system states {control.applies_when.field}: {dossier.system_body[control.applies_when.field]}",
        )
    else:
        asks = tuple(answer(ask, dossier, catalogue, on) for ask in control.asks)
        standing = worst([result.standing for result in asks])
        reasons = tuple(result.reason for result in asks if result.standing is standing)
    return ControlResult(
        id=control.id,
        title=control.title,
        family=control.family,
        standing=standing,
        reasons=reasons or ("it asks for nothing, and nothing is no evidence",),
        evidence=tuple(dict.fromkeys(piece for result in asks for piece in result.evidence)),
        asks=asks,
        remedy=control.remedy,
    )


def applies(when: AppliesWhen, system: Mapping[str, object]) -> bool:
    """False only where the system states another value in words; what is not stated, or is a list, applies."""
    stated = system.get(when.field)
    return not isinstance(stated, str) or stated in when.one_of


def findings(dossier: Dossier) -> tuple[Finding, ...]:
    """The open findings, worst first, then by rule and path. The same finding on the same path is listed once.

    A finding in weights that are neither the candidate's nor its base's is closed: the remedy was to make other
    weights.
    """
    latest = {
        (piece.body["rule"], piece.body.get("path"), piece.record.subject.name): piece
        for piece in dossier.of_kind(FINDING_KIND)
        if _concerns(piece, dossier)
    }
    rows = [
        Finding(
            evidence=piece.id,
            rule=piece.body["rule"],
            severity=piece.body["severity"],
            title=piece.body["title"],
            detail=piece.body["detail"],
            path=piece.body.get("path"),
            remedy=piece.body["remedy"],
        )
        for piece in latest.values()
    ]
    return tuple(
        sorted(rows, key=lambda row: (-SEVERITIES.index(row.severity), row.rule, row.path or "", row.evidence))
    )


def _concerns(piece: Piece, dossier: Dossier) -> bool:
    subject = piece.record.subject
    if dossier.candidate is None or subject.type is not SubjectType.MODEL or subject.digest is None:
        return True
    return subject.digest in {weights(dossier.candidate), weights(dossier.base)}


def _sorted(catalogue: Catalogue) -> list[Control]:
    return [catalogue.controls[control_id] for control_id in sorted(catalogue.controls)]


def _requirement(
    framework_id: str, requirement: Requirement, controls: Mapping[str, ControlResult]
) -> RequirementResult:
    rows = [(row, controls[row.control]) for row in requirement.met_by if row.control in controls]
    live = [(row, result) for row, result in rows if result.standing is not Standing.NOT_APPLICABLE]
    coverage: Literal["full", "part", "none"] = "none"
    if rows:
        coverage = "full" if any(row.extent is Extent.FULL for row, _ in rows) else "part"
    if not rows:
        standing = Standing.NOT_COVERED
        reasons = [f"no control of the catalogue meets it: {requirement.not_covered or 'its controls are absent'}"]
    elif not live:
        standing, reasons = Standing.NOT_APPLICABLE, ["every control that answers it does not apply"]
    else:
        standing = worst([result.standing for _, result in live])
        reasons = [f"{result.id} is {result.standing}" for _, result in live if result.standing is standing]
        if standing is Standing.MET and not any(row.extent is Extent.FULL for row, _ in live):
            standing = Standing.MANUAL
            reasons = [
                f"{', '.join(result.id for _, result in live)} met, which answers a part; a person judges the rest"
            ]
    return RequirementResult(
        framework=framework_id,
        id=requirement.id,
        title=requirement.title,
        group=requirement.group,
        standing=standing,
        coverage=coverage,
        reasons=tuple(reasons),
        controls=tuple(row.control for row in requirement.met_by),
    )


def _summary(framework: Framework, requirements: tuple[RequirementResult, ...]) -> FrameworkResult:
    own = [result for result in requirements if result.framework == framework.id]
    standings = Counter(result.standing.value for result in own)
    coverage = Counter(result.coverage for result in own)
    return FrameworkResult(
        framework=framework.id,
        title=framework.title,
        version=framework.version,
        total=len(own),
        by_standing={standing.value: standings[standing.value] for standing in Standing if standings[standing.value]},
        by_coverage={extent: coverage[extent] for extent in ("full", "part", "none")},
    )
