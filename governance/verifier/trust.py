"""What an auditor, or a machine that loads models, takes for true: the file `trust.policy`, and nothing from inside a pack.

It is a C2SP tlog-policy (`log`, `witness`, `group`, `quorum`; https://c2sp.org/tlog-policy), and such a file is a trust policy as
it is. Our own lines stand between:

    signer ROLE[,ROLE…] KEYTYPE BASE64 NAME…   a person's key, the roles it may sign in, and the name: the rest of the line
    approval ROLE PEOPLE                        so many people in this role must have approved; nobody fills two places
    tsa FILE|BASE64-DER                         the root certificate of a time stamp authority; a file lies beside the policy
    max-age DAYS                                how old the status in an approval file may be
    gate yes                                    the whole release policy must have said yes, not its approvals alone
    content sha256:… / policy sha256:…          the content or the release policy that is accepted; without a line any is
    checkpoint FILE                             the last checkpoint that was seen: no ledger shorter than this

Strict: what could make one person count twice, or can never be met, is an error with its line, and so is a file that says nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from governance.errors import UnreadableError
from governance.parsing.people import person_key, visible
from governance.proofs import note, public_keys, tlog_policy
from governance.verifier import places

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.x509 import Certificate

    from governance.proofs.public_keys import PublicKey
    from governance.proofs.tlog_policy import TlogPolicy
    from governance.proofs.vkeys import VerifierKey

KEYWORDS = ("signer", "approval", "tsa", "max-age", "gate", "content", "policy", "checkpoint")
MAX_LINES = 10_000
MAX_DAYS = 3650
MAX_PEOPLE = 100
MAX_FILE = 1024 * 1024

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ROLE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
_COUNT = re.compile(r"[1-9][0-9]{0,3}\Z")
_DER = re.compile(r"MI[A-Za-z0-9+/]{200,}={0,2}\Z")
_UNSEEN = re.compile("[\x80-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


@dataclass(frozen=True)
class TrustedSigner:
    """A person's key as the auditor knows it, and the roles in which its signature counts."""

    name: str
    roles: tuple[str, ...]
    key: PublicKey

    @property
    def person(self) -> str:
        """The form in which people are compared."""
        return person_key(self.name)


@dataclass(frozen=True)
class TrustPolicy:
    """A trust policy that was read. `tlog` judges checkpoints; what is empty or None of the rest is not asked.

    `approvals` are (role, people); `max_age` bounds the age of a status; `gate` asks for its yes; `checkpoint` is the
    one that was kept, verified under a log of this policy; `source` names the file.
    """

    tlog: TlogPolicy
    signers: tuple[TrustedSigner, ...] = ()
    approvals: tuple[tuple[str, int], ...] = ()
    tsa_roots: tuple[Certificate, ...] = ()
    max_age: timedelta | None = None
    gate: bool = False
    contents: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()
    checkpoint: note.Checkpoint | None = None
    source: str = ""
    _pinned: dict[bytes, TrustedSigner] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._pinned.update({signer.key.material: signer for signer in self.signers})

    @property
    def logs(self) -> tuple[VerifierKey, ...]:
        """The logs whose checkpoints count."""
        return self.tlog.logs

    def pinned(self, material: bytes) -> TrustedSigner | None:
        """The signer whose key has this material, or None."""
        return self._pinned.get(material)

    def unfilled(self, people: dict[str, set[str]]) -> list[str]:
        """The role of each place of `approvals` that these people (person keys by role) leave empty."""
        return places.empty(self.approvals, people)


def load(path: Path) -> TrustPolicy:
    """Read a trust policy from its file. Raises `UnreadableError` with the line and the remedy."""
    return parse(_bytes(path, str(path), "Name the file that the auditor keeps."), folder=path.parent, where=str(path))


def parse(data: bytes, *, folder: Path | None = None, where: str = "trust policy") -> TrustPolicy:
    """Read a trust policy from bytes; files that it names lie in `folder`. Raises `UnreadableError`."""
    made = _Reader(folder)
    rest: list[tuple[int, str]] = []
    for number, line in _lines(data, where):
        keyword, _, said = line.strip(" \t").replace("\t", " ").partition(" ")
        take = made.takers.get(keyword)
        if take is None:
            if keyword and not keyword.startswith("#") and keyword not in tlog_policy.KEYWORDS:
                known = ", ".join(sorted((*tlog_policy.KEYWORDS, *KEYWORDS)))
                raise UnreadableError(
                    f"{keyword[:60]!a} is no keyword", where=f"{where} line {number}", hint=f"Known are {known}."
                )
            rest.append((number, line))
            continue
        try:
            take(number, said.strip(" "))
        except UnreadableError as error:
            raise UnreadableError(error.message, where=f"{where} line {number}", hint=error.hint) from None
    tlog = tlog_policy.parse(rest, where=where)
    if not tlog.logs:
        raise UnreadableError(
            "no log line: nothing could be trusted under it",
            where=where,
            hint="Add a line: log VKEY (govern ledger key).",
        )
    return made.finish(tlog, where)


