"""Time from outside: what witnesses and time stamp authorities that the auditor trusts say about the checkpoints of a pack.

A checkpoint with a witnessed time bounds the entries: those before its size existed then, and those after it were recorded
later, as far as the ledger's owner asked for the time at once. Nothing is held against the clock of the verifier's machine: a pack says
the same in ten years.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from governance.errors import CouldNotTell, GovernanceError, UnreadableError
from governance.proofs import note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.verifier.decided import Decided
    from governance.verifier.log import Anchor
    from governance.verifier.report import PackReport
    from governance.verifier.signed import People
    from governance.verifier.trust import TrustPolicy

SKEW = timedelta(minutes=10)
"""How far two honest clocks may stand apart."""


@dataclass
class Times:
    """(size, moment, by whom) of each checkpoint that somebody trusted saw, smallest first, and what could not be told."""

    seen: list[tuple[int, datetime, str]] = field(default_factory=list)
    quorum: int = 0
    """The size of the largest checkpoint that the quorum of witnesses cosigned; 0 for none."""
    not_told: list[str] = field(default_factory=list)

    def until(self, seq: int) -> tuple[datetime, str] | None:
        """The first moment at which an entry was seen to be there, and by whom."""
        return min(((when, who) for size, when, who in self.seen if size > seq), default=None)

    def since(self, size: int) -> datetime | None:
        """The last moment at which the ledger was seen to have no more than `size` entries."""
        return max((when for at, when, _ in self.seen if at <= size), default=None)


def read(anchors: Sequence[Anchor], trust: TrustPolicy | None, report: PackReport) -> Times:
    """What the witnesses and authorities of a trust policy say of the anchors. A false signature of theirs is a problem."""
    made = Times()
    stamps = _stamps()
    for anchor in anchors:
        if trust is not None:
            cosigned = []
            for name, key in trust.tlog.witnesses.items():
                if not any((n, kid) == (key.name, key.key_id) for n, kid, _ in anchor.checkpoint.signatures):
                    continue
                if not key.evaluable:
                    made.not_told.append(
                        f"{anchor.member}: the signature of {name} can not be verified by what is installed"
                    )
                elif (time := note.verify_cosignature(anchor.checkpoint, key)) is None:
                    report.problem(anchor.member, f"the cosignature of {name} does not verify")
                else:
                    cosigned.append(name)
                    if time:
                        made.seen.append((anchor.size, _moment(time), f"witness {name}"))
            if trust.tlog.asks_for_witnesses and trust.tlog.satisfied_by(cosigned):
                made.quorum = max(made.quorum, anchor.size)
        for member, token in anchor.tokens:
            _token(anchor, member, token, trust, stamps, made, report)
    made.seen.sort()
    return made


def _token(
    anchor: Anchor, member: str, token: bytes, trust: TrustPolicy | None, stamps: Any, made: Times, report: PackReport
) -> None:
    if stamps is None:
        made.not_told.append(f"{member}: this installation has no reader of time stamps")
        return
    try:
        claim = stamps.read(token, where=member)
        if not claim.is_over(anchor.checkpoint.text):
            report.problem(member, "is a time stamp over something else than its checkpoint")
        elif trust is None or not trust.tsa_roots:
            made.not_told.append(f"{member}: no trust policy names its authority (tsa)")
        else:
            roots = [_pem(root) for root in trust.tsa_roots]
            when = stamps.verify(token, anchor.checkpoint.text, roots, at=claim.moment, where=member)
            made.seen.append((anchor.size, when, "time stamp"))
    except UnreadableError as error:
        report.problem(member, error.message)
    except CouldNotTell as error:
        made.not_told.append(f"{member}: {error.message}")
    except (
        GovernanceError
    ) as error:  # another authority than those that are trusted, or a false token: it shows nothing
        made.not_told.append(f"{member}: {error.message}")


def hold(people: People, times: Times, report: PackReport) -> None:
    """Each decision that counts, its moment and the days of its key held against the times that others witnessed."""
    for signed in people.decisions:
        if signed.problem is None:
            for said in _against(signed, people, times):
                report.unmet.append(f"{signed.entry}, {signed.said['decision']} of {signed.who}: {said}")


def _against(signed: Decided, people: People, times: Times) -> list[str]:
    made: list[str] = []
    until, since = times.until(signed.seq), times.since(int(signed.said["checkpoint"]["size"]))
    if until is not None and signed.recorded_at > until[0] + SKEW:
        made.append(
            f"is dated {signed.recorded_at:%Y-%m-%d %H:%M}Z, and {until[1]} saw it at {until[0]:%Y-%m-%d %H:%M}Z"
        )
    if since is not None and signed.recorded_at < since - SKEW:
        made.append(f"is dated before {since:%Y-%m-%d %H:%M}Z, when the ledger was seen without it: it is backdated")
    principal = people.roster.find(signed.said["signer"])
    for credential in principal.credentials if principal else ():
        if signed.signer is None or credential.name != signed.signer.credential:
            continue
        if since is not None and credential.valid_until is not None and since.date() > credential.valid_until:
            made.append(f"its key was valid until {credential.valid_until}, and it was made after {since:%Y-%m-%d}")
        if until is not None and credential.valid_from is not None and until[0].date() < credential.valid_from:
            made.append(f"its key is valid from {credential.valid_from}, and it was there on {until[0]:%Y-%m-%d}")
    return made


def _stamps() -> Any:
    """The reader of time stamps, where the whole program is installed; the light verifier does without it."""
    name = "governance.signing.timestamps"
    try:
        return import_module(name) if find_spec("governance.signing") else None
    except ImportError:
        return None


def _pem(certificate: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return bytes(certificate.public_bytes(Encoding.PEM))


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC) - SKEW
