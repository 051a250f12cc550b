"""What is not as a signer saw it.

What counts as a change, by what came into the ledger after the checkpoint that was signed:

- *evidence* about this model, its base, its data, its system, or about nobody in particular: yes, of whatever kind, one that no
  control asks for included, because a person may read in it what no control does. Evidence bound by digest to other weights than the
  present candidate's and base's: no, unless a control asks for its kind whomever it is about. The same piece again: no, the id is the same.
- *a person's waiver, or a risk accepted*, while it counts: yes, for those who did not sign it themselves. It lets something pass
  that the approver had not seen let pass. Once it ends, the approval is as it was.
- *an exception from duties, a policy set, an attestation*: no change of what was seen; what they do to duties is judged as such.
- *a word of somebody else* (approval, refusal, retirement): no change; what a refusal does is judged as such.
- *the owner states the system differently*: yes, field by field. The field `candidate` alone is none while the identity is the one that was
  signed: it only says which model is meant.
- *another model attached, and the first named again*: the identity is the signed one again, nothing else has changed for it, and the
  approval is in force again. It never was of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.assurance import waivers
from governance.assurance.subjects import speaks_of, weights
from governance.domain.control import About
from governance.domain.evidence import Role, SubjectType
from governance.domain.seen import risk_state, system_digest
from governance.parsing.people import person_key

if TYPE_CHECKING:
    from governance.assurance.then_and_now import Now
    from governance.domain.catalogue import Catalogue
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece


@dataclass(frozen=True)
class Changes:
    """What changed since a decision. `fields` is None where the system changed and what it said before is not on record."""

    pieces: tuple[Piece, ...]
    loosened: tuple[SignedDecision, ...]
    system: bool
    fields: tuple[str, ...] | None
    content: bool
    risk: bool


def since(signed: SignedDecision, now: Now) -> Changes:
    """Everything that changed since a decision, but for the identity and the policy."""
    decision, dossier = signed.decision, now.dossier
    size = decision.checkpoint.size
    seen = {piece.id for piece in dossier.pieces if piece.seq < size}
    pieces = tuple(
        piece
        for piece in dossier.pieces
        if piece.seq >= size and piece.id not in seen and bears_on(piece, dossier, now.catalogue)
    )
    system = system_digest(dossier.system_body) != decision.system_digest
    fields = _fields(dossier, size) if system else ()
    own = dossier.identity is not None and dossier.identity.digest == decision.identity
    if fields == ("candidate",) and own:
        system, fields = False, ()
    loosened = tuple(
        given.signed
        for given in (*waivers.waivers(dossier, now.on), *waivers.acceptances(dossier, now.on))
        if given.problem is None
        and given.signed.seq >= size
        and person_key(given.signed.decision.signer) != person_key(decision.signer)
    )
    return Changes(
        pieces=pieces,
        loosened=loosened,
        system=system,
        fields=fields,
        content=decision.content_digest != now.catalogue.digest,
        risk=risk_state(now.register) != decision.risk_state,
    )


def bears_on(piece: Piece, dossier: Dossier, catalogue: Catalogue) -> bool:
    """Whether a judgement of the present candidate can use a piece; see above."""
    subject = piece.record.subject
    if subject.type is not SubjectType.MODEL or subject.digest is None or subject.role is Role.REFERENCE:
        return True
    if subject.digest in {weights(dossier.candidate), weights(dossier.base)}:
        return True
    return any(
        ask.kind == piece.record.kind and ask.about is not About.CANDIDATE and speaks_of(ask.about, piece, dossier)
        for control in catalogue.controls.values()
        for ask in control.asks
    )


def _fields(dossier: Dossier, size: int) -> tuple[str, ...] | None:
    before = [each.body for each in dossier.registrations if each.seq < size]
    if not before:
        return None
    old, new = before[-1], dossier.system_body
    return tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
