"""The frame of every document: which system, which exact model, which answer, which ledger, on which day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.short_form import short_form
from governance.parsing import canonical
from governance.reports.atoms import words
from governance.reports.atoms.views import Frame, Identity, PartRow, phrase
from governance.reports.parts.relaxed import duties, relaxed
from governance.verifier import figures
from governance.verifier.members import pack_id

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.reports.claims.references import References

ASKED_FIELDS = (
    "description",
    "intended_uses",
    "prohibited_uses",
    "users",
    "tier",
    "deployment",
    "frameworks",
    "risk_appetite",
    "licence",
    "languages",
    "base_model",
    "contact",
)
"""Fields of the system file that are optional there and asked for in every document."""


def frame(case: Case, references: References) -> Frame:
    """Build the frame last, when the tally of facts is complete."""
    system = case.dossier.system
    policy = case.catalogue.policies.get(case.gate.policy)
    return Frame(
        system=system.name,
        system_id=system.id,
        owner=system.owner,
        on=figures.day(case.on),
        moment=figures.moment(case.on),
        identity=identity(case),
        answer=words.ANSWERS[case.gate.answer],
        sentence=words.GATE_SENTENCES[case.gate.answer],
        policy=policy.title if policy else case.gate.policy,
        policy_digest=case.gate.policy_digest,
        origin=case.checkpoint.origin,
        size=case.checkpoint.size,
        root=case.checkpoint.root,
        root_short=figures.short(case.checkpoint.root),
        pack=pack_id_of(case),
        checkpoint=short_form(case.checkpoint.origin, case.checkpoint.size, case.checkpoint.root),
        content_digest=case.assessment.content_digest,
        relaxed=relaxed(case, references),
        duties=duties(case),
        recipe=words.RECIPE,
        facts_missing=references.missing,
        facts_total=references.asked,
        asks=tuple(
            phrase("add `%(field)s` to the system file", field=field)
            for field in ASKED_FIELDS
            if not getattr(system, field)
        ),
    )


def pack_id_of(case: Case) -> str:
    """The id of the pack that is made of this case."""
    head = case.checkpoint
    return pack_id(
        case.dossier.system.id,
        canonical.instant(case.on),
        case.gate.policy,
        case.catalogue.digest,
        head.origin,
        head.size,
        head.root,
    )


def identity(case: Case) -> Identity:
    """The identity that was judged, with its parts."""
    found = case.assessment.identity or case.dossier.identity
    if found is None:
        return Identity(known=False, name="", digest="", short="", basis="", whole=False, parts=(), by_reference=())
    parts = tuple(
        PartRow(
            part=words.PARTS[part.part],
            name=part.name,
            digest=part.digest or "",
            short=figures.short(part.digest) if part.digest else "",
            revision=part.revision or "",
            by_reference=part.by_reference,
        )
        for part in found.parts
    )
    return Identity(
        known=True,
        name=found.name,
        digest=found.digest,
        short=figures.short(found.digest),
        basis=found.basis,
        whole=found.whole_folder,
        parts=parts,
        by_reference=tuple(part.name for part in found.by_reference),
    )
