"""An approval file against what its reader trusts: the log, the witnesses, the signers, the digests, the age of the status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from governance.parsing.people import person_key
from governance.proofs import tlog_policy

if TYPE_CHECKING:
    from governance.verifier.approval import ApprovalReport
    from governance.verifier.approval_file import Read
    from governance.verifier.decided import Decided
    from governance.verifier.trust import TrustPolicy

SKEW = timedelta(minutes=5)
"""How far two honest clocks may stand apart."""


def hold(made: Read, policy: TrustPolicy, in_force: list[Decided], at: datetime, report: ApprovalReport) -> None:
    """Everything the trust policy asks, a problem for each thing that is not so."""
    _log(made, policy, at, report)
    _age(made, policy, at, report)
    _gate(made, policy, report)
    _digests(made, policy, in_force, report)
    _signers(made, policy, in_force, report)


def not_pinned(policy: TrustPolicy, each: Decided) -> str | None:
    """Why the key of a decision is not trusted under that name and in that role, or None."""
    key = policy.pinned(each.signer.material) if each.signer is not None else None
    if key is None:
        return f"the key of {each.who} is pinned in no signer line"
    if key.person != person_key(each.said["signer"]):
        return f"{each.said['signer']} signed with the key that is pinned for {key.name}"
    if each.said["role"] not in key.roles:
        return f"{key.name} is not trusted in the role {each.said['role']}"
    return None


def _log(made: Read, policy: TrustPolicy, at: datetime, report: ApprovalReport) -> None:
    checked = tlog_policy.check(made.checkpoint, policy.tlog, not_after=int((at + SKEW).timestamp()))
    pinned = any(key.name == made.head.origin and key.material == made.ledger_key.material for key in policy.logs)
    if not pinned or checked.log is None:
        said = f"the ledger {made.head.origin} with the key {made.ledger_key.fingerprint} is no log of the trust policy"
        report.problem("LOG", 1, said, "checkpoint")
    for name in checked.spoilt:
        report.problem("LOG", 4, f"the signature of {name} does not verify, or is dated in the future", "checkpoint")
    if not checked.quorum:
        seen = ", ".join(checked.cosigned) or "nobody"
        said = f"the quorum {policy.tlog.quorum} of witnesses is not met: cosigned by {seen}"
        report.problem("LOG", 1, said, "checkpoint")
    times = {name: datetime.fromtimestamp(time, UTC) for name, time in checked.cosigned.items() if time}
    if times and made.newest is not None and made.newest > min(times.values()) + SKEW:
        report.problem("TIME", 4, "an entry is dated after a witness had seen it", "entries")
    kept = policy.checkpoint
    if kept is not None and kept.head.origin == made.head.origin:
        if kept.head.size > made.head.size:
            said = f"{made.head.size} entries, and you kept a checkpoint of {kept.head.size}: it is older"
            report.problem("LOG", 1, said, "checkpoint")
        elif kept.head.size == made.head.size and kept.head.root != made.head.root:
            report.problem("LOG", 4, "another tree than the checkpoint you kept: the past was rewritten", "checkpoint")
        elif kept.head.size < made.head.size:
            report.limits.append("that the log continues the checkpoint you kept is shown by a pack, not by this file")
    names = ", ".join(f"{name} at {time:%Y-%m-%d %H:%M}Z" for name, time in times.items())
    whose = "a log you trust" if pinned else "not a log you trust"
    report.lines["LOG"] = f"{made.head.origin}, {made.head.size} entries: {whose}; " + (
        f"cosigned by {names}" if names else "no witness has cosigned it"
    )


def _age(made: Read, policy: TrustPolicy, at: datetime, report: ApprovalReport) -> None:
    age = at - made.as_of
    report.lines["TIME"] = f"status of {made.status['as_of']}, {max(age.days, 0)} days old" + (
        f" of at most {policy.max_age.days}" if policy.max_age is not None else "; no max-age is asked"
    )
    if policy.max_age is not None and age > policy.max_age:
        said = f"{age.days} days old, and the trust policy allows {policy.max_age.days}: ask for a new approval file"
        report.problem("TIME", 1, said, "status")


def _gate(made: Read, policy: TrustPolicy, report: ApprovalReport) -> None:
    if policy.gate and made.status["gate_answer"] != "yes":
        said = (
            f"the gate {made.status['policy']} said {made.status['gate_answer']}, and the trust policy asks for its yes"
        )
        report.problem("POLICY", 1, said, "status")


def _digests(made: Read, policy: TrustPolicy, in_force: list[Decided], report: ApprovalReport) -> None:
    for name, accepted in (("content", policy.contents), ("policy", policy.policies)):
        found = {made.status[f"{name}_digest"], *(each.said[f"{name}_digest"] for each in in_force)}
        for digest in sorted(found - accepted) if accepted else ():
            report.problem("POLICY", 1, f"{digest} is no {name} that the trust policy accepts", name)


def _signers(made: Read, policy: TrustPolicy, in_force: list[Decided], report: ApprovalReport) -> None:
    if not policy.signers:
        report.lines["POLICY"] = "the trust policy names no signer, so who approved is not evaluated"
        said = "the trust policy names no signer: add a line signer ROLE KEYTYPE BASE64 NAME for each person you trust"
        report.problem("POLICY", 3, said)
        return
    people: dict[str, set[str]] = {}
    keys: dict[bytes, str] = {}
    trusted, left_out = [], []
    for each in in_force:
        why = not_pinned(policy, each)
        if why is None and each.signer is not None:
            people.setdefault(each.said["role"], set()).add(each.person)
            keys[each.signer.material] = each.person
            trusted.append(each)
        else:
            left_out.append((each, why or "nobody signed it"))
    empty = policy.unfilled(people)
    if empty or not trusted:
        for each, why in left_out:
            report.problem("POLICY", 1, why, each.entry)
        roles = ", ".join(f"{role} ({empty.count(role)})" for role in dict.fromkeys(empty)) or "at least one"
        report.problem("POLICY", 1, f"approvals by signers you trust are missing: {roles}")
    said = f"approved by {', '.join(each.who for each in trusted)}" if trusted else "approved by nobody you trust"
    ignored = f"; not counted: {', '.join(each.who for each, _ in left_out)}" if left_out else ""
    report.lines["POLICY"] = f"{said}{ignored}; the gate {made.status['policy']} said {made.status['gate_answer']}"
