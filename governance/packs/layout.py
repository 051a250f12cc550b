"""Results as members of a pack; the names of all members, and the manifest, are those of the verifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance import __version__
from governance.domain.base import Noun
from governance.domain.risk import RegisterRow
from governance.parsing import canonical
from governance.verifier import members
from governance.verifier.members import About

if TYPE_CHECKING:
    from datetime import datetime

    from governance.domain.case import Case

PROGRAM = f"governance-evidence {__version__}"
"""This program with its version, as the manifest of a pack names it."""


class Register(Noun):
    """The rows of a risk register, as a result that can be stored and compared."""

    rows: tuple[RegisterRow, ...]


def results(noun: Noun) -> bytes:
    """A result as a member: canonical JSON and a final newline."""
    return canonical.dumps(noun.plain()) + b"\n"


def results_of(case: Case) -> dict[str, bytes]:
    """What judgement came to, by the name of the member."""
    return {
        members.ASSESSMENT: results(case.assessment),
        members.GATE: results(case.gate),
        members.REGISTER: results(Register(rows=case.register)),
    }


def about(
    case: Case, *, program: str, ledger_key: str, known_at: datetime | None = None, charts: str | None = None
) -> About:
    """What the manifest says of a pack of this case. `known_at` is the moment up to which its entries were recorded."""
    return About(
        program=program,
        system=case.dossier.system.id,
        on=canonical.instant(case.on),
        known_at=canonical.instant(known_at or case.on),
        policy=case.gate.policy,
        content_digest=case.catalogue.digest,
        checkpoint=case.checkpoint.head,
        ledger_key=ledger_key,
        charts=charts,
    )