def _lines(data: bytes, where: str) -> list[tuple[int, str]]:
    """The numbered lines. Raises `UnreadableError` for a file without any that says something."""
    if len(data) > tlog_policy.MAX_BYTES:
        raise UnreadableError(f"more than {tlog_policy.MAX_BYTES:,} bytes", where=where)
    text = data.decode("utf-8", "surrogateescape")
    lines = list(enumerate(text.split("\n"), start=1))
    if len(lines) > MAX_LINES:
        raise UnreadableError(f"more than {MAX_LINES:,} lines", where=where)
    for number, line in lines:
        if (found := _CONTROL.search(line)) is not None:
            said = f"the control character U+{ord(found[0]):04X}"
            raise UnreadableError(said, where=f"{where} line {number}", hint="Save it as plain text with LF line ends.")
    if not any(line.strip(" \t") and not line.strip(" \t").startswith("#") for _, line in lines):
        raise UnreadableError(
            "it says nothing", where=where, hint="Name the log, the quorum and the signers you trust."
        )
    if not text.endswith("\n"):
        raise UnreadableError(
            "the last line does not end in a newline: it may be cut", where=f"{where} line {len(lines)}",
            hint="End the file with a newline.",
        )  # fmt: skip
    return lines


class _Reader:
    """A policy as far as it has been read; what takes a line raises `UnreadableError` without a place."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._signers: list[tuple[int, TrustedSigner]] = []
        self._keys: dict[bytes, str] = {}
        self._people: dict[str, str] = {}
        self._approvals: dict[str, tuple[int, int]] = {}
        self._roots: dict[bytes, Certificate] = {}
        self._max_age: timedelta | None = None
        self._gate = False
        self._digests: dict[str, set[str]] = {"content": set(), "policy": set()}
        self._checkpoint: tuple[int, note.Checkpoint] | None = None
        self.takers: dict[str, Callable[[int, str], None]] = {
            "signer": self._signer,
            "approval": self._approval,
            "tsa": self._tsa,
            "max-age": self._age,
            "gate": self._asks_gate,
            "content": lambda _, said: self._digest("content", said),
            "policy": lambda _, said: self._digest("policy", said),
            "checkpoint": self._kept,
        }

    def finish(self, tlog: TlogPolicy, where: str) -> TrustPolicy:
        """The whole, held against itself."""
        for number, signer in self._signers:
            for key in (*tlog.logs, *tlog.witnesses.values()):
                if key.material == signer.key.material:
                    raise UnreadableError(
                        f"the key of {signer.name} is also that of {key.name}, a log or witness", where=f"{where} line {number}",
                        hint="Who keeps the ledger or witnesses it signs no decision with that key.",
                    )  # fmt: skip
        signers = tuple(signer for _, signer in self._signers)
        self._require_possible(signers, where)
        return TrustPolicy(
            tlog=tlog,
            signers=signers,
            approvals=tuple((role, people) for role, (_, people) in self._approvals.items()),
            tsa_roots=tuple(self._roots.values()),
            max_age=self._max_age,
            gate=self._gate,
            contents=frozenset(self._digests["content"]),
            policies=frozenset(self._digests["policy"]),
            checkpoint=self._verified(tlog, where),
            source=where,
        )

    def _require_possible(self, signers: tuple[TrustedSigner, ...], where: str) -> None:
        held: dict[str, set[str]] = {}
        for signer in signers:
            for role in signer.roles:
                held.setdefault(role, set()).add(signer.person)
        asked = []
        for role, (number, people) in self._approvals.items():
            asked.append((role, people))
            hint = f"Add a line: signer {role} KEYTYPE BASE64 NAME, or ask for fewer."
            have = len(held.get(role, ()))
            said = (
                f"no signer has the role {role}" if not have else f"{people} people asked, and {have} listed for {role}"
            )
            if have < people:
                raise UnreadableError(said, where=f"{where} line {number}", hint=hint)
            if role in places.empty(asked, held):
                said = f"the places can never all be filled: nobody fills two, and the same people stand for {role}"
                raise UnreadableError(said, where=f"{where} line {number}", hint=hint)

    def _verified(self, tlog: TlogPolicy, where: str) -> note.Checkpoint | None:
        if self._checkpoint is None:
            return None
        number, kept = self._checkpoint
        if not any(note.verify_log(kept, key) for key in tlog.logs):
            raise UnreadableError(
                f"the checkpoint that was kept ({kept.head.origin}, {kept.head.size} entries) is signed by no log of this policy",
                where=f"{where} line {number}", hint="Name the checkpoint of that log, or the log of that checkpoint.",
            )  # fmt: skip
        return kept

    def _signer(self, number: int, said: str) -> None:
        fields = re.split(r" +", said, maxsplit=3)
        if len(fields) != 4:
            raise UnreadableError("a signer line is not whole", hint="Write: signer ROLE[,ROLE] KEYTYPE BASE64 NAME")
        roles, name = fields[0].split(","), fields[3]
        for role in roles:
            _require_role(role)
        if len(set(roles)) != len(roles):
            raise UnreadableError(f"the same role twice: {fields[0]}")
        if _UNSEEN.search(name) or visible(name) != name or not person_key(name) or len(name) > 200:
            raise UnreadableError(f"{name[:60]!a} is no name: it holds what is not seen, or is not UTF-8, or too long")
        key = public_keys.parse(f"{fields[1]} {fields[2]}")
        owner = self._keys.get(key.material)
        if owner is not None:
            raise UnreadableError(
                f"this key stands in the policy already, under {owner}",
                hint="One key, one line: roles are joined by commas.",
            )
        spelt = self._people.setdefault(person_key(name), name)
        if spelt != name:
            raise UnreadableError(f"{name!r} is {spelt!r} in another spelling", hint="Spell one person in one way.")
        self._keys[key.material] = name
        self._signers.append((number, TrustedSigner(name, tuple(roles), key)))

    def _approval(self, number: int, said: str) -> None:
        fields = said.split()
        if len(fields) != 2 or not _COUNT.match(fields[1]) or int(fields[1]) > MAX_PEOPLE:
            raise UnreadableError(
                "an approval line is a role and a number of people", hint="Write: approval ROLE PEOPLE"
            )
        _require_role(fields[0])
        if fields[0] in self._approvals:
            raise UnreadableError(f"a second approval line for {fields[0]}")
        self._approvals[fields[0]] = (number, int(fields[1]))

    def _tsa(self, _: int, said: str) -> None:
        if _DER.match(said):
            try:
                data = base64.b64decode(said, validate=True)
            except binascii.Error as error:
                raise UnreadableError(f"not base64: {error}") from None
        else:
            data = self._beside(said)
        root = _certificate(data)
        key = root.tbs_certificate_bytes
        if key in self._roots:
            raise UnreadableError("this certificate stands in the policy already")
        self._roots[key] = root

    def _age(self, _: int, said: str) -> None:
        if self._max_age is not None:
            raise UnreadableError("a second max-age line")
        if not _COUNT.match(said) or int(said) > MAX_DAYS:
            raise UnreadableError(f"max-age is a number of days, from 1 to {MAX_DAYS}", hint="Write: max-age 30")
        self._max_age = timedelta(days=int(said))

    def _asks_gate(self, _: int, said: str) -> None:
        if said != "yes" or self._gate:
            raise UnreadableError("gate takes the word yes, once", hint="Write: gate yes")
        self._gate = True

    def _digest(self, of: str, said: str) -> None:
        if not _DIGEST.match(said):
            raise UnreadableError(f"{of} takes one digest", hint=f"Write: {of} sha256: and 64 hexadecimal digits.")
        if said in self._digests[of]:
            raise UnreadableError(f"this {of} stands there already")
        self._digests[of].add(said)

    def _kept(self, number: int, said: str) -> None:
        if self._checkpoint is not None:
            raise UnreadableError("a second checkpoint line")
        self._checkpoint = (number, note.parse(self._beside(said), where=said))

    def _beside(self, name: str) -> bytes:
        if not name:
            raise UnreadableError("no file is named")
        if self._folder is None:
            raise UnreadableError(f"{name!a} is a file, and this policy lies in no folder")
        path = Path(name)
        return _bytes(path if path.is_absolute() else self._folder / path, name, "Lay it beside the trust policy.")


def _certificate(data: bytes) -> Certificate:
    """A root certificate, PEM or DER. Raises `UnreadableError`, also for a key that is too weak to be trusted."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    try:
        made = (x509.load_pem_x509_certificate if data.startswith(b"-----BEGIN") else x509.load_der_x509_certificate)(
            data
        )
        key = made.public_key()
    except Exception as error:  # the library has several ways to refuse one
        raise UnreadableError(
            f"not an X.509 certificate: {error}", hint="Give the root of the authority, PEM or DER."
        ) from None
    strong = isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey))
    strong |= (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048
    )  # roots of authorities in use have 2048 and 4096
    strong |= isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256
    if not strong:
        raise UnreadableError("a certificate with a weak key, or of a type that is not known")
    return made


def _require_role(role: str) -> None:
    if not _ROLE.match(role) or len(role) > 80:
        raise UnreadableError(
            f"{role[:60]!a} is no role", hint="A role is small letters, digits and hyphens: risk-owner."
        )


def _bytes(path: Path, where: str, hint: str) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "not the name of a file"
        raise UnreadableError(f"can not be read: {said}", where=where, hint=hint) from None
    if len(data) > MAX_FILE:
        raise UnreadableError(f"more than {MAX_FILE:,} bytes", where=where)
    return data
