"""What people stated, for the cases: a Statement of Applicability and a target profile.

Half of the statement's rows apply and every fifth is excluded; one requirement wants something documented. The target has each sort of row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from governance.assurance.applicability import applicability, documented, in_scope
from governance.assurance.profiles import profiles
from governance.domain.applicability import SOA_KIND
from governance.domain.evidence import Collector, Evidence, Piece, Subject, SubjectType
from governance.domain.framework import Documented, Extent, MetBy, Requirement
from governance.domain.target import TARGET_KIND
from governance.parsing import canonical

if TYPE_CHECKING:
    from governance.domain.case import Case


def stated(case: Case, words: str | None = None) -> Case:
    """The case with both attached and judged. `words` stand wherever a stranger could write."""
    rows: dict[str, list[Requirement]] = {framework: [] for framework in case.catalogue.frameworks}
    for result in case.assessment.requirements:
        met_by = tuple(
            MetBy(control=control, extent=Extent.PART, because="It shows a part of it.")
            for control in dict.fromkeys(result.controls)
        )
        rows[result.framework].append(
            Requirement(
                id=result.id, title=result.title, says="It asks for something.", group=result.group, met_by=met_by,
                not_covered=None if met_by else "No tool can see it.",
                documented=(Documented(what="The policy, dated", form="document", shown_by=result.controls),)
                if result.id.endswith(".2") else (),
            )
        )  # fmt: skip
    catalogue = replace(case.catalogue, requirements={name: tuple(each) for name, each in rows.items()})
    piece = _piece(case, [row.id for row in rows.get("iso-iec-42001-2023", ()) if row.id.startswith("A.")], words)
    target = _target(case, [row.id for row in rows.get("nist-ai-rmf-1.0", ())], words)
    dossier = replace(case.dossier, pieces=(*case.dossier.pieces, piece, target)) if words is not None else case.dossier
    held = replace(
        case,
        catalogue=catalogue,
        dossier=dossier,
        profiles=profiles(dossier, catalogue, case.assessment, case.on),
    )
    if not in_scope(held.assessment):
        return held
    return replace(
        held,
        applicability=applicability(dossier, catalogue, held.assessment, held.register, held.on),
        documented=documented(dossier, catalogue, held.assessment, held.on),
    )


def _piece(case: Case, numbers: list[str], words: str | None) -> Piece:
    said = words or "The owner says so for a reason."
    row = {
        number: {
            "control": number, "applicable": place % 5 != 0, "justification": said, "how": said, "owner": said,
            "status": ("implemented" if place % 2 else "planned") if place % 5 else None, "risks": ["safety-lost-in-tuning"],
            "last_review": (case.on - timedelta(days=100 * (place % 6))).date().isoformat(),
        }
        for place, number in enumerate(numbers)
    }  # fmt: skip
    body = {
        "framework": "iso-iec-42001", "version": "1.0", "scope": said, "rows": list(row.values()),
        "approved_by": {"name": said, "role": said}, "approved_on": case.on.date().isoformat(),
        "own_controls": [{"control": "OWN-1", "title": said, "applicable": True, "justification": said, "status": "partial"}],
    }  # fmt: skip
    return _declared(case, SOA_KIND, "The statement", body, 900)


def _target(case: Case, numbers: list[str], words: str | None) -> Piece:
    """A target for some of the outcomes: owned, overdue, unowned, wanted in part, set aside and not measurable."""
    said = words or "The owner says so for a reason."
    past, future = (case.on.date() + timedelta(days=days) for days in (-9, 90))
    sorts = (
        {"target": "achieved", "owner": said, "due": future.isoformat(), "action": said},
        {"target": "achieved", "owner": said, "due": past.isoformat(), "because": said},
        {"target": "achieved"},
        {"target": "achieved-in-part", "owner": said, "due": future.isoformat()},
        {"target": "not-pursued", "because": said},
        {"target": "not-measurable", "because": said, "instead": said},
    )
    wanted = [{"requirement": number, **sorts[place % len(sorts)]} for place, number in enumerate(numbers[:30])]
    return _declared(case, TARGET_KIND, "The target", {"framework": "nist-ai-rmf", "rows": wanted}, 901)


def _declared(case: Case, kind: str, name: str, body: dict[str, Any], seq: int) -> Piece:
    record = Evidence(
        kind=kind,
        system=case.dossier.system.id,
        subject=Subject(type=SubjectType.SYSTEM, name=name),
        body_digest=canonical.digest(name),
        body_size=1,
        effective_at=case.on,
        effective_clock="declared",
        collector=Collector(name="declared-evidence", version="1"),
        declared_by="Ines Moreau, owner",
    )
    return Piece(id="ev-" + str(seq)[-1] * 20, record=record, body=body, recorded_at=case.on, seq=seq)
