"""What the auditor brings from outside, and what of it the pack does not meet: the POLICY and TRUST of a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.parsing.people import person_key
from governance.verifier import decided
from governance.verifier.meanings import APPROVALS
from governance.verifier.report import NOT_EVALUATED

if TYPE_CHECKING:
    from governance.proofs.note import Head
    from governance.proofs.public_keys import PublicKey
    from governance.verifier.decided import Decided
    from governance.verifier.log import Log
    from governance.verifier.members import About, Manifest
    from governance.verifier.report import PackReport
    from governance.verifier.signed import People
    from governance.verifier.trust import TrustPolicy
    from governance.verifier.witnessed import Times


@dataclass(frozen=True)
class Brought:
    """What the auditor brings; each part may be absent. `kept` are checkpoints from before, `min_size` the least entries."""

    policy: TrustPolicy | None = None
    ledger_key: PublicKey | None = None
    kept: tuple[Head, ...] = ()
    min_size: int = 0

    @property
    def evaluated(self) -> bool:
        """Whether anything from outside was brought at all."""
        return not (self.policy is None and self.ledger_key is None and not self.kept and not self.min_size)

    @property
    def checkpoints(self) -> tuple[Head, ...]:
        """All checkpoints that were kept, the one of the trust policy among them."""
        own = self.policy.checkpoint.head if self.policy is not None and self.policy.checkpoint is not None else None
        return (*self.kept, *((own,) if own is not None else ()))


def hold_log(brought: Brought, manifest: Manifest, log: Log, leaves_member: str, report: PackReport) -> None:
    """The log's key and its past against what was brought."""
    if brought.ledger_key is not None and brought.ledger_key.material != manifest.key.material:
        report.unmet.append("the pack is signed by another ledger key than the one you trust")
    policy = brought.policy
    if policy is not None and not any(
        key.name == log.origin and key.material == manifest.key.material for key in policy.logs
    ):
        report.unmet.append(
            f"the ledger {log.origin} with the key {manifest.key.fingerprint} is no log of the trust policy"
        )
    if log.size < brought.min_size:
        report.unmet.append(
            f"you ask for a ledger of at least {brought.min_size} entries, and this has {log.size}: it is older"
        )
    for kept in brought.checkpoints:
        if kept.origin != log.origin:
            report.unmet.append(f"the checkpoint you kept is of another ledger, {kept.origin}")
        elif kept.size > log.size:
            report.unmet.append(f"the checkpoint you kept has {kept.size} entries, this pack {log.size}: it is older")
        elif not log.begins_with(kept):
            report.problem(leaves_member, "does not begin as the checkpoint you kept: the past was rewritten")


def hold_people(brought: Brought, about: About, people: People, times: Times, report: PackReport) -> list[str]:
    """The decisions against the trust policy. Returns what is met, for the POLICY line; what is not goes to `unmet`."""
    policy = brought.policy
    if policy is None:
        return []
    met: list[str] = []
    _digests(policy, about, people, report, met)
    if not policy.signers:
        met.append("signers: the trust policy names none, so who signed is not evaluated")
    else:
        _signers(policy, about, people, report, met)
    if policy.tlog.asks_for_witnesses:
        behind = [signed.entry for signed in people.decisions if signed.problem is None and signed.seq >= times.quorum]
        if not times.quorum:
            report.unmet.append("no checkpoint of this pack is cosigned by the quorum of witnesses")
        elif behind:
            report.unmet.append(
                f"{', '.join(behind[:3])}: recorded after the last checkpoint that the quorum of witnesses cosigned "
                f"({times.quorum} entries)"
            )
        else:
            met.append(f"the quorum of witnesses cosigned the first {times.quorum} of {about.checkpoint.size} entries")
    return met


def _digests(policy: TrustPolicy, about: About, people: People, report: PackReport, met: list[str]) -> None:
    if policy.contents:
        if about.content_digest in policy.contents:
            met.append("content as accepted")
        else:
            report.unmet.append(f"the content {about.content_digest} is none that the trust policy accepts")
    if policy.policies:
        for signed in people.decisions:
            said = signed.said
            if (
                signed.problem is None
                and said["decision"] in APPROVALS
                and said["policy_digest"] not in policy.policies
            ):
                report.unmet.append(
                    f"{signed.entry}: given for a policy ({said['policy']}) that the trust policy does not accept"
                )


def _signers(policy: TrustPolicy, about: About, people: People, report: PackReport, met: list[str]) -> None:
    pinned: list[Decided] = []
    for signed in people.decisions:
        key = policy.pinned(signed.signer.material) if signed.signer is not None else None
        why = _not_pinned(policy, signed)
        if key is not None and signed.problem is not None and why is None:
            report.unmet.append(
                f"decision {signed.entry} was made with the key of {key.name}, whom you trust, and the pack does not count it: "
                f"{signed.problem}"
            )
        if signed.problem is None and why is None:
            pinned.append(signed)
        elif signed.problem is None and not policy.approvals:
            report.unmet.append(f"decision {signed.entry}, against the signers you trust: {why}")
    identity = next(
        (s.said["identity"] for s in reversed(people.decisions) if s.problem is None and "identity" in s.said), None
    )
    if not policy.approvals:
        met.append(f"{len(pinned)} decisions by signers you trust")
        return
    approvals, refusals = decided.words(each for each in people.decisions if each.said.get("identity") == identity)
    report.unmet += [f"{each.who} says {each.kind}" for each in refusals]
    words = [each for each in approvals if each.expires is None or each.expires.isoformat() >= about.on[:10]]
    given: dict[str, set[str]] = {}
    for signed in words:
        if signed in pinned:
            given.setdefault(signed.said["role"], set()).add(person_key(signed.said["signer"]))
    empty = policy.unfilled(given)
    for role in dict.fromkeys(empty):
        report.unmet.append(f"{empty.count(role)} approval in the role {role}, by a signer you trust, is missing")
    if not empty:
        met.append("approved by " + ", ".join(sorted(signed.who for signed in words if signed in pinned)))


def _not_pinned(policy: TrustPolicy, signed: Decided) -> str | None:
    """Why the key of a decision is not one that the auditor trusts under that name and role, or None."""
    if signed.signer is None:
        return "no key that is known made it"
    key = policy.pinned(signed.signer.material)
    if key is None:
        return f"the key of {signed.who} is none of theirs"
    if key.person != person_key(signed.said["signer"]):
        return f"signed as {signed.said['signer']} with the key of {key.name}"
    if signed.said["role"] not in key.roles:
        return f"{key.name} is not trusted in the role {signed.said['role']}"
    return None


def trust_line(brought: Brought, report: PackReport) -> str:
    """One line on everything that was brought."""
    if not brought.evaluated:
        return f"{NOT_EVALUATED}: nothing from outside the pack was given (--policy, --ledger-key, --checkpoint)"
    return "not met: " + "; ".join(report.unmet) if report.unmet else "met, for what you brought"
