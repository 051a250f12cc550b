"""Which evidence speaks of whom, and which of two pieces is the newer.

Evidence about a model counts only when it is tied to the very weights it is asked about. For the candidate that is a
digest. A base is mostly known by name: its evidence counts unless it is tied to other weights than the base that was
attached, or names a model that neither the candidate nor the owner calls its base.

Newer is by the tool's clock, and by the moment of recording where a tool left none. What a person typed never displaces what
a tool wrote, and of two statements of one day the *no* counts. That is one order over all pieces, so a third piece can
not bring an older one back before a newer.

It does not see a report whose tool was told a wrong name: a name is a weak tie.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.control import About
from governance.domain.evidence import Role, SubjectType

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.dossier import Dossier
    from governance.domain.evidence import Piece


def speaks_of(about: About, piece: Piece, dossier: Dossier) -> bool:
    """Whether a piece speaks of what is asked about."""
    subject = piece.record.subject
    match about:
        case About.CANDIDATE:
            wanted = weights(dossier.candidate)
            return subject.role is Role.CANDIDATE and wanted is not None and subject.digest == wanted
        case About.BASE:
            return subject.role is Role.BASE and _same_base(piece, dossier)
        case About.DATA_SET:
            return subject.type is SubjectType.DATA_SET
        case About.ENVIRONMENT:
            return subject.type is SubjectType.ENVIRONMENT
        case About.SYSTEM | About.ANY:
            return True


def weights(artifacts: Piece | None) -> str | None:
    """The digest of the weights that a piece of artefacts stands for."""
    return artifacts.record.subject.digest if artifacts else None


def moment(piece: Piece) -> tuple[bool, datetime, bool, int]:
    """The place of a piece among others that say the same sort of thing; the greater one counts."""
    record = piece.record
    says_no = piece.body.get("in_place") is False
    return record.declared_by is None, piece.when, says_no, piece.seq


def _same_base(piece: Piece, dossier: Dossier) -> bool:
    digest, attached = piece.record.subject.digest, weights(dossier.base)
    if digest is not None and attached is not None:
        return digest == attached
    named = piece.body.get("model")
    name = named.get("name") if isinstance(named, dict) else None
    known = _base_names(dossier)
    return not name or not known or _last_part(str(name)) in known


def _base_names(dossier: Dossier) -> set[str]:
    declared = dossier.system.base_model
    said = dossier.candidate.body.get("base") if dossier.candidate else None
    own = said.get("name") if isinstance(said, dict) else None
    attached = dossier.base.body.get("name") if dossier.base else None
    return {_last_part(str(name)) for name in (own, attached, declared and declared.name) if name}


def _last_part(name: str) -> str:
    """A base goes by its name on a hub here and by a path there; the last part is what both have."""
    return name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].casefold()
