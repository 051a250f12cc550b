"""The machine-readable twin of a document: the same view as data, and the claims behind its figures.

It stands beside the document in a folder and in a pack, and inside its PDF. `claims` are what `govern verify` writes again from the
evidence; `view` is everything the document may print, names as templates use them. Pictures are left out: the table behind each is
in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

from governance.reports.atoms.views import Fact, Phrase, Said
from governance.reports.parts.frame import pack_id_of
from governance.verifier.claims import Claim
from governance.verifier.documents import SCHEMA

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.atoms.house import House
    from governance.reports.claims.claiming import Figures
    from governance.verifier.figures import Marks


def twin(
    document: str,
    title: str,
    view: object,
    figures: Figures,
    house: House,
    marks: Marks,
    more: Mapping[str, Any] | None = None,
) -> bytes:
    """The twin of one view, as UTF-8 JSON.

    `marks` are those that the language of the house writes figures with; `more` is what else its head says, as of a document over two
    cases.
    """
    case = figures.case
    made = {
        "schema": SCHEMA,
        "document": document,
        "title": title,
        "language": house.language,
        "marks": {"point": marks.point, "group": marks.group},
        "paper": house.paper,
        "classification": house.classification,
        "pack": pack_id_of(case),
        "system": case.dossier.system.id,
        **judged(case),
        **(more or {}),
        "claims": [claim.plain() for claim in figures.claims],
        "not_evidenced": list(figures.not_evidenced),
        "attested": _attested(view),
        "view": data(view),
    }
    return (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode("utf-8", errors="backslashreplace")


def judged(case: Case) -> dict[str, Any]:
    """What a case is of: which model, as of when, by what it is judged, and over which entries."""
    head, identity = case.checkpoint, case.dossier.identity
    return {
        "identity": identity.digest if identity else None,
        "on": case.on.isoformat(),
        "policy": case.gate.policy,
        "policy_digest": case.gate.policy_digest,
        "content_digest": case.assessment.content_digest,
        "checkpoint": {"origin": head.origin, "size": head.size, "root": head.root},
    }


def data(value: object) -> Any:
    """A view as plain JSON types. A claim is named by its id, a picture is left out."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, Claim):
        return value.id
    if isinstance(value, Phrase):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): data(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [data(item) for item in value]
    if is_dataclass(value):
        return {
            each.name: data(getattr(value, each.name)) for each in fields(value) if each.name not in ("svg", "spoken")
        }
    return str(value)


def _attested(value: object) -> list[dict[str, Any]]:
    """What people stated: what about, and who stands behind it."""
    found: list[dict[str, Any]] = []
    _said(value, found)
    return found


def _said(value: object, found: list[dict[str, Any]]) -> None:
    if isinstance(value, Said):
        if not value.missing:
            found.append({"about": value.label, "by": str(value.by)})
    elif isinstance(value, Mapping):
        for item in value.values():
            _said(item, found)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _said(item, found)
    elif is_dataclass(value) and not isinstance(value, (Claim, Fact, Phrase)):
        for each in fields(value):
            _said(getattr(value, each.name), found)
