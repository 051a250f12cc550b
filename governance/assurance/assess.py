"""From a dossier and a catalogue to an assessment: controls, then requirements, then frameworks.

A requirement is only as good as the controls that answer it, and parts never add up to the whole: where every control
that answers a part is met, the rest is a person's to judge, and the standing says *manual*. Where no control answers
it, the standing is *not-covered*, which is no standing of the system at all but a gap of the catalogue.

Which version of a framework counts is a matter of the day. A provision that is not in application yet is assessed all the same,
since people prepare for it, and is counted apart. One that speaks to somebody whom the owner is not does not apply.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from governance.assurance.asks import answer, worst
from governance.assurance.profiles import not_measurable
from governance.assurance.subjects import weights
from governance.domain.assessment import (
    AskResult,
    Assessment,
    ControlResult,
    Finding,
    FrameworkResult,
    RequirementResult,
    Shown,
)
from governance.domain.control import Standing
from governance.domain.evidence import SubjectType
from governance.domain.framework import Extent
from governance.domain.kind import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import AppliesWhen, Control
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework, MetBy, Requirement

FINDING_KIND = "finding.v1"
SEVERITIES = ("low", "medium", "high", "critical")


def assess(dossier: Dossier, catalogue: Catalogue, on: datetime) -> Assessment:
    """Judge a system at a moment. In scope are the frameworks it names that we have; all, where there are none."""
    controls = {control.id: judge(control, dossier, catalogue, on) for control in _sorted(catalogue)}
    scope = catalogue.in_scope(dossier.system, on.date())
    unmeasured = not_measurable(dossier, catalogue, on)
    requirements = tuple(
        _requirement(frame, requirement, controls, catalogue, dossier, unmeasured.get((frame.id, requirement.id)), on)
        for frame in scope
        for requirement in catalogue.requirements[frame.id]
    )
    return Assessment(
        system=dossier.system.id,
        on=on,
        identity=dossier.identity,
        content_digest=catalogue.digest,
        ledger_size=dossier.ledger_size,
        controls=tuple(controls.values()),
        requirements=requirements,
        frameworks=tuple(_summary(frame, requirements, on) for frame in scope),
        findings=findings(dossier),
        unknown_frameworks=catalogue.unknown_frameworks(dossier.system),
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
    evidence = tuple(dict.fromkeys(piece for result in asks for piece in result.evidence))
    return ControlResult(
        id=control.id,
        title=control.title,
        family=control.family,
        standing=standing,
        reasons=reasons or ("it asks for nothing, and nothing is no evidence",),
        evidence=evidence,
        asks=asks,
        remedy=control.remedy,
        bases=_bases(evidence, dossier, catalogue),
    )


def _bases(evidence: tuple[str, ...], dossier: Dossier, catalogue: Catalogue) -> tuple[Basis, ...]:
    """How the pieces came to be known, strongest first. The system file, and what somebody wrote by hand, is attested."""
    found = set()
    for piece_id in evidence:
        piece = dossier.by_id.get(piece_id)
        kind = catalogue.kinds.get(piece.record.kind) if piece else None
        declared = piece is None or kind is None or piece.record.declared_by is not None
        found.add(Basis.ATTESTED if declared or kind is None else kind.basis)
    return _in_order(found)


def _in_order(found: set[Basis]) -> tuple[Basis, ...]:
    """The bases, strongest first."""
    return tuple(basis for basis in Basis if basis in found) if found else ()


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
    frame: Framework,
    requirement: Requirement,
    controls: Mapping[str, ControlResult],
    catalogue: Catalogue,
    dossier: Dossier,
    unmeasured: str | None,
    on: datetime,
) -> RequirementResult:
    rows = [(row, controls[row.control]) for row in requirement.met_by if row.control in controls]
    live = [(row, result) for row, result in rows if result.standing is not Standing.NOT_APPLICABLE]
    coverage: Literal["full", "part", "none"] = "none"
    if rows:
        coverage = "full" if any(row.extent is Extent.FULL for row, _ in rows) else "part"
    standing, reasons = _standing(requirement, rows, live)
    stranger = _speaks_to_others(frame, requirement, dossier)
    if stranger is not None:
        standing, reasons = Standing.NOT_APPLICABLE, [stranger]
    bases = _in_order({basis for _, result in live for basis in result.bases})
    dates = catalogue.applies(frame.id, requirement)
    first = min((each.since for each in dates), default=frame.in_force_from)
    return RequirementResult(
        framework=frame.id,
        id=requirement.id,
        title=requirement.title,
        group=requirement.group,
        standing=standing,
        coverage=coverage,
        reasons=tuple(reasons),
        controls=tuple(row.control for row in requirement.met_by),
        shown=_shown(standing, bases, unmeasured),
        bases=bases,
        applies_from=first,
        in_application=first <= on.date(),
        not_measurable=unmeasured,
    )


def _standing(
    requirement: Requirement, rows: list[tuple[MetBy, ControlResult]], live: list[tuple[MetBy, ControlResult]]
) -> tuple[Standing, list[str]]:
    if not rows:
        why = requirement.not_covered or "its controls are absent"
        return Standing.NOT_COVERED, [f"no control of the catalogue meets it: {why}"]
    if not live:
        return Standing.NOT_APPLICABLE, ["every control that answers it does not apply"]
    standing = worst([result.standing for _, result in live])
    if standing is Standing.MET and not any(row.extent is Extent.FULL for row, _ in live):
        names = ", ".join(result.id for _, result in live)
        return Standing.MANUAL, [f"{names} met, which answers a part; a person judges the rest"]
    return standing, [f"{result.id} is {result.standing}" for _, result in live if result.standing is standing]


def _speaks_to_others(frame: Framework, requirement: Requirement, dossier: Dossier) -> str | None:
    """Why a requirement does not concern the owner, who stated in which roles the framework speaks to them.

    A role that the framework does not know says nothing, so that a misspelt one takes nothing out of scope.
    """
    stated = [role for role in dossier.system.roles.get(frame.series, ()) if role in frame.addressees]
    if not stated or requirement.addressee is None or requirement.addressee in stated:
        return None
    return f"it speaks to the {requirement.addressee}, and the owner states to be {', '.join(stated)}"


def _shown(standing: Standing, bases: tuple[Basis, ...], unmeasured: str | None) -> Shown:
    if unmeasured is not None:
        return Shown.NOT_MEASURABLE
    if standing is Standing.NOT_COVERED:
        return Shown.NOT_COVERED
    if standing is Standing.NOT_APPLICABLE:
        return Shown.NOT_APPLICABLE
    return Shown(bases[-1].value) if bases else Shown.NOT_ASSESSED


def _summary(frame: Framework, requirements: tuple[RequirementResult, ...], on: datetime) -> FrameworkResult:
    own = [result for result in requirements if result.framework == frame.id]
    standings = Counter(result.standing.value for result in own)
    coverage = Counter(result.coverage for result in own)
    shown = Counter(result.shown.value for result in own)
    return FrameworkResult(
        framework=frame.id,
        series=frame.series,
        title=frame.title,
        version=frame.version,
        in_force=frame.in_force(on.date()),
        in_force_from=frame.in_force_from,
        superseded_on=frame.superseded_on,
        total=len(own),
        in_application=sum(result.in_application for result in own),
        by_standing={standing.value: standings[standing.value] for standing in Standing if standings[standing.value]},
        by_coverage={extent: coverage[extent] for extent in ("full", "part", "none")},
        by_shown={way.value: shown[way.value] for way in Shown if shown[way.value]},
    )
