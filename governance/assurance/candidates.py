"""Which models were the candidate of a system, over which part of the ledger, and which of them was approved last.

A candidate is a model identity. It stands from the entry that made it the candidate up to the entry that made it another one, and it can
come back. Where a release is named, its weights come into the ledger a moment before it: that moment is no candidate of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from governance.assurance.subjects import weights
from governance.assurance.then_and_now import as_seen
from governance.domain.dossier import ARTIFACTS
from governance.domain.identity import RELEASE

if TYPE_CHECKING:
    from governance.domain.decision import SignedDecision
    from governance.domain.dossier import Dossier
    from governance.domain.identity import ModelIdentity


@dataclass(frozen=True)
class Stood:
    """A candidate. It stood while the ledger had `since` up to and with `until` entries. `weights` is the digest evidence is tied to."""

    identity: ModelIdentity
    weights: str | None
    since: int
    until: int

    @property
    def passing(self) -> bool:
        """Whether it is known by the files a loader reads alone."""
        return not self.identity.whole_folder


def candidates(dossier: Dossier) -> tuple[Stood, ...]:
    """Every candidate there was, oldest first; one that came back stands twice."""
    moves = {piece.seq for kind in (ARTIFACTS, RELEASE) for piece in dossier.of_kind(kind)}
    moves |= {each.seq for each in dossier.registrations}
    sizes = sorted(seq + 1 for seq in moves)
    found: list[Stood] = []
    for size, following in pairwise([*sizes, dossier.ledger_size + 1]):
        seen = as_seen(dossier, size)
        if seen.identity is None:
            continue
        last = found[-1] if found else None
        if last is not None and last.identity.digest == seen.identity.digest and last.until == size - 1:
            found[-1] = Stood(last.identity, last.weights, last.since, following - 1)
        else:
            found.append(Stood(seen.identity, weights(seen.candidate), size, following - 1))
    return tuple(found)


def before(dossier: Dossier, identity: str | None) -> Stood | None:
    """The last candidate before the present one; other weights come before another folder with the same weights."""
    stood = candidates(dossier)
    own = [
        each
        for number, each in enumerate(stood)
        if each.identity.digest != identity and not _only_on_the_way(each, stood[number + 1 : number + 2])
    ]
    present = weights(dossier.candidate)
    return next((each for each in reversed(own) if each.weights != present), own[-1] if own else None)


def last_approved(dossier: Dossier, identity: str | None) -> SignedDecision | None:
    """The last approval with a signature that counts, of another model than the present one; else of the present one."""
    given = [signed for signed in dossier.valid if signed.decision.decision.approves]
    other = [signed for signed in given if signed.decision.identity != identity]
    return (other or given)[-1] if given else None


def _only_on_the_way(each: Stood, following: tuple[Stood, ...]) -> bool:
    """Whether its weights were named in a release by the very next step."""
    return each.passing and any(
        after.weights == each.weights and not after.passing and after.since == each.until + 1 for after in following
    )
