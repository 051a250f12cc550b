"""Whose word an auditor takes for a log: known logs, known witnesses, and how many of them must agree (https://c2sp.org/tlog-policy).

The lines are `log VKEY [URL]`, `witness NAME VKEY [URL]`, `group NAME all|any|K MEMBER…` and `quorum NAME|none`; a name is defined
before it is used, and nobody counts twice: one underlying key under two names is refused, and a name is the member of one
group at most. Stricter than the specification in one thing: a log's key can not be a witness of that log as well.

The parser takes numbered lines, so that a file with further keywords can hand over those that are this format's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.proofs import note
from governance.proofs.vkeys import COSIGNER, LOG, ML_DSA_44, VerifierKey, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

KEYWORDS = frozenset({"log", "witness", "group", "quorum"})
NONE = "none"
MAX_BYTES = 1024 * 1024
MAX_EACH = 256
"""The most logs, witnesses and groups; the specification asks for at least 32 of each."""

_OCTETS = re.compile(rb"[\t\n\x20-\x7e\x80-\xff]*\Z")
_COUNT = re.compile(r"[1-9][0-9]{0,3}\Z")


@dataclass(frozen=True)
class Group:
    """A group: it has witnessed a checkpoint where at least `threshold` of its members have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class TlogPolicy:
    """The logs, the witnesses by name, the groups by name in the order of their definition, and the name that must be met."""

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str

    @property
    def asks_for_witnesses(self) -> bool:
        """Whether any cosignature is needed; `quorum none` asks for none, and then a log answers for itself."""
        return self.quorum != NONE

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Whether these witnesses, by the names that this policy gives them, meet the quorum."""
        if self.quorum == NONE:
            return True
        met = {name for name in names if name in self.witnesses}
        for name, group in self.groups.items():  # members come before their group
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(name)
        return self.quorum in met


@dataclass(frozen=True)
class Checked:
    """What a checkpoint came to under a policy.

    `log` is the origin, where a known log signed it. `cosigned` gives, by the policy's names of the witnesses, the seconds since
    1970 (0 where a witness names no time). `spoilt` are known keys with a line that does not verify, `not_evaluated` those that
    the installed libraries can not verify.
    """

    head: note.Head
    log: str | None
    cosigned: Mapping[str, int]
    quorum: bool
    spoilt: tuple[str, ...] = ()
    not_evaluated: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether a known log signed it, the quorum is met, and no signature of a known key is false."""
        return self.log is not None and self.quorum and not self.spoilt


def read(data: bytes, *, where: str = "policy") -> TlogPolicy:
    """Read a policy file that has only lines of this format. Raises `UnreadableError` with the line."""
    if len(data) > MAX_BYTES or not _OCTETS.match(data):
        raise UnreadableError(f"more than {MAX_BYTES} bytes, or a control character", where=where)
    if data and not data.endswith(b"\n"):
        raise UnreadableError("the last line does not end in a newline: it may be cut", where=where)
    text = data.decode("utf-8", "surrogateescape")  # names are octets: what is not UTF-8 stays itself
    return parse(enumerate(text.split("\n"), start=1), where=where)


def parse(lines: Iterable[tuple[int, str]], *, where: str = "policy") -> TlogPolicy:
    """The policy of numbered lines, without their newlines. Raises `UnreadableError` naming the line."""
    made = _Reader()
    for number, line in lines:
        fields = [field for field in re.split(r"[ \t]+", line) if field]
        if not fields or fields[0].startswith("#"):
            continue
        try:
            made.take(fields)
        except UnreadableError as error:
            raise UnreadableError(error.message, where=f"{where} line {number}", hint=error.hint) from None
    if made.quorum is None:
        hint = "Add a line: quorum NAME, or quorum none where a log answers for itself."
        raise UnreadableError("no quorum line", where=where, hint=hint)
    return TlogPolicy(tuple(made.logs), made.witnesses, made.groups, made.quorum)


