"""Of which weights a piece of evidence speaks, and which of several pieces counts.

What ties a piece to weights is a digest. A piece that names a part and no digest is shown, since nothing says that it is of other weights,
and the index marks it. A reference is another model by its very role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.domain.evidence import Role, SubjectType

if TYPE_CHECKING:
    from governance.domain.case import Case
    from governance.domain.evidence import Piece


def about(case: Case, piece: Piece, role: Role) -> bool:
    """Whether a piece speaks of the part that plays this role now. Evidence on other weights does not.

    A report that names no weights is shown, since nothing says that it is of other weights; the index marks it.
    """
    subject = piece.record.subject
    if subject.role is not role:
        return False
    return subject.digest is None or bound(case, piece, role) or _artefacts(case, role) is None


def bound(case: Case, piece: Piece, role: Role) -> bool:
    """Whether a digest ties a piece to the very weights that play this role now."""
    artefacts, digest = _artefacts(case, role), piece.record.subject.digest
    if artefacts is None or digest is None or piece.record.subject.role is not role:
        return False
    return digest in artefacts.digests


def _artefacts(case: Case, role: Role) -> Piece | None:
    return case.dossier.candidate if role is Role.CANDIDATE else case.dossier.base


def in_time(case: Case, kind: str, role: Role) -> list[Piece]:
    """The pieces of a kind about a role, the one that counts last: bound, then written by a tool, then the newer."""
    pieces = [piece for piece in case.dossier.of_kind(kind) if about(case, piece, role)]

    return sorted(pieces, key=lambda piece: rank(case, piece))


def rank(case: Case, piece: Piece) -> tuple[bool, bool, float, int]:
    """The order in which pieces count, the greatest most: tied to the weights, then written by a tool, then the newer."""
    tied = any(bound(case, piece, role) for role in (Role.CANDIDATE, Role.BASE))
    return tied, piece.record.declared_by is None, piece.when.timestamp(), piece.seq


def of_others(case: Case, piece: Piece) -> bool:
    """Whether a piece speaks of weights that are not those judged: other ones in its role, a reference, or a model nobody knows here."""
    subject, dossier = piece.record.subject, case.dossier
    parts = {Role.CANDIDATE: dossier.candidate, Role.BASE: dossier.base}
    held = [parts[subject.role]] if subject.role in parts else list(parts.values())
    known = frozenset[str]().union(*(each.digests for each in held if each is not None))
    if subject.role is Role.REFERENCE:
        return subject.digest not in known
    if subject.digest is None or not any(held) or (subject.role is None and subject.type is not SubjectType.MODEL):
        return False
    return subject.digest not in known
