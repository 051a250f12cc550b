"""The decisions on one model identity as a verifier reads them, and what they come to: who approves, who refuses, for what.

Read without the nouns of the workspace, and as strictly: a field that is not known here could take something back, so a
statement that has one is not understood and counts for nothing.

*Words*: the later word of a person in a role replaces the earlier one; an approval signed before a refusal and recorded after it
lifts nothing; `retire` is lifted by nothing. A refusal counts whether or not its signature does: striking a refuser off
the list of principals must not lift the refusal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError, VersionError
from governance.parsing import canonical
from governance.parsing.people import person_key
from governance.verifier import statements
from governance.verifier.decisions import AUTHORED, Held, excepted
from governance.verifier.meanings import APPROVALS, ENDINGS, MEANING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from governance.verifier.roster import Signer
    from governance.verifier.statements import Statement

FOR_ALL = frozenset({"waive", "except-duties", "set-policy", "plan", "accept-risk"})
"""Kinds of decision that are about the system, whatever its model identity."""

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_ROOT = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Decided:
    """A decision in its entry: the digest of its envelope, what it says, who signed, and why it does not count, or None."""

    entry: str
    seq: int
    digest: str
    recorded_at: datetime
    said: Mapping[str, Any]
    signer: Signer | None
    problem: str | None

    @property
    def kind(self) -> str:
        """The kind of decision."""
        return str(self.said["decision"])

    @property
    def person(self) -> str:
        """The signer as it is compared."""
        return person_key(self.said["signer"])

    @property
    def who(self) -> str:
        """The signer and the role, for people."""
        return f"{self.said['signer']} ({self.said['role']})"

    @property
    def expires(self) -> date | None:
        """The last day on which it counts."""
        return date.fromisoformat(self.said["expires"]) if "expires" in self.said else None


def read(data: bytes, *, where: str) -> Statement:
    """The statement of a decision, in its one form. Raises `UnreadableError`, and `VersionError` for a field not known here."""
    statement = statements.read(data, where=where, predicate_type=statements.DECISION)
    said = statement.predicate
    if unknown := sorted(set(said) - set(_FIELDS)):
        raise VersionError(
            f"a decision with the field {unknown[0][:60]!a}", where=where, hint="Verify with a newer version."
        )
    for name, (needed, fits) in _FIELDS.items():
        try:
            holds = fits(said[name]) if name in said else not needed
        except (KeyError, TypeError, ValueError):
            holds = False
        if not holds:
            raise UnreadableError(f"a decision whose field {name} is not what it must be", where=where)
    require_parts(said, where=where)
    if statement.subjects != _subjects(said):
        raise UnreadableError("the subjects of a decision are not those it speaks of", where=where)
    return statement


def words(decisions: Iterable[Decided]) -> tuple[list[Decided], list[Decided]]:
    """(approvals, refusals) that are the last word of their signer in their role."""
    last: dict[tuple[str, str], Decided] = {}
    retired = []
    for each in sorted(decisions, key=lambda each: each.seq):
        if each.kind == "retire":
            retired.append(each)
            continue
        approves = each.kind in APPROVALS
        if not (approves and each.problem is None) and each.kind not in ENDINGS:
            continue
        key = (each.person, each.said["role"])
        held = last.get(key)
        late = approves and held is not None and held.kind in ENDINGS
        if held is not None and late and each.said["signed_at"] < held.said["signed_at"]:
            continue
        last[key] = each
    refusals = [*retired, *(each for each in last.values() if each.kind in ENDINGS)]
    return [each for each in last.values() if each.kind in APPROVALS], refusals


def unfit(each: Decided, policy_digest: str, at: datetime) -> str | None:
    """Why an approval does not count under this policy at this moment, or None."""
    if each.said["policy_digest"] != policy_digest:
        return "was given under another policy"
    if each.expires is not None and each.expires < at.date():
        return f"expired on {each.expires}"
    if canonical.moment(each.said["signed_at"]) > at:
        return "is dated in the future"
    return None


def authors(decisions: Iterable[Decided]) -> list[Held]:
    """The duty of who set the thresholds."""
    return [
        Held(each.said["signer"], "threshold-author", f"{AUTHORED[each.kind]} {each.said['policy']}")
        for each in decisions
        if each.kind in AUTHORED and each.problem is None
    ]


def exceptions(decisions: Iterable[Decided], day: date) -> list[tuple[str, str]]:
    """(person, duty) that valid exceptions among these let pass on a day."""
    return excepted((each.said for each in decisions if each.problem is None), day)


def bounds(approvals: Sequence[Decided], what: str) -> list[str] | None:
    """The uses or places that every approval allows, in the spelling of the first; None where none of them bounds them."""
    named = [each.said["scope"].get(what, []) for each in approvals]
    bounding = [listed for listed in named if listed]
    if not bounding:
        return None
    common = [{person_key(one) for one in listed} for listed in bounding]
    return [one for one in bounding[0] if all(person_key(one) in others for others in common)]


def summary(decisions: Sequence[Decided], policy_digest: str, at: datetime) -> dict[str, Any]:
    """What the decisions come to at a moment, in plain JSON: the approvals that count, their bounds, and what runs beside them."""
    day = at.date().isoformat()
    approvals = [each for each in words(decisions)[0] if unfit(each, policy_digest, at) is None]
    valid = [each for each in decisions if each.problem is None and each.said.get("expires", "9999-12-31") >= day]
    ends = [each.said["expires"] for each in approvals if "expires" in each.said]
    return {
        "approvals": [_signed(each) for each in approvals],
        "uses": bounds(approvals, "uses"),
        "places": bounds(approvals, "places"),
        "users": [each.said["scope"]["users"] for each in approvals if "users" in each.said["scope"]],
        "expires": min(ends, default=None),
        "conditions": [
            {"decision": each.digest, **condition}
            for each in approvals
            for condition in each.said.get("conditions", [])
        ],
        "dissent": [row for each in approvals for row in each.said.get("dissent", [])],
        "rollback": [each.said["rollback"] for each in approvals if "rollback" in each.said],
        "waivers": [_signed(each) | {"waiver": each.said["waiver"]} for each in valid if each.kind == "waive"],
        "exceptions": [
            _signed(each) | {"exception": each.said["exception"]} for each in valid if each.kind == "except-duties"
        ],
        "accepted_risks": [_signed(each) | {"risk": each.said["risk"]} for each in valid if each.kind == "accept-risk"],
    }


def _signed(each: Decided) -> dict[str, Any]:
    said = each.said
    return {
        "decision": each.digest,
        "kind": said["decision"],
        "signer": said["signer"],
        "role": said["role"],
        "reason": said["reason"],
        "signed_at": said["signed_at"],
        "expires": said.get("expires"),
    }


def _subjects(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    named = [(said["identity_name"] or "model", said["identity"])] if "identity" in said else []
    bound = [
        ("policy", said["policy_digest"]),
        ("content", said["content_digest"]),
        ("evidence", said["evidence_root"]),
    ]
    page = [("page", said["page"])] if "page" in said else []
    read = [(f"read/{each['name']}", each["digest"]) for each in said.get("read", [])]
    return (*named, *bound, ("system", said["system_digest"]), ("risks", said["risk_state"]), *page, *read)


def is_text(value: Any) -> bool:
    """Whether it is text that is not empty."""
    return isinstance(value, str) and bool(value)


def is_digest(value: Any) -> bool:
    """Whether it is `sha256:` and 64 hexadecimal digits."""
    return isinstance(value, str) and bool(_DIGEST.match(value))


def is_day(value: Any) -> bool:
    """Whether it is a day in its one spelling."""
    return isinstance(value, str) and date.fromisoformat(value).isoformat() == value


def is_moment(value: Any) -> bool:
    """Whether it is a moment in its one spelling."""
    return isinstance(value, str) and canonical.instant(canonical.moment(value)) == value


def is_checkpoint(value: Any) -> bool:
    """Whether it is origin, size and root."""
    size = value["size"]
    whole = isinstance(size, int) and not isinstance(size, bool) and size >= 0
    return (
        set(value) == {"origin", "size", "root"}
        and is_text(value["origin"])
        and whole
        and bool(_ROOT.match(value["root"]))
    )


def _list(of: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(of(one) for one in value)


def _object(
    needed: Mapping[str, Callable[[Any], bool]], free: Mapping[str, Callable[[Any], bool]]
) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, dict) or not set(needed) <= set(value) <= {*needed, *free}:
            return False
        return all({**needed, **free}[name](one) for name, one in value.items())

    return fits


def _any(_: Any) -> bool:
    return True


_TEXTS = _list(is_text)
_CONDITION = _object(
    {"id": is_text, "text": is_text, "owner": is_text, "due": is_day}, {"control": is_text, "kind": is_text}
)
_SUITE = _object(
    {"task": is_text, "metric": is_text, "runs": _any},
    {
        "purpose": is_text,
        "against": is_text,
        "confidence": _any,
        "n": _any,
        **dict.fromkeys(("margin", "at_least", "at_most"), _any),
    },
)
_FIELDS: dict[str, tuple[bool, Callable[[Any], bool]]] = {
    "decision": (True, lambda value: value in MEANING),
    "meaning": (True, is_text),
    "system": (True, is_text),
    "identity": (False, is_digest),
    "identity_name": (True, lambda value: isinstance(value, str)),
    "signer": (True, lambda value: is_text(value) and bool(person_key(value))),
    "role": (True, is_text),
    "reason": (True, is_text),
    "signed_at": (True, is_moment),
    "expires": (False, is_day),
    "checkpoint": (True, is_checkpoint),
    "policy": (True, is_text),
    "policy_digest": (True, is_digest),
    "content_digest": (True, is_digest),
    "evidence_root": (True, is_digest),
    "system_digest": (True, is_digest),
    "risk_state": (True, is_digest),
    "gate_answer": (True, is_text),
    "page": (False, is_digest),
    "read": (False, lambda value: value != [] and _list(_object({"name": is_text, "digest": is_digest}, {}))(value)),
    "scope": (True, _object({}, {"uses": _TEXTS, "places": _TEXTS, "users": is_text})),
    "conditions": (False, _list(_CONDITION)),
    "dissent": (False, _list(_object({"person": is_text, "text": is_text}, {}))),
    "rollback": (False, is_digest),
    "reapprove_on": (False, _TEXTS),
    "target": (False, is_text),
    "risk": (False, _object({"risk": is_text, "likelihood": _any, "impact": _any, "level": is_text}, {})),
    "waiver": (
        False,
        _object(
            {"control": is_text, "standing": is_text, "compensation": is_text, "owner": is_text, "retest": is_day}, {}
        ),
    ),
    "exception": (False, _object({"person": is_text, "duties": _TEXTS}, {})),
    "plan": (False, _object({"suites": _list(_SUITE)}, {})),
    "nonce": (True, is_text),
}
"""By name: whether every decision has it, and what it must be. The parts of a kind are checked by `require_parts`."""


def require_parts(said: Mapping[str, Any], *, where: str) -> None:
    """Raise `UnreadableError` where a decision has not the parts of its kind: without them it could bound nothing, or all."""
    kind = said["decision"]
    parts = {
        "accept-risk": "risk",
        "waive": "waiver",
        "except-duties": "exception",
        "approve-with-conditions": "conditions",
        "plan": "plan",
    }
    for of, part in parts.items():
        if bool(said.get(part)) != (kind == of):
            raise UnreadableError(f"{part} belongs to {of}, and to it alone", where=where)
    if kind in {"accept-risk", "waive", "except-duties"} and "expires" not in said:
        raise UnreadableError(f"{kind} without a last day", where=where)
    if kind in APPROVALS | ENDINGS and "identity" not in said:
        raise UnreadableError(f"{kind} of no model identity", where=where)