def check(data: bytes, policy: TlogPolicy, *, not_after: int | None = None, where: str = "checkpoint") -> Checked:
    """What a signed checkpoint comes to under a policy. Raises `UnreadableError` only where it is no checkpoint.

    A cosignature later than `not_after` (seconds since 1970) spoils the note: nobody signs in the future.
    """
    checkpoint = note.parse(data, where=where)
    cosigned: dict[str, int] = {}
    spoilt: list[str] = []
    for name, key in policy.witnesses.items():
        if not key.evaluable or not _claims(checkpoint, key):
            continue
        time = note.verify_cosignature(checkpoint, key)
        if time is None or (not_after is not None and time > not_after):
            spoilt.append(name)
        else:
            cosigned[name] = time
    claimed = [key for key in policy.logs if key.evaluable and _claims(checkpoint, key)]
    signed = [key for key in claimed if note.verify_log(checkpoint, key)]
    spoilt += [key.name for key in claimed if key not in signed and key.name == checkpoint.head.origin]
    unknown = [name for name, key in policy.witnesses.items() if not key.evaluable and _claims(checkpoint, key)]
    unknown += [key.name for key in policy.logs if not key.evaluable and _claims(checkpoint, key)]
    return Checked(
        head=checkpoint.head,
        log=signed[0].name if signed else None,
        cosigned=cosigned,
        quorum=policy.satisfied_by(cosigned),
        spoilt=tuple(spoilt),
        not_evaluated=tuple(unknown),
    )


def _claims(checkpoint: note.Checkpoint, key: VerifierKey) -> bool:
    mine = (key.name, key.key_id)
    return any((name, key_id) == mine for name, key_id, _ in checkpoint.signatures)


class _Reader:
    """A policy as far as it has been read; `take` raises `UnreadableError` without a place."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._keys: dict[bytes, str] = {}
        self._members: set[str] = set()

    def take(self, fields: list[str]) -> None:
        keyword, *rest = fields
        if keyword == "log" and 1 <= len(rest) <= 2:
            key = self._key(rest[0], (LOG, ML_DSA_44), "log")
            self.logs.append(key)
        elif keyword == "witness" and 2 <= len(rest) <= 3:
            self._define(rest[0])
            self.witnesses[rest[0]] = self._key(rest[1], (COSIGNER, ML_DSA_44), "witness")
        elif keyword == "group" and len(rest) >= 3:
            self._group(rest[0], rest[1], rest[2:])
        elif keyword == "quorum" and len(rest) == 1:
            self._quorum(rest[0])
        elif keyword in KEYWORDS:
            raise UnreadableError(f"a {keyword} line with another number of fields than it has")
        else:
            raise UnreadableError(f"{_shown(keyword)} is no keyword; known are {', '.join(sorted(KEYWORDS))}")
        if max(len(self.logs), len(self.witnesses), len(self.groups)) > MAX_EACH:
            raise UnreadableError(f"more than {MAX_EACH} logs, witnesses or groups")

    def _key(self, text: str, kinds: tuple[int, ...], role: str) -> VerifierKey:
        key = parse_vkey(text)
        if key.kind not in kinds:
            raise UnreadableError(
                f"a key of type {key.kind}, and a {role} signs with type {' or '.join(map(str, kinds))}"
            )
        if key.material in self._keys:
            raise UnreadableError(f"this key stands in the policy already, as {self._keys[key.material]}")
        self._keys[key.material] = f"{role} {key.name}"
        return key

    def _define(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise UnreadableError(f"the name {_shown(name)} is {'reserved' if name == NONE else 'defined already'}")

    def _require_defined(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise UnreadableError(f"{_shown(name)} is not defined before this line")

    def _group(self, name: str, rule: str, members: list[str]) -> None:
        self._define(name)
        for member in members:
            self._require_defined(member)
            if member in self._members:
                raise UnreadableError(f"{_shown(member)} is a member of a group already, and counts once")
            self._members.add(member)
        if rule not in ("all", "any") and not _COUNT.match(rule):
            raise UnreadableError(f"{_shown(rule)} is neither all, any nor a number")
        threshold = {"all": len(members), "any": 1}.get(rule) or int(rule)
        if threshold > len(members):
            raise UnreadableError(f"{threshold} of {len(members)} members can never agree")
        self.groups[name] = Group(threshold, tuple(members))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise UnreadableError("a second quorum line")
        if name != NONE:
            self._require_defined(name)
        self.quorum = name


def _shown(name: str) -> str:
    return repr(name[:60])
