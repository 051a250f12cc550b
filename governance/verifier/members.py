"""The names inside a pack, and the manifest that binds them together.

The manifest is an in-toto statement, signed by the ledger's key, whose subjects are all other members by SHA-256. `About` is what
it says beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from governance.errors import UnreadableError, VersionError
from governance.parsing import canonical, strict_json
from governance.proofs import dsse, public_keys
from governance.proofs.note import Head
from governance.verifier import fields, statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from governance.proofs.public_keys import PublicKey

FORMAT = "pack.v2"
MANIFEST = "manifest.dsse.json"
CHECKPOINT = "checkpoint"
ENTRIES = "ledger/entries.jsonl"
LEAVES = "ledger/leaves"
WITHHELD = "withheld.jsonl"
SPEC = "SPEC.md"
TRUST_EXAMPLE = "trust.policy.example"
ASSESSMENT = "results/assessment.json"
GATE = "results/gate.json"
REGISTER = "results/register.json"
BODIES = "bodies/sha256/"
CONTENT = "content/"
DOCUMENTS = "documents/"
ANCHORS = "anchors/"
PROOFS = "proofs/"

FULL, REDACTED = "full", "redacted"
_KINDS = "urn:governance-evidence:predicate:pack:"
_NEWER = "Verify it with the version of the program that it names, or a later one."


@dataclass(frozen=True)
class About:
    """What a manifest says of the pack. `on` and `known_at` are moments as RFC 3339 in UTC.

    `of` is, in a redacted edition, the digest of the manifest's payload in the full one. `charts` is the library that drew the charts
    of its documents, with its version, or None where there is none.
    """

    program: str
    system: str
    on: str
    known_at: str
    policy: str
    content_digest: str
    checkpoint: Head
    ledger_key: str
    edition: str = FULL
    of: str | None = None
    charts: str | None = None

    def plain(self) -> dict[str, Any]:
        """The JSON form: the predicate of the manifest."""
        head = self.checkpoint
        made: dict[str, Any] = {
            "format": FORMAT,
            "program": self.program,
            "system": self.system,
            "on": self.on,
            "known_at": self.known_at,
            "edition": self.edition,
            "policy": self.policy,
            "content_digest": self.content_digest,
            "checkpoint": {"origin": head.origin, "size": head.size, "root": head.root},
            "ledger_key": self.ledger_key,
        }
        may = {"of": self.of, "charts": self.charts}
        return made | {name: value for name, value in may.items() if value is not None}

    @property
    def pack_id(self) -> str:
        """The id of the pack, known before there is one: see `pack_id`."""
        head = self.checkpoint
        return pack_id(self.system, self.on, self.policy, self.content_digest, head.origin, head.size, head.root)


def pack_id(system: str, on: str, policy: str, content_digest: str, origin: str, size: int, root: str) -> str:
    """`pack-` and 20 hex digits over what a pack is made of: the system, the moment as RFC 3339, policy, content and checkpoint.

    A document can name the pack that it goes into, which its own digest could not; the anchors added later change nothing in it.
    """
    return "pack-" + canonical.digest([system, on, policy, content_digest, origin, size, root])[7:27]


@dataclass(frozen=True)
class Manifest:
    """A manifest that was read. `problem` says why its signature is not that of the key it names, or is None."""

    about: About
    digests: Mapping[str, str]
    key: PublicKey
    payload_digest: str
    problem: str | None


def payload(about: About, digests: Mapping[str, str]) -> bytes:
    """The manifest's statement in canonical bytes; `digests` are `sha256:…` by the name of each other member."""
    return statements.build(statements.PACK, sorted(digests.items()), about.plain())


def read(data: bytes) -> Manifest:
    """Read a manifest. Raises `VersionError` for another format that its own key signed, `UnreadableError` for what is none."""
    _require_version(data)
    statement = statements.read(data, where=MANIFEST, predicate_type=statements.PACK)
    said = statement.predicate
    fields.require(said, fields.PACK, where=MANIFEST)
    digests = dict(statement.subjects)
    if len(digests) != len(statement.subjects) or list(digests) != sorted(digests):
        raise UnreadableError("its subjects are not sorted by name, each once", where=MANIFEST)
    if (said["edition"] == REDACTED) != ("of" in said):
        raise UnreadableError("`of` belongs to a redacted edition, and to it alone", where=MANIFEST)
    head = said["checkpoint"]
    try:
        checkpoint = Head(origin=head["origin"], size=head["size"], root=head["root"])
    except ValueError as error:
        raise UnreadableError(f"checkpoint: {error}", where=MANIFEST) from None
    key = public_keys.parse(said["ledger_key"], where=MANIFEST)
    about = About(
        program=said["program"],
        system=said["system"],
        on=said["on"],
        known_at=said["known_at"],
        policy=said["policy"],
        content_digest=said["content_digest"],
        checkpoint=checkpoint,
        ledger_key=said["ledger_key"],
        edition=said["edition"],
        of=said.get("of"),
        charts=said.get("charts"),
    )
    if key.line != about.ledger_key:
        raise UnreadableError("ledger_key: not the key alone, in its one spelling", where=MANIFEST)
    return Manifest(
        about, digests, key, canonical.sha256(statement.envelope.payload), _problem(statement.envelope, key)
    )


def _problem(envelope: dsse.Envelope, key: PublicKey) -> str | None:
    if len(envelope.signatures) != 1:
        return "has more signatures than the one of the ledger's key"
    if envelope.signatures[0].keyid != key.fingerprint or not envelope.signed_by({"ledger": key}):
        return "is not signed by the key it names: it was changed"
    return None


def _require_version(data: bytes) -> None:
    """Refuse another format than this one, unless its signature shows that somebody merely changed it."""
    try:
        envelope = dsse.parse(data, where=MANIFEST)
        value = strict_json.loads(envelope.payload, where=MANIFEST)
        kind, said = value["predicateType"], value["predicate"]
        named = said["format"]
    except (UnreadableError, TypeError, KeyError):
        return  # whatever it is, it is read and refused by the rules of this format
    if not isinstance(kind, str) or not isinstance(named, str):
        return
    if (kind, named) == (statements.PACK, FORMAT) or not kind.startswith(_KINDS):
        return
    try:
        if not envelope.signed_by({"ledger": public_keys.parse(said["ledger_key"])}):
            return
    except (UnreadableError, KeyError, AttributeError, TypeError):
        pass  # a later format may name its key elsewhere
    old = kind == _KINDS + "v1"
    program = str(said.get("program", "another program"))[:80].encode("ascii", "backslashreplace").decode()
    raise VersionError(
        f"a pack of the format {named[:40]!a}, written by {program}; this program reads {FORMAT}",
        where=MANIFEST,
        hint="Ask for the pack to be made again: its format is no longer written." if old else _NEWER,
    )
