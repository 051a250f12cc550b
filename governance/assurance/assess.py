"""From a dossier and a catalogue to an assessment: controls, then requirements, then frameworks.

Which version of a framework counts is a matter of the day; what the requirements of one come to is told in
`governance.assurance.requirements`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from governance.assurance.asks import answer, worst
from governance.assurance.requirements import held_against, in_order, not_measurable
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
from governance.domain.kind import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from governance.domain.catalogue import Catalogue
    from governance.domain.control import AppliesWhen, Control
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece
    from governance.domain.framework import Framework

FINDING_KIND = "finding.v1"
SEVERITIES = ("low", "medium", "high", "critical")


def assess(dossier: Dossier, catalogue: Catalogue, on: datetime) -> Assessment:
    """Judge a system at a moment. In scope are the frameworks it names that we have; all, where there are none."""
    controls = {control.id: judge(control, dossier, catalogue, on) for control in _sorted(catalogue)}
    scope = catalogue.in_scope(dossier.system, on.date())
    unmeasured = not_measurable(dossier, catalogue, on)
    requirements = tuple(
        row for frame in scope for row in held_against(frame, controls, catalogue, dossier, on, unmeasured)
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
        not_in_force=catalogue.not_in_force(dossier.system, on.date()),
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
    return in_order(found)


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
